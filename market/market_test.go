package market

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/market/admission"
	"github.com/southeasttogether/dps/market/markettest"
	"github.com/southeasttogether/dps/market/tendering"
)

// What a notice states holds, with the notice as its source; what none states is the law's, with the law's.
func TestMarketRules(t *testing.T) {
	m := Market{Regime: admission.OpenRegime(), FeedbackMinimum: 10, Stated: StatedRules{{RuleTenderDays, 21, "SYN-4"}, {RuleDecideWorkingDays, 5, "SYN-2"}, {RuleAwardFee, 50, "SYN-3"}}}
	want := []Rule{{RuleDecideWorkingDays, 5, "SYN-2"}, {RuleFirstCallDays, 30, "Synthetic Act, s 1"}, {RuleTenderDays, 21, "SYN-4"}, {RuleStandstillDays, 8, "Synthetic Act, s 1"},
		{RuleFeedbackMinimum, 10, "The market's own, as it was established"}, {RuleAwardFee, 50, "SYN-3"}}
	var got []Rule
	for _, r := range m.Rules() {
		got = append(got, *r)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	now := markettest.LondonTime(t, "2026-06-01 10:00:00")
	m.EndsOn, m.NoticeAt = NewDate(2027, time.March, 31), markettest.LondonTime(t, "2026-01-01 10:00:00")
	reason := "Synthetic: alone."
	err := tendering.PublishNeed(Need{}, tendering.PublishNeedInput{Deadline: now.AddDate(0, 0, 20), UniqueReason: &reason}, m, 1, now)
	if markettest.RefusalCode(t, err) != "TOO_EARLY deadline" || !strings.Contains(err.Error(), "21 days") || !strings.Contains(err.Error(), "SYN-4") {
		t.Errorf("a refusal names the number and the notice: %v", err)
	}
}
