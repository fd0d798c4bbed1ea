package market

import (
	"cmp"
	"slices"
)

// TieBreakRule is what is compared where totals are equal.
type TieBreakRule string

// What is compared where totals are equal. The lot is the random id that an offer is given when it is made: it tells any
// two apart.
const (
	TieQuality TieBreakRule = "QUALITY"
	TiePrice   TieBreakRule = "PRICE"
	TieReceipt TieBreakRule = "RECEIPT"
	TieLot     TieBreakRule = "LOT"
)

// TieBreak is one rule for equal totals. Which there are, in which order and from where, are data: they are stated with the
// procedure before any offer is made, so that nobody chooses among equals (equal treatment and transparency, PCR 2015 reg 18;
// award criteria stated beforehand, reg 67; assessment methodology, Procurement Act 2023 s 23 (check)).
type TieBreak struct {
	Procedure ProcedureCode `db:"procedure"`
	Position  int           `db:"position"`
	Rule      TieBreakRule  `db:"rule"`
	Source    string        `db:"source"`
}

// tieBreakPhrases are the rules as a bidder is told them.
var tieBreakPhrases = map[TieBreakRule]string{
	TieQuality: "more points for quality", TiePrice: "the lower price", TieReceipt: "the earlier receipt", TieLot: "the lot",
}

// tieBreakComparers is how each rule puts two contenders in order.
var tieBreakComparers = map[TieBreakRule]func(a, b rankedContender) int{
	TieQuality: func(a, b rankedContender) int { return b.ranking.Quality.Cmp(a.ranking.Quality.Decimal) },
	TiePrice:   func(a, b rankedContender) int { return a.contender.Annual.Cmp(b.contender.Annual) },
	TieReceipt: func(a, b rankedContender) int { return a.contender.ReceivedAt.Compare(b.contender.ReceivedAt) },
	TieLot:     func(a, b rankedContender) int { return slices.Compare(a.contender.OfferID[:], b.contender.OfferID[:]) },
}

// rankComparer orders by the total, then by the rules. The lot comes last, whether the rules name it or not, so that the order never
// depends on chance.
func rankComparer(ties []TieBreak) func(a, b rankedContender) int {
	return func(a, b rankedContender) int {
		_, order := breakTie(ties, a, b)
		return cmp.Or(b.ranking.Total.Cmp(a.ranking.Total.Decimal), order)
	}
}

// breakTie is the first rule that tells two of the same total apart, and how.
func breakTie(ties []TieBreak, a, b rankedContender) (TieBreakRule, int) {
	for _, t := range ties {
		if order := tieBreakComparers[t.Rule](a, b); order != 0 {
			return t.Rule, order
		}
	}
	return TieLot, tieBreakComparers[TieLot](a, b)
}
