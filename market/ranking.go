package market

import (
	"time"

	"github.com/google/uuid"
)

// Ranking is an offer's place in the order, out of 100, with its arithmetic in words.
type Ranking struct {
	OfferID    uuid.UUID `db:"offer_id"`
	NeedID     uuid.UUID `db:"need_id"`
	ProviderID uuid.UUID `db:"provider_id"`
	Rank       int       `db:"rank"`
	Quality    Decimal   `db:"quality"`
	Price      Decimal   `db:"price"`
	Total      Decimal   `db:"total"`
	Arithmetic string    `db:"arithmetic"`

	ReckonedAt   time.Time  `db:"reckoned_at"`
	SupersededAt *time.Time `db:"superseded_at"` // when a new order replaced it, because an offer fell for its price

	TieBreak *TieBreakRule `db:"tie_break"` // the rule that put it behind the one before it with the same total
}

// ScoreDecimals is the number of decimals of every score. Points (which can be the mean of several people's) and what
// each criterion earns are rounded half up, and then only added, so that anyone who follows the arithmetic line by line
// reaches the total.
const ScoreDecimals = 2

// TieBreakRule is what is compared when totals are equal.
type TieBreakRule string

// What is compared when totals are equal. The lot is the random id that an offer gets when it is made: it separates any
// two offers.
const (
	TieQuality TieBreakRule = "QUALITY"
	TiePrice   TieBreakRule = "PRICE"
	TieReceipt TieBreakRule = "RECEIPT"
	TieLot     TieBreakRule = "LOT"
)

// TieBreakPhrases are the rules as a bidder is told them.
var TieBreakPhrases = map[TieBreakRule]string{
	TieQuality: "more points for quality", TiePrice: "the lower price", TieReceipt: "the earlier receipt", TieLot: "the lot",
}
