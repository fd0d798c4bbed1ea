package db

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

const applicationRows = `SELECT a.id, a.authority_id, a.lot_id, a.provider_id, a.statement, a.submitted_at, a.decide_by, a.decision, a.reasons, a.decided_at, a.decided_by,
	a.extended_at, a.extension_reason FROM application a`

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

// SubmitApplication applies to a lot for the actor's provider. One application is open at a time.
func (d *DB) SubmitApplication(ctx context.Context, a policy.Actor, in market.SubmitApplicationInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "application.submit", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		terms, err := t.terms(ctx, in.Lot.UUID)
		if err != nil {
			return Event{}, err
		}
		live, err := t.liveMembership(ctx, in.Lot.UUID, a.Organisation)
		if err != nil {
			return Event{}, err
		}
		now, err := t.now(ctx)
		if err != nil {
			return Event{}, err
		}
		made, err := market.SubmitApplication(in, terms.lot, terms.market, live, now)
		if err != nil {
			return Event{}, err
		}
		_, err = t.exec(ctx, `INSERT INTO application (id, authority_id, lot_id, provider_id, statement, declared, submitted_at, submitted_by, decide_by)
			VALUES ($1, $2, $3, $4, $5, true, $6, $7, $8)`, made.ID, made.AuthorityID, made.LotID, a.Organisation, made.Statement, made.SubmittedAt, a.Person, made.DecideBy)
		return about(made.ID, made.AuthorityID, "created"), err
	})
}

// DecideApplication admits or refuses. Admission makes the provider a member of the lot at once.
func (d *DB) DecideApplication(ctx context.Context, a policy.Actor, in market.DecideApplicationInput) (uuid.UUID, error) {
	return d.onApplication(ctx, a, Request{Act: "application.decide", Key: in.IdempotencyKey, Input: in}, in.Application.UUID, func(t *Tx, r review) ([]string, error) {
		if err := market.DecideApplication(r.Application, r.rounds, in, r.now); err != nil {
			return nil, err
		}
		if in.Decision == market.Admitted {
			if err := t.complete(ctx, r.LotID, r.ProviderID); err != nil {
				return nil, err
			}
		}
		return []string{"decision", "reasons"}, t.decide(ctx, r.Application, in, a.Person)
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
	return t.join(ctx, was, in.Reasons)
}

// now reads the market's clock, after whatever lock was taken before.
func (t *Tx) now(ctx context.Context) (time.Time, error) {
	var now time.Time
	err := t.get(ctx, &now, "SELECT dps.now()")
	return now, err
}
