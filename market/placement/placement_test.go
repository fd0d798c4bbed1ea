package placement

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestStartPlacement(t *testing.T) {
	on := market.NewDate(2026, time.July, 2)
	for name, c := range map[string]struct {
		placement market.Placement
		now       string
		want      string
	}{
		"the first day, in London": {market.Placement{StartsOn: on, Signed: true}, "2026-07-02 00:00:00", ""},
		"the last second before":   {market.Placement{StartsOn: on, Signed: true}, "2026-07-01 23:59:59", "TOO_EARLY"},
		"later is fine":            {market.Placement{StartsOn: on, Signed: true}, "2026-09-01 09:00:00", ""},
		"not signed by both":       {market.Placement{StartsOn: on}, "2026-07-02 09:00:00", "TOO_EARLY"},
		"started": {
			market.Placement{StartsOn: on, Signed: true, StartedAt: &markettest.SampleTime},
			"2026-07-02 09:00:00", "WRONG_STATE",
		},
		"ended before it ever started": {market.Placement{StartsOn: on, Signed: true, EndedOn: &on}, "2026-07-02 09:00:00", "WRONG_STATE"},
	} {
		if err := StartPlacement(c.placement, markettest.LondonTime(t, c.now)); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
