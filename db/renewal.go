package db

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// renewalRows has as renewed what the provider gave, whole and not rejected, after it was asked.
var renewalRows = `SELECT r.id, r.provider_id, r.reason, r.asked_at, r.answer_by, ` + kindColumns + `,
	(SELECT min(e.recorded_at) FROM evidence e WHERE e.provider_id = r.provider_id AND e.kind = r.kind AND e.recorded_at >= r.asked_at
		AND e.rejected_at IS NULL AND ` + whole("e") + `) AS renewed_at
	FROM renewal r JOIN evidence_kind k ON k.code = r.kind`

// RenewalsOfProviders reads what each provider was asked to renew, as far as the actor may see it, the latest first.
func (v *View) RenewalsOfProviders(ctx context.Context, providers []uuid.UUID) (map[uuid.UUID][]*market.Renewal, error) {
	return grouped(ctx, v, renewalRows, "r.provider_id", "r.asked_at DESC, r.id", providers, func(r *market.Renewal) uuid.UUID { return r.ProviderID })
}

// AskForRenewal asks a member of a lot of the actor's authority to renew evidence.
func (d *DB) AskForRenewal(ctx context.Context, a policy.Actor, in market.AskForRenewalInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "renewal.ask", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		s, err := t.standing(ctx, in.Membership.UUID)
		if err != nil {
			return Event{}, err
		}
		kind, err := t.evidenceKind(ctx, in.Kind)
		if err != nil {
			return Event{}, err
		}
		var earlier []market.Renewal
		if err := t.all(ctx, &earlier, renewalRows+" WHERE r.provider_id = $1", s.ProviderID); err != nil {
			return Event{}, err
		}
		r, err := market.AskForRenewal(s.Membership, earlier, kind, in, s.terms, s.now)
		if err != nil {
			return Event{}, err
		}
		_, err = t.exec(ctx, `INSERT INTO renewal (id, authority_id, provider_id, kind, reason, asked_at, asked_by, answer_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			r.ID, s.authority, r.ProviderID, kind.Code, r.Reason, r.AskedAt, a.Person, r.AnswerBy)
		return about(s.ID, s.authority, "renewal"), err
	})
}
