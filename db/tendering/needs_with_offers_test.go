package tendering_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// Each need of a page has its own offers, whatever the page's size and however PostgreSQL joins.
func TestOffersComeWithTheNeedsThatAreShown(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 20)
	const needs = 5
	for i := range needs {
		if i > 0 { // each in its own lot, so that an order by lots differs from that of the page
			f.PublishLot(market.ProcedureMatching)
			f.AdmitProvider(0)
		}
		need := f.PublishNeed(f.Kent)
		offer := f.SubmitOffer(need, 0)
		f.Advance(t, 12*24*time.Hour)
		f.RankOffers(f.Kent, need, offer)
	}
	who := dbtest.ActorAs(policy.Commissioner, f.Kent)
	for _, joins := range []string{"enable_mergejoin", "enable_hashjoin", "enable_nestloop"} {
		for _, setting := range []string{"enable_mergejoin", "enable_hashjoin", "enable_nestloop"} {
			value := "off"
			if setting == joins {
				value = "on"
			}
			_, err := f.Admin.Exec("ALTER ROLE dps_api IN DATABASE " + f.Name + " SET " + setting + " = " + value)
			dbtest.RequireNoError(t, err)
		}
		handle := f.Open(t, "dps_api")
		for first := 1; first <= needs; first++ {
			v := handle.View(who)
			v.Select(db.NewSelection(map[string]map[string]bool{"Need": {"lot": true, "offers": true}, "Offer": {"provider": true}}))
			page, err := tendering.Needs(t.Context(), v, market.Page{First: first})
			dbtest.RequireNoError(t, err)
			if len(page.Edges) != first {
				t.Fatalf("%d needs of %d", len(page.Edges), first)
			}
			for _, edge := range page.Edges {
				offers, err := tendering.OffersOfNeeds(t.Context(), v, []uuid.UUID{edge.Node.ID})
				dbtest.RequireNoError(t, err)
				if own := offers[edge.Node.ID]; len(own) != 1 || own[0].NeedID != edge.Node.ID {
					t.Errorf("with %s, a page of %d: %d offers of a need that has one", joins, first, len(own))
				}
			}
			dbtest.RequireNoError(t, v.End(t.Context()))
		}
	}
}
