package years

import (
	"fmt"
	"slices"
	"time"

	"github.com/southeasttogether/dps/demo"
)

// offer is a firm's offer to a need.
type offer struct {
	id     string
	firm   *firm
	annual int
	rank   int
}

// declineReasons are the coded reasons.
var declineReasons = []string{"FULL", "STAFFING", "MATCHING", "NEED", "DISTANCE", "FEE", "NOTICE"}

// answerInvitations: those who are invited ask, offer, decline or say nothing; after a week the silent are chased, or the need is amended.
func (y *yearsPlayer) answerInvitations(n *need) {
	able := y.invitedFirms(n)
	many := 3
	if n.fate == "silent" {
		many = 0
	}
	for i, f := range able {
		switch {
		case i < many:
			y.laterUnlessWithdrawn(n, 2+i, func() { y.makeOffer(n, f, i) })
		case i < many+2:
			y.laterUnlessWithdrawn(n, 1+i, func() {
				y.answerInvitation(n, f, input{"answer": "DECLINED", "reason": nextChoice(y, "decline", declineReasons)})
			})
		case i == many+2:
			y.laterUnlessWithdrawn(n, 2, func() { y.answerInvitation(n, f, input{"answer": "INTENDS"}) })
		}
	}
	if len(able) > 0 {
		y.laterUnlessWithdrawn(n, 2, func() { y.askClarification(n, able[0]) })
	}
	y.laterUnlessWithdrawn(n, 8, func() {
		if n.fate == "amended" {
			y.amendNeed(n)
			return
		}
		y.actCounted(n.office.buyer, "chaseInvitations", input{
			"need":  n.id,
			"words": "Synthetic: a few days are left; please say if you cannot.",
		}, "")
	})
}

// invitedFirms are the firms that were, and that can offer, in an order of chance.
func (y *yearsPlayer) invitedFirms(n *need) (able []*firm) {
	numbers := y.firstMembers(n.lot, firmCount)
	if n.fate == "unique" {
		numbers = y.firstMembers(n.lot, fewRecipients)
	}
	for _, number := range numbers {
		if f := y.firms[number-1]; f.suitsNeed(n) {
			able = append(able, f)
		}
	}
	y.random.Shuffle(len(able), func(i, j int) { able[i], able[j] = able[j], able[i] })
	return able
}

// isEligible says whether a firm is a member of a lot, not suspended, and has a place of its kind.
func (f *firm) isEligible(l *lot) bool {
	_, ok := l.members[f.number]
	return ok && !f.cannotOffer && f.placeFor(l) != ""
}

// suitsNeed says whether a firm can offer a place to a need: it can in the lot, and its place takes a child of that age.
func (f *firm) suitsNeed(n *need) bool {
	takes := f.ages[f.placeFor(n.lot)]
	return f.isEligible(n.lot) && takes[0] <= n.ages[1] && takes[1] >= n.ages[0]
}

func (y *yearsPlayer) answerInvitation(n *need, f *firm, in input) {
	if !f.isEligible(n.lot) {
		return
	}
	in["need"] = n.id
	y.actCounted(f.bidder, "answerInvitation", in, "")
}

// askClarification is a question, answered to all.
func (y *yearsPlayer) askClarification(n *need, f *firm) {
	if !f.isEligible(n.lot) {
		return
	}
	question := y.actCounted(f.bidder, "askClarification", input{"need": n.id, "question": "Synthetic: is transport a part of the price?"},
		"clarification { id }").At("clarification.id").Text()
	y.laterUnlessWithdrawn(n, 1, func() {
		y.actCounted(n.office.buyer, "answerClarification", input{
			"clarification": question,
			"answer":        "Synthetic: yes, where the school arranges it.",
		}, "")
	})
}

// makeOffer is a firm's offer; the second thinks better of the price the day after, the third sometimes withdraws and comes again.
func (y *yearsPlayer) makeOffer(n *need, f *firm, i int) {
	if !f.suitsNeed(n) {
		return
	}
	o := &offer{firm: f}
	weekly := y.weeklyFee(n, i)
	y.submitOffer(n, o, weekly)
	n.offers = append(n.offers, o)
	switch {
	case n.fate == "tied" || i == 0:
	case i == 1:
		y.laterUnlessWithdrawn(n, 1, func() {
			if f.suitsNeed(n) && slices.Contains(n.offers, o) {
				y.submitOffer(n, o, weekly-10)
			}
		})
	case y.withChance(20):
		y.actCounted(f.bidder, "withdrawOffer", input{"offer": o.id}, "")
		y.submitOffer(n, o, weekly-20)
	}
}

func (y *yearsPlayer) weeklyFee(n *need, i int) int {
	about := n.lot.weeklyPrice()
	switch n.fate {
	case "tied":
		return about
	case "low and passed over", "low and explained":
		if i == 0 {
			return about / 3
		}
	}
	return about + 25*y.random.IntN(12)
}

// submitOffer offers, or amends the offer.
func (y *yearsPlayer) submitOffer(n *need, o *offer, weekly int) {
	kind := "EDUCATION"
	if n.lot.forHomes {
		kind = "RESIDENTIAL_CARE"
	}
	made := y.actCounted(o.firm.bidder, "submitOffer", input{
		"need": n.id, "setting": o.firm.placeFor(n.lot), "startsOn": n.start.AddDate(0, 0, 2).Format(time.DateOnly), "weeks": n.lot.weeks,
		"needsMet": "Synthetic: a small group with adults who stay.", "outcomesMet": "Synthetic: a plan for each outcome, looked at every term.",
		"fees": []input{
			{"kind": kind, "description": "The place", "weekly": fmt.Sprintf("%d.00", weekly-100)},
			{"kind": "THERAPY", "description": "Speech and language therapy", "weekly": "100.00"},
		},
	}, "offer { id }").At("offer")
	o.id, o.annual = made.At("id").Text(), weekly*n.lot.weeks
}

// declareVacancies: every month a provider tells how many places are free.
func (y *yearsPlayer) declareVacancies() {
	y.afterDays(1, func() {
		for _, f := range y.firms {
			if f.school != "" {
				y.actCounted(f.bidder, "declareVacancies", input{
					"setting": f.school, "fromOn": y.dayFromNow(0),
					"free": (f.number + y.choiceIndex["fate"]) % 6,
				}, "")
			}
			if f.home != "" && f.number%4 == 0 {
				y.actCounted(f.bidder, "declareVacancies", input{"setting": f.home, "fromOn": y.dayFromNow(30), "free": 1}, "")
			}
		}
		y.afterDays(30, y.declareVacancies)
	})
}

// saveSearches are what commissioners look for again and again.
func (y *yearsPlayer) saveSearches() {
	for _, o := range y.offices[:5] {
		y.actCounted(o.commissioner, "saveSearch", input{
			"name": "Synthetic: calm schools", "shared": true,
			"filter": input{"kind": "SCHOOL", "needs": []string{needAutism}, "age": 12, "near": input{"outcode": "ME14"}, "withinMiles": 40},
		}, "")
	}
	search := y.actCounted(demo.Commissioner, "saveSearch", input{"name": "Synthetic: homes", "filter": input{"kind": "CHILDRENS_HOME"}},
		"search { id }").At("search.id").Text()
	y.afterDays(20, func() { y.actCounted(demo.Commissioner, "removeSearch", input{"search": search}, "") })
}
