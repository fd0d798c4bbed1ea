package market_test

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestRequireSettingOpen(t *testing.T) {
	closes := market.NewDate(2026, time.July, 1)
	for name, c := range map[string]struct {
		closes *market.Date
		starts market.Date
		now    string
		want   string
	}{
		"open":                      {nil, market.NewDate(2026, time.June, 1), "2026-06-01 09:00:00", ""},
		"begins the day before":     {&closes, market.NewDate(2026, time.June, 30), "2026-06-01 09:00:00", ""},
		"begins when it closes":     {&closes, market.NewDate(2026, time.July, 1), "2026-06-01 09:00:00", "WRONG_STATE setting"},
		"begins after":              {&closes, market.NewDate(2026, time.September, 1), "2026-06-01 09:00:00", "WRONG_STATE setting"},
		"the last second":           {&closes, market.NewDate(2026, time.June, 1), "2026-06-30 23:59:59", ""},
		"closed at midnight":        {&closes, market.NewDate(2026, time.June, 1), "2026-07-01 00:00:00", "WRONG_STATE setting"},
		"a deadline before, closed": {&closes, market.NewDate(2026, time.June, 1), "2026-08-01 09:00:00", "WRONG_STATE setting"},
	} {
		if err := market.RequireSettingOpen(market.Setting{ClosedOn: c.closes}, c.starts, markettest.LondonTime(t,
			c.now)); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
