package tendering

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestRecordEhcDates(t *testing.T) {
	now := time.Date(2026, time.June, 1, 9, 0, 0, 0, time.UTC)
	on := func(month time.Month, day int) *market.Date { return new(market.NewDate(2026, month, day)) }
	for name, c := range map[string]struct {
		basis market.LegalBasis
		dates EhcDates
		want  string
	}{
		"asked for today":        {"EHC_PLAN", EhcDates{RequestedOn: market.NewDate(2026, time.June, 1)}, ""},
		"asked for tomorrow":     {"EHC_PLAN", EhcDates{RequestedOn: market.NewDate(2026, time.June, 2)}, "INVALID requestedOn"},
		"a child without a plan": {"SECTION_20", EhcDates{RequestedOn: market.NewDate(2026, time.May, 1)}, "WRONG_STATE"},
		"consulted before": {
			"EHC_PLAN",
			EhcDates{RequestedOn: market.NewDate(2026, time.May, 2), ConsultedOn: on(time.May, 1)},
			"INVALID consultedOn",
		},
		"final on the fifteenth day": {"EHC_PLAN", EhcDates{
			RequestedOn: market.NewDate(2026, time.May, 1), DraftSentOn: on(time.May, 10),
			FinalisedOn: on(time.May, 25),
		}, ""},
		"final a day sooner": {"EHC_PLAN", EhcDates{
			RequestedOn: market.NewDate(2026, time.May, 1), DraftSentOn: on(time.May, 10),
			FinalisedOn: on(time.May, 24),
		}, "TOO_EARLY finalisedOn"},
		"final without a draft": {
			"EHC_PLAN",
			EhcDates{RequestedOn: market.NewDate(2026, time.May, 1), FinalisedOn: on(time.May, 24)},
			"INVALID draftSentOn",
		},
		"a hearing to come": {"EHC_PLAN", EhcDates{
			RequestedOn: market.NewDate(2026, time.May, 1),
			TribunalOn:  on(time.September, 1),
		}, ""},
	} {
		if got := markettest.RefusalCode(t, RecordEhcDates(market.Need{LegalBasis: c.basis}, RecordEhcDatesInput{EhcDates: c.dates},
			now)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
