package market

import (
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/gb"
)

// London is UK civil time. Deadlines, working days and "today" are in it.
var London = loadLondon()

func loadLondon() *time.Location {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err) // embeds the time zone database in the program
	}
	return zone
}

// workingDays knows the weekends and the bank holidays of England and Wales (Banking and Financial Dealings Act 1971).
// Its cache stays off: the cache is a map without a lock, and every request uses this one calendar.
var workingDays = func() *cal.BusinessCalendar {
	c := cal.NewBusinessCalendar()
	c.AddHoliday(gb.Holidays...)
	return c
}()

// EndOfDay is 23:59:59 in London on the day of t: the end of a deadline that is given as a date.
func EndOfDay(t time.Time) time.Time {
	year, month, day := t.In(London).Date()
	return time.Date(year, month, day, 23, 59, 59, 0, London)
}

// AddDays is the same time of day in London some calendar days later, even if the clocks change between them.
func AddDays(t time.Time, days int) time.Time { return t.In(London).AddDate(0, 0, days) }

// AddWorkingDays is the end of the last of the given number of working days after the day of t. The day of t does not
// count (PCR 2015 reg 2(3); Procurement Act 2023 s 123: a working day is not a weekend or a bank holiday).
func AddWorkingDays(t time.Time, days int) time.Time {
	year, month, day := t.In(London).Date()
	at := time.Date(year, month, day, 12, 0, 0, 0, London)
	for days > 0 {
		at = at.AddDate(0, 0, 1)
		if workingDays.IsWorkday(at) {
			days--
		}
	}
	return EndOfDay(at)
}

// OrNextWorkingDayEnd is the end of the day of t or, if that is not a working day, of the next one.
func OrNextWorkingDayEnd(t time.Time) time.Time {
	if workingDays.IsWorkday(t.In(London)) {
		return EndOfDay(t)
	}
	return AddWorkingDays(t, 1)
}

// LondonDate is the day of an instant, in London.
func LondonDate(at time.Time) Date {
	local := at.In(London)
	return NewDate(local.Year(), local.Month(), local.Day())
}
