package market

import (
	"testing"
	"time"
)

func TestRecordEvidence(t *testing.T) {
	now := londonTime(t, "2026-11-16 23:59:59")
	words := "Synthetic: no ground for exclusion applies."
	insurance, declaration := EvidenceKind{LongestMonths: 12}, EvidenceKind{LongestMonths: 12, Declaration: &words}
	given := func(from, until Date) RecordEvidenceInput {
		return RecordEvidenceInput{Reference: "SYN-1", ValidFrom: from, ValidUntil: until}
	}
	today, year := NewDate(2026, time.November, 16), NewDate(2027, time.November, 16)
	declared, undeclared, nameless := given(today, year), given(today, year), given(today, year)
	declared.Declared, undeclared.Declared, nameless.Reference = new(true), new(false), " "
	for name, c := range map[string]struct {
		in   RecordEvidenceInput
		kind EvidenceKind
		want string
	}{
		"a year":               {given(today, year), insurance, ""},
		"a year and a day":     {given(today, NewDate(2027, time.November, 17)), insurance, "INVALID validUntil"},
		"today is its last":    {given(NewDate(2026, time.January, 1), today), insurance, ""},
		"it lapsed yesterday":  {given(NewDate(2026, time.January, 1), NewDate(2026, time.November, 15)), insurance, "INVALID validUntil"},
		"it begins later":      {given(NewDate(2027, time.January, 1), NewDate(2027, time.December, 31)), insurance, ""},
		"it ends before":       {given(NewDate(2027, time.January, 2), NewDate(2027, time.January, 1)), insurance, "INVALID validUntil"},
		"without reference":    {nameless, insurance, "INVALID reference"},
		"declared":             {declared, declaration, ""},
		"not declared":         {undeclared, declaration, "INVALID declared"},
		"nothing said of that": {given(today, year), declaration, "INVALID declared"},
	} {
		if _, err := RecordEvidence(c.in, c.kind, now); refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestEvidenceStatus(t *testing.T) {
	e := Evidence{Complete: true, ValidFrom: NewDate(2026, time.June, 1), ValidUntil: NewDate(2027, time.May, 31)}
	for day, want := range map[Date]EvidenceStatus{
		NewDate(2026, time.May, 31): EvidenceNotYetValid, NewDate(2026, time.June, 1): EvidenceValid, NewDate(2027, time.May, 31): EvidenceValid, NewDate(2027, time.June, 1): EvidenceLapsed,
	} {
		if e.Today = day; e.Status() != want {
			t.Errorf("on %s: %s, want %s", day, e.Status(), want)
		}
	}
	if incomplete := (Evidence{Today: e.ValidFrom, ValidFrom: e.ValidFrom, ValidUntil: e.ValidUntil}); incomplete.Status() != EvidenceIncomplete {
		t.Errorf("without its document: %s", incomplete.Status())
	}
	if e.RejectedAt = &testTime; e.Status() != EvidenceRejected {
		t.Errorf("rejected: %s", e.Status())
	}
	for want, was := range map[string]Evidence{"": {}, "WRONG_STATE": {RejectedAt: &testTime}} {
		if err := RejectEvidence(was, RejectEvidenceInput{Reason: "Synthetic."}); refusalCode(t, err) != want {
			t.Errorf("rejected: %v, want %q", err, want)
		}
	}
	if err := RejectEvidence(Evidence{}, RejectEvidenceInput{}); refusalCode(t, err) != "INVALID reason" {
		t.Errorf("rejected without a reason: %v", err)
	}
}

// TestRestoreMembershipLeavesLapsedEvidence: a suspension by the lead authority and one by lapsed evidence are two.
func TestRestoreMembershipLeavesLapsedEvidence(t *testing.T) {
	lapsed, both := Membership{LapsedAt: &testTime}, Membership{LapsedAt: &testTime, SuspendedAt: &testTime}
	for want, m := range map[string]Membership{"WRONG_STATE": lapsed, "": both} {
		if _, err := RestoreMembership(m, RestoreMembershipInput{Reason: "Synthetic."}); refusalCode(t, err) != want {
			t.Errorf("%+v: %v, want %q", m, err, want)
		}
		if m.Status() != MembershipSuspended {
			t.Errorf("%+v: %s", m, m.Status())
		}
	}
}
