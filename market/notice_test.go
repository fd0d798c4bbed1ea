package market

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// openRegime is one that leaves the tender period to each market and has a last day.
func openRegime() Regime {
	extended, last := NewDate(2026, time.December, 31), NewDate(2029, time.February, 23)
	return Regime{Name: "Synthetic regime", Source: "Synthetic Act, s 1", ExtendedUntil: &extended, EndsBy: &last, OpenRules: RuleCodeList{RuleTenderDays, RuleAwardFee},
		FirstCallDays: 30, DecideWorkingDays: 10, TenderDays: 10, StandstillDays: 8}
}

func TestPublishNotice(t *testing.T) {
	now := londonTime(t, "2026-06-01 10:00:00")
	words := PublishNoticeInput{Kind: NoticeModify, Reference: "SYN-1", Words: "Synthetic: as announced."}
	for name, c := range map[string]struct {
		now    string
		change func(*PublishNoticeInput, *Market)
		want   string
	}{
		"words alone":               {"", func(*PublishNoticeInput, *Market) {}, ""},
		"no reference":              {"", func(in *PublishNoticeInput, _ *Market) { in.Reference = " " }, "INVALID reference"},
		"ceased before":             {"", func(_ *PublishNoticeInput, m *Market) { m.Ceased = true }, "WRONG_STATE"},
		"on the last day":           {"2027-03-31 23:59:59", func(*PublishNoticeInput, *Market) {}, ""},
		"after the last day":        {"2027-04-01 00:00:00", func(*PublishNoticeInput, *Market) {}, "WRONG_STATE"},
		"an earlier end":            {"", withEnd(2026, time.June, 1), ""},
		"an end that has passed":    {"", withEnd(2026, time.May, 31), "INVALID endsOn"},
		"a later end, in time":      {"2026-12-31 23:59:59", withEnd(2029, time.February, 23), ""},
		"a later end, too late":     {"2027-01-01 00:00:00", withEnd(2027, time.April, 1), "WRONG_STATE endsOn"},
		"the same end, too late":    {"2027-01-01 00:00:00", withEnd(2027, time.March, 31), ""},
		"later than the law's last": {"", withEnd(2029, time.February, 24), "INVALID endsOn"},
		"ceases":                    {"", func(in *PublishNoticeInput, _ *Market) { in.Kind, in.EndsOn = NoticeCease, dateRef(2026, time.July, 1) }, ""},
		"ceases on no day":          {"", func(in *PublishNoticeInput, _ *Market) { in.Kind = NoticeCease }, "INVALID endsOn"},
		"ceases after its end":      {"", func(in *PublishNoticeInput, _ *Market) { in.Kind, in.EndsOn = NoticeCease, dateRef(2027, time.April, 1) }, "INVALID endsOn"},
		"ceases with rules": {"", func(in *PublishNoticeInput, _ *Market) {
			in.Kind, in.EndsOn, in.Rules = NoticeCease, dateRef(2026, time.July, 1), []RuleInput{{RuleTenderDays, 5}}
		}, "INVALID endsOn"},
		"the market's own, looser":   {"", withRule(RuleTenderDays, 1), ""},
		"the market's own, negative": {"", withRule(RuleTenderDays, -1), "INVALID rules"},
		"the market's own, a year":   {"", withRule(RuleTenderDays, 365), ""},
		"more than a year":           {"", withRule(RuleTenderDays, 366), "INVALID rules"},
		"the law's, the same":        {"", withRule(RuleStandstillDays, 8), ""},
		"the law's, stricter":        {"", withRule(RuleStandstillDays, 9), ""},
		"the law's, looser":          {"", withRule(RuleStandstillDays, 7), "INVALID rules"},
		"to decide, sooner":          {"", withRule(RuleDecideWorkingDays, 9), ""},
		"to decide, later":           {"", withRule(RuleDecideWorkingDays, 11), "INVALID rules"},
		"more answers":               {"", withRule(RuleFeedbackMinimum, 11), ""},
		"fewer answers":              {"", withRule(RuleFeedbackMinimum, 9), "INVALID rules"},
		"a cap, where there is none": {"", withRule(RuleMostMembers, 12), "WRONG_STATE rules"},
		"a cap":                      {"", func(in *PublishNoticeInput, m *Market) { allowMemberCap(m); withRule(RuleMostMembers, 1)(in, m) }, ""},
		"a cap of nobody":            {"", func(in *PublishNoticeInput, m *Market) { allowMemberCap(m); withRule(RuleMostMembers, 0)(in, m) }, "INVALID rules"},
		"a fee":                      {"", withRule(RuleAwardFee, 1_000), ""},
		"too high a fee":             {"", withRule(RuleAwardFee, 1_001), "INVALID rules"},
		"a fee, where there is none": {"", func(in *PublishNoticeInput, m *Market) { m.Regime.OpenRules = nil; withRule(RuleAwardFee, 50)(in, m) }, "WRONG_STATE rules"},
		"applications for a day":     {"", withPeriod(NewDate(2026, time.June, 1), NewDate(2026, time.June, 1)), ""},
		"until the market ends":      {"", withPeriod(NewDate(2027, time.March, 1), NewDate(2027, time.March, 31)), ""},
		"after the market's end":     {"", withPeriod(NewDate(2027, time.March, 1), NewDate(2027, time.April, 1)), "INVALID applicationPeriod"},
		"the last day first":         {"", withPeriod(NewDate(2026, time.June, 2), NewDate(2026, time.June, 1)), "INVALID applicationPeriod"},
		"until yesterday":            {"", withPeriod(NewDate(2026, time.May, 1), NewDate(2026, time.May, 31)), "INVALID applicationPeriod"},
		"where they are always taken": {"", func(in *PublishNoticeInput, m *Market) {
			withPeriod(NewDate(2026, time.June, 1), NewDate(2026, time.July, 1))(in, m)
			m.Regime.AlwaysOpen = true
		}, "WRONG_STATE applicationPeriod"},
		"ceases and takes applications": {"", func(in *PublishNoticeInput, m *Market) {
			withPeriod(NewDate(2026, time.June, 1), NewDate(2026, time.July, 1))(in, m)
			in.Kind, in.EndsOn = NoticeCease, dateRef(2026, time.July, 1)
		}, "INVALID endsOn"},
		"intended afterwards": {"", func(in *PublishNoticeInput, _ *Market) { in.Kind = NoticeIntend }, "WRONG_STATE kind"},
		"a rule twice":        {"", func(in *PublishNoticeInput, _ *Market) { in.Rules = []RuleInput{{RuleTenderDays, 5}, {RuleTenderDays, 6}} }, "INVALID rules"},
	} {
		in, m, when := words, Market{EndsOn: NewDate(2027, time.March, 31), Regime: openRegime(), Notices: 2, FeedbackMinimum: 10}, now
		if c.now != "" {
			when = londonTime(t, c.now)
		}
		c.change(&in, &m)
		n, err := PublishNotice(in, m, when)
		if refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err == nil && (n.Number != 3 || !n.PublishedAt.Equal(when) || len(n.Stated) != len(in.Rules) || (n.ApplicationPeriod() == nil) != (in.ApplicationPeriod == nil)) {
			t.Errorf("%s: %+v", name, n)
		}
	}
}

