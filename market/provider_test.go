package market

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/market/markettest"
	"github.com/southeasttogether/dps/market/tendering"
)

func TestRequireSettingOpen(t *testing.T) {
	closes := NewDate(2026, time.July, 1)
	for name, c := range map[string]struct {
		closes *Date
		starts Date
		now    string
		want   string
	}{
		"open":                      {nil, NewDate(2026, time.June, 1), "2026-06-01 09:00:00", ""},
		"begins the day before":     {&closes, NewDate(2026, time.June, 30), "2026-06-01 09:00:00", ""},
		"begins when it closes":     {&closes, NewDate(2026, time.July, 1), "2026-06-01 09:00:00", "WRONG_STATE setting"},
		"begins after":              {&closes, NewDate(2026, time.September, 1), "2026-06-01 09:00:00", "WRONG_STATE setting"},
		"the last second":           {&closes, NewDate(2026, time.June, 1), "2026-06-30 23:59:59", ""},
		"closed at midnight":        {&closes, NewDate(2026, time.June, 1), "2026-07-01 00:00:00", "WRONG_STATE setting"},
		"a deadline before, closed": {&closes, NewDate(2026, time.June, 1), "2026-08-01 09:00:00", "WRONG_STATE setting"},
	} {
		if err := RequireSettingOpen(Setting{ClosedOn: c.closes}, c.starts, markettest.LondonTime(t, c.now)); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	deadline := markettest.LondonTime(t, "2026-07-01 23:59:59")
	need := Need{AgeLow: 8, AgeHigh: 11, StartFrom: NewDate(2026, time.September, 1), StartTo: NewDate(2026, time.October, 1), Deadline: &deadline}
	if _, _, err := tendering.SubmitOffer(tendering.OfferInput(), need, Setting{AgeLow: 5, AgeHigh: 19, ClosedOn: &closes}, markettest.ActiveMember, markettest.SampleTime); markettest.RefusalCode(t, err) != "WRONG_STATE setting" {
		t.Errorf("an offer for it: %v", err)
	}
}
