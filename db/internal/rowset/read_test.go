package rowset_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// A page with what belongs to it is one statement, and from the second time on one round trip.
func TestAPageBringsWhatBelongsToIt(t *testing.T) {
	w := newWorld(t)
	s := selecting("Need.reference", "Need.offers", "Need.lot", "Offer.provider", "Provider.name", "Lot.name")
	for turn := range 2 {
		w.sent = nil
		v := w.view(w.officer(), s)
		page, err := needsByAge.Page(t.Context(), v, market.Page{First: 20})
		must(t, err)
		if len(page.Edges) != 20 || !page.PageInfo.HasNextPage {
			t.Fatalf("%d needs", len(page.Edges))
		}
		ids := make([]uuid.UUID, len(page.Edges))
		for i, edge := range page.Edges {
			ids[i] = edge.Node.ID
			if i > 0 && page.Edges[i-1].Node.CreatedAt.Before(edge.Node.CreatedAt) {
				t.Error("not in order")
			}
			if edge.Node.Profile != "" || edge.Node.Reference == "" {
				t.Errorf("read %+v", edge.Node)
			}
			lots, err := lots.ByID(t.Context(), v, []uuid.UUID{edge.Node.LotID})
			must(t, err)
			if lots[edge.Node.LotID].Name == "" {
				t.Error("a lot without a name")
			}
		}
		lists, err := offersOfNeeds.Read(t.Context(), v, ids)
		must(t, err)
		for _, id := range ids {
			if len(lists[id]) != 5 {
				t.Errorf("%d offers", len(lists[id]))
			}
			for _, o := range lists[id] {
				providers, err := providers.ByID(t.Context(), v, []uuid.UUID{o.ProviderID})
				must(t, err)
				if o.NeedID != id || providers[o.ProviderID].Name == "" {
					t.Errorf("%+v of %v", o, providers)
				}
			}
		}
		t.Log(v.Rows(), w.sent)
		if want := 2; len(w.sent) != want {
			t.Errorf("turn %d: %d statements: %q", turn, len(w.sent), w.sent)
		}
		v.Renew(t.Context())
	}
}
