package evaluation

import (
	"context"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/evaluation"
	"github.com/southeasttogether/dps/policy"
)

var (
	priceQueryTable = rowset.New[rules.PriceQuery]("price_query", "q",
		rowset.Columns("id", "offer_id", "need_id", "authority_id", "kind", "question", "asked_at", "answer_by", "answer", "answered_at",
			"accepted", "reason", "decided_at"))
	priceQueryRows = priceQueryTable.Rows()
)

var priceQueriesOfOffers = rowset.ListOf[uuid.UUID](priceQueryTable, "offer_id", rowset.By("q.asked_at", "q.id")...)

// PriceQueriesOfOffers reads the queries about each offer's price, oldest first.
func PriceQueriesOfOffers(ctx context.Context, v *engine.View, offers []uuid.UUID) (map[uuid.UUID][]*rules.PriceQuery, error) {
	return priceQueriesOfOffers.Read(ctx, v, offers)
}

// PriceQueriesByID reads queries.
func PriceQueriesByID(ctx context.Context, v *engine.View, ids []uuid.UUID) (map[uuid.UUID]*rules.PriceQuery, error) {
	return priceQueryTable.ByID(ctx, v, ids)
}

// QueryPrice asks a bidder about its price.
func QueryPrice(ctx context.Context, d *engine.DB, a policy.Actor, in rules.QueryPriceInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "price_query.ask", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			offer, need, err := lockOpenedOffer(ctx, t, in.Offer.UUID)
			if err != nil {
				return engine.Event{}, err
			}
			earlier, err := ReadPriceQueries(ctx, t, "q.offer_id = $1", offer.ID)
			if err != nil {
				return engine.Event{}, err
			}
			// The actor reads the queries that they can see. For evaluators, who cannot see awards, the database checks
			// those.
			var awards []market.Award
			if err := t.SelectRows(ctx, &awards, AwardRows+" WHERE a.need_id = $1", need.ID); err != nil {
				return engine.Event{}, err
			}
			q, err := rules.QueryPrice(need, earlier, awards, in, need.AsOf)
			if err != nil {
				return engine.Event{}, err
			}
			if _, err := t.Exec(ctx, `INSERT INTO price_query (id, offer_id, need_id, authority_id, provider_id, kind, question, asked_at, asked_by,
			answer_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, q.ID, offer.ID, need.ID, need.AuthorityID, offer.ProviderID,
				q.Kind, q.Question, q.AskedAt, a.Person, q.AnswerBy); err != nil {
				return engine.Event{}, err
			}
			return engine.AuthorityEvent(q.ID, need.AuthorityID, "asked_at"), tendering.RequireNoConflict(ctx, t, need, in.DeclareNoInterest)
		})
}

// lockOpenedOffer reads an opened offer and its need, under the need's lock.
func lockOpenedOffer(ctx context.Context, t *engine.Tx, id uuid.UUID) (o market.Offer, n market.Need, err error) {
	if err := t.Get(ctx, &o, tendering.OpenedOfferRows+" WHERE o.id = $1", id); err != nil {
		return o, n, engine.AbsentIfNoRows(err, "offer")
	}
	n, err = tendering.LockNeed(ctx, t, o.NeedID, true)
	return o, n, err
}

// ReadPriceQueries reads the queries that meet a condition on q with the parameter $1, oldest first.
func ReadPriceQueries(ctx context.Context, t *engine.Tx, where string, id uuid.UUID) ([]rules.PriceQuery, error) {
	var all []rules.PriceQuery
	return all, t.SelectRows(ctx, &all, priceQueryRows+" WHERE "+where+" ORDER BY q.asked_at, q.id", id)
}

// lockPriceQuery reads a query that the actor can change, under the lock of its need.
func lockPriceQuery(ctx context.Context, t *engine.Tx, id uuid.UUID) (rules.PriceQuery, market.Need, error) {
	var q rules.PriceQuery
	if err := t.Get(ctx, &q, priceQueryRows+" WHERE q.id = $1", id); err != nil {
		return q, market.Need{}, engine.AbsentIfNoRows(err, "query")
	}
	need, err := tendering.LockNeed(ctx, t, q.NeedID, true)
	if err != nil {
		return q, need, err
	}
	return q, need, engine.AbsentIfNoRows(t.Get(ctx, &q, priceQueryRows+" WHERE q.id = $1"+engine.LockPriceQuery, id), "query")
}

// AnswerPriceQuery records a bidder's explanation.
func AnswerPriceQuery(ctx context.Context, d *engine.DB, a policy.Actor, in rules.AnswerPriceQueryInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "price_query.answer", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			q, need, err := lockPriceQuery(ctx, t, in.Query.UUID)
			if err != nil {
				return engine.Event{}, err
			}
			if err := rules.AnswerPriceQuery(q, in, need.AsOf); err != nil {
				return engine.Event{}, err
			}
			err = t.ExecAtLeastOne(ctx, "UPDATE price_query SET answer = $2, answered_at = $3, answered_by = $4 WHERE id = $1", q.ID,
				in.Answer, need.AsOf, a.Person)
			return engine.AuthorityEvent(q.ID, q.AuthorityID, "answered_at"), err
		})
}

// DecidePriceQuery records whether a price is accounted for. If it is not, the offers are ranked again without it.
func DecidePriceQuery(ctx context.Context, d *engine.DB, a policy.Actor, in rules.DecidePriceQueryInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "price_query.decide", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			q, need, err := lockPriceQuery(ctx, t, in.Query.UUID)
			if err != nil {
				return engine.Event{}, err
			}
			if err := rules.DecidePriceQuery(q, in, need.AsOf); err != nil {
				return engine.Event{}, err
			}
			if err := t.ExecAtLeastOne(ctx, "UPDATE price_query SET accepted = $2, reason = $3, decided_at = $4, decided_by = $5 WHERE id = $1",
				q.ID, in.Accepted, in.Reason, need.AsOf, a.Person); err != nil {
				return engine.Event{}, err
			}
			if err := tendering.RequireNoConflict(ctx, t, need, in.DeclareNoInterest); err != nil || in.Accepted || need.RankedAt == nil {
				return engine.AuthorityEvent(q.ID, q.AuthorityID, "decided_at"), err
			}
			return engine.AuthorityEvent(q.ID, q.AuthorityID, "decided_at", "ranking"), rerankNeed(ctx, t, need)
		})
}

// RequireStillRanked refuses an offer whose price was not accounted for, because it is not ranked any more.
func RequireStillRanked(ctx context.Context, t *engine.Tx, offer uuid.UUID) error {
	queries, err := ReadPriceQueries(ctx, t, "q.offer_id = $1", offer)
	if err != nil {
		return err
	}
	if _, fell := rules.UnaccountedPrices(queries)[offer]; fell {
		return rules.RequirePriceAccounted(queries, false)
	}
	return nil
}

// RequirePriceAccounted refuses an award of an offer whose price is not accounted for. It runs after row security has
// let the proposal pass.
func RequirePriceAccounted(ctx context.Context, t *engine.Tx, a market.Award) error {
	queries, err := ReadPriceQueries(ctx, t, "q.offer_id = $1", a.OfferID)
	if err != nil {
		return err
	}
	low, err := priceAppearsLow(ctx, t, a.OfferID, a.NeedID)
	if err != nil {
		return err
	}
	return rules.RequirePriceAccounted(queries, low)
}

// priceAppearsLow compares an offer's price with the prices of the other opened offers, suitable or not.
func priceAppearsLow(ctx context.Context, t *engine.Tx, offer, need uuid.UUID) (bool, error) {
	var prices []struct {
		Offer  uuid.UUID       `db:"offer_id"`
		Annual decimal.Decimal `db:"annual"`
	}
	if err := t.SelectRows(ctx, &prices, "SELECT offer_id, annual FROM offer_price WHERE need_id = $1", need); err != nil {
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
	return rules.AppearsLow(own, others), nil
}
