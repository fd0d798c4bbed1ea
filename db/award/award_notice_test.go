package award_test

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/db/dbtest"
)

// TestAwardNoticeDueOnLondonDays: days are those of London, and grouped notices count from the quarter's last day.
func TestAwardNoticeDueOnLondonDays(t *testing.T) {
	d := dbtest.New(t)
	for _, c := range []struct {
		regime, kind, since, due string
	}{
		{"PCR_DPS", "AWARD", "2026-01-01T00:00:00Z", "2026-04-30"},
		{"PCR_DPS", "AWARD", "2026-03-31T22:59:59Z", "2026-04-30"},
		{"PCR_DPS", "AWARD", "2026-03-31T23:00:00Z", "2026-07-30"},         // in London it is April
		{"PCR_LIGHT_TOUCH", "AWARD", "2026-12-31T23:59:59Z", "2027-01-30"}, // and still December here
		{"PCR_LIGHT_TOUCH", "AWARD", "2027-01-01T00:00:00Z", "2027-04-30"},
		{"PA_DYNAMIC_MARKET", "AWARD", "2026-06-10T22:59:59Z", "2026-06-10"},
		{"PA_DYNAMIC_MARKET", "AWARD", "2026-06-10T23:00:00Z", "2026-06-11"},
		{"PA_DYNAMIC_MARKET", "DETAILS", "2026-06-10T12:00:00Z", "2026-10-08"}, // across a change of the clocks
		{"PA_OPEN_FRAMEWORK", "DETAILS", "2027-11-01T12:00:00Z", "2028-02-29"},
	} {
		var due time.Time
		dbtest.RequireNoError(t, d.Admin.QueryRow("SELECT dps.award_notice_due($3::timestamptz, r.days, r.quarterly) FROM "+
			"dps.award_notice_rule r WHERE r.regime = $1 AND r.kind = $2",
			c.regime, c.kind, c.since).Scan(&due))
		if got := due.Format(time.DateOnly); got != c.due {
			t.Errorf("%s, %s, %s: due on %s and not %s", c.regime, c.kind, c.since, got, c.due)
		}
	}
}
