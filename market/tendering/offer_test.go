package tendering

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func submitEmptyOffer(n market.Need, now time.Time) (market.OfferQuality, error) {
	better, _, err := SubmitOffer(SubmitOfferInput{}, n, market.Setting{}, markettest.ActiveMember, now)
	return better, err
}

func newFeeInput(kind market.FeeKind, description, weekly string) FeeInput {
	return FeeInput{Kind: kind, Description: description, Weekly: market.Pounds(weekly)}
}

func offerInput() SubmitOfferInput {
	return SubmitOfferInput{
		StartsOn: market.NewDate(2026, time.September, 7), Places: 1, NeedsMet: "Synthetic.", OutcomesMet: "Synthetic.", Weeks: 38,
		Fees: []FeeInput{
			newFeeInput("EDUCATION", "Teaching", "1000.10"), newFeeInput("THERAPY", "Speech", "200.20"),
			newFeeInput("THERAPY", "Play", "0.05"),
		},
	}
}

func TestSubmitOffer(t *testing.T) {
	many := make([]FeeInput, 31)
	for i := range many {
		many[i] = newFeeInput("OTHER", strings.Repeat("x", i+1), "1")
	}
	deadline := markettest.LondonTime(t, "2026-07-01 23:59:59")
	for name, c := range map[string]struct {
		change func(*SubmitOfferInput, *market.Need)
		member *market.Membership
		now    time.Time
		want   string
	}{
		"whole":             {nil, markettest.ActiveMember, markettest.SampleTime, ""},
		"the last instant":  {nil, markettest.ActiveMember, deadline, ""},
		"a nanosecond late": {nil, markettest.ActiveMember, deadline.Add(1), "DEADLINE_PASSED"},
		"a draft": {
			func(_ *SubmitOfferInput, n *market.Need) { n.Deadline = nil }, markettest.ActiveMember,
			markettest.SampleTime, "WRONG_STATE",
		},
		"suspended":            {nil, markettest.SuspendedMember, markettest.SampleTime, "NOT_ADMITTED"},
		"left":                 {nil, markettest.EndedMember, markettest.SampleTime, "NOT_ADMITTED"},
		"no member":            {nil, nil, markettest.SampleTime, "NOT_ADMITTED"},
		"late before all else": {func(in *SubmitOfferInput, _ *market.Need) { in.NeedsMet = "" }, nil, deadline.Add(1), "DEADLINE_PASSED"},
		"no words on needs": {
			func(in *SubmitOfferInput, _ *market.Need) { in.NeedsMet = " " }, markettest.ActiveMember,
			markettest.SampleTime, "INVALID needsMet",
		},
		"no words on outcomes": {
			func(in *SubmitOfferInput, _ *market.Need) { in.OutcomesMet = "" }, markettest.ActiveMember,
			markettest.SampleTime, "INVALID outcomesMet",
		},
		"no assumptions": {
			func(in *SubmitOfferInput, _ *market.Need) { in.Assumptions = "" }, markettest.ActiveMember,
			markettest.SampleTime, "",
		},
		"long assumptions": {
			func(in *SubmitOfferInput, _ *market.Need) { in.Assumptions = strings.Repeat("é", 4001) },
			markettest.ActiveMember, markettest.SampleTime, "INVALID assumptions",
		},
		"no place": {
			func(in *SubmitOfferInput, _ *market.Need) { in.Places = 0 }, markettest.ActiveMember,
			markettest.SampleTime, "INVALID places",
		},
		"two places": {
			func(in *SubmitOfferInput, _ *market.Need) { in.Places = 2 }, markettest.ActiveMember,
			markettest.SampleTime, "INVALID places",
		},
		"first day to start": {
			func(in *SubmitOfferInput, n *market.Need) { in.StartsOn = n.StartFrom }, markettest.ActiveMember,
			markettest.SampleTime, "",
		},
		"last day to start": {
			func(in *SubmitOfferInput, n *market.Need) { in.StartsOn = n.StartTo }, markettest.ActiveMember,
			markettest.SampleTime, "",
		},
		"a school for a home": {nil, &market.Membership{LotKind: market.LotChildrensHome}, markettest.SampleTime, "INVALID setting"},
		"a day early": {func(in *SubmitOfferInput, n *market.Need) {
			in.StartsOn = market.Date{Time: n.StartFrom.AddDays(-1).Time}
		}, markettest.ActiveMember, markettest.SampleTime, "INVALID startsOn"},
		"a day late": {func(in *SubmitOfferInput, n *market.Need) {
			in.StartsOn = market.Date{Time: n.StartTo.AddDays(1).Time}
		}, markettest.ActiveMember, markettest.SampleTime, "INVALID startsOn"},
		"takes only older": {
			func(_ *SubmitOfferInput, n *market.Need) { n.AgeLow, n.AgeHigh = 2, 4 }, markettest.ActiveMember,
			markettest.SampleTime, "INVALID setting",
		},
		"takes only younger": {
			func(_ *SubmitOfferInput, n *market.Need) { n.AgeLow, n.AgeHigh = 20, 22 }, markettest.ActiveMember,
			markettest.SampleTime, "INVALID setting",
		},
		"ages meet in one": {
			func(_ *SubmitOfferInput, n *market.Need) { n.AgeLow, n.AgeHigh = 19, 22 }, markettest.ActiveMember,
			markettest.SampleTime, "",
		},
		"44 weeks": {func(in *SubmitOfferInput, _ *market.Need) { in.Weeks = 44 }, markettest.ActiveMember, markettest.SampleTime, ""},
		"52 weeks": {func(in *SubmitOfferInput, _ *market.Need) { in.Weeks = 52 }, markettest.ActiveMember, markettest.SampleTime, ""},
		"39 weeks": {
			func(in *SubmitOfferInput, _ *market.Need) { in.Weeks = 39 }, markettest.ActiveMember,
			markettest.SampleTime, "INVALID weeks",
		},
		"no weeks": {
			func(in *SubmitOfferInput, _ *market.Need) { in.Weeks = 0 }, markettest.ActiveMember,
			markettest.SampleTime, "INVALID weeks",
		},
		"no fees": {
			func(in *SubmitOfferInput, _ *market.Need) { in.Fees = nil }, markettest.ActiveMember,
			markettest.SampleTime, "INVALID fees",
		},
		"fees of nothing": {
			func(in *SubmitOfferInput, _ *market.Need) { in.Fees = []FeeInput{newFeeInput("OTHER", "Free", "0")} },
			markettest.ActiveMember, markettest.SampleTime, "INVALID fees",
		},
		"an additional fee of nothing": {func(in *SubmitOfferInput, _ *market.Need) {
			in.Fees = append(in.Fees, newFeeInput("OTHER", "Free", "0"))
		}, markettest.ActiveMember, markettest.SampleTime, ""},
		"a fee below zero": {func(in *SubmitOfferInput, _ *market.Need) {
			in.Fees = append(in.Fees, newFeeInput("OTHER", "Rebate", "-0.01"))
		}, markettest.ActiveMember, markettest.SampleTime, "INVALID fees.3.weekly"},
		"the dearest fee": {
			func(in *SubmitOfferInput, _ *market.Need) { in.Fees[0].Weekly = market.Pounds("99999.99") },
			markettest.ActiveMember, markettest.SampleTime, "",
		},
		"a dearer fee": {
			func(in *SubmitOfferInput, _ *market.Need) { in.Fees[0].Weekly = market.Pounds("100000") },
			markettest.ActiveMember, markettest.SampleTime, "INVALID fees.0.weekly",
		},
		"a fee for nobody knows": {
			func(in *SubmitOfferInput, _ *market.Need) { in.Fees[0].Description = "" }, markettest.ActiveMember,
			markettest.SampleTime, "INVALID fees.0.description",
		},
		"a fee twice": {
			func(in *SubmitOfferInput, _ *market.Need) { in.Fees[2].Description = " speech " }, markettest.ActiveMember,
			markettest.SampleTime, "INVALID fees",
		},
		"one text, two kinds": {
			func(in *SubmitOfferInput, _ *market.Need) { in.Fees[2] = newFeeInput("OTHER", "Speech", "1") },
			markettest.ActiveMember, markettest.SampleTime, "",
		},
		"30 fees": {
			func(in *SubmitOfferInput, _ *market.Need) { in.Fees = many[:30] }, markettest.ActiveMember,
			markettest.SampleTime, "",
		},
		"31 fees": {
			func(in *SubmitOfferInput, _ *market.Need) { in.Fees = many }, markettest.ActiveMember,
			markettest.SampleTime, "INVALID fees",
		},
	} {
		in, need := offerInput(), market.Need{
			AgeLow: 8, AgeHigh: 11, StartFrom: market.NewDate(2026, time.September, 1),
			StartTo: market.NewDate(2026, time.October, 1), Deadline: &deadline,
		}
		if c.change != nil {
			c.change(&in, &need)
		}
		_, _, err := SubmitOffer(in, need, market.Setting{AgeLow: new(5), AgeHigh: new(19)}, c.member, c.now)
		if markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// The price is in the half that is opened last, and not in the other half.
func TestSubmitOfferSplitsQualityAndPrice(t *testing.T) {
	quality, price, err := SubmitOffer(offerInput(), market.Need{
		AgeLow: 8, AgeHigh: 11, StartFrom: market.NewDate(2026, time.September, 1),
		StartTo:  market.NewDate(2026, time.October, 1),
		Deadline: &markettest.SampleTime,
	}, market.Setting{AgeLow: new(5), AgeHigh: new(19)}, markettest.ActiveMember, markettest.SampleTime)
	if err != nil || price.Weekly.Text() != "1200.35" || price.Annual.Text() != "45613.30" || price.Weeks != 38 || len(price.Fees) != 3 {
		t.Errorf("price %+v, %v", price, err)
	}
	if want := (market.OfferQuality{
		StartsOn: market.NewDate(2026, time.September, 7), Places: 1, NeedsMet: "Synthetic.",
		OutcomesMet: "Synthetic.",
	}); quality != want {
		t.Errorf("quality %+v", quality)
	}
}

// A price is added in whole pence, whatever the fees: the test counts in integers.
func TestSubmitOfferPriceIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, sum := offerInput(), int64(0)
		in.Fees, in.Weeks = nil, rapid.SampledFrom([]int{38, 44, 52}).Draw(t, "weeks")
		for i := range rapid.IntRange(1, 30).Draw(t, "fees") {
			pence := rapid.Int64Range(1, 9999999).Draw(t, "pence")
			sum += pence
			in.Fees = append(in.Fees, FeeInput{
				Kind: "OTHER", Description: strings.Repeat("x", i+1),
				Weekly: market.Decimal{Decimal: decimal.New(pence, -2)},
			})
		}
		price, err := offerPrice(in)
		if err != nil || !price.Weekly.Equal(decimal.New(sum, -2)) || !price.Annual.Equal(decimal.New(sum*int64(in.Weeks), -2)) {
			t.Fatalf("%s a week, %s a year, %v; want %d pence", price.Weekly, price.Annual, err, sum)
		}
	})
}

