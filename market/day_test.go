package market

import (
	"testing"
	"time"
)

func TestDaysMoveByMonths(t *testing.T) {
	for _, c := range []struct {
		from           Date
		months         int
		same, lastOfIt string
	}{
		{NewDate(2026, time.January, 31), 1, "2026-02-28", "2026-02-28"},
		{NewDate(2024, time.January, 31), 1, "2024-02-29", "2024-02-29"},
		{NewDate(2024, time.February, 29), 12, "2025-02-28", "2025-02-28"},
		{NewDate(2024, time.February, 29), 48, "2028-02-29", "2028-02-28"},
		{NewDate(2023, time.March, 1), 12, "2024-03-01", "2024-02-29"},
		{NewDate(2025, time.December, 15), 2, "2026-02-15", "2026-02-14"},
		{NewDate(2026, time.March, 31), -1, "2026-02-28", "2026-02-28"},
		{NewDate(2026, time.September, 1), 12, "2027-09-01", "2027-08-31"},
	} {
		if got := c.from.AddMonths(c.months); got.String() != c.same {
			t.Errorf("%s and %d months: %s, want %s", c.from, c.months, got, c.same)
		}
		if got := c.from.LastOfMonths(c.months); got.String() != c.lastOfIt {
			t.Errorf("%d months starting with %s end on %s, want %s", c.months, c.from, got, c.lastOfIt)
		}
	}
	if got := NewDate(2024, time.February, 29).AddDate(1, 1, 1); got.String() != "2025-03-30" {
		t.Errorf("a year, a month and a day after 29 February: %s", got)
	}
}

// TestTodayIsTheDayInLondon: half past midnight in summer is the day before in UTC.
func TestTodayIsTheDayInLondon(t *testing.T) {
	for instant, want := range map[string]string{
		"2026-06-30T23:30:00Z": "2026-07-01", "2026-06-30T22:59:59Z": "2026-06-30", "2026-12-31T23:30:00Z": "2026-12-31",
	} {
		at, err := time.Parse(time.RFC3339, instant)
		if err != nil {
			t.Fatal(err)
		}
		if got := LondonDate(at); got.String() != want {
			t.Errorf("%s is %s in London, want %s", instant, got, want)
		}
	}
}
