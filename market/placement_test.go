package market

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/market/markettest"
)

func TestPlacementStatus(t *testing.T) {
	last := NewDate(2026, time.July, 31)
	for name, c := range map[string]struct {
		placement Placement
		asOf      string
		want      PlacementStatus
	}{
		"agreed":                   {Placement{}, "2026-07-01 09:00:00", PlacementAgreed},
		"signed":                   {Placement{Signed: true}, "2026-07-01 09:00:00", PlacementSigned},
		"active":                   {Placement{Signed: true, StartedAt: &markettest.SampleTime}, "2026-07-01 09:00:00", PlacementActive},
		"its last day, to the end": {Placement{StartedAt: &markettest.SampleTime, EndedOn: &last}, "2026-07-31 23:59:59", PlacementActive},
		"the day after, in London": {Placement{StartedAt: &markettest.SampleTime, EndedOn: &last}, "2026-08-01 00:00:00", PlacementEnded},
	} {
		c.placement.AsOf = markettest.LondonTime(t, c.asOf)
		if got := c.placement.Status(); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}
