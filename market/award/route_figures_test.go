package award

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestRouteFiguresQuarters(t *testing.T) {
	for _, c := range []struct {
		day  market.Date
		back int
		want string
	}{
		{market.NewDate(2026, time.January, 1), 0, "2026-01-01"},
		{market.NewDate(2026, time.March, 31), 0, "2026-01-01"},
		{market.NewDate(2026, time.April, 1), 0, "2026-04-01"},
		{market.NewDate(2026, time.January, 1), 1, "2025-10-01"},
		{market.NewDate(2026, time.December, 31), 4, "2025-10-01"},
		{market.NewDate(2026, time.May, 31), 40, "2016-04-01"},
	} {
		if got := QuarterOf(c.day, c.back).String(); got != c.want {
			t.Errorf("%s, %d back: %s, want %s", c.day, c.back, got, c.want)
		}
	}
	for n, want := range map[int]string{0: "INVALID quarters", 1: "", 40: "", 41: "INVALID quarters", -1: "INVALID quarters"} {
		if _, err := QuartersOrDefault(&n); markettest.RefusalCode(t, err) != want {
			t.Errorf("%d quarters: %v", n, err)
		}
	}
	if n, err := QuartersOrDefault(nil); n != 8 || err != nil {
		t.Errorf("no word of how many: %d, %v", n, err)
	}
}

// TestRouteFiguresForEverybody: too few and zero look the same, and the current quarter has no figures.
func TestRouteFiguresForEverybody(t *testing.T) {
	shown := []RouteFigure{{
		Quarter: market.NewDate(2026, time.January, 1), Route: market.RouteSpot, Places: 10,
		Annual: market.Pounds("100.00"),
	}, {Quarter: market.NewDate(2026, time.April, 1), Route: market.RouteSpot, Places: 99}}
	all := OpenFigures(shown, market.NewDate(2026, time.June, 1), 2)
	if len(all) != 2*len(market.Routes) {
		t.Fatalf("%d figures", len(all))
	}
	for _, f := range all {
		want := f.Route == market.RouteSpot && f.Quarter.String() == "2026-01-01"
		if (f.Places != nil) != want || (f.Annual != nil) != want {
			t.Errorf("%s, %s: %v", f.Quarter, f.Route, f.Places)
		}
	}
}
