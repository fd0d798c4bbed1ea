// Package partnership reads and changes who is in the region, who acts for whom, and who succeeds whom.
package partnership

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/partnership"
	"github.com/southeasttogether/dps/policy"
)

var delegationTable = rowset.New[rules.Delegation]("delegation", "d",
	rowset.Columns("id", "authority_id", "consortium_id", "act", "given_at", "withdrawn_at"))

var delegationsOfBoroughs = rowset.ListOf[uuid.UUID](delegationTable, "authority_id", rowset.By("d.given_at DESC", "d.id")...)

// DelegationsOfBoroughs reads what each borough has delegated, live and withdrawn, newest first.
func DelegationsOfBoroughs(ctx context.Context, v *engine.View, boroughs []uuid.UUID) (map[uuid.UUID][]*rules.Delegation, error) {
	return delegationsOfBoroughs.Read(ctx, v, boroughs)
}

// DelegationsByID reads delegations.
func DelegationsByID(ctx context.Context, v *engine.View, ids []uuid.UUID) (map[uuid.UUID]*rules.Delegation, error) {
	return delegationTable.ByID(ctx, v, ids)
}

// GiveDelegation lets the consortium of the actor's borough act for it. Only one delegation of each act can be live.
func GiveDelegation(ctx context.Context, d *engine.DB, a policy.Actor, in rules.GiveDelegationInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "delegation.give", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			borough, err := directory.LockOrganisation(ctx, t, a.Organisation)
			if err != nil {
				return engine.Event{}, err
			}
			if err := rules.GiveDelegation(borough); err != nil {
				return engine.Event{}, err
			}
			id := uuid.New()
			_, err = t.Exec(ctx, `INSERT INTO delegation (id, authority_id, consortium_id, act, given_by) VALUES ($1, $2, $3, $4, $5)`,
				id, a.Organisation, borough.ConsortiumID, in.Act, a.Person)
			return engine.AuthorityEvent(id, a.Organisation, string(in.Act)), err
		})
}

// WithdrawDelegation withdraws a delegation from this moment.
func WithdrawDelegation(ctx context.Context, d *engine.DB, a policy.Actor, in rules.WithdrawDelegationInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "delegation.withdraw", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			id := in.Delegation.UUID
			if err := t.RequireExists(ctx, "delegation", "SELECT FROM delegation WHERE id = $1", id); err != nil {
				return engine.Event{}, err
			}
			n, err := t.Exec(ctx, "UPDATE delegation SET withdrawn_at = dps.now(), withdrawn_by = $2 WHERE id = $1 AND withdrawn_at IS NULL", id,
				a.Person)
			if err == nil && n == 0 {
				err = market.Refuse(market.WrongState, "This delegation has already been withdrawn.")
			}
			return engine.AuthorityEvent(id, a.Organisation, "withdrawn_at"), err
		})
}
