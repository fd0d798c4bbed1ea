package admission

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestRecordEvidence(t *testing.T) {
	now := markettest.LondonTime(t, "2026-11-16 23:59:59")
	words := "Synthetic: no ground for exclusion applies."
	insurance, declaration := EvidenceKind{LongestMonths: 12}, EvidenceKind{LongestMonths: 12, Declaration: &words}
	given := func(from, until market.Date) RecordEvidenceInput {
		return RecordEvidenceInput{Reference: "SYN-1", ValidFrom: from, ValidUntil: until}
	}
	today, year := market.NewDate(2026, time.November, 16), market.NewDate(2027, time.November, 16)
	declared, undeclared, nameless := given(today, year), given(today, year), given(today, year)
	declared.Declared, undeclared.Declared, nameless.Reference = new(true), new(false), " "
	for name, c := range map[string]struct {
		in   RecordEvidenceInput
		kind EvidenceKind
		want string
	}{
		"a year":            {given(today, year), insurance, ""},
		"a year and a day":  {given(today, market.NewDate(2027, time.November, 17)), insurance, "INVALID validUntil"},
		"today is its last": {given(market.NewDate(2026, time.January, 1), today), insurance, ""},
		"it lapsed yesterday": {
			given(market.NewDate(2026, time.January, 1), market.NewDate(2026, time.November, 15)),
			insurance, "INVALID validUntil",
		},
		"it begins later": {given(market.NewDate(2027, time.January, 1), market.NewDate(2027, time.December, 31)), insurance, ""},
		"it ends before": {
			given(market.NewDate(2027, time.January, 2), market.NewDate(2027, time.January, 1)),
			insurance, "INVALID validUntil",
		},
		"without reference":    {nameless, insurance, "INVALID reference"},
		"declared":             {declared, declaration, ""},
		"not declared":         {undeclared, declaration, "INVALID declared"},
		"nothing said of that": {given(today, year), declaration, "INVALID declared"},
	} {
		if _, err := RecordEvidence(c.in, c.kind, now); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestRejectEvidence(t *testing.T) {
	for want, was := range map[string]Evidence{"": {}, "WRONG_STATE": {RejectedAt: &markettest.SampleTime}} {
		if err := RejectEvidence(was, RejectEvidenceInput{Reason: "Synthetic."}); markettest.RefusalCode(t, err) != want {
			t.Errorf("rejected: %v, want %q", err, want)
		}
	}
	if err := RejectEvidence(Evidence{}, RejectEvidenceInput{}); markettest.RefusalCode(t, err) != "INVALID reason" {
		t.Errorf("rejected without a reason: %v", err)
	}
}

func TestEvidenceStatus(t *testing.T) {
	e := Evidence{Complete: true, ValidFrom: market.NewDate(2026, time.June, 1), ValidUntil: market.NewDate(2027, time.May, 31)}
	for day, want := range map[market.Date]EvidenceStatus{
		market.NewDate(2026, time.May, 31): EvidenceNotYetValid, market.NewDate(2026, time.June, 1): EvidenceValid,
		market.NewDate(2027, time.May, 31): EvidenceValid, market.NewDate(2027, time.June, 1): EvidenceLapsed,
	} {
		if e.Today = day; e.Status() != want {
			t.Errorf("on %s: %s, want %s", day, e.Status(), want)
		}
	}
	if incomplete := (Evidence{
		Today: e.ValidFrom, ValidFrom: e.ValidFrom,
		ValidUntil: e.ValidUntil,
	}); incomplete.Status() != EvidenceIncomplete {
		t.Errorf("without its document: %s", incomplete.Status())
	}
	if e.RejectedAt = &markettest.SampleTime; e.Status() != EvidenceRejected {
		t.Errorf("rejected: %s", e.Status())
	}
}
