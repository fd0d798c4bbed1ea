package years

import (
	"github.com/southeasttogether/dps/demo"
)

// awardNeed brings a ranked need to an award, and then to its answer.
func (y *yearsPlayer) awardNeed(n *need) {
	n.offers = y.eligibleOffers(n)
	if len(n.offers) == 0 || n.fate == "named" {
		y.endWithoutAward(n)
		return
	}
	best := n.offers[0]
	if (n.fate == "low and passed over" || n.fate == "low and explained") && y.appearsLow(n, best) {
		y.queryLowPrice(n, best, func() { y.awardNeed(n) })
		return
	}
	award := y.proposeAward(n, best)
	if n.fate == "rejected first" {
		y.actCounted(n.office.approver, "rejectAward", input{"award": award, "reason": "Synthetic: say first what the family said to it."}, "")
		n.fate = "plain"
		award = y.proposeAward(n, best)
	}
	y.recordPanelDecision(n, n.fate != "not agreed")
	if n.fate == "not agreed" {
		y.actCounted(n.office.approver, "rejectAward", input{
			"award":  award,
			"reason": "Synthetic: the panel does not agree; another way is found.",
		}, "")
		y.endWithoutAward(n)
		return
	}
	y.afterDays(1, func() { y.approveAward(n, best, award) })
}

// eligibleOffers are the offers of firms that still can be awarded a place.
func (y *yearsPlayer) eligibleOffers(n *need) (left []*offer) {
	for _, o := range n.offers {
		if o.firm.isEligible(n.lot) {
			left = append(left, o)
		}
	}
	return left
}

// appearsLow says whether a price is far below those of two others.
func (y *yearsPlayer) appearsLow(n *need, o *offer) bool {
	sum, others := 0, 0
	for _, other := range n.offers {
		if other != o {
			sum, others = sum+other.annual, others+1
		}
	}
	return others >= 2 && o.annual*others*100 < sum*60
}

func (y *yearsPlayer) proposeAward(n *need, o *offer) string {
	return y.actCounted(n.office.buyer, "proposeAward", input{
		"offer":  o.id,
		"reason": syntheticReason("of the offers that are left, this one is the best for the child"),
	}, "award { id }").At("award.id").Text()
}

// recordPanelDecision records what the panel decided, and who pays.
func (y *yearsPlayer) recordPanelDecision(n *need, agreed bool) {
	split := nextChoice(y, "split", [][3]string{{"100.00", "0.00", "0.00"}, {"60.00", "40.00", "0.00"}, {"50.00", "30.00", "20.00"}})
	y.actCounted(n.office.commissioner, "recordPanelDecision", input{
		"need": n.id, "decidedOn": y.dayFromNow(0), "agreed": agreed,
		"reasons":   syntheticReason("no place nearer was found"),
		"education": split[0], "socialCare": split[1], "icb": split[2],
	}, "")
}

// approveAward approves the award, and makes the provider answer when it can. A provider that cannot take the place
// makes room for the next.
func (y *yearsPlayer) approveAward(n *need, o *offer, award string) {
	if !o.firm.isEligible(n.lot) {
		y.actCounted(n.office.approver, "rejectAward", input{"award": award, "reason": "Synthetic: the provider is suspended since."}, "")
		y.awardNeed(n)
		return
	}
	approved := y.actCounted(n.office.approver, "approveAward", input{"award": award, "standstill": y.choiceIndex["split"]%2 == 0},
		"award { standstillEnds acceptBy }").At("award")
	answer, acceptBy := y.now.AddDate(0, 0, 1), y.ParseInstant(approved.At("acceptBy"))
	if ends := approved.At("standstillEnds"); ends.Exists() {
		answer = y.ParseInstant(ends).AddDate(0, 0, 1)
	}
	switch n.fate {
	case "declined":
		y.afterDays(2, func() {
			y.actCounted(o.firm.bidder, "declineAward", input{"award": award, "reason": "Synthetic: the place was taken meanwhile."}, "")
			y.tryNextBest(n)
		})
	case "lapsed":
		y.atInstant(acceptBy.AddDate(0, 0, 1), func() { y.tryNextBest(n) })
	default:
		y.atInstant(answer, func() { y.acceptAward(n, o, award) })
	}
}

