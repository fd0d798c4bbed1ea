package market_test

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestEvidenceStatus(t *testing.T) {
	e := market.Evidence{Complete: true, ValidFrom: market.NewDate(2026, time.June, 1), ValidUntil: market.NewDate(2027, time.May, 31)}
	for day, want := range map[market.Date]market.EvidenceStatus{
		market.NewDate(2026, time.May, 31): market.EvidenceNotYetValid, market.NewDate(2026, time.June, 1): market.EvidenceValid,
		market.NewDate(2027, time.May, 31): market.EvidenceValid, market.NewDate(2027, time.June, 1): market.EvidenceLapsed,
	} {
		if e.Today = day; e.Status() != want {
			t.Errorf("on %s: %s, want %s", day, e.Status(), want)
		}
	}
	if incomplete := (market.Evidence{
		Today: e.ValidFrom, ValidFrom: e.ValidFrom,
		ValidUntil: e.ValidUntil,
	}); incomplete.Status() != market.EvidenceIncomplete {
		t.Errorf("without its document: %s", incomplete.Status())
	}
	if e.RejectedAt = &markettest.SampleTime; e.Status() != market.EvidenceRejected {
		t.Errorf("rejected: %s", e.Status())
	}
}
