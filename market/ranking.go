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
	SupersededAt *time.Time `db:"superseded_at"` // when the order was reckoned again, because an offer fell for its price

	TieBreak *TieBreakRule `db:"tie_break"` // by which it came behind the one before it of the same total
}

// PriceQueryKind is what is queried of a price.
type PriceQueryKind string

// What is queried of a price.
const (
	PriceAbnormallyLow PriceQueryKind = "ABNORMALLY_LOW"
	PriceMissing       PriceQueryKind = "MISSING"
	PriceUnclear       PriceQueryKind = "UNCLEAR"
)

// PriceQuery is a query about a price, the bidder's answer, and what was decided. AsOf is the database's clock when the row
// was read.
type PriceQuery struct {
	ID          uuid.UUID      `db:"id"`
	OfferID     uuid.UUID      `db:"offer_id"`
	NeedID      uuid.UUID      `db:"need_id"`
	AuthorityID uuid.UUID      `db:"authority_id"`
	Kind        PriceQueryKind `db:"kind"`
	Question    string         `db:"question"`
	AskedAt     time.Time      `db:"asked_at"`
	AnswerBy    time.Time      `db:"answer_by"`
	Answer      *string        `db:"answer"`
	AnsweredAt  *time.Time     `db:"answered_at"`
	Accepted    *bool          `db:"accepted"`
	Reason      *string        `db:"reason"`
	DecidedAt   *time.Time     `db:"decided_at"`
}

// ScoreDecimals of every score: points (which may be the mean of several people's) and what each criterion earns are rounded
// half up, and then only added, so that who follows the lines of the arithmetic finds the total.
const ScoreDecimals = 2

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

// TieBreakPhrases are the rules as a bidder is told them.
var TieBreakPhrases = map[TieBreakRule]string{
	TieQuality: "more points for quality", TiePrice: "the lower price", TieReceipt: "the earlier receipt", TieLot: "the lot",
}
