package rowset_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
)

func BenchmarkPage(b *testing.B) {
	w := newWorld(b)
	_, err := w.Admin.Exec("VACUUM ANALYZE")
	must(b, err)
	fields := map[string]map[string]bool{
		"Need":  {"id": true, "reference": true, "deadline": true, "primaryNeed": true, "ageLow": true, "ageHigh": true, "profile": true, "offers": true},
		"Offer": {"id": true, "receivedAt": true, "startsOn": true, "needsMet": true, "provider": true}, "Provider": {"id": true, "name": true},
	}
	fields2 := map[string]map[string]bool{
		"Need": fields["Need"], "Offer": fields["Offer"], "Provider": {"id": true, "name": true, "figures": true},
	}
	w.API.View(w.officer()).Actor()
	for name, f := range map[string]map[string]map[string]bool{"plain": fields, "figures": fields2} {
		old, made := db.NewSelection(f), rowset.NewSelection(f)
		before := func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				v := w.API.View(w.officer())
				v.Select(old)
				v.Bound(5000)
				page, err := v.Needs(b.Context(), market.Page{First: 20})
				must(b, err)
				ids := make([]uuid.UUID, 0, 20)
				for _, e := range page.Edges {
					ids = append(ids, e.Node.ID)
				}
				offers, err := v.OffersOfNeeds(b.Context(), ids)
				must(b, err)
				if len(offers[ids[0]]) != 5 {
					b.Fatal(len(offers[ids[0]]))
				}
				must(b, v.End(b.Context()))
			}
		}
		after := func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				v := w.view(w.officer(), made)
				w.sent = nil
				v.Bound(5000)
				page, err := needsByAge.Page(b.Context(), v, market.Page{First: 20})
				must(b, err)
				ids := make([]uuid.UUID, 0, 20)
				for _, e := range page.Edges {
					ids = append(ids, e.Node.ID)
				}
				offers, err := offersOfNeeds.Read(b.Context(), v, ids)
				must(b, err)
				if len(offers[ids[0]]) != 5 {
					b.Fatal(len(offers[ids[0]]))
				}
				v.Renew(b.Context())
			}
		}
		for range 2 {
			b.Run(name+"/old", before)
			b.Run(name+"/new", after)
		}
		b.Log(w.sent)
	}
}
