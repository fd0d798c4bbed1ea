package market_test

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestPlacementStatus(t *testing.T) {
	last := market.NewDate(2026, time.July, 31)
	for name, c := range map[string]struct {
		placement market.Placement
		asOf      string
		want      market.PlacementStatus
	}{
		"agreed": {market.Placement{}, "2026-07-01 09:00:00", market.PlacementAgreed},
		"signed": {market.Placement{Signed: true}, "2026-07-01 09:00:00", market.PlacementSigned},
		"active": {
			market.Placement{Signed: true, StartedAt: &markettest.SampleTime},
			"2026-07-01 09:00:00",
			market.PlacementActive,
		},
		"its last day, to the end": {
			market.Placement{StartedAt: &markettest.SampleTime, EndedOn: &last},
			"2026-07-31 23:59:59",
			market.PlacementActive,
		},
		"the day after, in London": {
			market.Placement{StartedAt: &markettest.SampleTime, EndedOn: &last},
			"2026-08-01 00:00:00", market.PlacementEnded,
		},
		"cancelled": {market.Placement{Signed: true, CancelledAt: &markettest.SampleTime}, "2026-08-01 00:00:00", market.PlacementCancelled},
	} {
		c.placement.AsOf = markettest.LondonTime(t, c.asOf)
		if got := c.placement.Status(); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}
