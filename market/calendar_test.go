package market

import (
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// londonTime reads a moment as a clock on a wall in London shows it.
func londonTime(t *testing.T, wall string) time.Time {
	t.Helper()
	parsed, err := time.ParseInLocation(time.DateTime, wall, London)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestEndOfDay(t *testing.T) {
	for name, c := range map[string]struct{ of, want string }{
		"the first instant":      {"2026-11-25T00:00:00Z", "2026-11-25T23:59:59Z"},
		"the last second":        {"2026-11-25T23:59:59Z", "2026-11-25T23:59:59Z"},
		"within the last second": {"2026-11-25T23:59:59.999999Z", "2026-11-25T23:59:59Z"},
		"summer, still that day": {"2026-07-01T22:59:59Z", "2026-07-01T22:59:59Z"},
		"summer, the next day":   {"2026-07-01T23:00:00Z", "2026-07-02T22:59:59Z"},
		"clocks go forward":      {"2027-03-28T00:30:00Z", "2027-03-28T22:59:59Z"},
		"clocks go back":         {"2026-10-25T00:30:00Z", "2026-10-25T23:59:59Z"},
		"from another zone":      {"2026-11-25T23:30:00-05:00", "2026-11-26T23:59:59Z"},
	} {
		t.Run(name, func(t *testing.T) {
			of, err := time.Parse(time.RFC3339, c.of)
			if err != nil {
				t.Fatal(err)
			}
			if got := EndOfDay(of).UTC().Format(time.RFC3339); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// A date is held as midnight UTC, which London sees as one in the morning of the same day in summer.
func TestEndOfDayOfADate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		date := NewDate(1990, time.January, 1).AddDate(0, 0, rapid.IntRange(0, 60000).Draw(t, "days"))
		if got := EndOfDay(date.Time).Format(time.DateTime); got != date.Format(time.DateOnly)+" 23:59:59" {
			t.Fatalf("%s ends at %s", date.Format(time.DateOnly), got)
		}
	})
}

func TestAddDaysKeepsTheTimeOfDay(t *testing.T) {
	// The clocks go forward on 28 March 2027: ten days are 239 hours.
	from := londonTime(t, "2027-03-20 10:00:00")
	if got := AddDays(from, 10); !got.Equal(londonTime(t, "2027-03-30 10:00:00")) || got.Sub(from) != 239*time.Hour {
		t.Errorf("got %s, %s later", got, got.Sub(from))
	}
}

func TestAddWorkingDays(t *testing.T) {
	for name, c := range map[string]struct {
		from string
		days int
		want string
	}{
		"a plain week":                         {"2026-11-16 09:00:00", 4, "2026-11-20"},
		"over a weekend":                       {"2026-11-20 09:00:00", 1, "2026-11-23"},
		"none is the end of the same day":      {"2026-11-20 09:00:00", 0, "2026-11-20"},
		"from a Saturday":                      {"2026-11-21 09:00:00", 1, "2026-11-23"},
		"the last second still counts as then": {"2026-11-16 23:59:59", 1, "2026-11-17"},
		"the first second counts as the next":  {"2026-11-17 00:00:00", 1, "2026-11-18"},
		"ten, as an application is decided":    {"2026-11-16 09:00:00", 10, "2026-11-30"},
		// Good Friday 26 and Easter Monday 29 March 2027; the clocks go forward between them.
		"over Easter and summer time": {"2027-03-25 12:00:00", 1, "2027-03-30"},
		// Christmas 2027 is a Saturday: 27 and 28 December are bank holidays, and so is Monday 3 January 2028.
		"Christmas on a Saturday": {"2027-12-24 12:00:00", 1, "2027-12-29"},
		"and the new year":        {"2027-12-31 12:00:00", 1, "2028-01-04"},
		// Christmas 2033 is a Sunday: Boxing Day keeps Monday, Christmas gets Tuesday.
		"Christmas on a Sunday":                  {"2033-12-23 12:00:00", 1, "2033-12-28"},
		"Boxing Day on a Saturday":               {"2026-12-24 12:00:00", 1, "2026-12-29"},
		"early and late May, August":             {"2026-05-01 12:00:00", 1, "2026-05-05"},
		"summer bank holiday":                    {"2026-08-28 12:00:00", 1, "2026-09-01"},
		"the clocks go back":                     {"2026-10-23 12:00:00", 1, "2026-10-26"},
		"half past eleven on a summer evening":   {"2026-06-30 23:30:00", 1, "2026-07-01"},
		"eight, as a standstill, over Christmas": {"2026-12-18 16:00:00", 8, "2027-01-04"},
	} {
		t.Run(name, func(t *testing.T) {
			got := AddWorkingDays(londonTime(t, c.from).UTC(), c.days)
			if want := londonTime(t, c.want+" 23:59:59"); !got.Equal(want) {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

// TestProclaimedDays: the days of royal proclamations are no working days, and those that they moved are.
func TestProclaimedDays(t *testing.T) {
	for day, works := range map[string]bool{
		"1999-12-30": true, "1999-12-31": false,
		"2002-05-27": true, "2002-06-03": false, "2002-06-04": false, "2002-06-05": true,
		"2011-04-28": true, "2011-04-29": false,
		"2012-05-28": true, "2012-06-04": false, "2012-06-05": false, "2012-06-06": true,
		"2020-05-04": true, "2020-05-08": false,
		"2022-05-30": true, "2022-06-02": false, "2022-06-03": false, "2022-06-06": true,
		"2022-09-16": true, "2022-09-19": false, "2022-09-20": true,
		"2023-05-01": false, "2023-05-08": false, "2023-05-09": true,
		"2003-05-26": false, "2013-05-27": false, "2021-09-20": true, "2023-09-19": true,
	} {
		if got := isWorkingDay(londonTime(t, day+" 12:00:00")); got != works {
			t.Errorf("%s is a working day: %t, want %t", day, got, works)
		}
	}
	if got := AddWorkingDays(londonTime(t, "2022-09-16 12:00:00"), 1); !got.Equal(londonTime(t, "2022-09-20 23:59:59")) {
		t.Errorf("one working day after 16 September 2022 is %s", got)
	}
}

// TestSetBankHolidays: a day that the operator adds counts as a bank holiday, and no longer once it is taken away.
func TestSetBankHolidays(t *testing.T) {
	defer SetBankHolidays(nil)
	eve := londonTime(t, "2030-01-01 12:00:00")
	for _, c := range []struct {
		added []Date
		want  string
	}{
		{nil, "2030-01-02"},
		{[]Date{NewDate(2030, time.January, 2)}, "2030-01-03"},
		{[]Date{NewDate(2030, time.January, 3), NewDate(2030, time.January, 2)}, "2030-01-04"},
		{[]Date{NewDate(2030, time.January, 5)}, "2030-01-02"}, // a Saturday
		{nil, "2030-01-02"},
	} {
		SetBankHolidays(c.added)
		if got := AddWorkingDays(eve, 1); !got.Equal(londonTime(t, c.want+" 23:59:59")) {
			t.Errorf("with %s: %s, want %s", c.added, got, c.want)
		}
	}
	SetBankHolidays([]Date{NewDate(2030, time.July, 1)})
	late := time.Date(2030, time.June, 30, 23, 30, 0, 0, time.UTC) // half past midnight of 1 July in London
	if got := OrNextWorkingDayEnd(late); !got.Equal(londonTime(t, "2030-07-02 23:59:59")) {
		t.Errorf("a summer night: %s", got)
	}
}

func TestAddWorkingDaysAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := time.Unix(rapid.Int64Range(1.6e9, 2.2e9).Draw(t, "from"), 0)
		a, b := rapid.IntRange(0, 30).Draw(t, "a"), rapid.IntRange(0, 30).Draw(t, "b")
		end := AddWorkingDays(from, a+b)
		if step := AddWorkingDays(AddWorkingDays(from, a), b); !step.Equal(end) {
			t.Fatalf("%d and then %d days end at %s, not %s", a, b, step, end)
		}
		if a > 0 && !isWorkingDay(AddWorkingDays(from, a)) {
			t.Fatalf("ends on %s", AddWorkingDays(from, a))
		}
		if end.Before(AddDays(EndOfDay(from), a+b)) {
			t.Fatal("working days are fewer than calendar days")
		}
	})
}

// Requests use the calendar concurrently; the race detector watches.
func TestAddWorkingDaysSideBySide(t *testing.T) {
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for day := range 400 {
				AddWorkingDays(NewDate(2026, time.January, 1).AddDate(i, 0, day).Time, 1)
			}
		})
	}
	all.Wait()
}
