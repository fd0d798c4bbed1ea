package evaluation

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func decimalOf(text string) decimal.Decimal { return decimal.RequireFromString(text) }

// testTieBreaks are the rules as the reference data have them.
var testTieBreaks = []TieBreak{
	{Position: 1, Rule: market.TieQuality},
	{Position: 2, Rule: market.TiePrice},
	{Position: 3, Rule: market.TieReceipt},
	{Position: 4, Rule: market.TieLot},
}

func newContender(n byte, points, annual string) Contender {
	return Contender{
		OfferID: markettest.NumberedID(n), ProviderID: markettest.NumberedID(n + 50), ReceivedAt: markettest.SampleTime,
		Annual: decimalOf(annual),
		Points: map[uuid.UUID]decimal.Decimal{markettest.CareCriterion.ID: decimalOf(points)},
	}
}

func TestRankContendersShowsItsArithmetic(t *testing.T) {
	got := RankContenders([]market.Criterion{markettest.CareCriterion, markettest.PriceCriterion}, []Contender{
		newContender(1, "4", "60000"),
		newContender(2, "3.5", "50000"),
	}, testTieBreaks)
	want := []string{
		"1 offer 2: 42.00 + 40.00 = 82.00; Care 3.50 / 5 x 60.00 = 42.00; Price 50000.00 / 50000.00 x 40.00 = 40.00; Total 82.00",
		"2 offer 1: 48.00 + 33.33 = 81.33; Care 4.00 / 5 x 60.00 = 48.00; Price 50000.00 / 60000.00 x 40.00 = 33.33; Total 81.33",
	}
	for i, r := range got {
		line := fmt.Sprintf("%d offer %d: %s + %s = %s; %s", r.Rank, r.OfferID[15], r.Quality.Text(), r.Price.Text(),
			r.Total.Text(), r.Arithmetic)
		if line != want[i] || r.ProviderID != markettest.NumberedID(r.OfferID[15]+50) {
			t.Errorf("got  %s\nwant %s", line, want[i])
		}
	}
}

func TestRankContendersRoundsHalfUp(t *testing.T) {
	for _, c := range []struct{ points, weight, want string }{
		{"1", "0.10", "0.03"},   // 0.025
		{"1", "0.06", "0.02"},   // 0.015
		{"1", "0.05", "0.01"},   // 0.0125
		{"3", "33.33", "25.00"}, // 24.9975
		{"4", "33.33", "33.33"},
		{"0", "33.33", "0.00"},
		{"3.335", "100", "83.50"}, // a mean of several people is rounded first, to the 3.34 that is shown
	} {
		k := market.Criterion{
			ID: markettest.CareCriterion.ID, Kind: market.CriterionQuality, Name: "Care", Weight: market.Pounds(c.weight),
			TopScore: 4,
		}
		if got := RankContenders([]market.Criterion{k}, []Contender{newContender(1, c.points, "1")},
			testTieBreaks)[0].Total.Text(); got != c.want {
			t.Errorf("%s of 4 at weight %s: %s, want %s", c.points, c.weight, got, c.want)
		}
	}
	// 2 / 3 x 40 = 26.666...
	if got := RankContenders([]market.Criterion{markettest.PriceCriterion}, []Contender{newContender(1, "0", "2"), newContender(2, "0", "3")},
		testTieBreaks)[1].Price.Text(); got != "26.67" {
		t.Errorf("price: %s", got)
	}
}

