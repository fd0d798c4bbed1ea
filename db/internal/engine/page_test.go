package engine_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/record"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

func TestPagesOfTheLog(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	f.ExecSQL("ALTER TABLE dps.event ALTER COLUMN id RESTART WITH 1000000") // a number that JSON would write as 1e+06
	for range 3 {
		f.DraftNeed(f.Kent)
	}
	v := f.API.View(dbtest.ActorAs(policy.Auditor, f.Kent))
	defer v.End(t.Context()) //nolint:errcheck // it only read
	page := market.Page{First: 2}
	seen := map[uuid.UUID]bool{}
	for {
		found, err := record.Events(t.Context(), v, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, edge := range found.Edges {
			seen[edge.Node.ID] = true
		}
		if !found.PageInfo.HasNextPage {
			break
		}
		page.After = dbtest.EndOf(t, found.PageInfo)
	}
	if len(seen) != 4 { // Kent was founded, too
		t.Errorf("%d events in pages of two, want 4", len(seen))
	}
}

func TestPagesOfParents(t *testing.T) {
	f := dbtest.NewFixture(t, 2, 2)
	v := f.API.View(policy.Actor{Role: policy.Public})
	defer v.End(t.Context()) //nolint:errcheck // it only read
	if found, err := directory.SettingsOfProviders(t.Context(), v, nil, market.Page{First: 1}); err != nil || len(found) != 0 {
		t.Errorf("of no parent: %v, %v", found, err)
	}
	found, err := directory.SettingsOfProviders(t.Context(), v, f.Providers, market.Page{First: 1})
	if err != nil {
		t.Fatal(err)
	}
	ofFirst := market.Page{First: 1, After: dbtest.EndOf(t, found[f.Providers[0]].PageInfo)}
	for _, parents := range [][]uuid.UUID{f.Providers, f.Providers[1:]} {
		_, err = directory.SettingsOfProviders(t.Context(), v, parents, ofFirst)
		dbtest.RequireRefused(t, err, market.Invalid)
	}
	if _, err = directory.SettingsOfProviders(t.Context(), v, f.Providers[:1], ofFirst); err != nil {
		t.Error(err)
	}
}
