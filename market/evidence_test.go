package market

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/market/admission"
	"github.com/southeasttogether/dps/market/markettest"
)

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
	if e.RejectedAt = &markettest.SampleTime; e.Status() != EvidenceRejected {
		t.Errorf("rejected: %s", e.Status())
	}
	for want, was := range map[string]Evidence{"": {}, "WRONG_STATE": {RejectedAt: &markettest.SampleTime}} {
		if err := admission.RejectEvidence(was, admission.RejectEvidenceInput{Reason: "Synthetic."}); markettest.RefusalCode(t, err) != want {
			t.Errorf("rejected: %v, want %q", err, want)
		}
	}
	if err := admission.RejectEvidence(Evidence{}, admission.RejectEvidenceInput{}); markettest.RefusalCode(t, err) != "INVALID reason" {
		t.Errorf("rejected without a reason: %v", err)
	}
}
