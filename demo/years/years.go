// Package years runs years of the synthetic region: many needs at the same time, and what happens around them, so that
// every list, alert and figure of the service has something to show. Each request goes over HTTP with that person's
// token. Every person, provider and word in it is invented; the same seed makes the same choices.
package years

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/southeasttogether/dps/demo"
)

// Life is where the years run, and for how long.
type Life struct {
	demo.World
	// Wake lets the clock worker do what is due.
	Wake func(context.Context) error
	// Inspect takes in a list of children's homes in which one, by its URN, was inspected on a day, and what was found.
	Inspect func(ctx context.Context, urn, found string, on time.Time) error
	Span    time.Duration
	Seed    uint64
}

// Summary is what was done: requests in all, and changes by their name.
type Summary struct {
	Requests int
	Changes  map[string]int
	Until    time.Time
}

type input = demo.Input

// yearsPlayer plays the people. What somebody will do is in the diary.
type yearsPlayer struct {
	demo.Player
	Life
	ctx    context.Context
	random *rand.Rand
	lived  Summary

	now, until     time.Time
	diary          []diaryEntry
	entriesWritten int // entries so far

	lots        []*lot
	offices     []office
	firms       []*firm
	choiceIndex map[string]int  // how far somebody is in each list of choices
	children    map[string]bool // homes, by their URN, where a child is
}

// diaryEntry is what somebody will do, and when.
type diaryEntry struct {
	at     time.Time
	number int // in the order of writing
	act    func()
}

// Live runs the years.
func (l Life) Live(ctx context.Context) (Summary, error) {
	y := &yearsPlayer{
		Player: demo.NewPlayer(ctx, l.World), Life: l, ctx: ctx, random: rand.New(rand.NewPCG(l.Seed, 2)),
		choiceIndex: map[string]int{}, children: map[string]bool{},
		lived: Summary{Changes: map[string]int{}},
	}
	y.planThemes()
	for len(y.diary) > 0 && y.Err == nil {
		y.doNextEntry()
	}
	y.finishYears()
	y.lived.Requests, y.lived.Until = y.Requests, y.now
	return y.lived, y.Err
}

// planThemes opens the lots, and writes into the diary what each theme begins with.
func (y *yearsPlayer) planThemes() {
	y.openLots()
	y.until = y.now.Add(y.Span)
	y.offices = allOffices()
	for _, begin := range []func(){
		y.admitFirms, y.declareVacancies, y.giveDelegations, y.planNeeds, y.publishNotices,
		y.saveSearches, y.inspectHomes,
	} {
		begin()
	}
}

// afterDays writes into the diary what somebody does so much later, at the earliest at nine in the morning of the next day.
func (y *yearsPlayer) afterDays(days int, do func()) {
	at := y.now.AddDate(0, 0, max(days, 1))
	y.atInstant(time.Date(at.Year(), at.Month(), at.Day(), 9, 0, 0, 0, time.UTC), do)
}

// atInstant writes into the diary what somebody does at an instant; what lies beyond the end is not lived any more.
func (y *yearsPlayer) atInstant(at time.Time, do func()) {
	if at.After(y.until) {
		return
	}
	e := diaryEntry{at, y.entriesWritten, do}
	y.entriesWritten++
	i, _ := slices.BinarySearchFunc(y.diary, e, func(a, b diaryEntry) int {
		if c := a.at.Compare(b.at); c != 0 {
			return c
		}
		return a.number - b.number
	})
	y.diary = slices.Insert(y.diary, i, e)
}

// doNextEntry does what stands next in the diary. When time has passed, the clock worker comes first.
func (y *yearsPlayer) doNextEntry() {
	e := y.diary[0]
	y.diary = y.diary[1:]
	if e.at.After(y.now) {
		y.now = e.at
		y.MoveClockTo(e.at)
		y.wakeWorker()
	}
	e.act()
}

func (y *yearsPlayer) wakeWorker() {
	if y.Err != nil {
		return
	}
	if err := y.Wake(y.ctx); err != nil {
		y.Fail("the clock worker: %w", err)
	}
}

// actCounted is Act, counted.
func (y *yearsPlayer) actCounted(who demo.Persona, mutation string, in input, selection string) demo.Value {
	y.lived.Changes[mutation]++
	return y.Act(who, mutation, in, selection)
}

// nextChoice is the next of a list of choices: each comes up in turn.
func nextChoice[T any](y *yearsPlayer, list string, from []T) T {
	y.choiceIndex[list]++
	return from[(y.choiceIndex[list]-1)%len(from)]
}

// withChance is true in the given number of cases out of a hundred.
func (y *yearsPlayer) withChance(percent int) bool { return y.random.IntN(100) < percent }

func (y *yearsPlayer) dayFromNow(days int) string {
	return y.now.AddDate(0, 0, days).Format(time.DateOnly)
}

// instantOfShare is the instant at which so much of the span is over.
func (y *yearsPlayer) instantOfShare(of float64) time.Time {
	at := y.until.Add(-time.Duration((1 - of) * float64(y.Span)))
	return time.Date(at.Year(), at.Month(), at.Day(), 9, 0, 0, 0, time.UTC)
}
