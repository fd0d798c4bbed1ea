package placement

import (
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

// Placements whose agreed first day is 2 July.
var (
	notStarted = market.Placement{StartsOn: *dayOf2026(time.July, 2), Signed: true}
	active     = market.Placement{
		StartsOn: *dayOf2026(time.July, 2), Signed: true, StartedAt: &markettest.SampleTime,
		StartedOn: dayOf2026(time.July, 3),
	}
	cancelled = market.Placement{StartsOn: *dayOf2026(time.July, 2), Signed: true, CancelledAt: &markettest.SampleTime}
)

func endingOn(p market.Placement, last *market.Date) market.Placement {
	p.EndedOn = last
	return p
}

func TestEndPlacement(t *testing.T) {
	ending := endingOn(active, dayOf2026(time.August, 1))
	dayOf2062 := new(market.NewDate(2062, time.July, 3))
	inWords := ending
	inWords.EndWords = new("Synthetic: the building flooded.")
	for name, c := range map[string]struct {
		placement         market.Placement
		last              *market.Date
		reason            market.PlacementEndReason
		words, correction *string
		want              string
	}{
		"ends":                 {active, dayOf2026(time.August, 1), "PHASE_ENDED", nil, nil, ""},
		"on the first day":     {active, dayOf2026(time.July, 3), "FAMILY_REQUEST", nil, nil, ""},
		"before the first day": {active, dayOf2026(time.July, 2), "PHASE_ENDED", nil, nil, "INVALID lastDay"},
		"on its last birthday": {active, new(market.NewDate(2047, time.July, 3)), "PHASE_ENDED", nil, nil, ""},
		"the day after it":     {active, new(market.NewDate(2047, time.July, 4)), "PHASE_ENDED", nil, nil, "INVALID lastDay"},
		"corrected, too late":  {ending, dayOf2062, "PHASE_ENDED", nil, new("Synthetic: a slip."), "INVALID lastDay"},
		"keeps its words":      {inWords, dayOf2026(time.July, 30), market.EndOther, nil, new("Synthetic: a slip."), ""},
		"not started":          {notStarted, dayOf2026(time.August, 1), "PHASE_ENDED", nil, nil, "WRONG_STATE"},
		"cancelled":            {cancelled, dayOf2026(time.August, 1), "PHASE_ENDED", nil, nil, "WRONG_STATE"},
		"twice":                {ending, dayOf2026(time.August, 1), "PHASE_ENDED", nil, nil, "WRONG_STATE"},
		"corrected":            {ending, dayOf2026(time.July, 30), "PHASE_ENDED", nil, new("Synthetic: a slip."), ""},
		"corrected, no reason": {ending, dayOf2026(time.July, 30), "PHASE_ENDED", nil, new(""), "INVALID correction"},
		"corrected, too early": {ending, dayOf2026(time.July, 1), "PHASE_ENDED", nil, new("Synthetic: a slip."), "INVALID lastDay"},
		"nothing to correct":   {active, dayOf2026(time.August, 1), "PHASE_ENDED", nil, new("Synthetic: a slip."), "WRONG_STATE correction"},
		"other, without words": {active, dayOf2026(time.August, 1), market.EndOther, nil, nil, "INVALID words"},
		"other, empty words":   {active, dayOf2026(time.August, 1), market.EndOther, new(""), nil, "INVALID words"},
		"other, in words":      {active, dayOf2026(time.August, 1), market.EndOther, new("Synthetic: the building flooded."), nil, ""},
		"words without end":    {active, dayOf2026(time.August, 1), "STANDARDS", new(strings.Repeat("a", longestWords+1)), nil, "INVALID words"},
		"words with a name":    {active, dayOf2026(time.August, 1), "STANDARDS", new("The child is called Zara."), nil, "IDENTIFIES_CHILD words"},
	} {
		in := EndPlacementInput{LastDay: *c.last, Reason: c.reason, Words: c.words, Correction: c.correction}
		if err := EndPlacement(c.placement, 5, in); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestWithdrawEnd(t *testing.T) {
	last := dayOf2026(time.August, 1)
	for name, c := range map[string]struct {
		placement market.Placement
		now, want string
	}{
		"before the last day": {endingOn(active, last), "2026-07-20 09:00:00", ""},
		"on the last day":     {endingOn(active, last), "2026-08-01 23:59:00", ""},
		"the day after":       {endingOn(active, last), "2026-08-02 00:00:01", "WRONG_STATE"},
		"no end":              {active, "2026-07-20 09:00:00", "WRONG_STATE"},
		"cancelled":           {cancelled, "2026-07-20 09:00:00", "WRONG_STATE"},
	} {
		if err := WithdrawEnd(c.placement, markettest.LondonTime(t, c.now)); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestCancelPlacement(t *testing.T) {
	for name, c := range map[string]struct {
		placement market.Placement
		reason    market.PlacementEndReason
		want      string
	}{
		"signed":                {notStarted, "FAMILY_REQUEST", ""},
		"agreed":                {market.Placement{StartsOn: *dayOf2026(time.July, 2)}, "PLAN_CHANGED", ""},
		"other without words":   {notStarted, market.EndOther, "INVALID words"},
		"the child has started": {active, "FAMILY_REQUEST", "WRONG_STATE"},
		"twice":                 {cancelled, "FAMILY_REQUEST", "WRONG_STATE"},
	} {
		if err := CancelPlacement(c.placement, CancelPlacementInput{Reason: c.reason}); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestGiveNotice(t *testing.T) {
	for name, c := range map[string]struct {
		placement market.Placement
		last      *market.Date
		want      string
	}{
		"the child leaves":         {active, dayOf2026(time.August, 1), ""},
		"corrects a recorded end":  {endingOn(active, dayOf2026(time.August, 1)), dayOf2026(time.July, 20), ""},
		"no last day":              {active, nil, "INVALID lastDay"},
		"before the first day":     {active, dayOf2026(time.July, 2), "INVALID lastDay"},
		"in the wrong century":     {active, new(market.NewDate(2126, time.August, 1)), "INVALID lastDay"},
		"the child never came":     {notStarted, nil, ""},
		"it was never recorded":    {notStarted, dayOf2026(time.July, 20), ""},
		"before the agreed day":    {notStarted, dayOf2026(time.July, 1), "INVALID lastDay"},
		"the place was given back": {cancelled, nil, "WRONG_STATE"},
	} {
		if err := GiveNotice(c.placement, 5, GiveNoticeInput{LastDay: c.last, Reason: "MOVED_AWAY"}); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
