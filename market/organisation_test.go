package market_test

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

// TestRequireInRegion: days are those of London, whose clocks in June are an hour ahead of UTC.
func TestRequireInRegion(t *testing.T) {
	first, last := market.NewDate(2026, 6, 2), market.NewDate(2026, 6, 30)
	for at, want := range map[string]string{
		"2026-06-01T22:59:59Z": "TOO_EARLY", "2026-06-01T23:00:00Z": "", "2026-06-30T22:59:59Z": "", "2026-06-30T23:00:00Z": "WRONG_STATE",
	} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if err := market.RequireInRegion(market.Organisation{
			Name: "Synthetic", JoinedOn: &first, LeftOn: &last,
			AsOf: now,
		}); markettest.RefusalCode(t, err) != want {
			t.Errorf("%s: %v, want %q", at, err, want)
		}
	}
	if err := market.RequireInRegion(market.Organisation{AsOf: markettest.SampleTime}); err != nil {
		t.Errorf("one that was always there and stays: %v", err)
	}
}
