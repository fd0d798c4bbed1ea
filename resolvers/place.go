package resolvers

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// knowRunners notes the providers that came with a page of places, so that asking for them takes no statement more.
func (r *request) knowRunners(found *market.PlaceConnection) {
	for _, edge := range found.Edges {
		r.knowRunner(edge.Node)
	}
}

func (r *request) knowRunner(p *market.Place) {
	if p.ProviderID != nil {
		r.provider.know(*p.ProviderID, &p.Runner)
	}
}

// compare gives settings in the order asked for.
func (r *request) compare(ctx context.Context, settings []*market.ID, near *market.NearInput) ([]*market.Place, error) {
	if err := market.CheckComparison(len(settings), near); err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(settings))
	for i, id := range settings {
		if id.Kind == market.KindSetting {
			ids[i] = id.UUID
		}
	}
	found, err := r.view.Compare(ctx, ids, near)
	if err != nil {
		return nil, err
	}
	all := make([]*market.Place, len(ids))
	for i, id := range ids {
		if all[i] = found[id]; all[i] != nil {
			r.knowRunner(all[i])
		}
	}
	return all, nil
}
