package evaluation

import (
	"cmp"
	"slices"

	"github.com/southeasttogether/dps/market"
)

// TieBreak is one rule for equal totals. The rules, their order and their source are data. They are published with the
// procedure before any offer is made, so that nobody chooses among equals (equal treatment and transparency, PCR 2015
// reg 18; award criteria stated beforehand, reg 67; assessment methodology, Procurement Act 2023 s 23 (check)).
type TieBreak struct {
	Procedure market.ProcedureCode `db:"procedure"`
	Position  int                  `db:"position"`
	Rule      market.TieBreakRule  `db:"rule"`
	Source    string               `db:"source"`
}

// tieBreakComparers is how each rule puts two contenders in order.
var tieBreakComparers = map[market.TieBreakRule]func(a, b rankedContender) int{
	market.TieQuality: func(a, b rankedContender) int { return b.ranking.Quality.Cmp(a.ranking.Quality.Decimal) },
	market.TiePrice:   func(a, b rankedContender) int { return a.contender.Annual.Cmp(b.contender.Annual) },
	market.TieReceipt: func(a, b rankedContender) int { return a.contender.ReceivedAt.Compare(b.contender.ReceivedAt) },
	market.TieLot:     func(a, b rankedContender) int { return slices.Compare(a.contender.OfferID[:], b.contender.OfferID[:]) },
}

// rankComparer orders by the total, then by the rules. The lot always comes last, whether or not the rules name it, so
// that the order never depends on chance.
func rankComparer(ties []TieBreak) func(a, b rankedContender) int {
	return func(a, b rankedContender) int {
		_, order := breakTie(ties, a, b)
		return cmp.Or(b.ranking.Total.Cmp(a.ranking.Total.Decimal), order)
	}
}

// breakTie is the first rule that separates two contenders with the same total, and how.
func breakTie(ties []TieBreak, a, b rankedContender) (market.TieBreakRule, int) {
	for _, t := range ties {
		if order := tieBreakComparers[t.Rule](a, b); order != 0 {
			return t.Rule, order
		}
	}
	return market.TieLot, tieBreakComparers[market.TieLot](a, b)
}
