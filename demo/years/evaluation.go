package years

import (
	"cmp"
	"slices"

	"github.com/southeasttogether/dps/demo"
)

// evaluates opens the offers of a need and brings them to their order, or ends it where there is none to award.
func (y *years) evaluates(n *need) {
	y.declareInterests(n)
	y.names(n)
	y.opensOffers(n)
	y.in(1, func() {
		y.finds(n)
		y.assesses(n)
		if len(n.offers) == 0 {
			y.endsWithout(n)
			return
		}
		y.scores(n)
		y.in(2, func() { y.awards(n) })
	})
}

// acting are the people who act on a need, each once.
func (n *need) acting() (people []demo.Persona) {
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

// declareInterests: each who acts has none; sometimes another finds one, and keeps away.
func (y *years) declareInterests(n *need) {
	for _, who := range n.acting() {
		y.does(who, "declareInterest", input{"need": n.id, "conflict": false}, "")
	}
	if n.fate == "an interest" {
		y.does(n.office.third, "declareInterest", input{"need": n.id, "conflict": true, "nature": "Synthetic: a brother works there."}, "")
	}
}

// opensOffers has as many officers say open as the procedure asks for.
func (y *years) opensOffers(n *need) {
	y.does(n.office.openers[0], "openOffers", input{"need": n.id}, "")
	if n.lot.scored {
		y.does(n.office.openers[1], "openOffers", input{"need": n.id}, "")
	}
}

// finds keeps the offers that were opened: that of a firm which was no member any more at the opening stays sealed.
func (y *years) finds(n *need) {
	seen := map[string]bool{}
	for _, v := range y.Node(n.office.buyer, "Need", n.id, "offers { id }").At("offers").All() {
		seen[v.At("id").Text()] = true
	}
	n.offers = slices.DeleteFunc(n.offers, func(o *offer) bool { return !seen[o.id] })
	if len(n.offers) == 0 && n.fate != "named" {
		n.fate = "silent"
	}
}

var checks = []string{"MEMBERSHIP", "REGISTRATION", "AGE", "NEEDS_MET", "VACANCY", "INSPECTION", "IMPACT_ON_CHILDREN"}

// assesses looks whether each offer is suitable. Those of a firm that is no member any more are not, nor is a third one, and
// sometimes none is.
func (y *years) assesses(n *need) {
	var suitable []*offer
	for i, o := range n.offers {
		failed := ""
		switch {
		case !o.firm.can(n.lot):
			failed = "MEMBERSHIP"
		case n.fate == "plain" && i == 2: // one of three does not suit this child
			failed = "NEEDS_MET"
		case n.fate == "none suitable":
			failed = pick(y, "check", []string{"NEEDS_MET", "IMPACT_ON_CHILDREN", "INSPECTION"})
		}
		made := make([]input, len(checks))
		for j, check := range checks {
			made[j] = input{"check": check, "passed": check != failed, "reason": "Synthetic: looked at with the file and the people there."}
		}
		y.does(n.office.buyer, "assessSuitability", input{"offer": o.id, "checks": made}, "")
		if failed == "" {
			suitable = append(suitable, o)
		}
	}
	if len(suitable) == 0 && len(n.offers) > 0 {
		n.fate = "none suitable"
	}
	n.offers = suitable
}

// scores brings the offers to their order.
func (y *years) scores(n *need) {
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
			y.does(who, "scoreOffer", input{"offer": o.id, "scores": n.sheet(points[o], "points", "comment")}, "")
		}
		y.does(who, "lockScores", input{"need": n.id}, "")
	}
	if n.lot.scored {
		for _, o := range n.offers {
			y.does(n.office.moderator, "moderateOffer", input{"offer": o.id, "scores": n.sheet(points[o], "points", "reason")}, "")
		}
		y.does(n.office.moderator, "lockQuality", input{"need": n.id}, "")
		y.opensOffers(n) // and now the prices
	}
	y.ranks(n)
}

func (n *need) sheet(points int, pointsField, wordsField string) (all []input) {
	for _, criterion := range n.lot.criteria {
		all = append(all, input{"criterion": criterion, pointsField: points, wordsField: "Synthetic: well evidenced."})
	}
	return all
}

// ranks reads the order.
func (y *years) ranks(n *need) {
	seen := y.Node(n.office.buyer, "Need", n.id, "offers { id ranking { rank } }").At("offers").All()
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

// queries asks about a price that appears far too low, and passes the offer over where that is not explained.
func (y *years) queries(n *need, o *offer, then func()) {
	query := y.does(n.office.buyer, "queryPrice", input{"offer": o.id, "kind": "ABNORMALLY_LOW", "question": "Synthetic: how is the place paid for?", "workingDays": 3},
		"priceQuery { id }").At("priceQuery.id").Text()
	explained := n.fate == "low and explained"
	if explained || y.perhaps(50) { // else silence is no explanation
		y.in(2, func() {
			y.does(o.firm.bids, "answerPriceQuery", input{"query": query, "answer": why("a charity pays for the building")}, "")
		})
	}
	y.in(8, func() {
		y.does(n.office.buyer, "decidePriceQuery", input{"query": query, "accepted": explained, "reason": why("what was said was gone through")}, "")
		if !explained {
			n.offers = slices.DeleteFunc(n.offers, func(other *offer) bool { return other == o })
		}
		n.fate = "plain"
		then()
	})
}
