package db

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

const searchRows = `SELECT w.id, w.person, w.name, w.shared, w.filter::text AS filter, w.saved_at FROM saved_search w`

var savedSearches = listing[market.SavedSearch]{
	name: "savedSearches", rows: searchRows, keys: "w.name, w.id",
	key: func(s *market.SavedSearch) []any { return []any{s.Name, s.ID} },
}

// SavedSearches is a page of those that the actor saved or may share, by name.
func (v *View) SavedSearches(ctx context.Context, p market.Page) (*market.SavedSearchConnection, error) {
	return page(ctx, v, savedSearches, p)
}

// SavedSearchesByID reads saved searches.
func (v *View) SavedSearchesByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*market.SavedSearch, error) {
	return byID(ctx, v, searchRows, "w.id", ids, func(s *market.SavedSearch) uuid.UUID { return s.ID })
}

// SavedFilter is what a saved search looks for.
func (v *View) SavedFilter(ctx context.Context, search market.ID) (market.PlaceFilter, error) {
	if !v.can("search.read") {
		return market.PlaceFilter{}, ErrForbidden
	}
	found, err := v.SavedSearchesByID(ctx, []uuid.UUID{search.UUID})
	if err != nil {
		return market.PlaceFilter{}, err
	}
	if found[search.UUID] == nil {
		return market.PlaceFilter{}, market.RefuseField(market.Invalid, "search", "There is no such search.")
	}
	return market.ReadFilter(found[search.UUID].Filter)
}

// SaveSearch keeps what the actor looks for under a name of its own; the same name again replaces it.
func (d *DB) SaveSearch(ctx context.Context, a policy.Actor, in market.SaveSearchInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "search.save", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		if err := market.SaveSearch(in); err != nil {
			return Event{}, err
		}
		filter, err := in.Filter.Text()
		if err != nil {
			return Event{}, fmt.Errorf("filter: %w", err)
		}
		var id uuid.UUID
		err = t.get(ctx, &id, `INSERT INTO saved_search (id, organisation_id, person, name, shared, filter) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (organisation_id, person, name) DO UPDATE SET shared = excluded.shared, filter = excluded.filter, saved_at = dps.now() RETURNING id`,
			uuid.New(), a.Organisation, a.Person, in.Name, in.Shared, filter)
		return about(id, a.Organisation, "filter"), err
	})
}

// RemoveSearch removes a search of the actor's own.
func (d *DB) RemoveSearch(ctx context.Context, a policy.Actor, in market.RemoveSearchInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "search.remove", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		id := in.Search.UUID
		return about(id, a.Organisation, "removed"), absent(t.must(ctx, "DELETE FROM saved_search WHERE id = $1", id), "search")
	})
}
