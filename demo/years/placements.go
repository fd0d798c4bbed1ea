package years

import (
	"maps"
	"slices"
	"time"
)

// startPlacement brings an accepted award to the child's first day. Now and then nobody records it for some days.
func (y *yearsPlayer) startPlacement(n *need, o *offer, award, placement string) {
	y.afterDays(1, func() {
		signed := y.TryAct(n.office.buyer, "signAgreement", input{"placement": placement}, "")
		if signed.At("problems.0.code").Text() == "TOO_EARLY" { // the award notice comes first
			y.recordAwardNotice(n, award)
			y.Act(n.office.buyer, "signAgreement", input{"placement": placement}, "")
		}
		y.lived.Changes["signAgreement"]++
		y.actCounted(o.firm.bidder, "signAgreement", input{"placement": placement}, "")
		y.actCounted(n.office.commissioner, "recordIdentity", input{
			"need": n.id, "name": "Synthetic Child",
			"dateOfBirth": y.now.AddDate(-n.lot.youngestAge-4, 0, 0).Format(time.DateOnly),
		}, "")
		y.Ask(o.firm.bidder, `mutation($input: ViewIdentityInput!) { viewIdentity(input: $input) { problems { code } } }`,
			input{"input": input{"need": n.id, "purpose": "PLACEMENT"}})
		y.lived.Changes["viewIdentity"]++
	})
	first := n.start.AddDate(0, 0, 2+nextChoice(y, "first day", []int{0, 0, 0, 5}))
	if first.Before(y.now.AddDate(0, 0, 2)) { // what took long starts late
		first = y.now.AddDate(0, 0, 2)
	}
	y.atInstant(time.Date(first.Year(), first.Month(), first.Day(), 9, 0, 0, 0, time.UTC), func() {
		y.actCounted(n.office.buyer, "startPlacement", input{"placement": placement}, "")
		if n.lot.forHomes {
			y.children[o.firm.homeURN] = true
		}
		y.afterDays(5, func() { y.giveFeedback(n, placement) })
		switch nextChoice(y, "end", []string{"planned", "stays", "stays", "at once", "stays"}) {
		case "planned":
			y.afterDays(6, func() { y.endPlacement(n, placement, "MOVED_AWAY", 21, true) })
		case "at once":
			y.afterDays(40, func() { y.endPlacement(n, placement, "PROVIDER_REQUEST_OTHER", 0, false) })
		}
	})
}

// endPlacement records the last day of a place, a number of days ahead.
func (y *yearsPlayer) endPlacement(n *need, placement, reason string, days int, planned bool) {
	y.actCounted(n.office.buyer, "endPlacement", input{
		"placement": placement, "lastDay": y.dayFromNow(days), "reason": reason, "planned": planned,
		"words": syntheticReason("it was time"),
	}, "")
}

// inspectHomes: twice, an inspection of a home where a child is falls below the standard; two months later it is good again.
func (y *yearsPlayer) inspectHomes() {
	for i, share := range []float64{0.8, 0.92} {
		y.atInstant(y.instantOfShare(share), func() {
			homes := slices.Sorted(maps.Keys(y.children))
			if len(homes) == 0 {
				return
			}
			home := homes[i%len(homes)]
			y.inspectHome(home, []string{"Inadequate", "Requires improvement to be good"}[i])
			y.afterDays(60, func() { y.inspectHome(home, "Good") })
		})
	}
}

func (y *yearsPlayer) inspectHome(home, value string) {
	if y.Err != nil {
		return
	}
	if err := y.Inspect(y.ctx, home, value, y.now); err != nil {
		y.Fail("the list of homes: %w", err)
		return
	}
	y.wakeWorker()
}

// recordPlanDates records the dates of a child's plan; many go on to the draft and to the end, some stay behind their times.
func (y *yearsPlayer) recordPlanDates(n *need) {
	dates := input{"need": n.id, "requestedOn": y.dayFromNow(-100), "consultedOn": y.dayFromNow(0)}
	record := func(more input) {
		for name, value := range more {
			dates[name] = value
		}
		in := input{}
		for name, value := range dates {
			in[name] = value
		}
		y.actCounted(n.office.commissioner, "recordEhcDates", in, "")
	}
	switch nextChoice(y, "plan", []string{"to the end", "drafted", "behind", "next phase"}) {
	case "to the end":
		record(nil)
		y.laterUnlessWithdrawn(n, 10, func() { record(input{"draftSentOn": y.dayFromNow(0)}) })
		y.laterUnlessWithdrawn(n, 28, func() { record(input{"finalisedOn": y.dayFromNow(0)}) })
	case "drafted":
		record(nil)
		y.laterUnlessWithdrawn(n, 12, func() { record(input{"draftSentOn": y.dayFromNow(0), "tribunalOn": y.dayFromNow(45)}) })
	case "behind":
		record(nil)
	default:
		record(input{"transferOn": y.dayFromNow(330)})
	}
}

// approveSetting approves the setting of an award as outside the area: as distant, or as neighbouring where the directory says so.
func (y *yearsPlayer) approveSetting(n *need, award string) {
	setting := y.AskNode(n.office.approver, "Award", award, "setting { id }").At("setting.id").Text()
	in := func(distance, approver string) input {
		return input{
			"need": n.id, "setting": setting, "distance": distance, "approvedBy": approver,
			"grounds": syntheticReason("no place nearer could keep the child safe"), "areaToldOn": y.dayFromNow(0),
		}
	}
	answer := y.TryAct(n.office.approver, "approveOutOfArea", in("DISTANT", "DIRECTOR"), "")
	y.lived.Changes["approveOutOfArea"]++
	if answer.At("problems.0.code").Text() == "INVALID" {
		y.actCounted(n.office.approver, "approveOutOfArea", in("NEIGHBOURING", "NOMINATED_OFFICER"), "")
	}
}

// approveOutOfArea approves a place outside the area, in an emergency; every other time the area is told in time.
func (y *yearsPlayer) approveOutOfArea(n *need) {
	in := func(told any) input {
		all := input{
			"need": n.id, "distance": "DISTANT", "approvedBy": "DIRECTOR",
			"grounds": syntheticReason("no place nearer could keep the child safe"), "emergency": true,
		}
		if told != nil {
			all["areaToldOn"] = told
		}
		return all
	}
	y.actCounted(n.office.approver, "approveOutOfArea", in(nil), "")
	if y.choiceIndex["area"]++; y.choiceIndex["area"]%2 == 0 {
		y.laterUnlessWithdrawn(n, 2, func() { y.actCounted(n.office.approver, "approveOutOfArea", in(y.dayFromNow(0)), "") })
	}
}
