package market

import (
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

func newFeeInput(kind FeeKind, description, weekly string) FeeInput {
	return FeeInput{Kind: kind, Description: description, Weekly: Pounds(weekly)}
}

func offerInput() SubmitOfferInput {
	return SubmitOfferInput{
		StartsOn: NewDate(2026, time.September, 7), Places: 1, NeedsMet: "Synthetic.", OutcomesMet: "Synthetic.", Weeks: 38,
		Fees: []FeeInput{newFeeInput("EDUCATION", "Teaching", "1000.10"), newFeeInput("THERAPY", "Speech", "200.20"), newFeeInput("THERAPY", "Play", "0.05")},
	}
}

func TestSubmitOffer(t *testing.T) {
	many := make([]FeeInput, 31)
	for i := range many {
		many[i] = newFeeInput("OTHER", strings.Repeat("x", i+1), "1")
	}
	deadline := londonTime(t, "2026-07-01 23:59:59")
	for name, c := range map[string]struct {
		change func(*SubmitOfferInput, *Need)
		member *Membership
		now    time.Time
		want   string
	}{
		"whole":                   {nil, activeMember, testTime, ""},
		"the last instant":        {nil, activeMember, deadline, ""},
		"a nanosecond late":       {nil, activeMember, deadline.Add(1), "DEADLINE_PASSED"},
		"a draft":                 {func(_ *SubmitOfferInput, n *Need) { n.Deadline = nil }, activeMember, testTime, "WRONG_STATE"},
		"suspended":               {nil, suspendedMember, testTime, "NOT_ADMITTED"},
		"left":                    {nil, endedMember, testTime, "NOT_ADMITTED"},
		"no member":               {nil, nil, testTime, "NOT_ADMITTED"},
		"late before all else":    {func(in *SubmitOfferInput, _ *Need) { in.NeedsMet = "" }, nil, deadline.Add(1), "DEADLINE_PASSED"},
		"no words on needs":       {func(in *SubmitOfferInput, _ *Need) { in.NeedsMet = " " }, activeMember, testTime, "INVALID needsMet"},
		"no words on outcomes":    {func(in *SubmitOfferInput, _ *Need) { in.OutcomesMet = "" }, activeMember, testTime, "INVALID outcomesMet"},
		"no assumptions":          {func(in *SubmitOfferInput, _ *Need) { in.Assumptions = "" }, activeMember, testTime, ""},
		"long assumptions":        {func(in *SubmitOfferInput, _ *Need) { in.Assumptions = strings.Repeat("é", 4001) }, activeMember, testTime, "INVALID assumptions"},
		"no place":                {func(in *SubmitOfferInput, _ *Need) { in.Places = 0 }, activeMember, testTime, "INVALID places"},
		"two places":              {func(in *SubmitOfferInput, _ *Need) { in.Places = 2 }, activeMember, testTime, "INVALID places"},
		"first day to start":      {func(in *SubmitOfferInput, n *Need) { in.StartsOn = n.StartFrom }, activeMember, testTime, ""},
		"last day to start":       {func(in *SubmitOfferInput, n *Need) { in.StartsOn = n.StartTo }, activeMember, testTime, ""},
		"a school for a home":     {nil, &Membership{LotKind: LotChildrensHome}, testTime, "INVALID setting"},
		"a day early":             {func(in *SubmitOfferInput, n *Need) { in.StartsOn = Date{n.StartFrom.AddDate(0, 0, -1)} }, activeMember, testTime, "INVALID startsOn"},
		"a day late":              {func(in *SubmitOfferInput, n *Need) { in.StartsOn = Date{n.StartTo.AddDate(0, 0, 1)} }, activeMember, testTime, "INVALID startsOn"},
		"takes only older":        {func(_ *SubmitOfferInput, n *Need) { n.AgeLow, n.AgeHigh = 2, 4 }, activeMember, testTime, "INVALID setting"},
		"takes only younger":      {func(_ *SubmitOfferInput, n *Need) { n.AgeLow, n.AgeHigh = 20, 22 }, activeMember, testTime, "INVALID setting"},
		"ages meet in one":        {func(_ *SubmitOfferInput, n *Need) { n.AgeLow, n.AgeHigh = 19, 22 }, activeMember, testTime, ""},
		"44 weeks":                {func(in *SubmitOfferInput, _ *Need) { in.Weeks = 44 }, activeMember, testTime, ""},
		"52 weeks":                {func(in *SubmitOfferInput, _ *Need) { in.Weeks = 52 }, activeMember, testTime, ""},
		"39 weeks":                {func(in *SubmitOfferInput, _ *Need) { in.Weeks = 39 }, activeMember, testTime, "INVALID weeks"},
		"no weeks":                {func(in *SubmitOfferInput, _ *Need) { in.Weeks = 0 }, activeMember, testTime, "INVALID weeks"},
		"no fees":                 {func(in *SubmitOfferInput, _ *Need) { in.Fees = nil }, activeMember, testTime, "INVALID fees"},
		"fees of nothing":         {func(in *SubmitOfferInput, _ *Need) { in.Fees = []FeeInput{newFeeInput("OTHER", "Free", "0")} }, activeMember, testTime, "INVALID fees"},
		"a fee of nothing beside": {func(in *SubmitOfferInput, _ *Need) { in.Fees = append(in.Fees, newFeeInput("OTHER", "Free", "0")) }, activeMember, testTime, ""},
		"a fee below zero":        {func(in *SubmitOfferInput, _ *Need) { in.Fees = append(in.Fees, newFeeInput("OTHER", "Rebate", "-0.01")) }, activeMember, testTime, "INVALID fees.weekly"},
		"the dearest fee":         {func(in *SubmitOfferInput, _ *Need) { in.Fees[0].Weekly = Pounds("99999.99") }, activeMember, testTime, ""},
		"a dearer fee":            {func(in *SubmitOfferInput, _ *Need) { in.Fees[0].Weekly = Pounds("100000") }, activeMember, testTime, "INVALID fees.weekly"},
		"a fee for nobody knows":  {func(in *SubmitOfferInput, _ *Need) { in.Fees[0].Description = "" }, activeMember, testTime, "INVALID fees.description"},
		"a fee twice":             {func(in *SubmitOfferInput, _ *Need) { in.Fees[2].Description = " speech " }, activeMember, testTime, "INVALID fees"},
		"one text, two kinds":     {func(in *SubmitOfferInput, _ *Need) { in.Fees[2] = newFeeInput("OTHER", "Speech", "1") }, activeMember, testTime, ""},
		"30 fees":                 {func(in *SubmitOfferInput, _ *Need) { in.Fees = many[:30] }, activeMember, testTime, ""},
		"31 fees":                 {func(in *SubmitOfferInput, _ *Need) { in.Fees = many }, activeMember, testTime, "INVALID fees"},
	} {
		in, need := offerInput(), Need{AgeLow: 8, AgeHigh: 11, StartFrom: NewDate(2026, time.September, 1), StartTo: NewDate(2026, time.October, 1), Deadline: &deadline}
		if c.change != nil {
			c.change(&in, &need)
		}
		if _, _, err := SubmitOffer(in, need, Setting{AgeLow: 5, AgeHigh: 19}, c.member, c.now); refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestRequireSettingOpen(t *testing.T) {
	closes := NewDate(2026, time.July, 1)
	for name, c := range map[string]struct {
		closes *Date
		starts Date
		now    string
		want   string
	}{
		"open":                      {nil, NewDate(2026, time.June, 1), "2026-06-01 09:00:00", ""},
		"begins the day before":     {&closes, NewDate(2026, time.June, 30), "2026-06-01 09:00:00", ""},
		"begins when it closes":     {&closes, NewDate(2026, time.July, 1), "2026-06-01 09:00:00", "WRONG_STATE setting"},
		"begins after":              {&closes, NewDate(2026, time.September, 1), "2026-06-01 09:00:00", "WRONG_STATE setting"},
		"the last second":           {&closes, NewDate(2026, time.June, 1), "2026-06-30 23:59:59", ""},
		"closed at midnight":        {&closes, NewDate(2026, time.June, 1), "2026-07-01 00:00:00", "WRONG_STATE setting"},
		"a deadline before, closed": {&closes, NewDate(2026, time.June, 1), "2026-08-01 09:00:00", "WRONG_STATE setting"},
	} {
		if err := RequireSettingOpen(Setting{ClosedOn: c.closes}, c.starts, londonTime(t, c.now)); refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	deadline := londonTime(t, "2026-07-01 23:59:59")
	need := Need{AgeLow: 8, AgeHigh: 11, StartFrom: NewDate(2026, time.September, 1), StartTo: NewDate(2026, time.October, 1), Deadline: &deadline}
	if _, _, err := SubmitOffer(offerInput(), need, Setting{AgeLow: 5, AgeHigh: 19, ClosedOn: &closes}, activeMember, testTime); refusalCode(t, err) != "WRONG_STATE setting" {
		t.Errorf("an offer for it: %v", err)
	}
}

// The price is in the half that is opened last, and nothing of it in the other.
func TestSubmitOfferSplitsQualityAndPrice(t *testing.T) {
	quality, price, err := SubmitOffer(offerInput(), Need{AgeLow: 8, AgeHigh: 11, StartFrom: NewDate(2026, time.September, 1), StartTo: NewDate(2026, time.October, 1),
		Deadline: &testTime}, Setting{AgeLow: 5, AgeHigh: 19}, activeMember, testTime)
	if err != nil || price.Weekly.Text() != "1200.35" || price.Annual.Text() != "45613.30" || price.Weeks != 38 || len(price.Fees) != 3 {
		t.Errorf("price %+v, %v", price, err)
	}
	if want := (OfferQuality{StartsOn: NewDate(2026, time.September, 7), Places: 1, NeedsMet: "Synthetic.", OutcomesMet: "Synthetic."}); quality != want {
		t.Errorf("quality %+v", quality)
	}
}

// A price is summed in whole pence, whatever the fees: counted here in integers.
func TestSubmitOfferPriceIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, sum := offerInput(), int64(0)
		in.Fees, in.Weeks = nil, rapid.SampledFrom([]int{38, 44, 52}).Draw(t, "weeks")
		for i := range rapid.IntRange(1, 30).Draw(t, "fees") {
			pence := rapid.Int64Range(1, 9999999).Draw(t, "pence")
			sum += pence
			in.Fees = append(in.Fees, FeeInput{Kind: "OTHER", Description: strings.Repeat("x", i+1), Weekly: Decimal{decimal.New(pence, -2)}})
		}
		price, err := offerPrice(in)
		if err != nil || !price.Weekly.Equal(decimal.New(sum, -2)) || !price.Annual.Equal(decimal.New(sum*int64(in.Weeks), -2)) {
			t.Fatalf("%s a week, %s a year, %v; want %d pence", price.Weekly, price.Annual, err, sum)
		}
	})
}

func TestWithdrawOffer(t *testing.T) {
	for name, c := range map[string]struct {
		offer Offer
		now   time.Time
		want  string
	}{
		"in time": {Offer{}, testTime, ""}, "late": {Offer{}, testTime.Add(1), "DEADLINE_PASSED"}, "twice": {Offer{WithdrawnAt: &testTime}, testTime, "WRONG_STATE"},
	} {
		if err := WithdrawOffer(c.offer, Need{Deadline: &testTime}, c.now); refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestOpeningStage(t *testing.T) {
	late := testTime.Add(1)
	for name, c := range map[string]struct {
		need      Need
		priceLast bool
		now       time.Time
		want      string
	}{
		"a draft":                      {Need{}, true, late, "WRONG_STATE"},
		"at the deadline":              {Need{Deadline: &testTime}, true, testTime, "TOO_EARLY"},
		"just after":                   {Need{Deadline: &testTime}, true, late, "QUALITY"},
		"just after, prices too":       {Need{Deadline: &testTime}, false, late, "QUALITY"},
		"open":                         {Need{Deadline: &testTime, OpenedAt: &late, PricesOpenedAt: &late}, false, late, "WRONG_STATE"},
		"prices before quality":        {Need{Deadline: &testTime, OpenedAt: &late}, true, late, "TOO_EARLY"},
		"prices once quality is fixed": {Need{Deadline: &testTime, OpenedAt: &late, QualityLockedAt: &late}, true, late, "PRICE"},
		"prices twice":                 {Need{Deadline: &testTime, OpenedAt: &late, QualityLockedAt: &late, PricesOpenedAt: &late}, true, late, "WRONG_STATE"},
	} {
		stage, err := OpeningStage(c.need, Procedure{PriceLast: c.priceLast}, c.now)
		if got := string(stage) + refusalCode(t, err); got != c.want {
			t.Errorf("%s: %s, %v, want %q", name, stage, err, c.want)
		}
	}
}

// At no instant can an offer both be received and be opened.
func TestOpeningStageNeverOverlapsReceipt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		need, now := Need{Deadline: &testTime}, testTime.Add(time.Duration(rapid.Int64Range(-3, 3).Draw(t, "nanoseconds")))
		_, opening := OpeningStage(need, Procedure{}, now)
		if (requireOpenForOffers(need, now) == nil) == (opening == nil) {
			t.Fatalf("at %s: receiving %v, opening %v", now, requireOpenForOffers(need, now), opening)
		}
	})
}
