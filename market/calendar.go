package market

import (
	"sync/atomic"
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
	for _, holiday := range gb.Holidays {
		if holiday == gb.SpringHoliday { // in two years of jubilees, too, it was moved to June
			holiday = holiday.Clone(&cal.Holiday{Except: append([]int{2002, 2012}, holiday.Except...)})
		}
		c.AddHoliday(holiday)
	}
	return c
}()

// proclaimedDays are bank holidays by royal proclamation that the calendar's library lacks.
var proclaimedDays = daySet([]Date{
	NewDate(1999, time.December, 31),  // the millennium
	NewDate(2002, time.June, 3),       // the Golden Jubilee
	NewDate(2002, time.June, 4),       // the spring bank holiday, moved
	NewDate(2011, time.April, 29),     // the royal wedding
	NewDate(2012, time.June, 4),       // the spring bank holiday, moved
	NewDate(2012, time.June, 5),       // the Diamond Jubilee
	NewDate(2022, time.September, 19), // the state funeral of Queen Elizabeth II
})

// addedDays are the bank holidays that the operator added; nil for none.
var addedDays atomic.Pointer[map[Date]bool]

func daySet(days []Date) map[Date]bool {
	set := map[Date]bool{}
	for _, day := range days {
		set[day] = true
	}
	return set
}

// SetBankHolidays says which days are bank holidays as well as those that are known, in place of those said before. The
// program says it once, before it serves.
func SetBankHolidays(days []Date) {
	set := daySet(days)
	addedDays.Store(&set)
}

func isWorkingDay(at time.Time) bool {
	day := LondonDate(at)
	if added := addedDays.Load(); added != nil && (*added)[day] {
		return false
	}
	return !proclaimedDays[day] && workingDays.IsWorkday(at)
}

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
		if isWorkingDay(at) {
			days--
		}
	}
	return EndOfDay(at)
}

// OrNextWorkingDayEnd is the end of the day of t or, if that is not a working day, of the next one.
func OrNextWorkingDayEnd(t time.Time) time.Time {
	if isWorkingDay(t.In(London)) {
		return EndOfDay(t)
	}
	return AddWorkingDays(t, 1)
}

// LondonDate is the day of an instant, in London.
func LondonDate(at time.Time) Date {
	local := at.In(London)
	return NewDate(local.Year(), local.Month(), local.Day())
}
