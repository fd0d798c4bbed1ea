package e2e_test

import (
	"slices"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

func (s *scene) suspend(who demo.Persona, suspended bool) {
	s.t.Helper()
	mutation := "restoreMembership"
	if suspended {
		mutation = "suspendMembership"
	}
	s.done(demo.MarketManager, mutation, fields{"membership": s.membership(who), "reason": "Synthetic: as the inspection found."}, "")
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

// TestSuspendedUntil: a suspension with an end ends by the clock, with nobody to lift it; its reason is told to the
// provider and the lead authority, its state to everybody.
func TestSuspendedUntil(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1), bidsOf(2))
	member, until := s.membership(bidsOf(1)), s.now().Add(72*time.Hour)
	s.done(demo.MarketManager, "suspendMembership", fields{"membership": member, "reason": "Synthetic: until the roof is mended.", "until": until}, "")
	if shown := s.node(demo.Public, "Membership", member, "status suspendedUntil"); shown.At("status").Text() != "SUSPENDED" || !shown.At("suspendedUntil").Is() {
		t.Errorf("the public sees %v", shown)
	}
	without := s.published(demo.Commissioner)
	s.pass(73 * time.Hour)
	if shown := s.node(demo.Public, "Membership", member, "status suspendedUntil"); shown.At("status").Text() != "ACTIVE" || shown.At("suspendedUntil").Is() {
		t.Errorf("afterwards the public sees %v", shown)
	}
	with := s.published(demo.Commissioner)
	for need, invited := range map[string]string{without: "1", with: "2"} {
		if n := s.node(demo.Commissioner, "Need", need, "invitedCount").At("invitedCount").Text(); n != invited {
			t.Errorf("%s invited and not %s", n, invited)
		}
	}
	offer := s.bid(bidsOf(1), with, 2, "4000.00")
	s.pass(pastDeadline)
	s.done(staffOf("Kent").opener, "openOffers", fields{"need": with}, "")
	if !s.node(demo.Commissioner, "Offer", offer, "id").Is() {
		t.Error("an offer of a member whose suspension is over was not opened")
	}
	s.refused("WRONG_STATE", demo.MarketManager, "restoreMembership", fields{"membership": member, "reason": "Synthetic: it is over."})
	if got := s.history(bidsOf(1), member); !slices.Equal(got, []string{"ADMITTED", "SUSPENDED"}) {
		t.Errorf("history: %v", got)
	}
}

// history are the kinds of steps that somebody reads of a membership.
func (s *scene) history(who demo.Persona, member string) (kinds []string) {
	s.t.Helper()
	for _, step := range s.node(who, "Membership", member, "history { kind reason at by until }").At("history").All() {
		kinds = append(kinds, step.At("kind").Text())
	}
	return kinds
}

// TestRemovalTakesNoticeAndReasons: the provider hears why, and may answer, before it is removed; a removed one may apply
// again.
func TestRemovalTakesNoticeAndReasons(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1), bidsOf(2))
	member, manager := s.membership(bidsOf(1)), demo.MarketManager
	remove := fields{"membership": member, "decision": "REMOVE", "reasons": "Synthetic: the answer did not change it."}
	s.refused("WRONG_STATE", manager, "decideRemoval", remove)
	announced := s.done(manager, "announceRemoval", fields{"membership": member, "reasons": "Synthetic: registration was cancelled."},
		"membership { status history { kind until } }").At("membership")
	if announced.At("status").Text() != "ACTIVE" || !announced.At("history.1.until").Is() {
		t.Errorf("announced: %v", announced)
	}
	s.refused("ALREADY_EXISTS", manager, "announceRemoval", fields{"membership": member, "reasons": "Synthetic: again."})
	s.refused("NOT_FOUND", bidsOf(2), "answerRemoval", fields{"membership": member, "answer": "Synthetic: not ours."})
	s.done(bidsOf(1), "answerRemoval", fields{"membership": member, "answer": "Synthetic: it was given back."}, "")
	remove["idempotencyKey"] = nil
	s.refused("TOO_EARLY", manager, "decideRemoval", remove)
	s.pass(30 * 24 * time.Hour)
	remove["idempotencyKey"] = nil
	if got := s.done(manager, "decideRemoval", remove, "membership { status endedAt }").At("membership"); got.At("status").Text() != "ENDED" || !got.At("endedAt").Is() {
		t.Errorf("removed: %v", got)
	}
	if got := s.history(bidsOf(1), member); !slices.Equal(got, []string{"ADMITTED", "REMOVAL_ANNOUNCED", "REMOVAL_ANSWERED", "REMOVED"}) {
		t.Errorf("history: %v", got)
	}
	if got := s.history(bidsOf(2), member); got != nil {
		t.Errorf("another provider reads the history %v", got)
	}
	s.refused("WRONG_STATE", manager, "suspendMembership", fields{"membership": member, "reason": "Synthetic: too late."})
	s.admit(bidsOf(1))
}

// TestLeaving: a provider leaves by itself and from its own lots alone; what it had offered is not opened.
func TestLeaving(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1), bidsOf(2))
	kent := staffOf("Kent")
	need := s.published(kent.commissioner)
	offer := s.bid(bidsOf(1), need, 2, "4000.00")
	member := s.membership(bidsOf(1))
	s.refused("NOT_FOUND", bidsOf(2), "leaveLot", fields{"membership": member, "reason": "Synthetic: for another."})
	s.done(bidsOf(1), "leaveLot", fields{"membership": member, "reason": "Synthetic: we close."}, "membership { status }")
	s.refused("WRONG_STATE", bidsOf(1), "leaveLot", fields{"membership": member, "reason": "Synthetic: once more."})
	s.pass(pastDeadline)
	s.done(kent.opener, "openOffers", fields{"need": need}, "")
	if s.node(kent.commissioner, "Offer", offer, "id").Is() {
		t.Error("an offer of a provider that has left was opened")
	}
}

// TestAProviderCannotRestoreItself behind the program: row security lets it reach its own membership, to leave.
func TestAProviderCannotRestoreItself(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1))
	s.suspend(bidsOf(1), true)
	me := policy.Actor{Role: policy.BidsManager, Person: "synthetic.bids", Organisation: bidsOf(1).Organisation}
	for name, statement := range map[string]string{
		"restores itself":            "UPDATE dps.membership SET suspended_at = NULL WHERE provider_id = dps.org()",
		"leaves and restores itself": "UPDATE dps.membership SET ended_at = dps.now(), suspended_at = NULL WHERE provider_id = dps.org()",
		"writes the authority's step": `INSERT INTO dps.membership_step (id, membership_id, authority_id, provider_id, kind, reason, at, person)
			SELECT gen_random_uuid(), id, provider_id, provider_id, 'RESTORED', 'Synthetic', dps.now(), 'synthetic.bids' FROM dps.membership WHERE provider_id = dps.org()`,
	} {
		tx := s.Become(t, me)
		if _, err := tx.Exec(statement); err == nil {
			t.Errorf("a provider %s", name)
		}
		must(t, tx.Rollback())
	}
	tx := s.Become(t, me)
	_, err := tx.Exec("UPDATE dps.membership SET ended_at = dps.now() WHERE provider_id = dps.org()")
	must(t, err)
	must(t, tx.Rollback())
}
