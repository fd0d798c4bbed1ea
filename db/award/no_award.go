package award

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/evaluation"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/award"
	"github.com/southeasttogether/dps/policy"
)

var noAwardTable = rowset.New[rules.NoAward]("no_award", "e",
	rowset.Columns("need_id", "reason", "words", "at"))

var noAwardsOfNeeds = rowset.ListOf[uuid.UUID](noAwardTable, "need_id")

// NoAwardsOfNeeds reads which needs ended without an award, and why.
func NoAwardsOfNeeds(ctx context.Context, v *engine.View, needs []uuid.UUID) (map[uuid.UUID]*rules.NoAward, error) {
	return noAwardsOfNeeds.One(ctx, v, needs)
}

// EndWithoutAward ends a need without an award and tells every bidder, in the same transaction.
func EndWithoutAward(ctx context.Context, d *engine.DB, a policy.Actor, in rules.EndWithoutAwardInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "no_award.end", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		need, err := tendering.LockNeed(ctx, t, in.Need.UUID, true)
		if err != nil {
			return engine.Event{}, err
		}
		if _, err := t.Exec(ctx, "INSERT INTO no_award (need_id, authority_id, reason, words, at, person) VALUES ($1, $2, $3, $4, $5, $6)",
			need.ID, need.AuthorityID, in.Reason, in.Words, need.AsOf, a.Person); err != nil {
			return engine.Event{}, err
		}
		letters, err := writeNoAwardLetters(ctx, t, need, in)
		if err != nil {
			return engine.Event{}, err
		}
		if err := tendering.RequireNoConflict(ctx, t, need, in.DeclareNoInterest); err != nil {
			return engine.Event{}, err
		}
		return engine.AuthorityEvent(need.ID, need.AuthorityID, "no_award", "letters"), insertLetters(ctx, t, nil, need, letters)
	})
}

// writeNoAwardLetters checks the end and writes the letters. A role of the market gathers the scores that the bidders
// are told.
func writeNoAwardLetters(ctx context.Context, t *engine.Tx, n market.Need, in rules.EndWithoutAwardInput) ([]rules.Letter, error) {
	var awards []market.Award
	if err := t.SelectRows(ctx, &awards, evaluation.AwardRows+" WHERE a.need_id = $1 ORDER BY a.proposed_at", n.ID); err != nil {
		return nil, err
	}
	terms, err := admission.NeedTerms(ctx, t, n)
	if err != nil {
		return nil, err
	}
	who := t.Actor().Role
	if err := t.SwitchRole(ctx, policy.Keeper); err != nil {
		return nil, err
	}
	e, err := readEvaluationOutcome(ctx, t, n, terms, awards)
	if err != nil {
		return nil, err
	}
	if err := rules.EndWithoutAward(n, e, awards, in); err != nil {
		return nil, err
	}
	return rules.NoAwardLetters(e, in, n.AsOf), t.SwitchRole(ctx, who)
}
