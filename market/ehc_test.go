package market

import (
	"testing"
	"time"
)

func TestRecordEhcDates(t *testing.T) {
	now := time.Date(2026, time.June, 1, 9, 0, 0, 0, time.UTC)
	on := func(month time.Month, day int) *Date { return new(NewDate(2026, month, day)) }
	for name, c := range map[string]struct {
		basis LegalBasis
		dates EhcDates
		want  string
	}{
		"asked for today":            {"EHC_PLAN", EhcDates{RequestedOn: NewDate(2026, time.June, 1)}, ""},
		"asked for tomorrow":         {"EHC_PLAN", EhcDates{RequestedOn: NewDate(2026, time.June, 2)}, "INVALID requestedOn"},
		"a child without a plan":     {"SECTION_20", EhcDates{RequestedOn: NewDate(2026, time.May, 1)}, "WRONG_STATE"},
		"consulted before":           {"EHC_PLAN", EhcDates{RequestedOn: NewDate(2026, time.May, 2), ConsultedOn: on(time.May, 1)}, "INVALID consultedOn"},
		"final on the fifteenth day": {"EHC_PLAN", EhcDates{RequestedOn: NewDate(2026, time.May, 1), DraftSentOn: on(time.May, 10), FinalisedOn: on(time.May, 25)}, ""},
		"final a day sooner":         {"EHC_PLAN", EhcDates{RequestedOn: NewDate(2026, time.May, 1), DraftSentOn: on(time.May, 10), FinalisedOn: on(time.May, 24)}, "TOO_EARLY finalisedOn"},
		"final without a draft":      {"EHC_PLAN", EhcDates{RequestedOn: NewDate(2026, time.May, 1), FinalisedOn: on(time.May, 24)}, "INVALID draftSentOn"},
		"a hearing to come":          {"EHC_PLAN", EhcDates{RequestedOn: NewDate(2026, time.May, 1), TribunalOn: on(time.September, 1)}, ""},
	} {
		if got := refusalCode(t, RecordEhcDates(Need{LegalBasis: c.basis}, RecordEhcDatesInput{EhcDates: c.dates}, now)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestEhcCalendarDueDates(t *testing.T) {
	d := EhcDates{RequestedOn: NewDate(2026, time.January, 12), ConsultedOn: new(NewDate(2026, time.February, 20)), DraftSentOn: new(NewDate(2026, time.March, 1)),
		FinalisedOn: new(NewDate(2024, time.February, 29)), TransferOn: new(NewDate(2027, time.September, 1))}
	for what, c := range map[string]struct {
		got  *Date
		want string
	}{
		"plan": {new(d.PlanDue()), "2026-06-01"}, "schools": {d.SchoolsAnswerBy(), "2026-03-07"}, "family": {d.FamilyHeardUntil(), "2026-03-16"},
		"review": {d.ReviewDue(), "2025-03-01"}, "transfer": {d.TransferDue(), "2027-02-15"},
	} {
		if c.got == nil || c.got.String() != c.want {
			t.Errorf("%s: %v, want %s", what, c.got, c.want)
		}
	}
	if d.PostSixteen = true; d.TransferDue().String() != "2027-03-31" {
		t.Errorf("after sixteen: %v", d.TransferDue())
	}
	if none := (EhcDates{}); none.SchoolsAnswerBy() != nil || none.TransferDue() != nil || none.ReviewDue() != nil {
		t.Error("something is due of what was not done")
	}
}
