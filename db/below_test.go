package db_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// Each need that a page shows has its own offers below it, whatever its size and however PostgreSQL joins what comes along.
func TestOffersComeBelowTheNeedsThatAreShown(t *testing.T) {
	f := newFixture(t, 1, 20)
	const needs = 5
	for i := range needs {
		if i > 0 { // each in a lot of its own, so that an order by lots is another one than that of the page
			f.publishLot(market.ProcedureMatching)
			f.admitProvider(0)
		}
		need := f.publishNeed(f.kent)
		offer := f.submitOffer(need, 0)
		f.Advance(t, 12*24*time.Hour)
		f.rankOffers(f.kent, need, offer)
	}
	who := actorAs(policy.Commissioner, f.kent)
	for _, joins := range []string{"enable_mergejoin", "enable_hashjoin", "enable_nestloop"} {
		for _, setting := range []string{"enable_mergejoin", "enable_hashjoin", "enable_nestloop"} {
			value := "off"
			if setting == joins {
				value = "on"
			}
			_, err := f.Admin.Exec("ALTER ROLE dps_api IN DATABASE " + f.Name + " SET " + setting + " = " + value)
			requireNoError(t, err)
		}
		handle := f.alone(t)
		for first := 1; first <= needs; first++ {
			v := selecting(handle, who, db.NewSelection(map[string]map[string]bool{"Need": {"lot": true, "offers": true}, "Offer": {"provider": true}}))
			page, err := tendering.Needs(t.Context(), v, market.Page{First: first})
			requireNoError(t, err)
			if len(page.Edges) != first {
				t.Fatalf("%d needs of %d", len(page.Edges), first)
			}
			for _, edge := range page.Edges {
				offers, err := tendering.OffersOfNeeds(t.Context(), v, []uuid.UUID{edge.Node.ID})
				requireNoError(t, err)
				if own := offers[edge.Node.ID]; len(own) != 1 || own[0].NeedID != edge.Node.ID {
					t.Errorf("with %s, a page of %d: %d offers of a need that has one", joins, first, len(own))
				}
			}
			requireNoError(t, v.End(t.Context()))
		}
	}
}
