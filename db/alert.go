package db

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// woken is an alert that is to be made: moments_due() in the database has the list of all that can come due.
type woken struct {
	Kind      market.AlertKind `db:"kind"`
	Authority uuid.UUID        `db:"authority_id"`
	Source    uuid.UUID        `db:"source_id"`
	About     uuid.UUID        `db:"of_id"`
	Due       time.Time        `db:"due"`
}

// wake alerts somebody, unless another instance did, it waits no more, or it is another authority's since it was looked at: then
// the next round alerts that one.
func (d *DB) wake(ctx context.Context, w woken) error {
	_, err := d.Change(ctx, system, Request{Act: "alert.wake", Keyless: true}, func(t *Tx) (Event, error) {
		return about(w.About, w.Authority, string(w.Kind)), t.claim(ctx, `INSERT INTO alert (authority_id, capacity, kind, source_id, of_kind, of_id, words, due, at)
			SELECT m.authority_id, m.capacity, m.kind, m.source_id, m.of_kind, m.of_id, m.words, m.due, dps.now() FROM moments_due() m
			WHERE m.kind = $1 AND m.source_id = $2 AND m.due = $3 AND m.authority_id = $4 ON CONFLICT DO NOTHING`, w.Kind, w.Source, w.Due, w.Authority)
	})
	return err
}

var alerts = listing[market.Alert]{
	name: "alerts", rows: "SELECT a.id, a.kind, a.due, a.at, a.words, a.of_kind, a.of_id FROM alert a", keys: "a.at, a.id", desc: true,
	key: func(a *market.Alert) []any { return []any{a.At.Format(time.RFC3339Nano), a.ID} },
}

// Alerts is a page of what has come due for the actor, newest first.
func (v *View) Alerts(ctx context.Context, p market.Page) (*market.AlertConnection, error) {
	return page(ctx, v, alerts, p)
}
