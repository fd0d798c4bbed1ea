package market

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/market/admission"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestNeedStatusAtTheDeadline(t *testing.T) {
	deadline := markettest.SampleTime
	need := Need{Deadline: &deadline}
	for _, c := range []struct {
		asOf time.Time
		want NeedStatus
	}{{deadline, NeedPublished}, {deadline.Add(1), NeedClosed}} {
		need.AsOf = c.asOf
		if got := need.Status(); got != c.want {
			t.Errorf("at %s: %s", c.asOf, got)
		}
	}
	need.OpenedAt = &deadline
	if need.Status() != NeedOpened {
		t.Error("opened")
	}
	need.RankedAt = &deadline
	if need.Status() != NeedRanked {
		t.Error("ranked")
	}
	if (Need{AsOf: markettest.SampleTime}).Status() != NeedDraft {
		t.Error("draft")
	}
}

// A need goes by the rules under which it was published, its amendment too; a draft by those of now.
func TestNeedKeepsItsRules(t *testing.T) {
	m := Market{Regime: admission.OpenRegime(), NoticeAt: markettest.LondonTime(t, "2026-01-01 10:00:00"), EndsOn: NewDate(2027, time.March, 31)}
	published := Need{PublishedAt: &markettest.SampleTime, Stated: m.NeedRules()}
	m.Stated = StatedRules{{RuleTenderDays, 21, "SYN-4"}, {RuleStandstillDays, 20, "SYN-4"}}
	for name, c := range map[string]struct {
		need               Need
		tender, standstill Rule
	}{
		"published before": {published, Rule{RuleTenderDays, 10, "Synthetic Act, s 1"}, Rule{RuleStandstillDays, 8, "Synthetic Act, s 1"}},
		"a draft":          {Need{}, Rule{RuleTenderDays, 21, "SYN-4"}, Rule{RuleStandstillDays, 20, "SYN-4"}},
	} {
		if got := m.ForNeed(c.need); got.Rule(RuleTenderDays) != c.tender || got.Rule(RuleStandstillDays) != c.standstill {
			t.Errorf("%s: %v and %v", name, got.Rule(RuleTenderDays), got.Rule(RuleStandstillDays))
		}
	}
	if m.Rule(RuleTenderDays).Value != 21 {
		t.Error("the market's own rules are others now")
	}
}
