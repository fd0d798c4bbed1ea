package evaluation

import (
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestAppearsLow(t *testing.T) {
	for _, c := range []struct {
		annual string
		others []string
		want   bool
	}{
		{"1", nil, false},
		{"1", []string{"1000"}, false}, // one other offer is not enough to compare
		{"59.99", []string{"100", "100"}, true},
		{"60", []string{"100", "100"}, false},
		{"60", []string{"100", "100.01"}, true},
		{"90", []string{"100", "150", "200"}, false},
		{"89.99", []string{"100", "150", "200"}, true},
	} {
		var others []decimal.Decimal
		for _, o := range c.others {
			others = append(others, decimalOf(o))
		}
		if got := AppearsLow(decimalOf(c.annual), others); got != c.want {
			t.Errorf("%s among %v: %t", c.annual, c.others, got)
		}
	}
}

func priceQuery(change func(*PriceQuery)) PriceQuery {
	q := PriceQuery{
		OfferID: markettest.NumberedID(1), Kind: PriceAbnormallyLow, AskedAt: markettest.SampleTime,
		AnswerBy: markettest.SampleTime.Add(time.Hour),
	}
	if change != nil {
		change(&q)
	}
	return q
}

func decidedPriceQuery(accepted bool) PriceQuery {
	return priceQuery(func(q *PriceQuery) {
		q.AnsweredAt, q.DecidedAt, q.Accepted, q.Reason = &markettest.SampleTime, &markettest.SampleTime, &accepted, new("Synthetic: why.")
	})
}

func TestQueryPrice(t *testing.T) {
	open := market.Need{PricesOpenedAt: &markettest.SampleTime}
	asked := QueryPriceInput{Kind: PriceAbnormallyLow, Question: "How?", WorkingDays: 5}
	with := func(change func(*QueryPriceInput)) QueryPriceInput {
		in := asked
		change(&in)
		return in
	}
	for name, c := range map[string]struct {
		need    market.Need
		earlier []PriceQuery
		awards  []market.Award
		in      QueryPriceInput
		want    string
	}{
		"asked":                     {open, nil, nil, asked, ""},
		"sealed":                    {market.Need{OpenedAt: &markettest.SampleTime}, nil, nil, asked, "TOO_EARLY"},
		"one waits":                 {open, []PriceQuery{priceQuery(nil)}, nil, asked, "ALREADY_EXISTS"},
		"after another was decided": {open, []PriceQuery{decidedPriceQuery(true)}, nil, asked, ""},
		"an award is proposed":      {open, nil, []market.Award{{}}, asked, "WRONG_STATE"},
		"an award is accepted": {
			open, nil,
			[]market.Award{{ApprovedAt: &markettest.SampleTime, AcceptedAt: &markettest.SampleTime}},
			asked,
			"WRONG_STATE",
		},
		"after one was declined": {
			open, nil,
			[]market.Award{{ApprovedAt: &markettest.SampleTime, DeclinedAt: &markettest.SampleTime}},
			asked,
			"",
		},
		"after one lapsed": {
			open, nil,
			[]market.Award{{ApprovedAt: &markettest.SampleTime, LapsedAt: &markettest.SampleTime}},
			asked,
			"",
		},
		"after a rejection": {open, nil, []market.Award{{RejectedAt: &markettest.SampleTime}}, asked, ""},
		"no question":       {open, nil, nil, with(func(in *QueryPriceInput) { in.Question = " " }), "INVALID question"},
		"one day":           {open, nil, nil, with(func(in *QueryPriceInput) { in.WorkingDays = 1 }), "INVALID workingDays"},
		"two days":          {open, nil, nil, with(func(in *QueryPriceInput) { in.WorkingDays = 2 }), ""},
		"twenty-one days":   {open, nil, nil, with(func(in *QueryPriceInput) { in.WorkingDays = 21 }), "INVALID workingDays"},
	} {
		got, err := QueryPrice(c.need, c.earlier, c.awards, c.in, markettest.SampleTime)
		if markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err == nil && !got.AnswerBy.Equal(market.AddWorkingDays(markettest.SampleTime, c.in.WorkingDays)) {
			t.Errorf("%s: until %s", name, got.AnswerBy)
		}
	}
}

func TestAnswerPriceQuery(t *testing.T) {
	for name, c := range map[string]struct {
		query  PriceQuery
		answer string
		at     time.Time
		want   string
	}{
		"in the last second": {priceQuery(nil), "Synthetic: so.", markettest.SampleTime.Add(time.Hour), ""},
		"too late":           {priceQuery(nil), "Synthetic: so.", markettest.SampleTime.Add(time.Hour + 1), "DEADLINE_PASSED"},
		"twice": {
			priceQuery(func(q *PriceQuery) { q.AnsweredAt = &markettest.SampleTime }), "Synthetic: so.",
			markettest.SampleTime, "WRONG_STATE",
		},
		"decided":  {decidedPriceQuery(false), "Synthetic: so.", markettest.SampleTime, "WRONG_STATE"},
		"nothing":  {priceQuery(nil), "", markettest.SampleTime, "INVALID answer"},
		"too much": {priceQuery(nil), strings.Repeat("x", 8001), markettest.SampleTime, "INVALID answer"},
	} {
		if err := AnswerPriceQuery(c.query, AnswerPriceQueryInput{Answer: c.answer}, c.at); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestDecidePriceQuery(t *testing.T) {
	answered := priceQuery(func(q *PriceQuery) { q.AnsweredAt = &markettest.SampleTime })
	for name, c := range map[string]struct {
		query    PriceQuery
		accepted bool
		reason   string
		at       time.Time
		want     string
	}{
		"answered, accepted":             {answered, true, "Synthetic.", markettest.SampleTime, ""},
		"answered, rejected":             {answered, false, "Synthetic.", markettest.SampleTime, ""},
		"no answer, still time":          {priceQuery(nil), false, "Synthetic.", markettest.SampleTime.Add(time.Hour), "TOO_EARLY"},
		"no answer, rejected":            {priceQuery(nil), false, "Synthetic.", markettest.SampleTime.Add(time.Hour + 1), ""},
		"silence accounts for no price":  {priceQuery(nil), true, "Synthetic.", markettest.SampleTime.Add(time.Hour + 1), "INVALID accepted"},
		"twice":                          {decidedPriceQuery(true), true, "Synthetic.", markettest.SampleTime, "WRONG_STATE"},
		"no reason, which is to be told": {answered, false, " ", markettest.SampleTime, "INVALID reason"},
	} {
		if err := DecidePriceQuery(c.query, DecidePriceQueryInput{Accepted: c.accepted, Reason: c.reason}, c.at); markettest.RefusalCode(t,
			err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestRequirePriceAccounted(t *testing.T) {
	unclear := decidedPriceQuery(true)
	unclear.Kind = PriceUnclear
	for name, c := range map[string]struct {
		queries []PriceQuery
		low     bool
		want    string
	}{
		"never queried":                {nil, false, ""},
		"low, never queried":           {nil, true, "WRONG_STATE"},
		"low, explained":               {[]PriceQuery{decidedPriceQuery(true)}, true, ""},
		"low, another thing explained": {[]PriceQuery{unclear}, true, "WRONG_STATE"},
		"waits":                        {[]PriceQuery{priceQuery(nil)}, false, "TOO_EARLY"},
		"not accounted for":            {[]PriceQuery{decidedPriceQuery(false)}, false, "WRONG_STATE"},
		"one of two not":               {[]PriceQuery{decidedPriceQuery(true), decidedPriceQuery(false)}, true, "WRONG_STATE"},
	} {
		if err := RequirePriceAccounted(c.queries, c.low); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	got := UnaccountedPrices([]PriceQuery{decidedPriceQuery(true), priceQuery(nil), decidedPriceQuery(false)})
	if len(got) != 1 || got[markettest.NumberedID(1)] != "Synthetic: why." {
		t.Errorf("unaccounted: %v", got)
	}
	if got := UnaccountedPrices([]PriceQuery{decidedPriceQuery(true)}); len(got) != 0 {
		t.Errorf("accounted: %v", got)
	}
}
