package e2e_test

import (
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// TestFewReadAUniqueProfile: of a profile that is unique in its cohort some members may be told, with a reason; the others
// see nothing of it, also when it changes. Of a common one every member is told.
func TestFewReadAUniqueProfile(t *testing.T) {
	s := newScene(t, "SCORED", bidsOf(1), bidsOf(2))
	to := func(need string, providers ...int) fields {
		var ids []string
		for _, n := range providers {
			ids = append(ids, opaque("provider", demo.ProviderID(n)))
		}
		return fields{"need": need, "deadline": s.now().AddDate(0, 0, 12), "uniqueReason": "Synthetic: as wide as it can be.", "recipients": ids,
			"recipientsReason": "Synthetic: only they have such a place."}
	}
	need := s.draft(demo.Commissioner, nil)
	s.refused("NOT_ADMITTED", demo.Commissioner, "publishNeed", to(need, 1, 4)) // 4 is no member
	silent := to(need, 1)
	delete(silent, "recipientsReason")
	s.refused("INVALID", demo.Commissioner, "publishNeed", silent)
	published := s.done(demo.Commissioner, "publishNeed", to(need, 1), "need { invitedCount restricted }").At("need")
	if published.At("invitedCount").Text() != "1" || published.At("restricted").Text() != "true" {
		t.Errorf("published is %v", published)
	}
	s.done(demo.Commissioner, "amendNeed", s.amending(need), "")
	if !s.node(bidsOf(1), "Need", need, "id").Is() || s.node(bidsOf(2), "Need", need, "id").Is() {
		t.Error("the one that was chosen is to see it, and no other")
	}
	s.refused("NOT_FOUND", bidsOf(2), "submitOffer", s.offering(need, 4, "4000.00"))
	s.refused("INVALID", demo.Commissioner, "publishNeed", to(s.draft(demo.Commissioner, nil), 1)) // no longer unique
}
