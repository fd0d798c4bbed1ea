package market

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

func TestAppearsLow(t *testing.T) {
	for _, c := range []struct {
		annual string
		others []string
		want   bool
	}{
		{"1", nil, false},
		{"1", []string{"1000"}, false}, // one other is no measure
		{"59.99", []string{"100", "100"}, true},
		{"60", []string{"100", "100"}, false},
		{"60", []string{"100", "100.01"}, true},
		{"90", []string{"100", "150", "200"}, false},
		{"89.99", []string{"100", "150", "200"}, true},
	} {
		var others []decimal.Decimal
		for _, o := range c.others {
			others = append(others, number(o))
		}
		if got := AppearsLow(number(c.annual), others); got != c.want {
			t.Errorf("%s beside %v: %t", c.annual, c.others, got)
		}
	}
}

func query(change func(*PriceQuery)) PriceQuery {
	q := PriceQuery{OfferID: numbered(1), Kind: PriceLow, AskedAt: moment, AnswerBy: moment.Add(time.Hour)}
	if change != nil {
		change(&q)
	}
	return q
}

func decided(accepted bool) PriceQuery {
	return query(func(q *PriceQuery) {
		q.AnsweredAt, q.DecidedAt, q.Accepted, q.Reason = &moment, &moment, &accepted, new("Synthetic: why.")
	})
}

func TestQueryPrice(t *testing.T) {
	open := Need{PricesOpenedAt: &moment}
	asked := QueryPriceInput{Kind: PriceLow, Question: "How?", WorkingDays: 5}
	with := func(change func(*QueryPriceInput)) QueryPriceInput {
		in := asked
		change(&in)
		return in
	}
	for name, c := range map[string]struct {
		need    Need
		earlier []PriceQuery
		awards  []Award
		in      QueryPriceInput
		want    string
	}{
		"asked":                     {open, nil, nil, asked, ""},
		"sealed":                    {Need{OpenedAt: &moment}, nil, nil, asked, "TOO_EARLY"},
		"one waits":                 {open, []PriceQuery{query(nil)}, nil, asked, "ALREADY_EXISTS"},
		"after another was decided": {open, []PriceQuery{decided(true)}, nil, asked, ""},
		"an award is proposed":      {open, nil, []Award{{}}, asked, "WRONG_STATE"},
		"an award is accepted":      {open, nil, []Award{{ApprovedAt: &moment, AcceptedAt: &moment}}, asked, "WRONG_STATE"},
		"after one was declined":    {open, nil, []Award{{ApprovedAt: &moment, DeclinedAt: &moment}}, asked, ""},
		"after one lapsed":          {open, nil, []Award{{ApprovedAt: &moment, LapsedAt: &moment}}, asked, ""},
		"after a rejection":         {open, nil, []Award{{RejectedAt: &moment}}, asked, ""},
		"no question":               {open, nil, nil, with(func(in *QueryPriceInput) { in.Question = " " }), "INVALID question"},
		"one day":                   {open, nil, nil, with(func(in *QueryPriceInput) { in.WorkingDays = 1 }), "INVALID workingDays"},
		"two days":                  {open, nil, nil, with(func(in *QueryPriceInput) { in.WorkingDays = 2 }), ""},
		"twenty-one days":           {open, nil, nil, with(func(in *QueryPriceInput) { in.WorkingDays = 21 }), "INVALID workingDays"},
	} {
		got, err := QueryPrice(c.need, c.earlier, c.awards, c.in, moment)
		if refused(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err == nil && !got.AnswerBy.Equal(AddWorkingDays(moment, c.in.WorkingDays)) {
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
		"in the last second": {query(nil), "Synthetic: so.", moment.Add(time.Hour), ""},
		"too late":           {query(nil), "Synthetic: so.", moment.Add(time.Hour + 1), "DEADLINE_PASSED"},
		"twice":              {query(func(q *PriceQuery) { q.AnsweredAt = &moment }), "Synthetic: so.", moment, "WRONG_STATE"},
		"decided":            {decided(false), "Synthetic: so.", moment, "WRONG_STATE"},
		"nothing":            {query(nil), "", moment, "INVALID answer"},
		"too much":           {query(nil), strings.Repeat("x", 8001), moment, "INVALID answer"},
	} {
		if err := AnswerPriceQuery(c.query, AnswerPriceQueryInput{Answer: c.answer}, c.at); refused(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestDecidePriceQuery(t *testing.T) {
	answered := query(func(q *PriceQuery) { q.AnsweredAt = &moment })
	for name, c := range map[string]struct {
		query    PriceQuery
		accepted bool
		reason   string
		at       time.Time
		want     string
	}{
		"answered, accepted":             {answered, true, "Synthetic.", moment, ""},
		"answered, rejected":             {answered, false, "Synthetic.", moment, ""},
		"no answer, still time":          {query(nil), false, "Synthetic.", moment.Add(time.Hour), "TOO_EARLY"},
		"no answer, rejected":            {query(nil), false, "Synthetic.", moment.Add(time.Hour + 1), ""},
		"silence accounts for no price":  {query(nil), true, "Synthetic.", moment.Add(time.Hour + 1), "INVALID accepted"},
		"twice":                          {decided(true), true, "Synthetic.", moment, "WRONG_STATE"},
		"no reason, which is to be told": {answered, false, " ", moment, "INVALID reason"},
	} {
		if err := DecidePriceQuery(c.query, DecidePriceQueryInput{Accepted: c.accepted, Reason: c.reason}, c.at); refused(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestPriceAccounted(t *testing.T) {
	unclear := decided(true)
	unclear.Kind = PriceUnclear
	for name, c := range map[string]struct {
		queries []PriceQuery
		low     bool
		want    string
	}{
		"never queried":                {nil, false, ""},
		"low, never queried":           {nil, true, "WRONG_STATE"},
		"low, explained":               {[]PriceQuery{decided(true)}, true, ""},
		"low, another thing explained": {[]PriceQuery{unclear}, true, "WRONG_STATE"},
		"waits":                        {[]PriceQuery{query(nil)}, false, "TOO_EARLY"},
		"not accounted for":            {[]PriceQuery{decided(false)}, false, "WRONG_STATE"},
		"one of two not":               {[]PriceQuery{decided(true), decided(false)}, true, "WRONG_STATE"},
	} {
		if err := PriceAccounted(c.queries, c.low); refused(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	got := Unaccounted([]PriceQuery{decided(true), query(nil), decided(false)})
	if len(got) != 1 || got[numbered(1)] != "Synthetic: why." {
		t.Errorf("unaccounted: %v", got)
	}
	if got := Unaccounted([]PriceQuery{decided(true)}); len(got) != 0 {
		t.Errorf("accounted: %v", map[uuid.UUID]string(got))
	}
}
