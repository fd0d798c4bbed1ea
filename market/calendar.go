package market

import (
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/gb"
)

// London is UK civil time: what a deadline, a working day and "today" are reckoned in.
var London = loadLondon()

func loadLondon() *time.Location {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err) // the zone is part of the program
	}
	return zone
}

// workingDays knows the weekends and the bank holidays of England and Wales (Banking and Financial Dealings Act 1971).
// Its cache stays off: it is a map without a lock, and every request reckons on this one calendar.
var workingDays = func() *cal.BusinessCalendar {
	c := cal.NewBusinessCalendar()
	c.AddHoliday(gb.Holidays...)
	return c
}()

// EndOfDay is 23:59:59 in London on the day of t: when a deadline given as a date ends.
func EndOfDay(t time.Time) time.Time {
	year, month, day := t.In(London).Date()
	return time.Date(year, month, day, 23, 59, 59, 0, London)
}

// AddDays is the same time of day in London, calendar days later, over a change of the clocks too.
func AddDays(t time.Time, days int) time.Time { return t.In(London).AddDate(0, 0, days) }

// AddWorkingDays is the end of the last of so many working days that follow the day of t, which itself does not count
// (PCR 2015 reg 2(3); Procurement Act 2023 s 123: a working day is no weekend and no bank holiday).
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

// OrNextWorkingDayEnd is the end of the day of t or, where that is no working day, of the next one.
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
