package market_test

import (
	"slices"
	"testing"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

// What a notice states applies, with the notice as its source. What no notice states comes from the law, with the law
// as its source.
func TestMarketRules(t *testing.T) {
	m := market.Market{Regime: markettest.OpenRegime(), FeedbackMinimum: 10, Stated: market.StatedRules{
		{market.RuleTenderDays, 21, "SYN-4"},
		{market.RuleDecideWorkingDays, 5, "SYN-2"},
		{market.RuleAwardFee, 50, "SYN-3"},
	}}
	want := []market.Rule{
		{market.RuleDecideWorkingDays, 5, "SYN-2"},
		{market.RuleFirstCallDays, 30, "Synthetic Act, s 1"},
		{market.RuleTenderDays, 21, "SYN-4"},
		{market.RuleStandstillDays, 8, "Synthetic Act, s 1"},
		{market.RuleFeedbackMinimum, 10, "The market's own, as it was established"},
		{market.RuleAwardFee, 50, "SYN-3"},
	}
	var got []market.Rule
	for _, r := range m.Rules() {
		got = append(got, *r)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