func dateRef(year int, month time.Month, day int) *Date { return new(NewDate(year, month, day)) }

func withEnd(year int, month time.Month, day int) func(*PublishNoticeInput, *Market) {
	return func(in *PublishNoticeInput, _ *Market) { in.EndsOn = dateRef(year, month, day) }
}

func withRule(code RuleCode, value int) func(*PublishNoticeInput, *Market) {
	return func(in *PublishNoticeInput, _ *Market) { in.Rules = []RuleInput{{code, value}} }
}

func allowMemberCap(m *Market) { m.Regime.OpenRules = RuleCodeList{RuleMostMembers} }

func withPeriod(from, until Date) func(*PublishNoticeInput, *Market) {
	return func(in *PublishNoticeInput, _ *Market) { in.ApplicationPeriod = &ApplicationPeriodInput{from, until} }
}

// Applications are taken from the first instant of the first day to the last of the last, in London, over a change of the
// clocks too.
func TestSubmitApplicationInItsPeriod(t *testing.T) {
	source := "SYN-5"
	period := ApplicationPeriod{dateRef(2026, time.March, 29), dateRef(2026, time.October, 25), &source}
	for when, want := range map[string]string{
		"2026-03-28 23:59:59": "WRONG_STATE", "2026-03-29 00:00:00": "", "2026-10-25 23:59:59": "", "2026-10-26 00:00:00": "WRONG_STATE",
	} {
		m := testMarket()
		m.EndsOn, m.Period = NewDate(2030, time.January, 1), period
		_, err := SubmitApplication(SubmitApplicationInput{Statement: "Synthetic.", NoGroundForExclusion: true}, Lot{}, m, nil, londonTime(t, when))
		if refusalCode(t, err) != want || err != nil && !strings.Contains(err.Error(), source) {
			t.Errorf("%s: %v, want %q", when, err, want)
		}
	}
}

