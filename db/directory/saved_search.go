package directory

import (
	"context"
	"fmt"

	rules "github.com/southeasttogether/dps/market/directory"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

var savedSearchTable = rowset.New[market.SavedSearch]("saved_search", "w",
	rowset.Columns("id", "person", "name", "shared"),
	rowset.Computed("filter", "w.filter::text"),
	rowset.Columns("saved_at"))

var savedSearchList = rowset.Pages[market.SavedSearch]{Table: savedSearchTable, Name: "savedSearches", Order: []string{"name", "id"}}

// SavedSearches is a page of the searches that the actor saved or shares, by name.
func SavedSearches(ctx context.Context, v *engine.View, p market.Page) (*market.Connection[market.SavedSearch], error) {
	return savedSearchList.Page(ctx, v, p)
}

// SavedSearchesByID reads saved searches.
func SavedSearchesByID(ctx context.Context, v *engine.View, ids []uuid.UUID) (map[uuid.UUID]*market.SavedSearch, error) {
	return savedSearchTable.ByID(ctx, v, ids)
}

// SavedFilter is the filter of a saved search.
func SavedFilter(ctx context.Context, v *engine.View, search market.ID) (market.PlaceFilter, error) {
	if !v.Can("search.read") {
		return market.PlaceFilter{}, engine.ErrForbidden
	}
	found, err := SavedSearchesByID(ctx, v, []uuid.UUID{search.UUID})
	if err != nil {
		return market.PlaceFilter{}, err
	}
	if found[search.UUID] == nil {
		return market.PlaceFilter{}, market.RefuseField(market.Invalid, "search",
			"This saved search was not found, or you do not have access to it.")
	}
	return market.ParsePlaceFilter(found[search.UUID].Filter)
}

// SaveSearch keeps a filter of the actor under a name. The same name replaces it.
func SaveSearch(ctx context.Context, d *engine.DB, a policy.Actor, in rules.SaveSearchInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "search.save", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		if err := rules.SaveSearch(in); err != nil {
			return engine.Event{}, err
		}
		located, err := LocateFilter(ctx, t, *in.Filter)
		if err != nil {
			return engine.Event{}, err
		}
		filter, err := located.EncodeJSON()
		if err != nil {
			return engine.Event{}, fmt.Errorf("filter: %w", err)
		}
		var id uuid.UUID
		err = t.Get(ctx, &id, `INSERT INTO saved_search (id, organisation_id, person, name, shared, filter) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (organisation_id, person, name) DO UPDATE SET shared = excluded.shared, filter = excluded.filter, saved_at = dps.now()
			RETURNING id`,
			uuid.New(), a.Organisation, a.Person, in.Name, in.Shared, filter)
		return engine.AuthorityEvent(id, a.Organisation, "filter"), err
	})
}

// RemoveSearch removes a search of the actor.
func RemoveSearch(ctx context.Context, d *engine.DB, a policy.Actor, in rules.RemoveSearchInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "search.remove", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		id := in.Search.UUID
		return engine.AuthorityEvent(id, a.Organisation, "removed"), engine.AbsentIfNoRows(t.ExecAtLeastOne(ctx,
			"DELETE FROM saved_search WHERE id = $1", id), "search")
	})
}
