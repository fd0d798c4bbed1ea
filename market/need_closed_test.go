package market_test

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
)

func TestHasClosed(t *testing.T) {
	deadline := time.Date(2026, time.July, 1, 22, 59, 59, 0, time.UTC)
	before, after := deadline.Add(-time.Hour), deadline.Add(time.Nanosecond)
	for name, c := range map[string]struct {
		need market.Need
		now  time.Time
		want bool
	}{
		"a draft":                            {market.Need{}, after, false},
		"the last instant":                   {market.Need{Deadline: &deadline}, deadline, false},
		"a nanosecond later":                 {market.Need{Deadline: &deadline}, after, true},
		"closed, and the clock went back":    {market.Need{Deadline: &deadline, ClosedAt: &after}, before, true},
		"opened, and the clock went back":    {market.Need{Deadline: &deadline, OpenedAt: &after}, before, true},
		"published again after an amendment": {market.Need{Deadline: &after}, deadline, false},
	} {
		if got := c.need.HasClosed(c.now); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
		c.need.AsOf = c.now
		if closed := c.need.Status() == market.NeedClosed || c.need.Status() == market.NeedOpened; closed != c.want {
			t.Errorf("%s: %s", name, c.need.Status())
		}
	}
}
