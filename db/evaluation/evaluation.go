package evaluation

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/evaluation"
	"github.com/southeasttogether/dps/policy"
)

// evaluationFacts are an opened offer, its need under the exclusive lock, and the terms of its lot.
type evaluationFacts struct {
	offer    market.Offer
	need     market.Need
	terms    admission.MarketTerms
	criteria []market.Criterion
}

// evaluateOffer locks the offer's need, reads what every step of an evaluation needs, and takes the step. For an offer
// to a joint call it does so for each of its copies.
func evaluateOffer(ctx context.Context, t *engine.Tx, offer uuid.UUID, step func(evaluationFacts) (engine.Event, error)) (engine.Event,
	error,
) {
	var o market.Offer
	if err := t.Get(ctx, &o, tendering.OpenedOfferRows+" WHERE o.id = $1", offer); err != nil {
		return engine.Event{}, engine.AbsentIfNoRows(err, "offer")
	}
	return tendering.ForEachJointNeed(ctx, t, o.NeedID, true, func(need market.Need) (engine.Event, error) {
		e, err := readEvaluationFacts(ctx, t, need)
		if err != nil {
			return engine.Event{}, err
		}
		if e.offer, err = tendering.CounterpartOffer(ctx, t, o, need); err != nil {
			return engine.Event{}, err
		}
		return step(e)
	})
}

// evaluateNeed is evaluateOffer for a step that is about the whole need.
func evaluateNeed(ctx context.Context, t *engine.Tx, need uuid.UUID, step func(evaluationFacts) (engine.Event, error)) (engine.Event,
	error,
) {
	return tendering.ForEachJointNeed(ctx, t, need, true, func(n market.Need) (engine.Event, error) {
		e, err := readEvaluationFacts(ctx, t, n)
		if err != nil {
			return engine.Event{}, err
		}
		return step(e)
	})
}

// requireEvaluator refuses a commissioner where others evaluate.
func requireEvaluator(t *engine.Tx, p market.Procedure) error {
	if t.Actor().Role != policy.Commissioner {
		return nil
	}
	return rules.RequireOneEvaluator(p)
}

// readEvaluationFacts reads the terms of a locked need.
func readEvaluationFacts(ctx context.Context, t *engine.Tx, n market.Need) (e evaluationFacts, err error) {
	e.need = n
	if e.terms, err = admission.NeedTerms(ctx, t, n); err != nil {
		return e, err
	}
	return e, t.SelectRows(ctx, &e.criteria, admission.CriterionRows+" WHERE c.lot_id = $1 ORDER BY c.position", n.LotID)
}
