package resolvers

import (
	"context"
	"slices"

	rules "github.com/southeasttogether/dps/market/directory"
	"github.com/southeasttogether/dps/market/idkind"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/graph"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/resolvers/internal/levels"
)

// view is what the request reads.
func view(ctx context.Context) *db.View { return levels.RequestOf(ctx).View }

// actor is who asks.
func actor(ctx context.Context) policy.Actor { return view(ctx).Actor() }

// list reads a page of a list at the root.
func list[T any](ctx context.Context, read func(context.Context, *db.View, market.Page) (*market.Connection[T], error),
	first *int, after *string,
) (*market.Connection[T], error) {
	page, err := market.NewPage(first, after)
	if err != nil {
		return nil, err
	}
	return read(ctx, view(ctx), page)
}

// readViewer says who is asking, as the service understood it.
func (r *Resolver) readViewer(ctx context.Context) (*graph.Viewer, error) {
	a := actor(ctx)
	v := &graph.Viewer{Capacity: string(a.Role), Can: []string{}}
	if a.Person != "" {
		v.Person = &a.Person
	}
	for _, act := range policy.Acts() {
		if r.Policy.Can(a.Role, act) {
			v.Can = append(v.Can, string(act))
		}
	}
	slices.Sort(v.Can)
	if a.Organisation == uuid.Nil {
		return v, nil
	}
	var err error
	if a.Role == policy.BidsManager {
		v.Provider, err = providerByID.Load(ctx, a.Organisation)
	} else {
		v.Organisation, err = organisationByID.Load(ctx, a.Organisation)
	}
	return v, err
}

// placesPage is a page of the settings that a filter, or a saved search, finds.
func placesPage(ctx context.Context, filter *market.PlaceFilter, search *market.ID, first *int, after *string,
) (*market.Connection[market.Place], error) {
	page, err := market.NewPage(first, after)
	if err != nil {
		return nil, err
	}
	f, err := resolvePlaceFilter(ctx, filter, search)
	if err != nil {
		return nil, err
	}
	return directory.Places(ctx, view(ctx), f, page)
}

func resolvePlaceFilter(ctx context.Context, filter *market.PlaceFilter, search *market.ID) (market.PlaceFilter, error) {
	switch {
	case filter != nil && search != nil:
		return market.PlaceFilter{}, market.RefuseField(market.Invalid, "search", "Enter either a filter or a saved search, not both.")
	case search != nil:
		return directory.SavedFilter(ctx, view(ctx), *search)
	case filter != nil:
		return *filter, nil
	}
	return market.PlaceFilter{}, nil
}

// comparePlaces gives settings in the caller's order.
func comparePlaces(ctx context.Context, settings []*market.ID, near *market.NearInput) ([]*market.Place, error) {
	if err := rules.CheckComparison(len(settings), near); err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(settings))
	for i, id := range settings {
		if id.Kind == idkind.Setting {
			ids[i] = id.UUID
		}
	}
	found, err := directory.ComparePlaces(ctx, view(ctx), ids, near)
	if err != nil {
		return nil, err
	}
	all := make([]*market.Place, len(ids))
	for i, id := range ids {
		all[i] = found[id]
	}
	return all, nil
}
