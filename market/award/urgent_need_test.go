package award

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/evaluation"
	"github.com/southeasttogether/dps/market/markettest"
	"github.com/southeasttogether/dps/market/tendering"
)

func TestBroadcastUrgentNeed(t *testing.T) {
	lot := market.Lot{AgeLow: 5, AgeHigh: 19, Needs: market.Texts{market.NeedTypes[10]}}
	rule, terms := RouteRule{Route: market.RouteUrgent, Allowed: true, Source: "Synthetic law"}, UrgentTerms{
		MostHours:          24,
		ConfirmWorkingDays: 2, Source: "Synthetic rule",
	}
	for name, c := range map[string]struct {
		change func(*BroadcastUrgentNeedInput, *market.Market, *RouteRule)
		want   string
	}{
		"for tonight":             {func(*BroadcastUrgentNeedInput, *market.Market, *RouteRule) {}, ""},
		"an hour":                 {func(in *BroadcastUrgentNeedInput, _ *market.Market, _ *RouteRule) { in.Hours = 1 }, ""},
		"a day":                   {func(in *BroadcastUrgentNeedInput, _ *market.Market, _ *RouteRule) { in.Hours = 24 }, ""},
		"no hour":                 {func(in *BroadcastUrgentNeedInput, _ *market.Market, _ *RouteRule) { in.Hours = 0 }, "INVALID hours"},
		"an hour more than a day": {func(in *BroadcastUrgentNeedInput, _ *market.Market, _ *RouteRule) { in.Hours = 25 }, "INVALID hours"},
		"under another regime": {
			func(_ *BroadcastUrgentNeedInput, _ *market.Market, r *RouteRule) { r.Allowed = false },
			"WRONG_STATE",
		},
		"after the market's end": {func(_ *BroadcastUrgentNeedInput, m *market.Market, _ *RouteRule) {
			m.EndsOn = market.NewDate(2026, time.May, 31)
		}, "WRONG_STATE"},
		"on its last day": {func(_ *BroadcastUrgentNeedInput, m *market.Market, _ *RouteRule) {
			m.EndsOn = market.NewDate(2026, time.June, 1)
		}, ""},
		"without a reason": {func(in *BroadcastUrgentNeedInput, _ *market.Market, _ *RouteRule) { in.Reason = " " }, "INVALID reason"},
		"with a reason that names": {func(in *BroadcastUrgentNeedInput, _ *market.Market, _ *RouteRule) {
			in.Reason = "The child is called Zara."
		}, "IDENTIFIES_CHILD reason"},
		"with a profile that names": {func(in *BroadcastUrgentNeedInput, _ *market.Market, _ *RouteRule) {
			in.Profile = "The child is called Zara."
		}, "IDENTIFIES_CHILD profile"},
		"too old for the lot": {func(in *BroadcastUrgentNeedInput, _ *market.Market, _ *RouteRule) { in.Age = 20 }, "INVALID ageHigh"},
		"of another need": {func(in *BroadcastUrgentNeedInput, _ *market.Market, _ *RouteRule) {
			in.PrimaryNeed = market.NeedTypes[0]
		}, "INVALID primaryNeed"},
		"with too much of an address": {
			func(in *BroadcastUrgentNeedInput, _ *market.Market, _ *RouteRule) { in.HomeOutcode = "BN11 1AA" },
			"INVALID homeOutcode",
		},
	} {
		in := BroadcastUrgentNeedInput{
			Age: 11, PrimaryNeed: market.NeedTypes[10], LegalBasis: "SECTION_20", HomeOutcode: "BN11",
			Profile: "Synthetic.", Reason: "Synthetic.", Hours: 4,
		}
		m, r := markettest.SampleMarket(), rule
		c.change(&in, &m, &r)
		n, err := BroadcastUrgentNeed(in, lot, m, r, terms, markettest.SampleTime)
		if markettest.RefusalCode(t, err) != c.want || err == nil && (n.UrgentReason == nil ||
			!n.Deadline.Equal(markettest.SampleTime.Add(time.Duration(in.Hours)*time.Hour)) || n.AgeLow != 11) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestUrgentFilter(t *testing.T) {
	in := BroadcastUrgentNeedInput{Age: 11, PrimaryNeed: "Synthetic"}
	if f := UrgentFilter(in, markettest.SampleTime); f.VacancyOn != nil || *f.Age != 11 || f.Needs[0] != "Synthetic" || f.Lot == nil {
		t.Errorf("everybody: %+v", f)
	}
	in.Vacant = true
	// Half past midnight in British Summer Time is still yesterday in UTC.
	if f := UrgentFilter(in, time.Date(2026, time.June, 1, 23, 30, 0, 0, time.UTC)); f.VacancyOn.String() != "2026-06-02" {
		t.Errorf("who is free today: %+v", f)
	}
}

// TestUrgentNeedTakesNoSealedOffer: nothing of it is sealed, opened or changed.
func TestUrgentNeedTakesNoSealedOffer(t *testing.T) {
	later := markettest.SampleTime.Add(time.Hour)
	n := market.Need{UrgentReason: new("Synthetic."), PublishedAt: &markettest.SampleTime, Deadline: &later}
	if _, _, err := tendering.SubmitOffer(tendering.SubmitOfferInput{}, n, market.Setting{}, markettest.ActiveMember,
		markettest.SampleTime); markettest.RefusalCode(t, err) != "WRONG_STATE" {
		t.Errorf("offered: %v", err)
	}
	if _, err := evaluation.OpeningStage(n, market.Procedure{}, later.Add(time.Hour)); markettest.RefusalCode(t, err) != "WRONG_STATE" {
		t.Errorf("opened: %v", err)
	}
	if err := tendering.AmendNeed(n, tendering.AmendNeedInput{}, market.Lot{}, markettest.SampleMarket(), 1,
		markettest.SampleTime); markettest.RefusalCode(t, err) != "WRONG_STATE" {
		t.Errorf("amended: %v", err)
	}
}
