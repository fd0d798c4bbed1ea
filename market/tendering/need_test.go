package tendering

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func changedNeed(n market.Need, change func(*market.Need)) market.Need {
	change(&n)
	return n
}

// Every profile here is made up.
func needInput() CreateNeedInput {
	return CreateNeedInput{
		AgeLow: 8, AgeHigh: 11, PrimaryNeed: market.NeedTypes[10], OtherNeeds: []string{market.NeedTypes[5]}, LegalBasis: "EHC_PLAN",
		HomeOutcode: "BN11", TravelMiles: 20,
		StartFrom: market.NewDate(2026, time.September, 1), StartTo: market.NewDate(2026, time.October, 1), Profile: "Synthetic: likes trains.",
		Outcomes: "Synthetic: to read.",
	}
}

func TestDraftNeed(t *testing.T) {
	lot := market.Lot{ID: uuid.New(), AgeLow: 5, AgeHigh: 16, Needs: []string{market.NeedTypes[10], market.NeedTypes[4]}}
	weekly := func(text string) *market.Decimal { return new(market.Pounds(text)) }
	for name, c := range map[string]struct {
		change func(*CreateNeedInput)
		want   string
	}{
		"whole":                {func(*CreateNeedInput) {}, ""},
		"the lot's ages":       {func(in *CreateNeedInput) { in.AgeLow, in.AgeHigh = 5, 16 }, ""},
		"younger than the lot": {func(in *CreateNeedInput) { in.AgeLow = 4 }, "INVALID ageHigh"},
		"older than the lot":   {func(in *CreateNeedInput) { in.AgeHigh = 17 }, "INVALID ageHigh"},
		"ages backwards":       {func(in *CreateNeedInput) { in.AgeLow = 12 }, "INVALID ageHigh"},
		"no profile":           {func(in *CreateNeedInput) { in.Profile = " " }, "INVALID profile"},
		"no outcomes":          {func(in *CreateNeedInput) { in.Outcomes = "" }, "INVALID outcomes"},
		"named in the profile": {func(in *CreateNeedInput) { in.Profile = "The child is called Zara." }, "IDENTIFIES_CHILD profile"},
		"named in outcomes":    {func(in *CreateNeedInput) { in.Outcomes = "That BN11 1AA is near." }, "IDENTIFIES_CHILD outcomes"},
		"not one of the lot's": {func(in *CreateNeedInput) { in.PrimaryNeed = market.NeedTypes[0] }, "INVALID primaryNeed"},
		"no need type":         {func(in *CreateNeedInput) { in.PrimaryNeed = "autism" }, "INVALID primaryNeed"},
		"other is no type":     {func(in *CreateNeedInput) { in.OtherNeeds = []string{"autism"} }, "INVALID primaryNeed"},
		"other is the primary": {func(in *CreateNeedInput) { in.OtherNeeds = []string{in.PrimaryNeed} }, "INVALID primaryNeed"},
		"a whole postcode":     {func(in *CreateNeedInput) { in.HomeOutcode = "BN11 1AA" }, "INVALID homeOutcode"},
		"small letters":        {func(in *CreateNeedInput) { in.HomeOutcode = "bn11" }, "INVALID homeOutcode"},
		"London outcode":       {func(in *CreateNeedInput) { in.HomeOutcode = "SW1A" }, ""},
		"short outcode":        {func(in *CreateNeedInput) { in.HomeOutcode = "N1" }, ""},
		"outcode and a line":   {func(in *CreateNeedInput) { in.HomeOutcode = "N1\n" }, "INVALID homeOutcode"},
		"no travel":            {func(in *CreateNeedInput) { in.TravelMiles = 0 }, ""},
		"travel below zero":    {func(in *CreateNeedInput) { in.TravelMiles = -1 }, "INVALID travelMiles"},
		"anywhere":             {func(in *CreateNeedInput) { in.TravelMiles = 500 }, ""},
		"farther":              {func(in *CreateNeedInput) { in.TravelMiles = 501 }, "INVALID travelMiles"},
		"one day to start":     {func(in *CreateNeedInput) { in.StartTo = in.StartFrom }, ""},
		"start backwards":      {func(in *CreateNeedInput) { in.StartTo = market.NewDate(2026, time.August, 31) }, "INVALID startTo"},
		"a ceiling":            {func(in *CreateNeedInput) { in.CeilingWeekly = weekly("99999.99") }, ""},
		"a ceiling of nothing": {func(in *CreateNeedInput) { in.CeilingWeekly = weekly("0") }, "INVALID ceilingWeekly"},
		"a ceiling too high":   {func(in *CreateNeedInput) { in.CeilingWeekly = weekly("100000") }, "INVALID ceilingWeekly"},
	} {
		in := needInput()
		c.change(&in)
		if _, err := DraftNeed(in, lot); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestDraftNeedReferenceSaysNothing(t *testing.T) {
	form, seen := regexp.MustCompile(`^N-[B-DF-HJ-NP-TV-XZ]{7}$`), map[string]bool{}
	for range 200 {
		r := newReference()
		if !form.MatchString(r) || seen[r] || market.CheckAnonymous(market.InputText{Field: "", Value: r, Limit: 10}) != nil {
			t.Fatal(r)
		}
		seen[r] = true
	}
}

func TestPublishNeed(t *testing.T) {
	// Over the end of summer time: ten days later at the same time of day.
	now := markettest.LondonTime(t, "2026-10-20 10:00:00")
	m := markettest.SampleMarket()
	reason := "Synthetic: no wider band fits."
	blank, named := "  ", "The mother is called Zara."
	for name, c := range map[string]struct {
		deadline string
		change   func(*market.Need, *PublishNeedInput, *market.Market)
		alike    int
		want     string
	}{
		"ten days":         {"2026-10-30 10:00:00", nil, 1, ""},
		"a second less":    {"2026-10-30 09:59:59", nil, 1, "TOO_EARLY deadline"},
		"in the past":      {"2026-10-01 10:00:00", nil, 1, "TOO_EARLY deadline"},
		"the market's end": {"2029-02-23 23:59:59", nil, 1, ""},
		"after its end":    {"2029-02-24 00:00:00", nil, 1, "INVALID deadline"},
		"the last first day": {"2026-11-30 23:59:59", func(n *market.Need, _ *PublishNeedInput, _ *market.Market) {
			n.StartTo = market.NewDate(2026, time.November, 30)
		}, 1, ""},
		"after the first day": {"2026-12-01 00:00:00", func(n *market.Need, _ *PublishNeedInput, _ *market.Market) {
			n.StartTo = market.NewDate(2026, time.November, 30)
		}, 1, "INVALID deadline"},
		"published before": {
			"2026-11-30 10:00:00", func(n *market.Need, _ *PublishNeedInput, _ *market.Market) { n.PublishedAt = &now }, 1,
			"WRONG_STATE",
		},
		"first call": {"2026-11-30 10:00:00", func(_ *market.Need, _ *PublishNeedInput,
			m *market.Market,
		) {
			m.NoticeAt = market.AddDays(now, -30)
		}, 1, ""},
		"before the first": {"2026-11-30 10:00:00", func(_ *market.Need, _ *PublishNeedInput, m *market.Market) {
			m.NoticeAt = market.AddDays(now, -30).Add(1)
		}, 1, "TOO_EARLY"},
		"no first call stated": {"2026-11-30 10:00:00", func(_ *market.Need, _ *PublishNeedInput, m *market.Market) {
			m.NoticeAt, m.Regime.FirstCallDays = now, 0
		}, 1, ""},
		"unique": {"2026-11-30 10:00:00", nil, 0, "UNIQUE_PROFILE uniqueReason"},
		"unique, no words": {
			"2026-11-30 10:00:00", func(_ *market.Need, in *PublishNeedInput, _ *market.Market) { in.UniqueReason = &blank },
			0, "UNIQUE_PROFILE uniqueReason",
		},
		"unique, with reason": {"2026-11-30 10:00:00", func(_ *market.Need, in *PublishNeedInput,
			_ *market.Market,
		) {
			in.UniqueReason = &reason
		}, 0, ""},
		"a reason that names": {
			"2026-11-30 10:00:00", func(_ *market.Need, in *PublishNeedInput, _ *market.Market) { in.UniqueReason = &named },
			0, "IDENTIFIES_CHILD uniqueReason",
		},
		"a profile that names": {
			"2026-11-30 10:00:00", func(n *market.Need, _ *PublishNeedInput, _ *market.Market) { n.Profile = named }, 1,
			"IDENTIFIES_CHILD profile",
		},
	} {
		need, in, market := market.Need{Profile: "Synthetic.", Outcomes: "Synthetic.", StartTo: market.NewDate(2030, time.July, 31)},
			PublishNeedInput{Deadline: markettest.LondonTime(t, c.deadline)}, m
		if c.change != nil {
			c.change(&need, &in, &market)
		}
		if err := PublishNeed(need, in, market, c.alike, now); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// A refusal for a period that a market's notice states gives the number and the notice.
func TestPublishNeedNamesTheNotice(t *testing.T) {
	now := markettest.LondonTime(t, "2026-06-01 10:00:00")
	m := market.Market{
		Regime: markettest.OpenRegime(), FeedbackMinimum: 10, NoticeAt: markettest.LondonTime(t, "2026-01-01 10:00:00"),
		EndsOn: market.NewDate(2027, time.March, 31),
		Stated: market.StatedRules{{Code: market.RuleTenderDays, Value: 21, Source: "SYN-4"}, {
			Code: market.RuleDecideWorkingDays, Value: 5,
			Source: "SYN-2",
		}, {Code: market.RuleAwardFee, Value: 50, Source: "SYN-3"}},
	}
	reason := "Synthetic: alone."
	err := PublishNeed(market.Need{}, PublishNeedInput{Deadline: now.AddDate(0, 0, 20), UniqueReason: &reason}, m, 1, now)
	if markettest.RefusalCode(t, err) != "TOO_EARLY deadline" || !strings.Contains(err.Error(), "21 days") ||
		!strings.Contains(err.Error(), "SYN-4") {
		t.Errorf("a refusal names the number and the notice: %v", err)
	}
}