// tryNextBest goes on with the offers that are left.
func (y *yearsPlayer) tryNextBest(n *need) {
	n.fate, n.offers = "plain", n.offers[1:]
	y.awardNeed(n)
}

// acceptAward makes a provider accept, or decline if it has been suspended or removed since, or another child has the place.
func (y *yearsPlayer) acceptAward(n *need, o *offer, award string) {
	if !o.firm.isEligible(n.lot) {
		y.actCounted(o.firm.bidder, "declineAward", input{"award": award, "reason": syntheticReason("it is no active member of the lot now")}, "")
		y.tryNextBest(n)
		return
	}
	made := y.TryAct(o.firm.bidder, "acceptAward", input{"award": award}, "award { placement { id startsOn } }")
	y.lived.Changes["acceptAward"]++
	switch made.At("problems.0.code").Text() {
	case "":
		if nextChoice(y, "award notice", []bool{true, false, true}) { // the others are owed, or recorded when the agreement waits for them
			y.recordAwardNotice(n, award)
		}
		y.startPlacement(n, o, award, made.At("award.placement.id").Text())
	case "TOO_EARLY": // the home is outside the area
		y.approveSetting(n, award)
		y.acceptAward(n, o, award)
	case "NO_CAPACITY": // another child has come to the home meanwhile
		y.actCounted(o.firm.bidder, "declineAward", input{"award": award, "reason": "Synthetic: the place was taken meanwhile."}, "")
		y.tryNextBest(n)
	default:
		y.Fail("accepting: %s", made.At("problems.0.message").Text())
	}
}

// recordAwardNotice records where the award notice was published.
func (y *yearsPlayer) recordAwardNotice(n *need, award string) {
	y.actCounted(n.office.buyer, "recordAwardNotice", input{
		"award": award, "kind": "AWARD", "reference": "Synthetic: " + n.id[len(n.id)-6:],
		"publishedOn": y.dayFromNow(0),
	}, "")
}

// endWithoutAward ends a need without an award, for the reason of its fate.
func (y *yearsPlayer) endWithoutAward(n *need) {
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
	y.actCounted(n.office.buyer, "endWithoutAward", input{
		"need": n.id, "reason": reason,
		"words": "Synthetic: we have not found the right place this way.",
	}, "")
}

// giveDelegations: boroughs delegate to their consortium; one takes it back, and gives it again.
func (y *yearsPlayer) giveDelegations() {
	for _, o := range y.offices[5:7] {
		for _, act := range []string{"PUBLISH", "EVALUATE", "AWARD", "MANAGE"} {
			y.actCounted(o.commissioner, "giveDelegation", input{"act": act}, "")
		}
	}
	bromley := y.offices[7].commissioner
	given := y.actCounted(bromley, "giveDelegation", input{"act": "PUBLISH"}, "delegation { id }").At("delegation.id").Text()
	y.afterDays(10, func() { y.actCounted(bromley, "withdrawDelegation", input{"delegation": given}, "") })
	y.afterDays(40, func() { y.actCounted(bromley, "giveDelegation", input{"act": "MANAGE"}, "") })
}

// finishYears looks at the log a last time, says that the years are over, and has that sealed too.
func (y *yearsPlayer) finishYears() {
	if seen := y.Ask(demo.Auditor, `{ events(first: 100) { edges { node { act } } } }`, nil).At("events.edges").All(); y.Err == nil &&
		len(seen) < 100 {
		y.Fail("the auditor sees %d events", len(seen))
	}
	y.Act(demo.Commissioner, "saveSearch", input{"name": lastSearchName, "filter": input{"kind": "SCHOOL"}}, "")
	y.wakeWorker()
}
