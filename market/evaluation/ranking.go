package evaluation

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/southeasttogether/dps/market"
)

// Contender is a suitable offer before it is ranked: its points on each criterion of quality, and its price for a year.
type Contender struct {
	OfferID, ProviderID, NeedID uuid.UUID
	ReceivedAt                  time.Time
	Annual                      decimal.Decimal
	Points                      map[uuid.UUID]decimal.Decimal
}

// RankContenders puts contenders in order. A criterion of quality earns points / top score x weight, price earns lowest
// / price x weight. The rules of the procedure separate equal totals, and each ranking says which rule did.
func RankContenders(criteria []market.Criterion, contenders []Contender, ties []TieBreak) []market.Ranking {
	lowest := lowestPrice(contenders)
	ranked := make([]rankedContender, 0, len(contenders))
	for _, c := range contenders {
		ranked = append(ranked, rankedContender{c, scoreContender(criteria, c, lowest)})
	}
	slices.SortFunc(ranked, rankComparer(ties))
	rankings := make([]market.Ranking, 0, len(ranked))
	for i, p := range ranked {
		p.ranking.Rank = i + 1
		if i > 0 && ranked[i-1].ranking.Total.Equal(p.ranking.Total.Decimal) {
			rule, _ := breakTie(ties, ranked[i-1], p)
			p.ranking.TieBreak = &rule
		}
		rankings = append(rankings, p.ranking)
	}
	return rankings
}

type rankedContender struct {
	contender Contender
	ranking   market.Ranking
}

func lowestPrice(contenders []Contender) decimal.Decimal {
	if len(contenders) == 0 {
		return decimal.Zero
	}
	lowest := contenders[0].Annual
	for _, c := range contenders {
		lowest = decimal.Min(lowest, c.Annual)
	}
	return lowest
}

// scoreContender adds up one contender's criteria, with the arithmetic of each line.
func scoreContender(criteria []market.Criterion, c Contender, lowest decimal.Decimal) market.Ranking {
	r := market.Ranking{OfferID: c.OfferID, NeedID: c.NeedID, ProviderID: c.ProviderID}
	lines := make([]string, 0, len(criteria)+1)
	for _, k := range criteria {
		gained, line := criterionScore(k, c, lowest)
		lines = append(lines, line)
		if k.Kind == market.CriterionPrice {
			r.Price.Decimal = r.Price.Add(gained)
		} else {
			r.Quality.Decimal = r.Quality.Add(gained)
		}
	}
	r.Total.Decimal = r.Quality.Add(r.Price.Decimal)
	lines = append(lines, "Total "+r.Total.Text())
	r.Arithmetic = strings.Join(lines, "; ")
	return r
}

func criterionScore(k market.Criterion, c Contender, lowest decimal.Decimal) (decimal.Decimal, string) {
	if k.Kind == market.CriterionPrice {
		gained := lowest.Mul(k.Weight.Decimal).DivRound(c.Annual, market.ScoreDecimals)
		return gained, fmt.Sprintf("%s %s / %s x %s = %s", k.Name, lowest.StringFixed(2), c.Annual.StringFixed(2),
			k.Weight.Text(), gained.StringFixed(2))
	}
	points := c.Points[k.ID].Round(market.ScoreDecimals)
	gained := points.Mul(k.Weight.Decimal).DivRound(decimal.NewFromInt(int64(k.TopScore)), market.ScoreDecimals)
	return gained, fmt.Sprintf("%s %s / %d x %s = %s", k.Name, points.StringFixed(market.ScoreDecimals), k.TopScore,
		k.Weight.Text(), gained.StringFixed(2))
}
