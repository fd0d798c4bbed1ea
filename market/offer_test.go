package market

import (
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

func fee(kind FeeKind, description, weekly string) FeeInput {
	return FeeInput{Kind: kind, Description: description, Weekly: Pounds(weekly)}
}

func anOffer() SubmitOfferInput {
	return SubmitOfferInput{
		StartsOn: On(2026, time.September, 7), Places: 1, NeedsMet: "Synthetic.", OutcomesMet: "Synthetic.", Weeks: 38,
		Fees: []FeeInput{fee("EDUCATION", "Teaching", "1000.10"), fee("THERAPY", "Speech", "200.20"), fee("THERAPY", "Play", "0.05")},
	}
}

func TestSubmitOffer(t *testing.T) {
	many := make([]FeeInput, 31)
	for i := range many {
		many[i] = fee("OTHER", strings.Repeat("x", i+1), "1")
	}
	deadline := at(t, "2026-07-01 23:59:59")
	for name, c := range map[string]struct {
		change func(*SubmitOfferInput, *Need)
		member *Membership
		now    time.Time
		want   string
	}{
		"whole":                   {nil, active, moment, ""},
		"the last instant":        {nil, active, deadline, ""},
		"a nanosecond late":       {nil, active, deadline.Add(1), "DEADLINE_PASSED"},
		"a draft":                 {func(_ *SubmitOfferInput, n *Need) { n.Deadline = nil }, active, moment, "WRONG_STATE"},
		"suspended":               {nil, suspended, moment, "NOT_ADMITTED"},
		"left":                    {nil, ended, moment, "NOT_ADMITTED"},
		"no member":               {nil, nil, moment, "NOT_ADMITTED"},
		"late before all else":    {func(in *SubmitOfferInput, _ *Need) { in.NeedsMet = "" }, nil, deadline.Add(1), "DEADLINE_PASSED"},
		"no words on needs":       {func(in *SubmitOfferInput, _ *Need) { in.NeedsMet = " " }, active, moment, "INVALID needsMet"},
		"no words on outcomes":    {func(in *SubmitOfferInput, _ *Need) { in.OutcomesMet = "" }, active, moment, "INVALID outcomesMet"},
		"no assumptions":          {func(in *SubmitOfferInput, _ *Need) { in.Assumptions = "" }, active, moment, ""},
		"long assumptions":        {func(in *SubmitOfferInput, _ *Need) { in.Assumptions = strings.Repeat("é", 4001) }, active, moment, "INVALID assumptions"},
		"no place":                {func(in *SubmitOfferInput, _ *Need) { in.Places = 0 }, active, moment, "INVALID places"},
		"two places":              {func(in *SubmitOfferInput, _ *Need) { in.Places = 2 }, active, moment, "INVALID places"},
		"first day to start":      {func(in *SubmitOfferInput, n *Need) { in.StartsOn = n.StartFrom }, active, moment, ""},
		"last day to start":       {func(in *SubmitOfferInput, n *Need) { in.StartsOn = n.StartTo }, active, moment, ""},
		"a school for a home":     {nil, &Membership{LotKind: ChildrensHome}, moment, "INVALID setting"},
		"a day early":             {func(in *SubmitOfferInput, n *Need) { in.StartsOn = Date{n.StartFrom.AddDate(0, 0, -1)} }, active, moment, "INVALID startsOn"},
		"a day late":              {func(in *SubmitOfferInput, n *Need) { in.StartsOn = Date{n.StartTo.AddDate(0, 0, 1)} }, active, moment, "INVALID startsOn"},
		"takes only older":        {func(_ *SubmitOfferInput, n *Need) { n.AgeLow, n.AgeHigh = 2, 4 }, active, moment, "INVALID setting"},
		"takes only younger":      {func(_ *SubmitOfferInput, n *Need) { n.AgeLow, n.AgeHigh = 20, 22 }, active, moment, "INVALID setting"},
		"ages meet in one":        {func(_ *SubmitOfferInput, n *Need) { n.AgeLow, n.AgeHigh = 19, 22 }, active, moment, ""},
		"44 weeks":                {func(in *SubmitOfferInput, _ *Need) { in.Weeks = 44 }, active, moment, ""},
		"52 weeks":                {func(in *SubmitOfferInput, _ *Need) { in.Weeks = 52 }, active, moment, ""},
		"39 weeks":                {func(in *SubmitOfferInput, _ *Need) { in.Weeks = 39 }, active, moment, "INVALID weeks"},
		"no weeks":                {func(in *SubmitOfferInput, _ *Need) { in.Weeks = 0 }, active, moment, "INVALID weeks"},
		"no fees":                 {func(in *SubmitOfferInput, _ *Need) { in.Fees = nil }, active, moment, "INVALID fees"},
		"fees of nothing":         {func(in *SubmitOfferInput, _ *Need) { in.Fees = []FeeInput{fee("OTHER", "Free", "0")} }, active, moment, "INVALID fees"},
		"a fee of nothing beside": {func(in *SubmitOfferInput, _ *Need) { in.Fees = append(in.Fees, fee("OTHER", "Free", "0")) }, active, moment, ""},
		"a fee below zero":        {func(in *SubmitOfferInput, _ *Need) { in.Fees = append(in.Fees, fee("OTHER", "Rebate", "-0.01")) }, active, moment, "INVALID fees.weekly"},
		"the dearest fee":         {func(in *SubmitOfferInput, _ *Need) { in.Fees[0].Weekly = Pounds("99999.99") }, active, moment, ""},
		"a dearer fee":            {func(in *SubmitOfferInput, _ *Need) { in.Fees[0].Weekly = Pounds("100000") }, active, moment, "INVALID fees.weekly"},
		"a fee for nobody knows":  {func(in *SubmitOfferInput, _ *Need) { in.Fees[0].Description = "" }, active, moment, "INVALID fees.description"},
		"a fee twice":             {func(in *SubmitOfferInput, _ *Need) { in.Fees[2].Description = " speech " }, active, moment, "INVALID fees"},
		"one text, two kinds":     {func(in *SubmitOfferInput, _ *Need) { in.Fees[2] = fee("OTHER", "Speech", "1") }, active, moment, ""},
		"30 fees":                 {func(in *SubmitOfferInput, _ *Need) { in.Fees = many[:30] }, active, moment, ""},
		"31 fees":                 {func(in *SubmitOfferInput, _ *Need) { in.Fees = many }, active, moment, "INVALID fees"},
	} {
		in, need := anOffer(), Need{AgeLow: 8, AgeHigh: 11, StartFrom: On(2026, time.September, 1), StartTo: On(2026, time.October, 1), Deadline: &deadline}
		if c.change != nil {
			c.change(&in, &need)
		}
		if _, _, err := SubmitOffer(in, need, Setting{AgeLow: 5, AgeHigh: 19}, c.member, c.now); refused(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestStillOpen(t *testing.T) {
	closes := On(2026, time.July, 1)
	for name, c := range map[string]struct {
		closes *Date
		starts Date
		now    string
		want   string
	}{
		"open":                      {nil, On(2026, time.June, 1), "2026-06-01 09:00:00", ""},
		"begins the day before":     {&closes, On(2026, time.June, 30), "2026-06-01 09:00:00", ""},
		"begins when it closes":     {&closes, On(2026, time.July, 1), "2026-06-01 09:00:00", "WRONG_STATE setting"},
		"begins after":              {&closes, On(2026, time.September, 1), "2026-06-01 09:00:00", "WRONG_STATE setting"},
		"the last second":           {&closes, On(2026, time.June, 1), "2026-06-30 23:59:59", ""},
		"closed at midnight":        {&closes, On(2026, time.June, 1), "2026-07-01 00:00:00", "WRONG_STATE setting"},
		"a deadline before, closed": {&closes, On(2026, time.June, 1), "2026-08-01 09:00:00", "WRONG_STATE setting"},
	} {
		if err := StillOpen(Setting{ClosedOn: c.closes}, c.starts, at(t, c.now)); refused(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	deadline := at(t, "2026-07-01 23:59:59")
	need := Need{AgeLow: 8, AgeHigh: 11, StartFrom: On(2026, time.September, 1), StartTo: On(2026, time.October, 1), Deadline: &deadline}
	if _, _, err := SubmitOffer(anOffer(), need, Setting{AgeLow: 5, AgeHigh: 19, ClosedOn: &closes}, active, moment); refused(t, err) != "WRONG_STATE setting" {
		t.Errorf("an offer for it: %v", err)
	}
}

// The price is in the half that is opened last, and nothing of it in the other.
func TestOfferIsSplit(t *testing.T) {
	quality, price, err := SubmitOffer(anOffer(), Need{AgeLow: 8, AgeHigh: 11, StartFrom: On(2026, time.September, 1), StartTo: On(2026, time.October, 1),
		Deadline: &moment}, Setting{AgeLow: 5, AgeHigh: 19}, active, moment)
	if err != nil || price.Weekly.Text() != "1200.35" || price.Annual.Text() != "45613.30" || price.Weeks != 38 || len(price.Fees) != 3 {
		t.Errorf("price %+v, %v", price, err)
	}
	if want := (OfferQuality{StartsOn: On(2026, time.September, 7), Places: 1, NeedsMet: "Synthetic.", OutcomesMet: "Synthetic."}); quality != want {
		t.Errorf("quality %+v", quality)
	}
}

// A price is summed in whole pence, whatever the fees: counted here in integers.
func TestPriceIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, sum := anOffer(), int64(0)
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
		"in time": {Offer{}, moment, ""}, "late": {Offer{}, moment.Add(1), "DEADLINE_PASSED"}, "twice": {Offer{WithdrawnAt: &moment}, moment, "WRONG_STATE"},
	} {
		if err := WithdrawOffer(c.offer, Need{Deadline: &moment}, c.now); refused(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestOpeningStage(t *testing.T) {
	late := moment.Add(1)
	for name, c := range map[string]struct {
		need      Need
		priceLast bool
		now       time.Time
		want      string
	}{
		"a draft":                      {Need{}, true, late, "WRONG_STATE"},
		"at the deadline":              {Need{Deadline: &moment}, true, moment, "TOO_EARLY"},
		"just after":                   {Need{Deadline: &moment}, true, late, "QUALITY"},
		"just after, prices too":       {Need{Deadline: &moment}, false, late, "QUALITY"},
		"open":                         {Need{Deadline: &moment, OpenedAt: &late, PricesOpenedAt: &late}, false, late, "WRONG_STATE"},
		"prices before quality":        {Need{Deadline: &moment, OpenedAt: &late}, true, late, "TOO_EARLY"},
		"prices once quality is fixed": {Need{Deadline: &moment, OpenedAt: &late, QualityLockedAt: &late}, true, late, "PRICE"},
		"prices twice":                 {Need{Deadline: &moment, OpenedAt: &late, QualityLockedAt: &late, PricesOpenedAt: &late}, true, late, "WRONG_STATE"},
	} {
		stage, err := OpeningStage(c.need, Procedure{PriceLast: c.priceLast}, c.now)
		if got := string(stage) + refused(t, err); got != c.want {
			t.Errorf("%s: %s, %v, want %q", name, stage, err, c.want)
		}
	}
}

// At no instant can an offer both be received and be opened.
func TestReceivingAndOpeningNeverOverlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		need, now := Need{Deadline: &moment}, moment.Add(time.Duration(rapid.Int64Range(-3, 3).Draw(t, "nanoseconds")))
		_, opening := OpeningStage(need, Procedure{}, now)
		if (receivable(need, now) == nil) == (opening == nil) {
			t.Fatalf("at %s: receiving %v, opening %v", now, receivable(need, now), opening)
		}
	})
}
