package market

import "time"

// A day is no instant: it begins an hour earlier in summer than midnight UTC, which holds it. An instant becomes a day with LondonDate
// before
// it is compared with one.

// AddDays is the day some days later.
func (d Date) AddDays(days int) Date { return Date{d.AddDate(0, 0, days)} }

// AddMonths is the day some months later, or the last day of that month where it is shorter.
func (d Date) AddMonths(months int) Date {
	year, month, day := d.Date()
	first := time.Date(year, month+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Date{first.AddDate(0, 0, min(day, last)-1)}
}

// LastOfMonths is the last day of a period of some months that starts with the day: the day before the same day of its last month or, where
// that month has no such day, the month's last.
func (d Date) LastOfMonths(months int) Date {
	end := d.AddMonths(months)
	if end.Day() < d.Day() {
		return end
	}
	return end.AddDays(-1)
}
