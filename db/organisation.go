package db

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

const organisationRows = `SELECT o.id, o.kind, o.name, o.dfe_code, o.lead, o.consortium_id, o.joined_on, o.left_on, (SELECT dps.now()) AS as_of FROM organisation o`

var organisations = listing[market.Organisation]{
	name: "organisations", rows: organisationRows, keys: "o.name, o.id",
	key: func(o *market.Organisation) []any { return []any{o.Name, o.ID} },
}

// Organisations is a page of all authorities and the consortium, by name.
func (v *View) Organisations(ctx context.Context, p market.Page) (*market.OrganisationConnection, error) {
	return page(ctx, v, organisations, p)
}

// OrganisationsByID reads organisations.
func (v *View) OrganisationsByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*market.Organisation, error) {
	return byID(ctx, v, organisationRows, "o.id", ids, func(o *market.Organisation) uuid.UUID { return o.ID })
}

const delegationRows = `SELECT d.id, d.authority_id, d.consortium_id, d.act, d.given_at, d.withdrawn_at FROM delegation d`

// DelegationsOfBoroughs reads what each borough has delegated, live and withdrawn, newest first.
func (v *View) DelegationsOfBoroughs(ctx context.Context, boroughs []uuid.UUID) (map[uuid.UUID][]*market.Delegation, error) {
	return grouped(ctx, v, delegationRows, "d.authority_id", "d.given_at DESC, d.id", boroughs, func(d *market.Delegation) uuid.UUID { return d.AuthorityID })
}

// DelegationsByID reads delegations.
func (v *View) DelegationsByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*market.Delegation, error) {
	return byID(ctx, v, delegationRows, "d.id", ids, func(d *market.Delegation) uuid.UUID { return d.ID })
}

// GiveDelegation lets the consortium of the actor's borough act for it. One live delegation an act.
func (d *DB) GiveDelegation(ctx context.Context, a policy.Actor, in market.GiveDelegationInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "delegation.give", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		borough, err := t.lockedOrganisation(ctx, a.Organisation)
		if err != nil {
			return Event{}, err
		}
		if err := market.GiveDelegation(borough); err != nil {
			return Event{}, err
		}
		id := uuid.New()
		_, err = t.exec(ctx, `INSERT INTO delegation (id, authority_id, consortium_id, act, given_by) VALUES ($1, $2, $3, $4, $5)`,
			id, a.Organisation, borough.ConsortiumID, in.Act, a.Person)
		return about(id, a.Organisation, string(in.Act)), err
	})
}

// WithdrawDelegation takes a delegation back, from this moment.
func (d *DB) WithdrawDelegation(ctx context.Context, a policy.Actor, in market.WithdrawDelegationInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "delegation.withdraw", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		id := in.Delegation.UUID
		if err := t.exists(ctx, "delegation", "SELECT FROM delegation WHERE id = $1", id); err != nil {
			return Event{}, err
		}
		n, err := t.exec(ctx, "UPDATE delegation SET withdrawn_at = dps.now(), withdrawn_by = $2 WHERE id = $1 AND withdrawn_at IS NULL", id, a.Person)
		if err == nil && n == 0 {
			err = market.Refuse(market.WrongState, "This delegation was withdrawn before.")
		}
		return about(id, a.Organisation, "withdrawn_at"), err
	})
}