func TestRankContendersOfNone(t *testing.T) {
	if got := RankContenders([]market.Criterion{markettest.CareCriterion, markettest.PriceCriterion}, nil, testTieBreaks); got == nil ||
		len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

// drawCriteria draws criteria that a lot could have: weights of two decimals that add up to 100.
func drawCriteria(t *rapid.T) []market.Criterion {
	left, criteria := int64(10000), []market.Criterion{}
	for i := range rapid.IntRange(0, 4).Draw(t, "more criteria") {
		weight := rapid.Int64Range(1, left-4+int64(i)).Draw(t, "weight")
		left -= weight
		criteria = append(criteria, market.Criterion{
			ID: markettest.NumberedID(byte(100 + i)), Kind: market.CriterionQuality,
			Name:   fmt.Sprint("Quality ", i),
			Weight: market.Decimal{Decimal: decimal.New(weight, -2)}, TopScore: rapid.IntRange(1, 100).Draw(t, "top"),
		})
	}
	last := market.Criterion{
		ID: markettest.NumberedID(99), Kind: market.CriterionPrice, Name: "Price",
		Weight: market.Decimal{Decimal: decimal.New(left, -2)}, TopScore: 1,
	}
	if len(criteria) == 0 {
		last.Kind = market.CriterionQuality
	}
	return append(criteria, last)
}

func drawContenders(t *rapid.T, criteria []market.Criterion) []Contender {
	var all []Contender
	for i := range rapid.IntRange(1, 8).Draw(t, "contenders") {
		c := Contender{
			OfferID: markettest.NumberedID(byte(i)), ReceivedAt: markettest.SampleTime.Add(time.Duration(rapid.IntRange(0,
				2).Draw(t, "received"))),
			Annual: decimal.New(rapid.Int64Range(1, 3e7).Draw(t, "annual"), -2), Points: map[uuid.UUID]decimal.Decimal{},
		}
		for _, k := range criteria {
			c.Points[k.ID] = decimal.New(rapid.Int64Range(0, int64(k.TopScore)*1000).Draw(t, "points"), -3)
		}
		all = append(all, c)
	}
	return all
}

// Anyone can check the arithmetic by hand: the figures of each line give its result, the results give the total, and
// the total is between 0 and 100.
func TestRankContendersArithmeticAddsUp(t *testing.T) {
	line := regexp.MustCompile(`^(?:Quality \d|Price) ([0-9.]+) / ([0-9.]+) x ([0-9.]+) = ([0-9.]+)$`)
	rapid.Check(t, func(t *rapid.T) {
		criteria := drawCriteria(t)
		for _, r := range RankContenders(criteria, drawContenders(t, criteria), testTieBreaks) {
			lines, sum := strings.Split(r.Arithmetic, "; "), decimal.Zero
			for _, l := range lines[:len(lines)-1] {
				f := line.FindStringSubmatch(l)
				if f == nil {
					t.Fatalf("no arithmetic: %q", l)
				}
				if got := decimalOf(f[1]).Mul(decimalOf(f[3])).DivRound(decimalOf(f[2]), 2); !got.Equal(decimalOf(f[4])) {
					t.Fatalf("%q gives %s", l, got)
				}
				sum = sum.Add(decimalOf(f[4]))
			}
			if len(lines) != len(criteria)+1 || lines[len(criteria)] != "Total "+sum.StringFixed(2) || !sum.Equal(r.Total.Decimal) ||
				!r.Total.Equal(r.Quality.Add(r.Price.Decimal)) || sum.IsNegative() || sum.GreaterThan(decimal.NewFromInt(100)) {
				t.Fatalf("%s: total %s", r.Arithmetic, r.Total)
			}
		}
	})
}

func rankingsJSON(t rapid.TB, rankings []market.Ranking) string {
	raw, err := json.Marshal(rankings)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestRankContendersInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		criteria := drawCriteria(t)
		contenders := drawContenders(t, criteria)
		want := rankingsJSON(t, RankContenders(criteria, contenders, testTieBreaks))
		seed := rapid.Uint64().Draw(t, "shuffle")
		rand.New(rand.NewPCG(seed, 0)).Shuffle(len(contenders), func(i, j int) { contenders[i], contenders[j] = contenders[j], contenders[i] })
		if got := rankingsJSON(t, RankContenders(criteria, contenders, testTieBreaks)); got != want {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
	})
}

func TestRankContendersLowerPriceNeverRanksWorse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		criteria := drawCriteria(t)
		contenders := drawContenders(t, criteria)
		mine := rapid.IntRange(0, len(contenders)-1).Draw(t, "mine")
		rank := func() int {
			ranked := RankContenders(criteria, contenders, testTieBreaks)
			return slices.IndexFunc(ranked, func(r market.Ranking) bool { return r.OfferID == contenders[mine].OfferID })
		}
		before := rank()
		pence := contenders[mine].Annual.Shift(2).IntPart()
		contenders[mine].Annual = decimal.New(rapid.Int64Range(1, pence).Draw(t, "lower"), -2)
		if after := rank(); after > before {
			t.Fatalf("from place %d to %d", before+1, after+1)
		}
	})
}
