package agree_test

import (
	"testing"

	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/prove"
)

// TestNeedsListHoldsAllThatTheReaderSees: a list finds its rows by its own conditions, which must not be narrower than
// the reader's rights.
func TestNeedsListHoldsAllThatTheReaderSees(t *testing.T) {
	w, region := newRegion(t, 60, prove.Random("agree list"))
	for _, who := range region.Principals {
		if !w.Policy.Can(who.Role, "need.read") || who.Role == policy.Keeper || who.Role == policy.Worker {
			continue
		}
		view := w.API.View(who.Actor)
		found, err := tendering.Needs(t.Context(), view, market.Page{First: 100})
		if err != nil {
			t.Fatal(err)
		}
		if err := view.End(t.Context()); err != nil {
			t.Fatal(err)
		}
		listed := map[string]bool{}
		for _, edge := range found.Edges {
			listed[edge.Node.ID.String()] = true
		}
		for key, row := range region.Tables["need"] {
			if should := region.May(who, policy.Select, "need", row); should != listed[key] {
				t.Errorf("%s: need %s should be listed: %t, is: %t", who, key, should, listed[key])
			}
		}
	}
}
