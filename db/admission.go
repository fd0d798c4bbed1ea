package db

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

const applicationRows = `SELECT a.id, a.authority_id, a.lot_id, a.provider_id, a.statement, a.submitted_at, a.decide_by, a.decision, a.reasons, a.decided_at FROM application a`

var applications = listing[market.Application]{
	name: "applications", rows: applicationRows, keys: "a.submitted_at, a.id", desc: true,
	key: func(a *market.Application) []any { return []any{a.SubmittedAt.Format(time.RFC3339Nano), a.ID} },
}

// Applications is a page of those that the actor may see, newest first.
func (v *View) Applications(ctx context.Context, p market.Page) (*market.ApplicationConnection, error) {
	return page(ctx, v, applications, p)
}

// ApplicationsByID reads applications.
func (v *View) ApplicationsByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*market.Application, error) {
	if !v.can("application.read") {
		return nil, nil
	}
	return byID(ctx, v, applicationRows, "a.id", ids, func(a *market.Application) uuid.UUID { return a.ID })
}

const membershipRows = `SELECT m.id, m.lot_id, m.provider_id, m.admitted_at, m.suspended_at, m.ended_at FROM membership m`

var members = listing[market.Membership]{
	name: "members", rows: membershipRows, keys: "m.admitted_at, m.id", parent: "m.lot_id",
	key: func(m *market.Membership) []any { return []any{m.AdmittedAt.Format(time.RFC3339Nano), m.ID} },
	of:  func(m *market.Membership) uuid.UUID { return m.LotID },
}

// MembersOfLots is a page of memberships for each lot, longest first.
func (v *View) MembersOfLots(ctx context.Context, lots []uuid.UUID, p market.Page) (map[uuid.UUID]*market.MembershipConnection, error) {
	return pages(ctx, v, members, lots, p)
}

// MembershipsOfProviders reads the memberships of each provider.
func (v *View) MembershipsOfProviders(ctx context.Context, providers []uuid.UUID) (map[uuid.UUID][]*market.Membership, error) {
	return grouped(ctx, v, membershipRows, "m.provider_id", "m.admitted_at, m.id", providers, func(m *market.Membership) uuid.UUID { return m.ProviderID })
}

// MembershipsByID reads memberships.
func (v *View) MembershipsByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*market.Membership, error) {
	return byID(ctx, v, membershipRows, "m.id", ids, func(m *market.Membership) uuid.UUID { return m.ID })
}

// SubmitApplication applies to a lot for the actor's provider. One application is open at a time.
func (d *DB) SubmitApplication(ctx context.Context, a policy.Actor, in market.SubmitApplicationInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "application.submit", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (uuid.UUID, Event, error) {
		terms, err := t.terms(ctx, in.Lot.UUID)
		if err != nil {
			return uuid.Nil, Event{}, err
		}
		live, err := t.liveMembership(ctx, in.Lot.UUID, a.Organisation)
		if err != nil {
			return uuid.Nil, Event{}, err
		}
		now, err := t.now(ctx)
		if err != nil {
			return uuid.Nil, Event{}, err
		}
		made, err := market.SubmitApplication(in, terms.lot, terms.market, live, now)
		if err != nil {
			return uuid.Nil, Event{}, err
		}
		_, err = t.exec(ctx, `INSERT INTO application (id, authority_id, lot_id, provider_id, statement, declared, submitted_at, submitted_by, decide_by)
			VALUES ($1, $2, $3, $4, $5, true, $6, $7, $8)`, made.ID, made.AuthorityID, made.LotID, a.Organisation, made.Statement, made.SubmittedAt, a.Person, made.DecideBy)
		return made.ID, about(made.ID, made.AuthorityID, "created"), err
	})
}

// liveMembership is the provider's membership of a lot; nil when it has none.
func (t *Tx) liveMembership(ctx context.Context, lot, provider uuid.UUID) (*market.Membership, error) {
	var found []*market.Membership
	err := t.all(ctx, &found, membershipRows+" WHERE m.lot_id = $1 AND m.provider_id = $2 AND m.ended_at IS NULL", lot, provider)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// DecideApplication admits or refuses. Admission makes the provider a member of the lot at once.
func (d *DB) DecideApplication(ctx context.Context, a policy.Actor, in market.DecideApplicationInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "application.decide", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (uuid.UUID, Event, error) {
		var was market.Application
		if err := t.get(ctx, &was, applicationRows+" WHERE a.id = $1", in.Application.UUID); err != nil {
			return uuid.Nil, Event{}, absent(err, "application")
		}
		if err := market.DecideApplication(was, in); err != nil {
			return uuid.Nil, Event{}, err
		}
		if err := t.decide(ctx, was, in, a.Person); err != nil {
			return uuid.Nil, Event{}, err
		}
		return was.ID, about(was.ID, was.AuthorityID, "decision", "reasons"), nil
	})
}

func (t *Tx) decide(ctx context.Context, was market.Application, in market.DecideApplicationInput, person string) error {
	n, err := t.exec(ctx, `UPDATE application SET decision = $2, reasons = $3, decided_at = dps.now(), decided_by = $4 WHERE id = $1 AND decision IS NULL`,
		was.ID, in.Decision, in.Reasons, person)
	if err == nil && n == 0 {
		return market.Refuse(market.WrongState, "This application was decided before.")
	}
	if err != nil || in.Decision != market.Admitted {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO membership (id, lot_id, provider_id, application_id, admitted_at) VALUES ($1, $2, $3, $4, dps.now())`,
		uuid.New(), was.LotID, was.ProviderID, was.ID)
	return err
}

// SuspendMembership suspends a membership or restores it.
func (d *DB) SuspendMembership(ctx context.Context, a policy.Actor, in market.SuspendMembershipInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "membership.suspend", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (uuid.UUID, Event, error) {
		id := in.Membership.UUID
		err := t.must(ctx, `UPDATE membership SET suspended_at = CASE WHEN $2 THEN dps.now() END WHERE id = $1 AND ended_at IS NULL`, id, in.Suspended)
		return id, about(id, a.Organisation, "suspended_at"), absent(err, "membership")
	})
}

// now reads the market's clock, after whatever lock was taken before.
func (t *Tx) now(ctx context.Context) (time.Time, error) {
	var now time.Time
	err := t.get(ctx, &now, "SELECT dps.now()")
	return now, err
}
