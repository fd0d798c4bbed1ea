package e2e_test

import (
	"testing"

	"github.com/southeasttogether/dps/demo"
)

func (s *scene) suspend(who demo.Persona, suspended bool) {
	s.t.Helper()
	s.done(demo.MarketManager, "suspendMembership", fields{"membership": s.membership(who), "suspended": suspended}, "")
}

// TestSuspendedBetweenOfferAndOpening: the offer lies where it is and is not opened.
func TestSuspendedBetweenOfferAndOpening(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1), bidsOf(2))
	kent := staffOf("Kent")
	need := s.published(kent.commissioner)
	suspended, other := s.bid(bidsOf(1), need, 2, "3000.00"), s.bid(bidsOf(2), need, 4, "4000.00")
	s.suspend(bidsOf(1), true)
	s.refused("NOT_ADMITTED", bidsOf(1), "submitOffer", s.offering(need, 2, "2900.00"))
	s.pass(pastDeadline)
	s.done(kent.opener, "openOffers", fields{"need": need}, "")
	opened := s.node(kent.commissioner, "Need", need, "offers { id }").At("offers").All()
	if len(opened) != 1 || opened[0].At("id").Text() != other {
		t.Errorf("opened: %v", opened)
	}
	s.suspend(bidsOf(1), false) // too late: offers are opened once
	s.refused("WRONG_STATE", kent.opener, "openOffers", fields{"need": need})
	if s.node(kent.commissioner, "Offer", suspended, "id").Is() {
		t.Error("an offer of a suspended member is seen")
	}
	if own := s.node(bidsOf(1), "Offer", suspended, "price { weekly }"); own.At("price.weekly").Text() != "3000.00" {
		t.Errorf("its own provider reads %v", own)
	}
}

// TestSuspendedBeforeTheAward: membership is checked again when an award is proposed, and when it is approved.
func TestSuspendedBeforeTheAward(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1))
	kent := staffOf("Kent")
	need := s.published(kent.commissioner)
	offer := s.bid(bidsOf(1), need, 2, "4000.00")
	s.pass(pastDeadline)
	s.ranked(kent, need, offer)
	award := fields{"offer": offer, "reason": "Synthetic: the best."}
	s.suspend(bidsOf(1), true)
	s.refused("NOT_ADMITTED", kent.commissioner, "proposeAward", award)
	s.suspend(bidsOf(1), false)
	award["idempotencyKey"] = nil
	proposed := s.done(kent.commissioner, "proposeAward", award, "award { id }").At("award.id").Text()
	s.suspend(bidsOf(1), true)
	s.refused("NOT_ADMITTED", kent.approver, "approveAward", fields{"award": proposed, "standstill": false})
	s.suspend(bidsOf(1), false)
	s.done(kent.approver, "approveAward", fields{"award": proposed, "standstill": false}, "")
}

// TestSuspendedMembersAreNotInvited: the snapshot holds who was active when the need was published, and stays so.
func TestSuspendedMembersAreNotInvited(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1), bidsOf(2))
	s.suspend(bidsOf(2), true)
	need := s.published(demo.Commissioner)
	s.suspend(bidsOf(2), false)
	s.admit(bidsOf(3))
	if n := s.node(demo.Commissioner, "Need", need, "invitedCount").At("invitedCount").Text(); n != "1" {
		t.Errorf("%s invited", n)
	}
	for _, who := range []demo.Persona{bidsOf(2), bidsOf(3)} {
		if s.node(who, "Need", need, "id").Is() {
			t.Errorf("%s sees a need to which it was not invited", who)
		}
		s.refused("NOT_FOUND", who, "submitOffer", s.offering(need, 4, "4000.00"))
	}
}
