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

// declines are the coded reasons.
var declines = []string{"FULL", "STAFFING", "MATCHING", "NEED", "DISTANCE", "FEE", "NOTICE"}

// answered: those who are invited ask, offer, decline or say nothing; after a week the silent are chased, or the need is amended.
func (y *years) answered(n *need) {
	able := y.invited(n)
	many := 3
	if n.fate == "silent" {
		many = 0
	}
	for i, f := range able {
		switch {
		case i < many:
			y.later(n, 2+i, func() { y.offers(n, f, i) })
		case i < many+2:
			y.later(n, 1+i, func() { y.answers(n, f, input{"answer": "DECLINED", "reason": pick(y, "decline", declines)}) })
		case i == many+2:
			y.later(n, 2, func() { y.answers(n, f, input{"answer": "INTENDS"}) })
		}
	}
	if len(able) > 0 {
		y.later(n, 2, func() { y.asksAbout(n, able[0]) })
	}
	y.later(n, 8, func() {
		if n.fate == "amended" {
			y.amends(n)
			return
		}
		y.does(n.office.buyer, "chaseInvitations", input{"need": n.id, "words": "Synthetic: a few days are left; please say if you cannot."}, "")
	})
}

// invited are the firms that were, and that can offer, in an order of chance.
func (y *years) invited(n *need) (able []*firm) {
	numbers := y.some(n.lot, firms)
	if n.fate == "unique" {
		numbers = y.some(n.lot, few)
	}
	for _, number := range numbers {
		if f := y.firms[number-1]; f.suits(n) {
			able = append(able, f)
		}
	}
	y.random.Shuffle(len(able), func(i, j int) { able[i], able[j] = able[j], able[i] })
	return able
}

// can says whether a firm is a member of a lot, not suspended, and has a place of its kind.
func (f *firm) can(l *lot) bool {
	_, is := l.members[f.number]
	return is && !f.out && f.place(l) != ""
}

// suits says whether a firm can offer a place to a need: it can in the lot, and its place takes a child of that age.
func (f *firm) suits(n *need) bool {
	takes := f.ages[f.place(n.lot)]
	return f.can(n.lot) && takes[0] <= n.ages[1] && takes[1] >= n.ages[0]
}

func (y *years) answers(n *need, f *firm, in input) {
	if !f.can(n.lot) {
		return
	}
	in["need"] = n.id
	y.does(f.bids, "answerInvitation", in, "")
}

// asksAbout is a question, answered to all.
func (y *years) asksAbout(n *need, f *firm) {
	if !f.can(n.lot) {
		return
	}
	question := y.does(f.bids, "askClarification", input{"need": n.id, "question": "Synthetic: is transport a part of the price?"}, "clarification { id }").At("clarification.id").Text()
	y.later(n, 1, func() {
		y.does(n.office.buyer, "answerClarification", input{"clarification": question, "answer": "Synthetic: yes, where the school arranges it."}, "")
	})
}

// offers is a firm's offer; the second thinks better of the price the day after, the third sometimes withdraws and comes again.
func (y *years) offers(n *need, f *firm, i int) {
	if !f.suits(n) {
		return
	}
	o := &offer{firm: f}
	weekly := y.weekly(n, i)
	y.bids(n, o, weekly)
	n.offers = append(n.offers, o)
	switch {
	case n.fate == "tied" || i == 0:
	case i == 1:
		y.later(n, 1, func() {
			if f.suits(n) && slices.Contains(n.offers, o) {
				y.bids(n, o, weekly-10)
			}
		})
	case y.perhaps(20):
		y.does(f.bids, "withdrawOffer", input{"offer": o.id}, "")
		y.bids(n, o, weekly-20)
	}
}

func (y *years) weekly(n *need, i int) int {
	about := n.lot.price()
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

// bids offers, or amends the offer.
func (y *years) bids(n *need, o *offer, weekly int) {
	kind := "EDUCATION"
	if n.lot.home {
		kind = "RESIDENTIAL_CARE"
	}
	made := y.does(o.firm.bids, "submitOffer", input{
		"need": n.id, "setting": o.firm.place(n.lot), "startsOn": n.start.AddDate(0, 0, 2).Format(time.DateOnly), "weeks": n.lot.weeks,
		"needsMet": "Synthetic: a small group with adults who stay.", "outcomesMet": "Synthetic: a plan for each outcome, looked at every term.",
		"fees": []input{
			{"kind": kind, "description": "The place", "weekly": fmt.Sprintf("%d.00", weekly-100)},
			{"kind": "THERAPY", "description": "Speech and language therapy", "weekly": "100.00"},
		},
	}, "offer { id }").At("offer")
	o.id, o.annual = made.At("id").Text(), weekly*n.lot.weeks
}

// provides: every month a provider tells how many places are free.
func (y *years) provides() {
	y.in(1, func() {
		for _, f := range y.firms {
			if f.school != "" {
				y.does(f.bids, "declareVacancies", input{"setting": f.school, "fromOn": y.day(0), "free": (f.number + y.next["fate"]) % 6}, "")
			}
			if f.home != "" && f.number%4 == 0 {
				y.does(f.bids, "declareVacancies", input{"setting": f.home, "fromOn": y.day(30), "free": 1}, "")
			}
		}
		y.in(30, y.provides)
	})
}

// searches are what commissioners look for again and again.
func (y *years) searches() {
	for _, o := range y.offices[:5] {
		y.does(o.commissioner, "saveSearch", input{"name": "Synthetic: calm schools", "shared": true,
			"filter": input{"kind": "SCHOOL", "needs": []string{autism}, "age": 12, "near": input{"outcode": "ME14"}, "withinMiles": 40}}, "")
	}
	search := y.does(demo.Commissioner, "saveSearch", input{"name": "Synthetic: homes", "filter": input{"kind": "CHILDRENS_HOME"}}, "search { id }").At("search.id").Text()
	y.in(20, func() { y.does(demo.Commissioner, "removeSearch", input{"search": search}, "") })
}
