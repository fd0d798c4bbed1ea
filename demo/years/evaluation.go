package years

import (
	"cmp"
	"slices"

	"github.com/southeasttogether/dps/demo"
)

// evaluateNeed opens the offers of a need and brings them to their order, or ends it where there is none to award.
func (y *yearsPlayer) evaluateNeed(n *need) {
	y.declareInterests(n)
	y.decideNaming(n)
	y.openOffers(n)
	y.afterDays(1, func() {
		y.keepOpenedOffers(n)
		y.assessOffers(n)
		if len(n.offers) == 0 {
			y.endWithoutAward(n)
			return
		}
		y.scoreOffers(n)
		y.afterDays(2, func() { y.awardNeed(n) })
	})
}

// actingPeople are the people who act on a need, each once.
func (n *need) actingPeople() (people []demo.Persona) {
	o := n.office
	all := []demo.Persona{o.openers[0], o.buyer, o.commissioner, o.evaluators[0], o.approver}
	if n.lot.scored {
		all = append(all, o.openers[1], o.evaluators[1], o.moderator)
	}
	for _, p := range all {
		if !slices.ContainsFunc(people, func(other demo.Persona) bool { return other.Key == p.Key }) {
			people = append(people, p)
		}
	}
	return people
}

// declareInterests: everybody who acts has none. Sometimes another person has one, and stays away.
func (y *yearsPlayer) declareInterests(n *need) {
	for _, who := range n.actingPeople() {
		y.actCounted(who, "declareInterest", input{"need": n.id, "conflict": false}, "")
	}
	if n.fate == "an interest" {
		y.actCounted(n.office.thirdEvaluator, "declareInterest", input{
			"need": n.id, "conflict": true,
			"nature": "Synthetic: a brother works there.",
		}, "")
	}
}

// openOffers has as many officers say open as the procedure asks for.
func (y *yearsPlayer) openOffers(n *need) {
	y.actCounted(n.office.openers[0], "openOffers", input{"need": n.id}, "")
	if n.lot.scored {
		y.actCounted(n.office.openers[1], "openOffers", input{"need": n.id}, "")
	}
}

// keepOpenedOffers keeps the offers that were opened: that of a firm which was no member any more at the opening stays sealed.
func (y *yearsPlayer) keepOpenedOffers(n *need) {
	seen := map[string]bool{}
	for _, v := range y.AskNode(n.office.buyer, "Need", n.id, "offers { id }").At("offers").All() {
		seen[v.At("id").Text()] = true
	}
	n.offers = slices.DeleteFunc(n.offers, func(o *offer) bool { return !seen[o.id] })
	if len(n.offers) == 0 && n.fate != "named" {
		n.fate = "silent"
	}
}

var suitabilityChecks = []string{"MEMBERSHIP", "REGISTRATION", "AGE", "NEEDS_MET", "VACANCY", "INSPECTION", "IMPACT_ON_CHILDREN"}

// assessOffers checks whether each offer is suitable. Offers of a firm that is not a member any more are not suitable,
// a third offer is not, and sometimes none is.
func (y *yearsPlayer) assessOffers(n *need) {
	var suitable []*offer
	for i, o := range n.offers {
		failed := ""
		switch {
		case !o.firm.isEligible(n.lot):
			failed = "MEMBERSHIP"
		case n.fate == "plain" && i == 2: // one of three does not suit this child
			failed = "NEEDS_MET"
		case n.fate == "none suitable":
			failed = nextChoice(y, "check", []string{"NEEDS_MET", "IMPACT_ON_CHILDREN", "INSPECTION"})
		}
		made := make([]input, len(suitabilityChecks))
		for j, check := range suitabilityChecks {
			made[j] = input{"check": check, "passed": check != failed, "reason": "Synthetic: looked at with the file and the people there."}
		}
		y.actCounted(n.office.buyer, "assessSuitability", input{"offer": o.id, "checks": made}, "")
		if failed == "" {
			suitable = append(suitable, o)
		}
	}
	if len(suitable) == 0 && len(n.offers) > 0 {
		n.fate = "none suitable"
	}
	n.offers = suitable
}

// scoreOffers brings the offers to their order.
func (y *yearsPlayer) scoreOffers(n *need) {
	points := map[*offer]int{}
	for i, o := range n.offers {
		points[o] = 5 - i%3
		if n.fate == "tied" {
			points[o] = 4
		}
	}
	evaluators := n.office.evaluators[:1]
	if n.lot.scored {
		evaluators = n.office.evaluators[:]
	}
	for _, who := range evaluators {
		for _, o := range n.offers {
			y.actCounted(who, "scoreOffer", input{"offer": o.id, "scores": n.scoreSheet(points[o], "points", "comment")}, "")
		}
		y.actCounted(who, "lockScores", input{"need": n.id}, "")
	}
	if n.lot.scored {
		for _, o := range n.offers {
			y.actCounted(n.office.moderator, "moderateOffer", input{"offer": o.id, "scores": n.scoreSheet(points[o], "points", "reason")}, "")
		}
		y.actCounted(n.office.moderator, "lockQuality", input{"need": n.id}, "")
		y.openOffers(n) // and now the prices
	}
	y.readRanking(n)
}

func (n *need) scoreSheet(points int, pointsField, wordsField string) (all []input) {
	for _, criterion := range n.lot.criteria {
		all = append(all, input{"criterion": criterion, pointsField: points, wordsField: "Synthetic: well evidenced."})
	}
	return all
}

// readRanking reads the order.
func (y *yearsPlayer) readRanking(n *need) {
	seen := y.AskNode(n.office.buyer, "Need", n.id, "offers { id ranking { rank } }").At("offers").All()
	for _, o := range n.offers {
		for _, v := range seen {
			if v.At("id").Text() == o.id {
				o.rank = v.At("ranking.rank").Number()
			}
		}
		if o.rank == 0 {
			y.Fail("an offer to %s has no rank", n.reference)
		}
	}
	slices.SortFunc(n.offers, func(a, b *offer) int { return cmp.Compare(a.rank, b.rank) })
}

// queryLowPrice asks about a price that appears far too low, and passes the offer over where that is not explained.
func (y *yearsPlayer) queryLowPrice(n *need, o *offer, then func()) {
	query := y.actCounted(n.office.buyer, "queryPrice", input{
		"offer": o.id, "kind": "ABNORMALLY_LOW",
		"question": "Synthetic: how is the place paid for?", "workingDays": 3,
	},
		"priceQuery { id }").At("priceQuery.id").Text()
	explained := n.fate == "low and explained"
	if explained || nextChoice(y, "price answered", []bool{false, true}) { // silence is no explanation
		y.afterDays(2, func() {
			y.actCounted(o.firm.bidder, "answerPriceQuery", input{"query": query, "answer": syntheticReason("a charity pays for the building")}, "")
		})
	}
	y.afterDays(8, func() {
		y.actCounted(n.office.buyer, "decidePriceQuery", input{
			"query": query, "accepted": explained,
			"reason": syntheticReason("what was said was gone through"),
		}, "")
		if !explained {
			n.offers = slices.DeleteFunc(n.offers, func(other *offer) bool { return other == o })
		}
		n.fate = "plain"
		then()
	})
}
