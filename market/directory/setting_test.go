package directory

import (
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

// TestLinkSetting: only an open setting without a provider can be linked.
func TestLinkSetting(t *testing.T) {
	day, later := market.LondonDate(markettest.SampleTime), market.LondonDate(markettest.SampleTime.AddDate(0, 0, 1))
	for name, c := range map[string]struct {
		setting market.Setting
		want    string
	}{
		"nobody's":           {market.Setting{}, ""},
		"somebody's":         {market.Setting{ProviderID: new(uuid.New())}, "WRONG_STATE"},
		"closed":             {market.Setting{ClosedOn: &day}, "WRONG_STATE"},
		"closes tomorrow":    {market.Setting{ClosedOn: &later}, ""},
		"somebody's, closed": {market.Setting{ProviderID: new(uuid.New()), ClosedOn: &day}, "WRONG_STATE"},
	} {
		if got := markettest.RefusalCode(t, LinkSetting(c.setting, markettest.SampleTime)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
