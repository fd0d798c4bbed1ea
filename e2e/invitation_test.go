package e2e_test

import (
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// TestPublishUniqueProfileToFewRecipients: a profile that is unique in its cohort can go to some members, with a
// reason. The others see nothing of it, even when it changes. A common profile goes to every member.
func TestPublishUniqueProfileToFewRecipients(t *testing.T) {
	s := newScene(t, "SCORED", bidsManagerOf(1), bidsManagerOf(2))
	to := func(need string, providers ...int) fields {
		var ids []string
		for _, n := range providers {
			ids = append(ids, opaqueID("provider", demo.ProviderID(n)))
		}
		return fields{
			"need": need, "deadline": s.marketTime().AddDate(0, 0, 12), "uniqueReason": "Synthetic: as wide as it can be.",
			"recipients":       ids,
			"recipientsReason": "Synthetic: only they have such a place.",
		}
	}
	need := s.draftNeed(demo.Commissioner, nil)
	s.requireRefused("NOT_ADMITTED", demo.Commissioner, "publishNeed", to(need, 1, 4)) // number 4 is not a member
	silent := to(need, 1)
	delete(silent, "recipientsReason")
	s.requireRefused("INVALID", demo.Commissioner, "publishNeed", silent)
	published := s.mustChange(demo.Commissioner, "publishNeed", to(need, 1), "need { invitedCount restricted }").At("need")
	if published.At("invitedCount").Text() != "1" || published.At("restricted").Text() != "true" {
		t.Errorf("published is %v", published)
	}
	s.mustChange(demo.Commissioner, "amendNeed", s.amendmentInput(need), "")
	if !s.readNode(bidsManagerOf(1), "Need", need, "id").Exists() || s.readNode(bidsManagerOf(2), "Need", need, "id").Exists() {
		t.Error("the one that was chosen is to see it, and no other")
	}
	s.requireRefused("NOT_FOUND", bidsManagerOf(2), "submitOffer", s.offerInput(need, 4, "4000.00"))
	s.requireRefused("INVALID", demo.Commissioner, "publishNeed", to(s.draftNeed(demo.Commissioner, nil), 1)) // not unique any more
}
