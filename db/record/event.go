package record

import (
	"context"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/record"
)

var eventList = rowset.Pages[rules.Event]{
	Name: "events", Order: []string{"id"}, Desc: true,
	Table: rowset.New[rules.Event]("event", "e", rowset.Columns("ref", "id", "at", "person", "capacity", "act", "object_id",
		"authority_id", "chain_id"),
		rowset.Computed("changed", "to_json(e.changed)")),
}

// Events is a page of the part of the log that the actor can read, newest first.
func Events(ctx context.Context, v *engine.View, p market.Page) (*market.Connection[rules.Event], error) {
	return eventList.Page(ctx, v, p)
}
