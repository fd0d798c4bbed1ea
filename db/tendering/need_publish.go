package tendering

import (
	"context"

	rules "github.com/southeasttogether/dps/market/tendering"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// PublishNeed publishes a need, invites every active member of its lot, and counts them.
func PublishNeed(ctx context.Context, d *engine.DB, a policy.Actor, in rules.PublishNeedInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "need.publish", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		if err := t.Lock(ctx, engine.ShareMembersOfNeed(in.Need.UUID)); err != nil {
			return engine.Event{}, err
		}
		need, err := LockNeed(ctx, t, in.Need.UUID, true)
		if err != nil {
			return engine.Event{}, err
		}
		return engine.AuthorityEvent(need.ID, need.AuthorityID, "published_at", "deadline"), publishLockedNeed(ctx, t, need, in)
	})
}

// publishLockedNeed publishes a locked need.
func publishLockedNeed(ctx context.Context, t *engine.Tx, n market.Need, in rules.PublishNeedInput) error {
	terms, err := admission.NeedTerms(ctx, t, n)
	if err != nil {
		return err
	}
	alike, err := countAlikeNeeds(ctx, t, n)
	if err != nil {
		return err
	}
	if err := rules.PublishNeed(n, in, terms.Market, alike, n.AsOf); err != nil {
		return err
	}
	if err := CheckNameless(ctx, t, n.ID, rules.TextsPublished(n)...); err != nil {
		return err
	}
	if err := directory.RequireInRegion(ctx, t, n.AuthorityID); err != nil {
		return err
	}
	return inviteAndPublish(ctx, t, n, in, terms.Market.NeedRules())
}

// countAlikeNeeds counts the other children for whom the authority has published a need of the same cohort: lot, primary need, gender,
// overlapping ages. A copy is of the same child as the need that it was copied from.
func countAlikeNeeds(ctx context.Context, t *engine.Tx, n market.Need) (int, error) {
	var count int
	err := t.Get(ctx, &count, `SELECT count(DISTINCT coalesce(o.copy_of, o.id)) FROM need o WHERE o.authority_id = $1 AND o.lot_id = $2
		AND o.id <> $3
		AND coalesce(o.copy_of, o.id) <> (SELECT coalesce(n.copy_of, n.id) FROM need n WHERE n.id = $3)
		AND o.published_at IS NOT NULL
		AND o.primary_need = $4 AND o.gender IS NOT DISTINCT FROM $5 AND o.age_low <= $7 AND o.age_high >= $6`, n.AuthorityID, n.LotID, n.ID,
		n.PrimaryNeed, n.Gender, n.AgeLow, n.AgeHigh)
	return count, err
}