// A lot has as many members as its market states, and without a statement any number.
func TestRequireRoomInLot(t *testing.T) {
	for name, c := range map[string]struct {
		stated  StatedRules
		members int
		want    string
	}{
		"no cap":   {nil, 1_000_000, ""},
		"one left": {StatedRules{{RuleMostMembers, 12, "SYN-6"}}, 11, ""},
		"full":     {StatedRules{{RuleMostMembers, 12, "SYN-6"}}, 12, "WRONG_STATE"},
		"over":     {StatedRules{{RuleMostMembers, 12, "SYN-6"}}, 13, "WRONG_STATE"},
	} {
		if err := RequireRoomInLot(Market{Stated: c.stated}, c.members); refusalCode(t, err) != c.want || err != nil && !strings.Contains(err.Error(), "SYN-6") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// What a notice states holds, with the notice as its source; what none states is the law's, with the law's.
func TestMarketRules(t *testing.T) {
	m := Market{Regime: openRegime(), FeedbackMinimum: 10, Stated: StatedRules{{RuleTenderDays, 21, "SYN-4"}, {RuleDecideWorkingDays, 5, "SYN-2"}, {RuleAwardFee, 50, "SYN-3"}}}
	want := []Rule{{RuleDecideWorkingDays, 5, "SYN-2"}, {RuleFirstCallDays, 30, "Synthetic Act, s 1"}, {RuleTenderDays, 21, "SYN-4"}, {RuleStandstillDays, 8, "Synthetic Act, s 1"},
		{RuleFeedbackMinimum, 10, "The market's own, as it was established"}, {RuleAwardFee, 50, "SYN-3"}}
	var got []Rule
	for _, r := range m.Rules() {
		got = append(got, *r)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	now := londonTime(t, "2026-06-01 10:00:00")
	m.EndsOn, m.NoticeAt = NewDate(2027, time.March, 31), londonTime(t, "2026-01-01 10:00:00")
	reason := "Synthetic: alone."
	err := PublishNeed(Need{}, PublishNeedInput{Deadline: now.AddDate(0, 0, 20), UniqueReason: &reason}, m, 1, now)
	if refusalCode(t, err) != "TOO_EARLY deadline" || !strings.Contains(err.Error(), "21 days") || !strings.Contains(err.Error(), "SYN-4") {
		t.Errorf("a refusal names the number and the notice: %v", err)
	}
}

// A need goes by the rules under which it was published, its amendment too; a draft by those of now.
func TestNeedKeepsItsRules(t *testing.T) {
	m := Market{Regime: openRegime(), NoticeAt: londonTime(t, "2026-01-01 10:00:00"), EndsOn: NewDate(2027, time.March, 31)}
	published := Need{PublishedAt: &testTime, Stated: m.NeedRules()}
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

func TestCheckEstablishment(t *testing.T) {
	old := openRegime()
	old.EstablishedUntil = dateRef(2025, time.February, 23)
	intended := Regime{IntendedFirst: true}
	for name, c := range map[string]struct {
		regime    Regime
		notice    string
		ends      Date
		intention string
		want      string
	}{
		"in time":                      {old, "2025-02-23 23:59:59", NewDate(2029, time.February, 23), "", ""},
		"a second too late":            {old, "2025-02-24 00:00:00", NewDate(2029, time.February, 23), "", "WRONG_STATE regime"},
		"ends too late":                {old, "2024-09-01 09:00:00", NewDate(2029, time.February, 24), "", "INVALID endsOn"},
		"a regime that takes new ones": {Regime{}, "2026-06-01 09:00:00", NewDate(2040, time.January, 1), "", ""},
		"intended before":              {intended, "2026-06-01 09:00:00", NewDate(2040, time.January, 1), "2026-06-01 08:59:59", ""},
		"intended at the same instant": {intended, "2026-06-01 09:00:00", NewDate(2040, time.January, 1), "2026-06-01 09:00:00", "INVALID intention"},
		"not intended":                 {intended, "2026-06-01 09:00:00", NewDate(2040, time.January, 1), "", "INVALID intention"},
	} {
		m := Market{NoticeAt: londonTime(t, c.notice), EndsOn: c.ends, Regime: c.regime}
		if c.intention != "" {
			m.Intention = &Notice{PublishedAt: londonTime(t, c.intention)}
		}
		if err := CheckEstablishment(m); refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
