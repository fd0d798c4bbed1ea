package market_test

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestNeedStatusAtTheDeadline(t *testing.T) {
	deadline := markettest.SampleTime
	need := market.Need{Deadline: &deadline}
	for _, c := range []struct {
		asOf time.Time
		want market.NeedStatus
	}{{deadline, market.NeedPublished}, {deadline.Add(1), market.NeedClosed}} {
		need.AsOf = c.asOf
		if got := need.Status(); got != c.want {
			t.Errorf("at %s: %s", c.asOf, got)
		}
	}
	need.OpenedAt = &deadline
	if need.Status() != market.NeedOpened {
		t.Error("opened")
	}
	need.RankedAt = &deadline
	if need.Status() != market.NeedRanked {
		t.Error("ranked")
	}
	if (market.Need{AsOf: markettest.SampleTime}).Status() != market.NeedDraft {
		t.Error("draft")
	}
}

// A need keeps the rules that it was published under, even when it is amended. A draft has the current rules.
func TestNeedKeepsItsRules(t *testing.T) {
	m := market.Market{
		Regime: markettest.OpenRegime(), NoticeAt: markettest.LondonTime(t, "2026-01-01 10:00:00"),
		EndsOn: market.NewDate(2027, time.March, 31),
	}
	published := market.Need{PublishedAt: &markettest.SampleTime, Stated: m.NeedRules()}
	m.Stated = market.StatedRules{{market.RuleTenderDays, 21, "SYN-4"}, {market.RuleStandstillDays, 20, "SYN-4"}}
	for name, c := range map[string]struct {
		need               market.Need
		tender, standstill market.Rule
	}{
		"published before": {published, market.Rule{market.RuleTenderDays, 10, "Synthetic Act, s 1"}, market.Rule{
			market.RuleStandstillDays,
			8, "Synthetic Act, s 1",
		}},
		"a draft": {market.Need{}, market.Rule{market.RuleTenderDays, 21, "SYN-4"}, market.Rule{market.RuleStandstillDays, 20, "SYN-4"}},
	} {
		if got := m.ForNeed(c.need); got.Rule(market.RuleTenderDays) != c.tender || got.Rule(market.RuleStandstillDays) != c.standstill {
			t.Errorf("%s: %v and %v", name, got.Rule(market.RuleTenderDays), got.Rule(market.RuleStandstillDays))
		}
	}
	if m.Rule(market.RuleTenderDays).Value != 21 {
		t.Error("the market's own rules are others now")
	}
}
