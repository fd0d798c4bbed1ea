// Package record reads alerts, to-do lists and events, and runs the clock worker.
package record

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
)

// dueAlert is an alert that must be made. The function moments_due() in the database lists everything that can come
// due.
type dueAlert struct {
	Kind        market.AlertKind `db:"kind"`
	AuthorityID uuid.UUID        `db:"authority_id"`
	SourceID    uuid.UUID        `db:"source_id"`
	AboutID     uuid.UUID        `db:"of_id"`
	Due         time.Time        `db:"due"`
}

// MakeAlert raises an alert, unless another instance did, it is not due any more, or its object now belongs to another
// authority: the next round then alerts that authority.
func MakeAlert(ctx context.Context, d *engine.DB, w dueAlert) error {
	_, err := d.Change(ctx, engine.SystemActor, engine.Request{Act: "alert.wake", Keyless: true}, func(t *engine.Tx) (engine.Event, error) {
		return engine.AuthorityEvent(w.AboutID, w.AuthorityID, string(w.Kind)), engine.ExecOnce(ctx, t,
			`INSERT INTO alert (authority_id, capacity, kind, source_id, of_kind, of_id, words, due, at)
			SELECT m.authority_id, m.capacity, m.kind, m.source_id, m.of_kind, m.of_id, m.words, m.due, dps.now() FROM moments_due() m
			WHERE m.kind = $1 AND m.source_id = $2 AND m.due = $3 AND m.authority_id = $4 ON CONFLICT DO NOTHING`, w.Kind, w.SourceID, w.Due,
			w.AuthorityID)
	})
	return err
}

var alertList = rowset.Pages[market.Alert]{
	Name: "alerts", Order: []string{"at", "id"}, Desc: true,
	Table: rowset.New[market.Alert]("alert", "a", rowset.Columns("id", "kind", "due", "at", "words", "of_kind", "of_id")),
}

// Alerts is a page of the actor's alerts, newest first.
func Alerts(ctx context.Context, v *engine.View, p market.Page) (*market.Connection[market.Alert], error) {
	return alertList.Page(ctx, v, p)
}
