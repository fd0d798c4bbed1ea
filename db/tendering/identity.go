package tendering

import (
	"context"
	"encoding/json"

	rules "github.com/southeasttogether/dps/market/tendering"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// RecordIdentity records who the child is, encrypted. It replaces what was recorded before.
func RecordIdentity(ctx context.Context, d *engine.DB, a policy.Actor, in rules.RecordIdentityInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "identity.record", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			need, err := LockNeed(ctx, t, in.Need.UUID, true)
			if err != nil {
				return engine.Event{}, err
			}
			identity, err := rules.RecordIdentity(in, need.AsOf)
			if err != nil {
				return engine.Event{}, err
			}
			plain, err := json.Marshal(identity)
			if err != nil {
				return engine.Event{}, err
			}
			sealed, err := d.Keys().Protect(identityContext(need.ID), plain)
			if err != nil {
				return engine.Event{}, err
			}
			_, err = t.Exec(ctx, `INSERT INTO need_identity (need_id, authority_id, identity) VALUES ($1, $2, $3)
			ON CONFLICT (need_id) DO UPDATE SET identity = excluded.identity`, need.ID, need.AuthorityID, sealed)
			return engine.AuthorityEvent(need.ID, need.AuthorityID, "identity"), err
		})
}

// ViewIdentity reads who the child is and records the view and its purpose in the same transaction: without the record
// there is no view.
func ViewIdentity(ctx context.Context, d *engine.DB, a policy.Actor, in rules.ViewIdentityInput) (*market.Identity, error) {
	identity := &market.Identity{}
	_, err := d.Change(ctx, a, engine.Request{Act: "identity.read", Keyless: true}, func(t *engine.Tx) (engine.Event, error) {
		var found struct {
			Authority uuid.UUID `db:"authority_id"`
			Identity  []byte    `db:"identity"`
		}
		id := in.Need.UUID
		if err := t.Get(ctx, &found, "SELECT authority_id, identity FROM need_identity WHERE need_id = $1", id); err != nil {
			return engine.Event{}, engine.AbsentIfNoRows(err, "identity")
		}
		plain, err := d.Keys().Reveal(identityContext(id), found.Identity)
		if err != nil {
			return engine.Event{}, err
		}
		return engine.AuthorityEvent(id, found.Authority, "viewed", string(in.Purpose)), json.Unmarshal(plain, identity)
	})
	if err != nil {
		return nil, err
	}
	return identity, nil
}
