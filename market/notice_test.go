package market

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// aRegime is one that leaves the tender period to each market and has a last day.
func aRegime() Regime {
	extended, last := On(2026, time.December, 31), On(2029, time.February, 23)
	return Regime{Name: "Synthetic regime", Source: "Synthetic Act, s 1", ExtendedUntil: &extended, EndsBy: &last, Open: CodeList{TenderDays, AwardFee},
		FirstCallDays: 30, DecideWorkingDays: 10, TenderDays: 10, StandstillDays: 8}
}

func TestPublishNotice(t *testing.T) {
	now := at(t, "2026-06-01 10:00:00")
	words := PublishNoticeInput{Kind: Modify, Reference: "SYN-1", Words: "Synthetic: as announced."}
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
		"an earlier end":            {"", ends(2026, time.June, 1), ""},
		"an end that has passed":    {"", ends(2026, time.May, 31), "INVALID endsOn"},
		"a later end, in time":      {"2026-12-31 23:59:59", ends(2029, time.February, 23), ""},
		"a later end, too late":     {"2027-01-01 00:00:00", ends(2027, time.April, 1), "WRONG_STATE endsOn"},
		"the same end, too late":    {"2027-01-01 00:00:00", ends(2027, time.March, 31), ""},
		"later than the law's last": {"", ends(2029, time.February, 24), "INVALID endsOn"},
		"ceases":                    {"", func(in *PublishNoticeInput, _ *Market) { in.Kind, in.EndsOn = Cease, date(2026, time.July, 1) }, ""},
		"ceases on no day":          {"", func(in *PublishNoticeInput, _ *Market) { in.Kind = Cease }, "INVALID endsOn"},
		"ceases after its end":      {"", func(in *PublishNoticeInput, _ *Market) { in.Kind, in.EndsOn = Cease, date(2027, time.April, 1) }, "INVALID endsOn"},
		"ceases with rules": {"", func(in *PublishNoticeInput, _ *Market) {
			in.Kind, in.EndsOn, in.Rules = Cease, date(2026, time.July, 1), []RuleInput{{TenderDays, 5}}
		}, "INVALID endsOn"},
		"the market's own, looser":   {"", rule(TenderDays, 1), ""},
		"the market's own, negative": {"", rule(TenderDays, -1), "INVALID rules"},
		"the market's own, a year":   {"", rule(TenderDays, 365), ""},
		"more than a year":           {"", rule(TenderDays, 366), "INVALID rules"},
		"the law's, the same":        {"", rule(StandstillDays, 8), ""},
		"the law's, stricter":        {"", rule(StandstillDays, 9), ""},
		"the law's, looser":          {"", rule(StandstillDays, 7), "INVALID rules"},
		"to decide, sooner":          {"", rule(DecideWorkingDays, 9), ""},
		"to decide, later":           {"", rule(DecideWorkingDays, 11), "INVALID rules"},
		"more answers":               {"", rule(FeedbackMinimum, 11), ""},
		"fewer answers":              {"", rule(FeedbackMinimum, 9), "INVALID rules"},
		"a cap, where there is none": {"", rule(MostMembers, 12), "WRONG_STATE rules"},
		"a cap":                      {"", func(in *PublishNoticeInput, m *Market) { capped(m); rule(MostMembers, 1)(in, m) }, ""},
		"a cap of nobody":            {"", func(in *PublishNoticeInput, m *Market) { capped(m); rule(MostMembers, 0)(in, m) }, "INVALID rules"},
		"a fee":                      {"", rule(AwardFee, 1_000), ""},
		"too high a fee":             {"", rule(AwardFee, 1_001), "INVALID rules"},
		"a fee, where there is none": {"", func(in *PublishNoticeInput, m *Market) { m.Regime.Open = nil; rule(AwardFee, 50)(in, m) }, "WRONG_STATE rules"},
		"applications for a day":     {"", taken(On(2026, time.June, 1), On(2026, time.June, 1)), ""},
		"until the market ends":      {"", taken(On(2027, time.March, 1), On(2027, time.March, 31)), ""},
		"after the market's end":     {"", taken(On(2027, time.March, 1), On(2027, time.April, 1)), "INVALID applicationPeriod"},
		"the last day first":         {"", taken(On(2026, time.June, 2), On(2026, time.June, 1)), "INVALID applicationPeriod"},
		"until yesterday":            {"", taken(On(2026, time.May, 1), On(2026, time.May, 31)), "INVALID applicationPeriod"},
		"where they are always taken": {"", func(in *PublishNoticeInput, m *Market) {
			taken(On(2026, time.June, 1), On(2026, time.July, 1))(in, m)
			m.Regime.AlwaysOpen = true
		}, "WRONG_STATE applicationPeriod"},
		"ceases and takes applications": {"", func(in *PublishNoticeInput, m *Market) {
			taken(On(2026, time.June, 1), On(2026, time.July, 1))(in, m)
			in.Kind, in.EndsOn = Cease, date(2026, time.July, 1)
		}, "INVALID endsOn"},
		"intended afterwards": {"", func(in *PublishNoticeInput, _ *Market) { in.Kind = Intend }, "WRONG_STATE kind"},
		"a rule twice":        {"", func(in *PublishNoticeInput, _ *Market) { in.Rules = []RuleInput{{TenderDays, 5}, {TenderDays, 6}} }, "INVALID rules"},
	} {
		in, m, when := words, Market{EndsOn: On(2027, time.March, 31), Regime: aRegime(), Notices: 2, FeedbackMinimum: 10}, now
		if c.now != "" {
			when = at(t, c.now)
		}
		c.change(&in, &m)
		n, err := PublishNotice(in, m, when)
		if refused(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err == nil && (n.Number != 3 || !n.PublishedAt.Equal(when) || len(n.Stated) != len(in.Rules) || (n.ApplicationPeriod() == nil) != (in.ApplicationPeriod == nil)) {
			t.Errorf("%s: %+v", name, n)
		}
	}
}

