package placement

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func dayOf2026(month time.Month, day int) *market.Date { return new(market.NewDate(2026, month, day)) }

func TestStartPlacement(t *testing.T) {
	on, started := *dayOf2026(time.July, 2), &markettest.SampleTime
	signed := market.Placement{StartsOn: on, Signed: true}
	recorded := market.Placement{StartsOn: on, Signed: true, StartedAt: started, StartedOn: dayOf2026(time.July, 3)}
	urgent, spot := market.Placement{StartsOn: on, Route: market.RouteUrgent}, market.Placement{StartsOn: on, Route: market.RouteSpot}
	ended := recorded
	ended.EndedOn = dayOf2026(time.July, 10)
	corrected := func(to *market.Date, words string) StartPlacementInput {
		return StartPlacementInput{StartedOn: to, Correction: &words}
	}
	for name, c := range map[string]struct {
		placement market.Placement
		in        StartPlacementInput
		now       string
		want      string
	}{
		"first day, in London":  {signed, StartPlacementInput{}, "2026-07-02 00:00:00", ""},
		"a second before":       {signed, StartPlacementInput{}, "2026-07-01 23:59:59", "TOO_EARLY"},
		"later is fine":         {signed, StartPlacementInput{}, "2026-09-01 09:00:00", ""},
		"a day that has passed": {signed, StartPlacementInput{StartedOn: &on}, "2026-09-01 09:00:00", ""},
		"today, given":          {signed, StartPlacementInput{StartedOn: &on}, "2026-07-02 00:30:00", ""},
		"a day to come":         {signed, StartPlacementInput{StartedOn: dayOf2026(time.July, 4)}, "2026-07-03 23:59:00", "TOO_EARLY startedOn"},
		"before the agreed day": {signed, StartPlacementInput{StartedOn: dayOf2026(time.July, 1)}, "2026-07-03 09:00:00", "INVALID startedOn"},
		"not signed by both":    {market.Placement{StartsOn: on}, StartPlacementInput{}, "2026-07-02 09:00:00", "TOO_EARLY"},
		"urgent, not signed":    {urgent, StartPlacementInput{}, "2026-07-02 09:00:00", ""},
		"urgent, too early":     {urgent, StartPlacementInput{}, "2026-07-01 09:00:00", "TOO_EARLY"},
		"spot, not signed":      {spot, StartPlacementInput{}, "2026-07-02 09:00:00", "TOO_EARLY"},
		"cancelled":             {cancelled, StartPlacementInput{}, "2026-07-02 09:00:00", "WRONG_STATE"},
		"started":               {recorded, StartPlacementInput{}, "2026-07-04 09:00:00", "WRONG_STATE"},
		"corrected":             {recorded, corrected(&on, "Synthetic: a day early."), "2026-07-04 09:00:00", ""},
		"corrected, no words":   {recorded, corrected(&on, ""), "2026-07-04 09:00:00", "INVALID correction"},
		"nothing to correct":    {signed, StartPlacementInput{Correction: new("Synthetic.")}, "2026-07-04 09:00:00", "WRONG_STATE correction"},
		"corrected, too late":   {ended, corrected(dayOf2026(time.July, 11), "Synthetic."), "2026-07-20 09:00:00", "INVALID startedOn"},
	} {
		first, err := StartPlacement(c.placement, c.in, markettest.LondonTime(t, c.now))
		if markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if c.in.StartedOn != nil && !first.Equal(*c.in.StartedOn) {
			t.Errorf("%s: the first day is %s", name, first)
		}
	}
	first, err := StartPlacement(signed, StartPlacementInput{}, markettest.LondonTime(t, "2026-09-01 00:30:00"))
	if err != nil || first.String() != "2026-09-01" {
		t.Errorf("the day that is not given is today, and not %s", first)
	}
}
