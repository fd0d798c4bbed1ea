package market

import "time"

// A day is no instant: it begins an hour earlier in summer than midnight UTC, which holds it. So days are compared with days and moved by
// days and months here, in place of the methods of the time.Time in a Date. An instant becomes a day with LondonDate.

// After says whether a day is later than another.
func (d Date) After(other Date) bool { return d.Time.After(other.Time) }

// Before says whether a day is earlier than another.
func (d Date) Before(other Date) bool { return d.Time.Before(other.Time) }

// Compare is negative for a day that is earlier than another, and positive for a later one.
func (d Date) Compare(other Date) int { return d.Time.Compare(other.Time) }

// Equal says whether two days are the same.
func (d Date) Equal(other Date) bool { return d.Time.Equal(other.Time) }

// AddDays is the day some days later.
func (d Date) AddDays(days int) Date { return Date{d.Time.AddDate(0, 0, days)} }

// AddDate is a day moved by years and months, then by days. A month that is too short for the day gives its last day: a year after
// 29 February is 28 February.
func (d Date) AddDate(years, months, days int) Date {
	return d.AddMonths(12*years + months).AddDays(days)
}

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
