package years

import (
	"github.com/southeasttogether/dps/demo"
)

// awards brings a ranked need to an award, and on to its answer.
func (y *years) awards(n *need) {
	n.offers = y.eligible(n)
	if len(n.offers) == 0 || n.fate == "named" {
		y.endsWithout(n)
		return
	}
	best := n.offers[0]
	if (n.fate == "low and passed over" || n.fate == "low and explained") && y.appearsLow(n, best) {
		y.queries(n, best, func() { y.awards(n) })
		return
	}
	award := y.proposes(n, best)
	if n.fate == "rejected first" {
		y.does(n.office.approver, "rejectAward", input{"award": award, "reason": "Synthetic: say first what the family said to it."}, "")
		n.fate = "plain"
		award = y.proposes(n, best)
	}
	y.panel(n, n.fate != "not agreed")
	if n.fate == "not agreed" {
		y.does(n.office.approver, "rejectAward", input{"award": award, "reason": "Synthetic: the panel does not agree; another way is found."}, "")
		y.endsWithout(n)
		return
	}
	y.in(1, func() { y.approves(n, best, award) })
}

// eligible are the offers of firms that still can be awarded a place.
func (y *years) eligible(n *need) (left []*offer) {
	for _, o := range n.offers {
		if o.firm.can(n.lot) {
			left = append(left, o)
		}
	}
	return left
}

// appearsLow says whether a price is far below those of two others.
func (y *years) appearsLow(n *need, o *offer) bool {
	sum, others := 0, 0
	for _, other := range n.offers {
		if other != o {
			sum, others = sum+other.annual, others+1
		}
	}
	return others >= 2 && o.annual*others*100 < sum*60
}

func (y *years) proposes(n *need, o *offer) string {
	return y.does(n.office.buyer, "proposeAward", input{"offer": o.id, "reason": why("of the offers that are left, this one is the best for the child")}, "award { id }").At("award.id").Text()
}

// panel records what the panel decided, and who pays.
func (y *years) panel(n *need, agreed bool) {
	split := pick(y, "split", [][3]string{{"100.00", "0.00", "0.00"}, {"60.00", "40.00", "0.00"}, {"50.00", "30.00", "20.00"}})
	y.does(n.office.commissioner, "recordPanelDecision", input{"need": n.id, "decidedOn": y.day(0), "agreed": agreed, "reasons": why("no place nearer was found"),
		"education": split[0], "socialCare": split[1], "icb": split[2]}, "")
}

// approves approves the award, and has the provider answer when it may. Who was awarded and cannot take the place makes room for
// the next.
func (y *years) approves(n *need, o *offer, award string) {
	if !o.firm.can(n.lot) {
		y.does(n.office.approver, "rejectAward", input{"award": award, "reason": "Synthetic: the provider is suspended since."}, "")
		y.awards(n)
		return
	}
	approved := y.does(n.office.approver, "approveAward", input{"award": award, "standstill": y.next["split"]%2 == 0}, "award { standstillEnds acceptBy }").At("award")
	answer, acceptBy := y.now.AddDate(0, 0, 1), y.Instant(approved.At("acceptBy"))
	if ends := approved.At("standstillEnds"); ends.Is() {
		answer = y.Instant(ends).AddDate(0, 0, 1)
	}
	switch n.fate {
	case "declined":
		y.in(2, func() {
			y.does(o.firm.bids, "declineAward", input{"award": award, "reason": "Synthetic: the place was taken meanwhile."}, "")
			y.nextBest(n)
		})
	case "lapsed":
		y.on(acceptBy.AddDate(0, 0, 1), func() { y.nextBest(n) })
	default:
		y.on(answer, func() { y.accepts(n, o, award) })
	}
}

// nextBest goes on with the offers that are left.
func (y *years) nextBest(n *need) {
	n.fate, n.offers = "plain", n.offers[1:]
	y.awards(n)
}

func (y *years) accepts(n *need, o *offer, award string) {
	made := y.Try(o.firm.bids, "acceptAward", input{"award": award}, "award { placement { id startsOn } }")
	y.lived.Changes["acceptAward"]++
	switch made.At("problems.0.code").Text() {
	case "":
		y.givesNotice(n, award)
		y.places(n, o, made.At("award.placement.id").Text())
	case "NO_CAPACITY": // another child has come to the home meanwhile
		y.does(o.firm.bids, "declineAward", input{"award": award, "reason": "Synthetic: the place was taken meanwhile."}, "")
		y.nextBest(n)
	default:
		y.Fail("accepting: %s", made.At("problems.0.message").Text())
	}
}

// givesNotice records where the award notice was published, of two in three awards; the others are owed.
func (y *years) givesNotice(n *need, award string) {
	if pick(y, "award notice", []bool{true, false, true}) {
		y.does(n.office.buyer, "recordAwardNotice", input{"award": award, "kind": "AWARD", "reference": "Synthetic: " + n.id[len(n.id)-6:], "publishedOn": y.day(0)}, "")
	}
}

// endsWithout ends a need without an award, for the reason that its fate is.
func (y *years) endsWithout(n *need) {
	reason := "NONE_LEFT"
	switch n.fate {
	case "silent":
		reason = "NO_OFFERS"
	case "none suitable":
		reason = "NONE_SUITABLE"
	case "named":
		reason = "SCHOOL_NAMED"
	case "not agreed":
		reason = "PLACED_OTHERWISE"
	}
	y.does(n.office.buyer, "endWithoutAward", input{"need": n.id, "reason": reason, "words": "Synthetic: we have not found the right place this way."}, "")
}

// delegates: boroughs delegate to their consortium; one takes it back, and gives it again.
func (y *years) delegates() {
	for _, o := range y.offices[5:7] {
		for _, act := range []string{"PUBLISH", "EVALUATE", "AWARD", "MANAGE"} {
			y.does(o.commissioner, "giveDelegation", input{"act": act}, "")
		}
	}
	bromley := y.offices[7].commissioner
	given := y.does(bromley, "giveDelegation", input{"act": "PUBLISH"}, "delegation { id }").At("delegation.id").Text()
	y.in(10, func() { y.does(bromley, "withdrawDelegation", input{"delegation": given}, "") })
	y.in(40, func() { y.does(bromley, "giveDelegation", input{"act": "MANAGE"}, "") })
}

// ends looks at the log a last time, says that the years are over, and has that sealed too.
func (y *years) ends() {
	if seen := y.Ask(demo.Auditor, `{ events(first: 100) { edges { node { act } } } }`, nil).At("events.edges").All(); y.Err == nil && len(seen) < 100 {
		y.Fail("the auditor sees %d events", len(seen))
	}
	y.Act(demo.Commissioner, "saveSearch", input{"name": lastWord, "filter": input{"kind": "SCHOOL"}}, "")
	y.wakes()
}
