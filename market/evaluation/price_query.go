package evaluation

import (
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/idkind"
)

// PriceQueryKind is what a query about a price is about.
type PriceQueryKind string

// What a query about a price can be about.
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

// GlobalID is its id to clients.
func (q PriceQuery) GlobalID() market.ID {
	return market.ID{Kind: idkind.PriceQuery, UUID: q.ID}
}

// QueryPriceInput is a query about a price.
type QueryPriceInput struct {
	IdempotencyKey string
	Offer          market.ID
	Kind           PriceQueryKind
	Question       string
	WorkingDays    int

	DeclareNoInterest bool `json:",omitempty"`
}

// AnswerPriceQueryInput is a bidder's explanation.
type AnswerPriceQueryInput struct {
	IdempotencyKey string
	Query          market.ID
	Answer         string
}

// DecidePriceQueryInput is a decision about a price.
type DecidePriceQueryInput struct {
	IdempotencyKey string
	Query          market.ID
	Accepted       bool
	Reason         string

	DeclareNoInterest bool `json:",omitempty"`
}

// AbnormallyLowPercent is the share of the mean of the other offers below which a price appears abnormally low, if
// there are at least two others. This is the market's own figure; the law leaves it to the authority (PCR 2015 reg
// 69(1); Procurement Act 2023 s 19(3)(c) (check)).
const AbnormallyLowPercent = 60

// AppearsLow says whether a price for a year appears abnormally low compared with those of the other offers.
func AppearsLow(annual decimal.Decimal, others []decimal.Decimal) bool {
	if len(others) < 2 {
		return false
	}
	sum := decimal.Sum(others[0], others[1:]...)
	return annual.Mul(decimal.NewFromInt(100 * int64(len(others)))).LessThan(sum.Mul(decimal.NewFromInt(AbnormallyLowPercent)))
}

// QueryPrice makes a query. Prices must be open, no other query about the offer can be waiting, and there must be no
// award, because an award settles the price.
func QueryPrice(n market.Need, earlier []PriceQuery, awards []market.Award, in QueryPriceInput, now time.Time) (PriceQuery,
	error,
) {
	if n.PricesOpenedAt == nil {
		return PriceQuery{}, market.Refuse(market.TooEarly, "The prices of this need are not open yet.")
	}
	for _, a := range awards {
		if market.IsLive(a) {
			return PriceQuery{}, market.ErrAwardedBeforeQuery
		}
	}
	for _, q := range earlier {
		if q.DecidedAt == nil {
			return PriceQuery{}, market.ErrPriceQueryWaits
		}
	}
	if in.WorkingDays < 2 || in.WorkingDays > 20 {
		return PriceQuery{}, market.RefuseField(market.Invalid, "workingDays",
			"The time to answer must be between 2 and 20 working days.")
	}
	query := PriceQuery{
		ID: uuid.New(), NeedID: n.ID, AuthorityID: n.AuthorityID, Kind: in.Kind, Question: in.Question, AskedAt: now,
		AnswerBy: market.AddWorkingDays(now, in.WorkingDays),
	}
	return query, market.CheckTexts(market.InputText{Field: "question", Value: in.Question, Limit: 4000})
}

// AnswerPriceQuery checks an answer: only one, in time, and to a query that is not decided.
func AnswerPriceQuery(q PriceQuery, in AnswerPriceQueryInput, now time.Time) error {
	switch {
	case q.DecidedAt != nil || q.AnsweredAt != nil:
		return market.Refuse(market.WrongState, "This query has already been answered or decided.")
	case now.After(q.AnswerBy):
		return market.Refuse(market.DeadlinePassed, "The time to answer this query has passed.")
	}
	return market.CheckTexts(market.InputText{Field: "answer", Value: in.Answer, Limit: 8000})
}

// DecidePriceQuery checks a decision. The bidder must have answered or its time must have passed. Silence never
// accounts for a price (PCR 2015 reg 69(1) and (3): the bidder explains, and its explanation is assessed in
// consultation with it).
func DecidePriceQuery(q PriceQuery, in DecidePriceQueryInput, now time.Time) error {
	switch {
	case q.DecidedAt != nil:
		return market.Refuse(market.WrongState, "This query has already been decided.")
	case q.AnsweredAt == nil && !now.After(q.AnswerBy):
		return market.Refuse(market.TooEarly,
			"The bidder has until %s to answer: decide after that.", q.AnswerBy.In(market.London).Format("15:04 on 2 January 2006"))
	case q.AnsweredAt == nil && in.Accepted:
		return market.RefuseField(market.Invalid, "accepted", "You cannot accept this price, because the bidder has not explained it.")
	}
	return market.CheckTexts(market.InputText{Field: "reason", Value: in.Reason, Limit: 4000})
}

// RequirePriceAccounted refuses to award an offer whose price has an undecided query, was not accounted for, or appears
// abnormally low and was never queried (PCR 2015 reg 69(1): the authority shall require the explanation; reg 69(4): it
// may only reject where the evidence does not account for the price).
func RequirePriceAccounted(queries []PriceQuery, low bool) error {
	explained := false
	for _, q := range queries {
		switch {
		case q.DecidedAt == nil:
			return market.Refuse(market.TooEarly, "Decide the query about the price of this offer first.")
		case !*q.Accepted:
			return market.Refuse(market.WrongState, "This offer cannot be awarded, because its price was not accounted for.")
		}
		explained = explained || q.Kind == PriceAbnormallyLow
	}
	if low && !explained {
		return market.Refuse(market.WrongState,
			"This price is far below the others: query it with the bidder before you propose an award.")
	}
	return nil
}

// UnaccountedPrices are the offers whose price was not accounted for, with the reason. They are passed over.
func UnaccountedPrices(queries []PriceQuery) map[uuid.UUID]string {
	all := map[uuid.UUID]string{}
	for _, q := range queries {
		if q.Accepted != nil && !*q.Accepted {
			all[q.OfferID] = *q.Reason
		}
	}
	return all
}
