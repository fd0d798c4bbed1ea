package e2e_test

import (
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// TestClosedSettingCannotBeOfferedOrAwarded: it cannot be offered. An earlier offer is not opened, and an opened one is
// not proposed, approved or accepted.
func TestClosedSettingCannotBeOfferedOrAwarded(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2), bidsManagerOf(3), bidsManagerOf(4))
	kent := staffOf("Kent")
	closes := func(setting int, days int) {
		s.execAsAdmin("UPDATE dps.setting SET closed_on = $2 WHERE id = $1", demo.SettingID(setting), s.dayFromNow(days))
	}
	need := s.publishNeed(kent.commissioner)
	closes(2, 30) // the offer is for the sixtieth day
	if said := s.tryChange(bidsManagerOf(1), "submitOffer", s.offerInput(need, 2, "4000.00"), ""); said.code != "WRONG_STATE" {
		t.Errorf("a place in a setting that closes: %q, %s", said.code, said.words)
	}
	closed := s.submitOffer(bidsManagerOf(2), need, 4, "4000.00")
	open, other := s.submitOffer(bidsManagerOf(3), need, 6, "4100.00"), s.submitOffer(bidsManagerOf(4), need, 8, "4200.00")
	s.passTime(pastDeadline)
	closes(4, 0)
	s.rankOffers(kent, need, open, other)
	if offers := s.readNode(kent.commissioner, "Need", need, "offers { id }").At("offers").All(); len(offers) != 2 {
		t.Errorf("%d offers were opened", len(offers))
	}
	if seen := s.readNode(bidsManagerOf(2), "Offer", closed, "withdrawnAt needsMet"); !seen.At("needsMet").Exists() {
		t.Errorf("its provider reads %v", seen)
	}

	propose := func(offer string) fields {
		return fields{"offer": offer, "reason": "Synthetic: the best of all that are left, and near the family's home."}
	}
	closes(6, 0)
	s.requireRefused("WRONG_STATE", kent.commissioner, "proposeAward", propose(open))
	award := s.mustChange(kent.commissioner, "proposeAward", propose(other), "award { id }").At("award.id").Text()
	closes(8, 48) // its first day
	s.requireRefused("WRONG_STATE", kent.approver, "approveAward", fields{"award": award, "standstill": false})
	closes(8, 49)
	s.mustChange(kent.approver, "approveAward", fields{"award": award, "standstill": false}, "")
	closes(8, 0)
	s.requireRefused("WRONG_STATE", bidsManagerOf(4), "acceptAward", fields{"award": award})
	if n := s.countRows("placement"); n != 0 {
		t.Errorf("%d children are placed in a closed setting", n)
	}
}
