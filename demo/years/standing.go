package years

import (
	"time"

	"github.com/southeasttogether/dps/demo"
)

// lapses: what was declared lapses; most renew it in time, one in five after it was suspended for it, the sixth never does.
func (y *years) lapses() {
	for _, f := range y.firms {
		y.renewsBefore(f, 200+13*f.number)
	}
	soon := y.firms[0] // the first declares for a short time only, so that a warning comes early
	y.declares(soon, 364)
}

func (y *years) renewsBefore(f *firm, days int) {
	days = min(days, 364)
	switch {
	case f.number == 6:
		y.in(days, func() { f.out = true }) // the day before it lapses: whoever bids on the day itself may come too late
	case f.number%5 == 0:
		y.in(days, func() { f.out = true })
		y.in(days+9, func() {
			y.declares(f, 364)
			y.in(1, func() { f.out = false; y.renewsBefore(f, 364) })
		})
	default:
		y.in(days-5, func() {
			y.declares(f, 364)
			y.renewsBefore(f, 364)
		})
	}
}

// steps are what happens to memberships: each provider of them is one of the first members of the first lot.
func (y *years) steps() {
	l := y.lots[0]
	members, reason, reasons := y.some(l, 7), why("something was looked into"), why("the reports were gone through")
	for _, s := range []struct {
		day, of  int
		mutation string
		in       input
	}{
		{4, 0, "suspendMembership", input{"reason": reason, "until": y.now.AddDate(0, 0, 25).Format(time.RFC3339)}},
		{5, 1, "suspendMembership", input{"reason": reason}},
		{20, 1, "restoreMembership", input{"reason": reason}},
		{6, 2, "announceRemoval", input{"reasons": reasons}},
		{8, 2, "answerRemoval", input{"answer": why("it has been put right")}},
		{24, 2, "decideRemoval", input{"decision": "KEEP", "reasons": reasons}},
		{7, 3, "announceRemoval", input{"reasons": reasons}},
		{30, 3, "decideRemoval", input{"decision": "REMOVE", "reasons": reasons}},
		{33, 4, "leaveLot", input{"reason": reason}},
		{9, 5, "askForRenewal", input{"kind": declared, "reason": reason}},
		{9, 6, "askForRenewal", input{"kind": "ACCOUNTS", "reason": reason}}, // which it never gives
	} {
		f := y.firms[members[s.of]-1]
		s.in["membership"] = l.members[f.number]
		y.in(s.day, func() { y.step(f, l, s.mutation, s.in) })
	}
	y.in(11, func() { y.declares(y.firms[members[5]-1], 360) })
	y.in(26, func() { y.firms[members[0]-1].out = false })
}

// step is one of them, and whether the provider can offer from then on.
func (y *years) step(f *firm, l *lot, mutation string, in input) {
	who := demo.MarketManager
	switch mutation {
	case "answerRemoval":
		who = f.bids
	case "leaveLot":
		who = f.bids
		delete(l.members, f.number)
	case "suspendMembership", "restoreMembership":
		f.out = mutation == "suspendMembership"
	case "decideRemoval":
		if in["decision"] == "REMOVE" {
			delete(l.members, f.number)
		}
	}
	y.does(who, mutation, in, "")
}

// some are the first so many members of a lot, by their number.
func (y *years) some(l *lot, many int) (numbers []int) {
	for n := 1; n <= firms && len(numbers) < many; n++ {
		if _, is := l.members[n]; is {
			numbers = append(numbers, n)
		}
	}
	return numbers
}
