package engine_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// Each need that a page shows has its own offers below it, whatever its size and however PostgreSQL joins what comes along.
func TestOffersComeBelowTheNeedsThatAreShown(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 20)
	const needs = 5
	for i := range needs {
		if i > 0 { // each in a lot of its own, so that an order by lots is another one than that of the page
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
		handle := alone(f, t)
		for first := 1; first <= needs; first++ {
			v := selecting(handle, who, db.NewSelection(map[string]map[string]bool{"Need": {"lot": true, "offers": true}, "Offer": {"provider": true}}))
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

// TestFiguresAreComputedOncePerProvider for each provider, however many rows name it.
func TestFiguresAreComputedOncePerProvider(t *testing.T) {
	f := dbtest.NewFixture(t, 2, 2)
	tx := f.Become(t, policy.Actor{Role: policy.Public})
	// As for one of many providers: each row looks up what it names.
	_, err := tx.Exec("SET LOCAL search_path = dps; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_memoize = off; SET LOCAL enable_material = off")
	dbtest.RequireNoError(t, err)
	rows, err := tx.Query("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) " + engine.ProvidersAlong("SELECT n AS id, p.id AS provider_id FROM provider p, generate_series(1, 20) n LIMIT 1000"))
	dbtest.RequireNoError(t, err)
	defer rows.Close()
	var plan []string
	for rows.Next() {
		var line string
		dbtest.RequireNoError(t, rows.Scan(&line))
		plan = append(plan, line)
	}
	dbtest.RequireNoError(t, rows.Err())
	loops := regexp.MustCompile(`rating r .*loops=(\d+)`).FindStringSubmatch(strings.Join(plan, "\n"))
	if len(loops) != 2 || loops[1] != "2" {
		t.Errorf("the ratings of 2 providers that 40 rows name:\n%s", strings.Join(plan, "\n"))
	}
}
