package years

import (
	"time"

	"github.com/southeasttogether/dps/demo"
)

// planLapses: what was declared lapses; most renew it in time, one in five after it was suspended for it, the sixth never does.
func (y *yearsPlayer) planLapses() {
	for _, f := range y.firms {
		y.renewBefore(f, 200+13*f.number)
	}
	soon := y.firms[0] // the first declares for a short time only, so that a warning comes early
	y.declareEvidence(soon, 364)
}

func (y *yearsPlayer) renewBefore(f *firm, days int) {
	days = min(days, 364)
	switch {
	case f.number == 6:
		y.afterDays(days, func() { f.cannotOffer = true }) // the day before it lapses: whoever bids on the day itself may come too late
	case f.number%5 == 0:
		y.afterDays(days, func() { f.cannotOffer = true })
		y.afterDays(days+9, func() {
			y.declareEvidence(f, 364)
			y.afterDays(1, func() { f.cannotOffer = false; y.renewBefore(f, 364) })
		})
	default:
		y.afterDays(days-5, func() {
			y.declareEvidence(f, 364)
			y.renewBefore(f, 364)
		})
	}
}

// planMembershipSteps are what happens to memberships: each provider of them is one of the first members of the first lot.
func (y *yearsPlayer) planMembershipSteps() {
	l := y.lots[0]
	members, reason, reasons := y.firstMembers(l, 7), syntheticReason("something was looked into"),
		syntheticReason("the reports were gone through")
	for _, s := range []struct {
		day, of  int
		mutation string
		in       input
	}{
		{4, 0, "suspendMembership", input{"reason": reason, "until": y.now.AddDate(0, 0, 25).Format(time.RFC3339)}},
		{5, 1, "suspendMembership", input{"reason": reason}},
		{20, 1, "restoreMembership", input{"reason": reason}},
		{6, 2, "announceRemoval", input{"reasons": reasons}},
		{8, 2, "answerRemoval", input{"answer": syntheticReason("it has been put right")}},
		{24, 2, "decideRemoval", input{"decision": "KEEP", "reasons": reasons}},
		{7, 3, "announceRemoval", input{"reasons": reasons}},
		{30, 3, "decideRemoval", input{"decision": "REMOVE", "reasons": reasons}},
		{33, 4, "leaveLot", input{"reason": reason}},
		{9, 5, "askForRenewal", input{"kind": requiredEvidence, "reason": reason}},
		{9, 6, "askForRenewal", input{"kind": "ACCOUNTS", "reason": reason}}, // which it never gives
	} {
		f := y.firms[members[s.of]-1]
		s.in["membership"] = l.members[f.number]
		y.afterDays(s.day, func() { y.takeMembershipStep(f, l, s.mutation, s.in) })
	}
	y.afterDays(11, func() { y.declareEvidence(y.firms[members[5]-1], 360) })
	y.afterDays(26, func() { y.firms[members[0]-1].cannotOffer = false })
}

// takeMembershipStep is one of them, and whether the provider can offer from then on.
func (y *yearsPlayer) takeMembershipStep(f *firm, l *lot, mutation string, in input) {
	who := demo.MarketManager
	switch mutation {
	case "answerRemoval":
		who = f.bidder
	case "leaveLot":
		who = f.bidder
		delete(l.members, f.number)
	case "suspendMembership", "restoreMembership":
		f.cannotOffer = mutation == "suspendMembership"
	case "decideRemoval":
		if in["decision"] == "REMOVE" {
			delete(l.members, f.number)
		}
	}
	y.actCounted(who, mutation, in, "")
}

// firstMembers are the first members of a lot, up to the given number.
func (y *yearsPlayer) firstMembers(l *lot, many int) (numbers []int) {
	for n := 1; n <= firmCount && len(numbers) < many; n++ {
		if _, ok := l.members[n]; ok {
			numbers = append(numbers, n)
		}
	}
	return numbers
}