func date(year int, month time.Month, day int) *Date { return new(On(year, month, day)) }

func ends(year int, month time.Month, day int) func(*PublishNoticeInput, *Market) {
	return func(in *PublishNoticeInput, _ *Market) { in.EndsOn = date(year, month, day) }
}

func rule(code RuleCode, value int) func(*PublishNoticeInput, *Market) {
	return func(in *PublishNoticeInput, _ *Market) { in.Rules = []RuleInput{{code, value}} }
}

func capped(m *Market) { m.Regime.Open = CodeList{MostMembers} }

func taken(from, until Date) func(*PublishNoticeInput, *Market) {
	return func(in *PublishNoticeInput, _ *Market) { in.ApplicationPeriod = &ApplicationPeriodInput{from, until} }
}

// Applications are taken from the first instant of the first day to the last of the last, in London, over a change of the
// clocks too.
func TestWhenApplicationsAreTaken(t *testing.T) {
	source := "SYN-5"
	period := ApplicationPeriod{date(2026, time.March, 29), date(2026, time.October, 25), &source}
	for when, want := range map[string]string{
		"2026-03-28 23:59:59": "WRONG_STATE", "2026-03-29 00:00:00": "", "2026-10-25 23:59:59": "", "2026-10-26 00:00:00": "WRONG_STATE",
	} {
		m := aMarket()
		m.EndsOn, m.Period = On(2030, time.January, 1), period
		_, err := SubmitApplication(SubmitApplicationInput{Statement: "Synthetic.", NoGroundForExclusion: true}, Lot{}, m, nil, at(t, when))
		if refused(t, err) != want || err != nil && !strings.Contains(err.Error(), source) {
			t.Errorf("%s: %v, want %q", when, err, want)
		}
	}
}

