package years

import (
	"maps"
	"slices"
	"time"

	"github.com/southeasttogether/dps/demo"
)

// places brings an accepted award to the child's first day. Now and then nobody records it for some days.
func (y *years) places(n *need, o *offer, placement string) {
	y.in(1, func() {
		for _, who := range []demo.Persona{n.office.buyer, o.firm.bids} {
			y.does(who, "signAgreement", input{"placement": placement}, "")
		}
		y.does(n.office.commissioner, "recordIdentity", input{"need": n.id, "name": "Synthetic Child", "dateOfBirth": y.now.AddDate(-n.lot.low-4, 0, 0).Format(time.DateOnly)}, "")
		y.Ask(o.firm.bids, `mutation($input: ViewIdentityInput!) { viewIdentity(input: $input) { problems { code } } }`, input{"input": input{"need": n.id, "purpose": "PLACEMENT"}})
		y.lived.Changes["viewIdentity"]++
	})
	first := n.start.AddDate(0, 0, 2+pick(y, "first day", []int{0, 0, 0, 5}))
	if first.Before(y.now.AddDate(0, 0, 2)) { // what took long starts late
		first = y.now.AddDate(0, 0, 2)
	}
	y.on(time.Date(first.Year(), first.Month(), first.Day(), 9, 0, 0, 0, time.UTC), func() {
		y.does(n.office.buyer, "startPlacement", input{"placement": placement}, "")
		if n.lot.home {
			y.children[o.firm.homeURN] = true
		}
		y.in(5, func() { y.tells(n, placement) })
	})
}

// inspects: twice, an inspection of a home where a child is falls below the standard; two months later it is good again.
func (y *years) inspects() {
	for i, share := range []float64{0.8, 0.92} {
		y.on(y.share(share), func() {
			homes := slices.Sorted(maps.Keys(y.children))
			if len(homes) == 0 {
				return
			}
			home := homes[i%len(homes)]
			y.inspected(home, []string{"Inadequate", "Requires improvement to be good"}[i])
			y.in(60, func() { y.inspected(home, "Good") })
		})
	}
}

func (y *years) inspected(home, value string) {
	if y.Err != nil {
		return
	}
	if err := y.Inspect(y.ctx, home, value, y.now); err != nil {
		y.Fail("the list of homes: %w", err)
		return
	}
	y.wakes()
}

// plans records the dates of a child's plan; many go on to the draft and to the end, some stay behind their times.
func (y *years) plans(n *need) {
	dates := input{"need": n.id, "requestedOn": y.day(-100), "consultedOn": y.day(0)}
	record := func(more input) {
		for name, value := range more {
			dates[name] = value
		}
		in := input{}
		for name, value := range dates {
			in[name] = value
		}
		y.does(n.office.commissioner, "recordEhcDates", in, "")
	}
	switch pick(y, "plan", []string{"to the end", "drafted", "behind", "next phase"}) {
	case "to the end":
		record(nil)
		y.later(n, 10, func() { record(input{"draftSentOn": y.day(0)}) })
		y.later(n, 28, func() { record(input{"finalisedOn": y.day(0)}) })
	case "drafted":
		record(nil)
		y.later(n, 12, func() { record(input{"draftSentOn": y.day(0), "tribunalOn": y.day(45)}) })
	case "behind":
		record(nil)
	default:
		record(input{"transferOn": y.day(330)})
	}
}

// approvesArea approves a place outside the area, in an emergency; every other time the area is told in time.
func (y *years) approvesArea(n *need) {
	in := func(told any) input {
		all := input{"need": n.id, "distance": "DISTANT", "approvedBy": "DIRECTOR", "grounds": why("no place nearer could keep the child safe"), "emergency": true}
		if told != nil {
			all["areaToldOn"] = told
		}
		return all
	}
	y.does(n.office.approver, "approveOutOfArea", in(nil), "")
	if y.next["area"]++; y.next["area"]%2 == 0 {
		y.later(n, 2, func() { y.does(n.office.approver, "approveOutOfArea", in(y.day(0)), "") })
	}
}
