package record

import (
	"context"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/market"
)

var eventList = engine.Listing[market.Event]{
	Name: "events",
	Rows: `SELECT e.ref, e.id, e.at, e.person, e.capacity, e.act, e.object_id, e.authority_id, e.chain_id, to_json(e.changed) AS changed FROM event e`,
	Keys: "e.id", Desc: true,
	Key: func(e *market.Event) []any { return []any{e.Number} },
}

// Events is a page of the log that the actor may read, newest first.
func Events(ctx context.Context, v *engine.View, p market.Page) (*market.EventConnection, error) {
	return engine.Page(ctx, v, eventList, p)
}
