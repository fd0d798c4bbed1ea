package admission

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestPublishNotice(t *testing.T) {
	now := markettest.LondonTime(t, "2026-06-01 10:00:00")
	words := PublishNoticeInput{Kind: market.NoticeModify, Reference: "SYN-1", Words: "Synthetic: as announced."}
	for name, c := range map[string]struct {
		now    string
		change func(*PublishNoticeInput, *market.Market)
		want   string
	}{
		"words alone":               {"", func(*PublishNoticeInput, *market.Market) {}, ""},
		"no reference":              {"", func(in *PublishNoticeInput, _ *market.Market) { in.Reference = " " }, "INVALID reference"},
		"ceased before":             {"", func(_ *PublishNoticeInput, m *market.Market) { m.Ceased = true }, "WRONG_STATE"},
		"on the last day":           {"2027-03-31 23:59:59", func(*PublishNoticeInput, *market.Market) {}, ""},
		"after the last day":        {"2027-04-01 00:00:00", func(*PublishNoticeInput, *market.Market) {}, "WRONG_STATE"},
		"an earlier end":            {"", withEnd(2026, time.June, 1), ""},
		"an end that has passed":    {"", withEnd(2026, time.May, 31), "INVALID endsOn"},
		"a later end, in time":      {"2026-12-31 23:59:59", withEnd(2029, time.February, 23), ""},
		"a later end, too late":     {"2027-01-01 00:00:00", withEnd(2027, time.April, 1), "WRONG_STATE endsOn"},
		"the same end, too late":    {"2027-01-01 00:00:00", withEnd(2027, time.March, 31), ""},
		"later than the law's last": {"", withEnd(2029, time.February, 24), "INVALID endsOn"},
		"ceases": {"", func(in *PublishNoticeInput, _ *market.Market) {
			in.Kind, in.EndsOn = market.NoticeCease, dateRef(2026, time.July, 1)
		}, ""},
		"ceases on no day": {"", func(in *PublishNoticeInput, _ *market.Market) { in.Kind = market.NoticeCease }, "INVALID endsOn"},
		"ceases after its end": {"", func(in *PublishNoticeInput, _ *market.Market) {
			in.Kind, in.EndsOn = market.NoticeCease, dateRef(2027, time.April, 1)
		}, "INVALID endsOn"},
		"ceases with rules": {"", func(in *PublishNoticeInput, _ *market.Market) {
			in.Kind, in.EndsOn, in.Rules = market.NoticeCease, dateRef(2026, time.July, 1), []RuleInput{{market.RuleTenderDays, 5}}
		}, "INVALID endsOn"},
		"the market's own, looser":   {"", withRule(market.RuleTenderDays, 1), ""},
		"the market's own, negative": {"", withRule(market.RuleTenderDays, -1), "INVALID rules"},
		"the market's own, a year":   {"", withRule(market.RuleTenderDays, 365), ""},
		"more than a year":           {"", withRule(market.RuleTenderDays, 366), "INVALID rules"},
		"the law's, the same":        {"", withRule(market.RuleStandstillDays, 8), ""},
		"the law's, stricter":        {"", withRule(market.RuleStandstillDays, 9), ""},
		"the law's, looser":          {"", withRule(market.RuleStandstillDays, 7), "INVALID rules"},
		"to decide, sooner":          {"", withRule(market.RuleDecideWorkingDays, 9), ""},
		"to decide, later":           {"", withRule(market.RuleDecideWorkingDays, 11), "INVALID rules"},
		"more answers":               {"", withRule(market.RuleFeedbackMinimum, 11), ""},
		"fewer answers":              {"", withRule(market.RuleFeedbackMinimum, 9), "INVALID rules"},
		"a cap, where there is none": {"", withRule(market.RuleMostMembers, 12), "WRONG_STATE rules"},
		"a cap": {"", func(in *PublishNoticeInput, m *market.Market) {
			allowMemberCap(m)
			withRule(market.RuleMostMembers, 1)(in, m)
		}, ""},
		"a cap of nobody": {"", func(in *PublishNoticeInput, m *market.Market) {
			allowMemberCap(m)
			withRule(market.RuleMostMembers, 0)(in, m)
		}, "INVALID rules"},
		"a fee":          {"", withRule(market.RuleAwardFee, 1_000), ""},
		"too high a fee": {"", withRule(market.RuleAwardFee, 1_001), "INVALID rules"},
		"a fee, where there is none": {"", func(in *PublishNoticeInput, m *market.Market) {
			m.Regime.OpenRules = nil
			withRule(market.RuleAwardFee, 50)(in, m)
		}, "WRONG_STATE rules"},
		"applications for a day": {"", withPeriod(market.NewDate(2026, time.June, 1), market.NewDate(2026, time.June, 1)), ""},
		"until the market ends":  {"", withPeriod(market.NewDate(2027, time.March, 1), market.NewDate(2027, time.March, 31)), ""},
		"after the market's end": {
			"", withPeriod(market.NewDate(2027, time.March, 1), market.NewDate(2027, time.April, 1)),
			"INVALID applicationPeriod",
		},
		"the last day first": {
			"", withPeriod(market.NewDate(2026, time.June, 2), market.NewDate(2026, time.June, 1)),
			"INVALID applicationPeriod",
		},
		"until yesterday": {
			"", withPeriod(market.NewDate(2026, time.May, 1), market.NewDate(2026, time.May, 31)),
			"INVALID applicationPeriod",
		},
		"where they are always taken": {"", func(in *PublishNoticeInput, m *market.Market) {
			withPeriod(market.NewDate(2026, time.June, 1), market.NewDate(2026, time.July, 1))(in, m)
			m.Regime.AlwaysOpen = true
		}, "WRONG_STATE applicationPeriod"},
		"ceases and takes applications": {"", func(in *PublishNoticeInput, m *market.Market) {
			withPeriod(market.NewDate(2026, time.June, 1), market.NewDate(2026, time.July, 1))(in, m)
			in.Kind, in.EndsOn = market.NoticeCease, dateRef(2026, time.July, 1)
		}, "INVALID endsOn"},
		"intended afterwards": {"", func(in *PublishNoticeInput, _ *market.Market) { in.Kind = market.NoticeIntend }, "WRONG_STATE kind"},
		"a rule twice": {"", func(in *PublishNoticeInput, _ *market.Market) {
			in.Rules = []RuleInput{{market.RuleTenderDays, 5}, {market.RuleTenderDays, 6}}
		}, "INVALID rules"},
	} {
		in, m, when := words, market.Market{
			EndsOn: market.NewDate(2027, time.March, 31), Regime: markettest.OpenRegime(), Notices: 2,
			FeedbackMinimum: 10,
		}, now
		if c.now != "" {
			when = markettest.LondonTime(t, c.now)
		}
		c.change(&in, &m)
		n, err := PublishNotice(in, m, when)
		if markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err == nil && (n.Number != 3 || !n.PublishedAt.Equal(when) || len(n.Stated) != len(in.Rules) ||
			(n.ApplicationPeriod() == nil) != (in.ApplicationPeriod == nil)) {
			t.Errorf("%s: %+v", name, n)
		}
	}
}

func dateRef(year int, month time.Month, day int) *market.Date {
	return new(market.NewDate(year, month, day))
}

func withEnd(year int, month time.Month, day int) func(*PublishNoticeInput, *market.Market) {
	return func(in *PublishNoticeInput, _ *market.Market) { in.EndsOn = dateRef(year, month, day) }
}

func withRule(code market.RuleCode, value int) func(*PublishNoticeInput, *market.Market) {
	return func(in *PublishNoticeInput, _ *market.Market) { in.Rules = []RuleInput{{code, value}} }
}

func allowMemberCap(m *market.Market) {
	m.Regime.OpenRules = market.RuleCodeList{market.RuleMostMembers}
}

func withPeriod(from, until market.Date) func(*PublishNoticeInput, *market.Market) {
	return func(in *PublishNoticeInput, _ *market.Market) {
		in.ApplicationPeriod = &ApplicationPeriodInput{from, until}
	}
}
