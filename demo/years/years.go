// Package years lives years of the synthetic region: many needs side by side, and what happens around them, so that every
// list, alert and figure of the service has something to show. Each request goes over HTTP with that person's token. Every
// person, provider and word in it is invented; the same seed makes the same choices.
package years

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/southeasttogether/dps/demo"
)

// Life is where years are lived, and for how long.
type Life struct {
	demo.World
	// Wake lets the clock worker do what is due.
	Wake func(context.Context) error
	// Inspect takes in a list of children's homes in which one, by its URN, was inspected on a day, and what was found.
	Inspect func(ctx context.Context, urn, found string, on time.Time) error
	Span    time.Duration
	Seed    uint64
}

// Lived is what was done: requests in all, and changes by their name.
type Lived struct {
	Requests int
	Changes  map[string]int
	Until    time.Time
}

type input = demo.Input

// years is the living. Whatever somebody will do stands in the diary.
type years struct {
	demo.Asking
	Life
	ctx    context.Context
	random *rand.Rand
	lived  Lived

	now, until time.Time
	diary      []entry
	written    int // entries so far

	lots     []*lot
	offices  []office
	firms    []*firm
	next     map[string]int  // how far somebody is in each list of choices
	children map[string]bool // homes, by their URN, where a child is
}

// entry is what somebody will do, and when.
type entry struct {
	at     time.Time
	number int // in the order of writing
	do     func()
}

// Live lives the years.
func (l Life) Live(ctx context.Context) (Lived, error) {
	y := &years{Asking: demo.NewAsking(ctx, l.World), Life: l, ctx: ctx, random: rand.New(rand.NewPCG(l.Seed, 2)), next: map[string]int{}, children: map[string]bool{},
		lived: Lived{Changes: map[string]int{}}}
	y.founds()
	for len(y.diary) > 0 && y.Err == nil {
		y.turn()
	}
	y.ends()
	y.lived.Requests, y.lived.Until = y.Requests, y.now
	return y.lived, y.Err
}

// founds opens the lots, and writes into the diary what each theme begins with.
func (y *years) founds() {
	y.opensLots()
	y.until = y.now.Add(y.Span)
	y.offices = offices()
	for _, begin := range []func(){y.admits, y.provides, y.delegates, y.needs, y.manages, y.searches, y.inspects} {
		begin()
	}
}

// in writes into the diary what somebody does so much later, at the earliest at nine in the morning of the next day.
func (y *years) in(days int, do func()) {
	at := y.now.AddDate(0, 0, max(days, 1))
	y.on(time.Date(at.Year(), at.Month(), at.Day(), 9, 0, 0, 0, time.UTC), do)
}

// on writes into the diary what somebody does at an instant; what lies beyond the end is not lived any more.
func (y *years) on(at time.Time, do func()) {
	if at.After(y.until) {
		return
	}
	e := entry{at, y.written, do}
	y.written++
	i, _ := slices.BinarySearchFunc(y.diary, e, func(a, b entry) int {
		if c := a.at.Compare(b.at); c != 0 {
			return c
		}
		return a.number - b.number
	})
	y.diary = slices.Insert(y.diary, i, e)
}

// turn does what stands next in the diary. When time has passed, the clock worker comes first.
func (y *years) turn() {
	e := y.diary[0]
	y.diary = y.diary[1:]
	if e.at.After(y.now) {
		y.now = e.at
		y.Move(e.at)
		y.wakes()
	}
	e.do()
}

func (y *years) wakes() {
	if y.Err != nil {
		return
	}
	if err := y.Wake(y.ctx); err != nil {
		y.Fail("the clock worker: %w", err)
	}
}

// does is Act, counted.
func (y *years) does(who demo.Persona, mutation string, in input, selection string) demo.Value {
	y.lived.Changes[mutation]++
	return y.Act(who, mutation, in, selection)
}

// pick is the next of a list of choices: each comes up in turn.
func pick[T any](y *years, list string, from []T) T {
	y.next[list]++
	return from[(y.next[list]-1)%len(from)]
}

// perhaps is true so many times out of a hundred.
func (y *years) perhaps(percent int) bool { return y.random.IntN(100) < percent }

func (y *years) day(days int) string { return y.now.AddDate(0, 0, days).Format(time.DateOnly) }

// share is the instant at which so much of the span is over.
func (y *years) share(of float64) time.Time {
	at := y.until.Add(-time.Duration((1 - of) * float64(y.Span)))
	return time.Date(at.Year(), at.Month(), at.Day(), 9, 0, 0, 0, time.UTC)
}
