package evaluation

import (
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/southeasttogether/dps/market"
)

// QueryPriceInput is a query about a price.
type QueryPriceInput struct {
	IdempotencyKey string
	Offer          market.ID
	Kind           market.PriceQueryKind
	Question       string
	WorkingDays    int
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
func QueryPrice(n market.Need, earlier []market.PriceQuery, awards []market.Award, in QueryPriceInput, now time.Time) (market.PriceQuery,
	error,
) {
	if n.PricesOpenedAt == nil {
		return market.PriceQuery{}, market.Refuse(market.TooEarly, "The prices of this need are not open yet.")
	}
	for _, a := range awards {
		if market.IsLive(a) {
			return market.PriceQuery{}, market.Refuse(market.WrongState,
				"This need has a live award: prices can only be queried before one is proposed.")
		}
	}
	for _, q := range earlier {
		if q.DecidedAt == nil {
			return market.PriceQuery{}, market.Refuse(market.AlreadyExists, "A query about this price is already waiting for an answer.")
		}
	}
	if in.WorkingDays < 2 || in.WorkingDays > 20 {
		return market.PriceQuery{}, market.RefuseField(market.Invalid, "workingDays",
			"The time to answer must be between 2 and 20 working days.")
	}
	return market.PriceQuery{
			ID: uuid.New(), NeedID: n.ID, AuthorityID: n.AuthorityID, Kind: in.Kind, Question: in.Question, AskedAt: now,
			AnswerBy: market.AddWorkingDays(now, in.WorkingDays),
		}, market.CheckTexts(market.InputText{
			Field: "question",
			Value: in.Question, Limit: 4000,
		})
}

// AnswerPriceQuery checks an answer: only one, in time, and to a query that is not decided.
func AnswerPriceQuery(q market.PriceQuery, in AnswerPriceQueryInput, now time.Time) error {
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
func DecidePriceQuery(q market.PriceQuery, in DecidePriceQueryInput, now time.Time) error {
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
func RequirePriceAccounted(queries []market.PriceQuery, low bool) error {
	explained := false
	for _, q := range queries {
		switch {
		case q.DecidedAt == nil:
			return market.Refuse(market.TooEarly, "Decide the query about the price of this offer first.")
		case !*q.Accepted:
			return market.Refuse(market.WrongState, "This offer cannot be awarded, because its price was not accounted for.")
		}
		explained = explained || q.Kind == market.PriceAbnormallyLow
	}
	if low && !explained {
		return market.Refuse(market.WrongState,
			"This price is far below the others: query it with the bidder before you propose an award.")
	}
	return nil
}

// UnaccountedPrices are the offers whose price was not accounted for, with the reason. They are passed over.
func UnaccountedPrices(queries []market.PriceQuery) map[uuid.UUID]string {
	all := map[uuid.UUID]string{}
	for _, q := range queries {
		if q.Accepted != nil && !*q.Accepted {
			all[q.OfferID] = *q.Reason
		}
	}
	return all
}