func TestWithdrawOffer(t *testing.T) {
	for name, c := range map[string]struct {
		offer market.Offer
		now   time.Time
		want  string
	}{
		"in time": {market.Offer{}, markettest.SampleTime, ""}, "late": {market.Offer{}, markettest.SampleTime.Add(1), "DEADLINE_PASSED"},
		"twice": {market.Offer{WithdrawnAt: &markettest.SampleTime}, markettest.SampleTime, "WRONG_STATE"},
	} {
		if err := WithdrawOffer(c.offer, market.Need{Deadline: &markettest.SampleTime}, c.now); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestSubmitOfferForASettingThatCloses(t *testing.T) {
	closes, deadline := market.NewDate(2026, time.July, 1), markettest.LondonTime(t, "2026-07-01 23:59:59")
	need := market.Need{AgeLow: 8, AgeHigh: 11, StartFrom: market.NewDate(2026, time.September, 1), StartTo: market.NewDate(2026, time.October,
		1), Deadline: &deadline}
	setting := market.Setting{AgeLow: new(5), AgeHigh: new(19), ClosedOn: &closes}
	if _, _, err := SubmitOffer(offerInput(), need, setting, markettest.ActiveMember, markettest.SampleTime); markettest.RefusalCode(t,
		err) != "WRONG_STATE setting" {
		t.Errorf("an offer for it: %v", err)
	}
}

// callOf are needs of a joint call: the first two before their opening, the third opened, the fourth withdrawn.
func callOf(lot uuid.UUID, deadline time.Time) []market.Need {
	call := make([]market.Need, 4)
	for i := range call {
		call[i] = market.Need{
			ID: uuid.New(), AuthorityID: uuid.New(), LotID: lot, AgeLow: 8, AgeHigh: 11, Deadline: &deadline, AsOf: markettest.SampleTime,
			StartFrom: market.NewDate(2026, time.September, 1), StartTo: market.NewDate(2026, time.October, 1),
		}
	}
	call[2].OpenedAt, call[3].WithdrawnAt = &markettest.SampleTime, &markettest.SampleTime
	return call
}

func TestSubmitOffers(t *testing.T) {
	lot, provider, deadline := uuid.New(), uuid.New(), markettest.LondonTime(t, "2026-07-01 23:59:59")
	call := callOf(lot, deadline)
	setting := &market.Setting{ID: uuid.New(), ProviderID: &provider, AgeLow: new(5), AgeHigh: new(19)}
	member := *markettest.ActiveMember
	member.LotID = lot
	live := market.Offer{
		ID: uuid.New(), NeedID: call[1].ID, AuthorityID: call[1].AuthorityID, ProviderID: provider, SettingID: setting.ID, Version: 3,
	}
	for name, c := range map[string]struct {
		facts OfferFacts
		want  string
		made  []int // versions, by the needs of the call
	}{
		"a new one":         {OfferFacts{call[:1], setting, []market.Membership{member}, nil}, "", []int{1}},
		"a next version":    {OfferFacts{call[1:2], setting, []market.Membership{member}, []market.Offer{live}}, "", []int{4}},
		"a joint call":      {OfferFacts{call, setting, []market.Membership{member}, []market.Offer{live}}, "", []int{1, 4}},
		"no need":           {OfferFacts{nil, setting, []market.Membership{member}, nil}, "NOT_FOUND", nil},
		"no own setting":    {OfferFacts{call, nil, []market.Membership{member}, nil}, "NOT_FOUND", nil},
		"of another lot":    {OfferFacts{call, setting, []market.Membership{*markettest.ActiveMember}, nil}, "NOT_ADMITTED", nil},
		"a withdrawn need":  {OfferFacts{call[3:], setting, []market.Membership{member}, nil}, "WRONG_STATE", nil},
		"no membership yet": {OfferFacts{call, setting, nil, nil}, "NOT_ADMITTED", nil},
	} {
		offers, err := SubmitOffers(offerInput(), c.facts)
		if markettest.RefusalCode(t, err) != c.want || len(offers) != len(c.made) {
			t.Errorf("%s: %d offers, %v; want %q", name, len(offers), err, c.want)
			continue
		}
		for i, o := range offers {
			need := c.facts.Call[i]
			if o.NeedID != need.ID || o.AuthorityID != need.AuthorityID || o.ProviderID != provider || o.SettingID != setting.ID ||
				o.Version != c.made[i] || o.Version == 4 && o.ID != live.ID || o.ID == uuid.Nil || o.ReceivedAt != need.AsOf || o.Price == nil {
				t.Errorf("%s: offer %d is %+v", name, i, o)
			}
		}
	}
}

func TestWithdrawOffers(t *testing.T) {
	call := callOf(uuid.New(), markettest.LondonTime(t, "2026-07-01 23:59:59"))
	mine, twin := market.Offer{ID: uuid.New(), NeedID: call[0].ID}, market.Offer{ID: uuid.New(), NeedID: call[1].ID}
	gone := mine
	gone.WithdrawnAt = &markettest.SampleTime
	for name, c := range map[string]struct {
		facts WithdrawalFacts
		want  string
		made  []uuid.UUID
	}{
		"one":            {WithdrawalFacts{call[:1], &mine, []market.Offer{mine}}, "", []uuid.UUID{mine.ID}},
		"a joint call":   {WithdrawalFacts{call, &mine, []market.Offer{twin, mine}}, "", []uuid.UUID{mine.ID, twin.ID}},
		"without a twin": {WithdrawalFacts{call, &mine, []market.Offer{mine}}, "NOT_FOUND", nil},
		"twice":          {WithdrawalFacts{call[:1], &gone, nil}, "WRONG_STATE", nil},
		"no offer":       {WithdrawalFacts{}, "NOT_FOUND", nil},
		"a hidden need":  {WithdrawalFacts{nil, &mine, nil}, "NOT_FOUND", nil},
	} {
		offers, err := WithdrawOffers(c.facts)
		if markettest.RefusalCode(t, err) != c.want || len(offers) != len(c.made) {
			t.Errorf("%s: %d offers, %v; want %q", name, len(offers), err, c.want)
			continue
		}
		for i, o := range offers {
			if o.ID != c.made[i] || o.WithdrawnAt == nil || !o.WithdrawnAt.Equal(markettest.SampleTime) {
				t.Errorf("%s: offer %d is %+v", name, i, o)
			}
		}
	}
}
