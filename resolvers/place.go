package resolvers

import (
	"context"

	rules "github.com/southeasttogether/dps/market/directory"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/market"
)

// places is a page of what a filter, or a saved search, finds.
func (r *request) places(ctx context.Context, filter *market.PlaceFilter, search *market.ID, first *int, after *string) (*market.PlaceConnection, error) {
	page, err := market.NewPage(first, after)
	if err != nil {
		return nil, err
	}
	f, err := r.sought(ctx, filter, search)
	if err != nil {
		return nil, err
	}
	return directory.Places(ctx, r.view, f, page)
}

func (r *request) sought(ctx context.Context, filter *market.PlaceFilter, search *market.ID) (market.PlaceFilter, error) {
	switch {
	case filter != nil && search != nil:
		return market.PlaceFilter{}, market.RefuseField(market.Invalid, "search", "Give a filter or a saved search, not both.")
	case search != nil:
		return directory.SavedFilter(ctx, r.view, *search)
	case filter != nil:
		return *filter, nil
	}
	return market.PlaceFilter{}, nil
}

// compare gives settings in the order asked for.
func (r *request) compare(ctx context.Context, settings []*market.ID, near *market.NearInput) ([]*market.Place, error) {
	if err := rules.CheckComparison(len(settings), near); err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(settings))
	for i, id := range settings {
		if id.Kind == market.KindSetting {
			ids[i] = id.UUID
		}
	}
	found, err := directory.ComparePlaces(ctx, r.view, ids, near)
	if err != nil {
		return nil, err
	}
	all := make([]*market.Place, len(ids))
	for i, id := range ids {
		all[i] = found[id]
	}
	return all, nil
}
