package db

import (
	"context"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

const priceQueryRows = `SELECT q.id, q.offer_id, q.need_id, q.authority_id, q.kind, q.question, q.asked_at, q.answer_by, q.answer, q.answered_at, q.accepted, q.reason,
	q.decided_at FROM price_query q`

// PriceQueriesOfOffers reads the queries about each offer's price, oldest first.
func (v *View) PriceQueriesOfOffers(ctx context.Context, offers []uuid.UUID) (map[uuid.UUID][]*market.PriceQuery, error) {
	return grouped(ctx, v, priceQueryRows, "q.offer_id", "q.asked_at, q.id", offers, func(q *market.PriceQuery) uuid.UUID { return q.OfferID })
}

// PriceQueriesByID reads queries.
func (v *View) PriceQueriesByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*market.PriceQuery, error) {
	return byID(ctx, v, priceQueryRows, "q.id", ids, func(q *market.PriceQuery) uuid.UUID { return q.ID })
}

// QueryPrice asks a bidder about its price.
func (d *DB) QueryPrice(ctx context.Context, a policy.Actor, in market.QueryPriceInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "price_query.ask", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		offer, need, err := t.lockedOffer(ctx, in.Offer.UUID)
		if err != nil {
			return Event{}, err
		}
		earlier, err := t.priceQueries(ctx, "q.offer_id = $1", offer.ID)
		if err != nil {
			return Event{}, err
		}
		// Those that the asker sees; for who may evaluate and sees no award, the database looks.
		var awards []market.Award
		if err := t.all(ctx, &awards, awardRows+" WHERE a.need_id = $1", need.ID); err != nil {
			return Event{}, err
		}
		q, err := market.QueryPrice(need, earlier, awards, in, need.AsOf)
		if err != nil {
			return Event{}, err
		}
		if _, err := t.exec(ctx, `INSERT INTO price_query (id, offer_id, need_id, authority_id, provider_id, kind, question, asked_at, asked_by, answer_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, q.ID, offer.ID, need.ID, need.AuthorityID, offer.ProviderID,
			q.Kind, q.Question, q.AskedAt, a.Person, q.AnswerBy); err != nil {
			return Event{}, err
		}
		return about(q.ID, need.AuthorityID, "asked_at"), t.disinterested(ctx, need.ID)
	})
}

// lockedOffer reads an opened offer and its need, under the need's lock.
func (t *Tx) lockedOffer(ctx context.Context, id uuid.UUID) (o market.Offer, n market.Need, err error) {
	if err := t.get(ctx, &o, openedRows+" WHERE o.id = $1", id); err != nil {
		return o, n, absent(err, "offer")
	}
	n, err = t.lockedNeed(ctx, o.NeedID, true)
	return o, n, err
}

func (t *Tx) priceQueries(ctx context.Context, where string, id uuid.UUID) ([]market.PriceQuery, error) {
	var all []market.PriceQuery
	return all, t.all(ctx, &all, priceQueryRows+" WHERE "+where+" ORDER BY q.asked_at, q.id", id)
}

// lockedPriceQuery reads a query that the actor may change, under the lock of its need: FOR UPDATE hides the others.
func (t *Tx) lockedPriceQuery(ctx context.Context, id uuid.UUID) (market.PriceQuery, market.Need, error) {
	var q market.PriceQuery
	if err := t.get(ctx, &q, priceQueryRows+" WHERE q.id = $1", id); err != nil {
		return q, market.Need{}, absent(err, "query")
	}
	need, err := t.lockedNeed(ctx, q.NeedID, true)
	if err != nil {
		return q, need, err
	}
	return q, need, absent(t.get(ctx, &q, priceQueryRows+" WHERE q.id = $1 FOR UPDATE", id), "query")
}

// AnswerPriceQuery records a bidder's explanation.
func (d *DB) AnswerPriceQuery(ctx context.Context, a policy.Actor, in market.AnswerPriceQueryInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "price_query.answer", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		q, need, err := t.lockedPriceQuery(ctx, in.Query.UUID)
		if err != nil {
			return Event{}, err
		}
		if err := market.AnswerPriceQuery(q, in, need.AsOf); err != nil {
			return Event{}, err
		}
		err = t.must(ctx, "UPDATE price_query SET answer = $2, answered_at = $3, answered_by = $4 WHERE id = $1", q.ID, in.Answer, need.AsOf, a.Person)
		return about(q.ID, q.AuthorityID, "answered_at"), err
	})
}

// DecidePriceQuery records whether a price is accounted for. Where it is not, the ranking is reckoned again without the offer.
func (d *DB) DecidePriceQuery(ctx context.Context, a policy.Actor, in market.DecidePriceQueryInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "price_query.decide", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		q, need, err := t.lockedPriceQuery(ctx, in.Query.UUID)
		if err != nil {
			return Event{}, err
		}
		if err := market.DecidePriceQuery(q, in, need.AsOf); err != nil {
			return Event{}, err
		}
		if err := t.must(ctx, "UPDATE price_query SET accepted = $2, reason = $3, decided_at = $4, decided_by = $5 WHERE id = $1",
			q.ID, in.Accepted, in.Reason, need.AsOf, a.Person); err != nil {
			return Event{}, err
		}
		if err := t.disinterested(ctx, need.ID); err != nil || in.Accepted || need.RankedAt == nil {
			return about(q.ID, q.AuthorityID, "decided_at"), err
		}
		return about(q.ID, q.AuthorityID, "decided_at", "ranking"), t.rankAgain(ctx, need)
	})
}

// fallen refuses an offer whose price was not accounted for: it is in no ranking any more.
func (t *Tx) fallen(ctx context.Context, offer uuid.UUID) error {
	queries, err := t.priceQueries(ctx, "q.offer_id = $1", offer)
	if err != nil {
		return err
	}
	if _, fell := market.Unaccounted(queries)[offer]; fell {
		return market.PriceAccounted(queries, false)
	}
	return nil
}

// priceAccounted refuses an award of an offer whose price is not accounted for. It is asked once row security has let the
// proposal pass.
func (t *Tx) priceAccounted(ctx context.Context, a market.Award) error {
	queries, err := t.priceQueries(ctx, "q.offer_id = $1", a.OfferID)
	if err != nil {
		return err
	}
	low, err := t.appearsLow(ctx, a.OfferID, a.NeedID)
	if err != nil {
		return err
	}
	return market.PriceAccounted(queries, low)
}

// appearsLow holds an offer's price against those of the others that were opened, suitable or not.
func (t *Tx) appearsLow(ctx context.Context, offer, need uuid.UUID) (bool, error) {
	var prices []struct {
		Offer  uuid.UUID       `db:"offer_id"`
		Annual decimal.Decimal `db:"annual"`
	}
	if err := t.all(ctx, &prices, "SELECT offer_id, annual FROM offer_price WHERE need_id = $1", need); err != nil {
		return false, err
	}
	var own decimal.Decimal
	var others []decimal.Decimal
	for _, p := range prices {
		if p.Offer == offer {
			own = p.Annual
		} else {
			others = append(others, p.Annual)
		}
	}
	return market.AppearsLow(own, others), nil
}