// A lot has as many members as its market states, and without a statement any number.
func TestJoin(t *testing.T) {
	for name, c := range map[string]struct {
		stated  Stated
		members int
		want    string
	}{
		"no cap":   {nil, 1_000_000, ""},
		"one left": {Stated{{MostMembers, 12, "SYN-6"}}, 11, ""},
		"full":     {Stated{{MostMembers, 12, "SYN-6"}}, 12, "WRONG_STATE"},
		"over":     {Stated{{MostMembers, 12, "SYN-6"}}, 13, "WRONG_STATE"},
	} {
		if err := Join(Market{Stated: c.stated}, c.members); refused(t, err) != c.want || err != nil && !strings.Contains(err.Error(), "SYN-6") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// What a notice states holds, with the notice as its source; what none states is the law's, with the law's.
func TestRulesOfAMarket(t *testing.T) {
	m := Market{Regime: aRegime(), FeedbackMinimum: 10, Stated: Stated{{TenderDays, 21, "SYN-4"}, {DecideWorkingDays, 5, "SYN-2"}, {AwardFee, 50, "SYN-3"}}}
	want := []Rule{{DecideWorkingDays, 5, "SYN-2"}, {FirstCallDays, 30, "Synthetic Act, s 1"}, {TenderDays, 21, "SYN-4"}, {StandstillDays, 8, "Synthetic Act, s 1"},
		{FeedbackMinimum, 10, "The market's own, as it was established"}, {AwardFee, 50, "SYN-3"}}
	var got []Rule
	for _, r := range m.Rules() {
		got = append(got, *r)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	now := at(t, "2026-06-01 10:00:00")
	m.EndsOn, m.NoticeAt = On(2027, time.March, 31), at(t, "2026-01-01 10:00:00")
	reason := "Synthetic: alone."
	err := PublishNeed(Need{}, PublishNeedInput{Deadline: now.AddDate(0, 0, 20), UniqueReason: &reason}, m, 1, now)
	if refused(t, err) != "TOO_EARLY deadline" || !strings.Contains(err.Error(), "21 days") || !strings.Contains(err.Error(), "SYN-4") {
		t.Errorf("a refusal names the number and the notice: %v", err)
	}
}

// A need goes by the rules under which it was published, its amendment too; a draft by those of now.
func TestANeedKeepsItsRules(t *testing.T) {
	m := Market{Regime: aRegime(), NoticeAt: at(t, "2026-01-01 10:00:00"), EndsOn: On(2027, time.March, 31)}
	published := Need{PublishedAt: &moment, Stated: m.OfNeeds()}
	m.Stated = Stated{{TenderDays, 21, "SYN-4"}, {StandstillDays, 20, "SYN-4"}}
	for name, c := range map[string]struct {
		need               Need
		tender, standstill Rule
	}{
		"published before": {published, Rule{TenderDays, 10, "Synthetic Act, s 1"}, Rule{StandstillDays, 8, "Synthetic Act, s 1"}},
		"a draft":          {Need{}, Rule{TenderDays, 21, "SYN-4"}, Rule{StandstillDays, 20, "SYN-4"}},
	} {
		if got := m.For(c.need); got.Rule(TenderDays) != c.tender || got.Rule(StandstillDays) != c.standstill {
			t.Errorf("%s: %v and %v", name, got.Rule(TenderDays), got.Rule(StandstillDays))
		}
	}
	if m.Rule(TenderDays).Value != 21 {
		t.Error("the market's own rules are others now")
	}
}

func TestEstablish(t *testing.T) {
	old := aRegime()
	old.EstablishedUntil = date(2025, time.February, 23)
	intended := Regime{IntendedFirst: true}
	for name, c := range map[string]struct {
		regime    Regime
		notice    string
		ends      Date
		intention string
		want      string
	}{
		"in time":                      {old, "2025-02-23 23:59:59", On(2029, time.February, 23), "", ""},
		"a second too late":            {old, "2025-02-24 00:00:00", On(2029, time.February, 23), "", "WRONG_STATE regime"},
		"ends too late":                {old, "2024-09-01 09:00:00", On(2029, time.February, 24), "", "INVALID endsOn"},
		"a regime that takes new ones": {Regime{}, "2026-06-01 09:00:00", On(2040, time.January, 1), "", ""},
		"intended before":              {intended, "2026-06-01 09:00:00", On(2040, time.January, 1), "2026-06-01 08:59:59", ""},
		"intended at the same instant": {intended, "2026-06-01 09:00:00", On(2040, time.January, 1), "2026-06-01 09:00:00", "INVALID intention"},
		"not intended":                 {intended, "2026-06-01 09:00:00", On(2040, time.January, 1), "", "INVALID intention"},
	} {
		m := Market{NoticeAt: at(t, c.notice), EndsOn: c.ends, Regime: c.regime}
		if c.intention != "" {
			m.Intention = &Notice{PublishedAt: at(t, c.intention)}
		}
		if err := Establish(m); refused(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
