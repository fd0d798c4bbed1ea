package e2e_test

import (
	"slices"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

func (s *scene) setSuspended(who demo.Persona, suspended bool) {
	s.t.Helper()
	mutation := "restoreMembership"
	if suspended {
		mutation = "suspendMembership"
	}
	s.mustChange(demo.MarketManager, mutation, fields{"membership": s.membershipID(who), "reason": "Synthetic: as the inspection found."}, "")
}

// TestSuspendedMembersOfferIsNotOpened: the offer stays where it is, sealed.
func TestSuspendedMembersOfferIsNotOpened(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2))
	kent := staffOf("Kent")
	need := s.publishNeed(kent.commissioner)
	suspended, other := s.submitOffer(bidsManagerOf(1), need, 2, "3000.00"), s.submitOffer(bidsManagerOf(2), need, 4, "4000.00")
	s.setSuspended(bidsManagerOf(1), true)
	s.requireRefused("NOT_ADMITTED", bidsManagerOf(1), "submitOffer", s.offerInput(need, 2, "2900.00"))
	s.passTime(pastDeadline)
	s.mustChange(kent.opener, "openOffers", fields{"need": need}, "")
	opened := s.readNode(kent.commissioner, "Need", need, "offers { id }").At("offers").All()
	if len(opened) != 1 || opened[0].At("id").Text() != other {
		t.Errorf("opened: %v", opened)
	}
	s.setSuspended(bidsManagerOf(1), false) // too late: offers are opened once
	s.requireRefused("WRONG_STATE", kent.opener, "openOffers", fields{"need": need})
	if s.readNode(kent.commissioner, "Offer", suspended, "id").Exists() {
		t.Error("an offer of a suspended member is seen")
	}
	if own := s.readNode(bidsManagerOf(1), "Offer", suspended, "price { weekly }"); own.At("price.weekly").Text() != "3000.00" {
		t.Errorf("its own provider reads %v", own)
	}
}

// TestSuspendedMemberIsNotAwarded: membership is checked again when an award is proposed, and when it is approved.
func TestSuspendedMemberIsNotAwarded(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	need := s.publishNeed(kent.commissioner)
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.passTime(pastDeadline)
	s.rankOffers(kent, need, offer)
	award := fields{"offer": offer, "reason": "Synthetic: the best."}
	s.setSuspended(bidsManagerOf(1), true)
	s.requireRefused("NOT_ADMITTED", kent.commissioner, "proposeAward", award)
	s.setSuspended(bidsManagerOf(1), false)
	award["idempotencyKey"] = nil
	proposed := s.mustChange(kent.commissioner, "proposeAward", award, "award { id }").At("award.id").Text()
	s.setSuspended(bidsManagerOf(1), true)
	s.requireRefused("NOT_ADMITTED", kent.approver, "approveAward", fields{"award": proposed, "standstill": false})
	s.setSuspended(bidsManagerOf(1), false)
	s.mustChange(kent.approver, "approveAward", fields{"award": proposed, "standstill": false}, "")
}

// TestSuspendedMembersAreNotInvited: a member that is suspended when a need is published, and a provider that is no member yet, are not
// invited. TestMemberAdmittedDuringACallIsInvited says what comes later.
func TestSuspendedMembersAreNotInvited(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2))
	s.setSuspended(bidsManagerOf(2), true)
	need := s.publishNeed(demo.Commissioner)
	if n := s.readNode(demo.Commissioner, "Need", need, "invitedCount").At("invitedCount").Text(); n != "1" {
		t.Errorf("%s invited", n)
	}
	for _, who := range []demo.Persona{bidsManagerOf(2), bidsManagerOf(3)} {
		if s.readNode(who, "Need", need, "id").Exists() {
			t.Errorf("%s sees a need to which it was not invited", who)
		}
		s.requireRefused("NOT_FOUND", who, "submitOffer", s.offerInput(need, 4, "4000.00"))
	}
}

// TestSuspensionEndsByTheClock: a suspension with an end ends by the clock, without a person. The provider and the lead
// authority can read its reason, everybody its state.
func TestSuspensionEndsByTheClock(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2))
	member, until := s.membershipID(bidsManagerOf(1)), s.marketTime().Add(72*time.Hour)
	s.mustChange(demo.MarketManager, "suspendMembership", fields{
		"membership": member, "reason": "Synthetic: until the roof is mended.",
		"until": until,
	}, "")
	if shown := s.readNode(demo.Public, "Membership", member, "status suspendedUntil"); shown.At("status").Text() != "SUSPENDED" ||
		!shown.At("suspendedUntil").Exists() {
		t.Errorf("the public sees %v", shown)
	}
	during := s.publishNeed(demo.Commissioner)
	if s.readNode(bidsManagerOf(1), "Need", during, "id").Exists() {
		t.Error("a suspended member reads the need")
	}
	s.passTime(73 * time.Hour)
	if shown := s.readNode(demo.Public, "Membership", member, "status suspendedUntil"); shown.At("status").Text() != "ACTIVE" ||
		shown.At("suspendedUntil").Exists() {
		t.Errorf("afterwards the public sees %v", shown)
	}
	after := s.publishNeed(demo.Commissioner)
	for _, need := range []string{during, after} { // it can offer in time for both
		if n := s.readNode(demo.Commissioner, "Need", need, "invitedCount").At("invitedCount").Text(); n != "2" {
			t.Errorf("%s invited and not 2", n)
		}
		if !s.readNode(bidsManagerOf(1), "Need", need, "id").Exists() {
			t.Error("a member whose suspension is over does not read the need")
		}
	}
	offer := s.submitOffer(bidsManagerOf(1), after, 2, "4000.00")
	s.passTime(pastDeadline)
	s.mustChange(staffOf("Kent").opener, "openOffers", fields{"need": after}, "")
	if !s.readNode(demo.Commissioner, "Offer", offer, "id").Exists() {
		t.Error("an offer of a member whose suspension is over was not opened")
	}
	s.requireRefused("WRONG_STATE", demo.MarketManager, "restoreMembership", fields{"membership": member, "reason": "Synthetic: it is over."})
	if got := s.historyKinds(bidsManagerOf(1), member); !slices.Equal(got, []string{"ADMITTED", "SUSPENDED"}) {
		t.Errorf("history: %v", got)
	}
}

// historyKinds are the kinds of steps that a person can read of a membership.
func (s *scene) historyKinds(who demo.Persona, member string) (kinds []string) {
	s.t.Helper()
	for _, step := range s.readNode(who, "Membership", member, "history { kind reason at by until }").At("history").All() {
		kinds = append(kinds, step.At("kind").Text())
	}
	return kinds
}

// TestRemoveMembershipTakesNoticeAndReasons: the provider is told why, and can answer, before it is removed. It can
// apply again.
func TestRemoveMembershipTakesNoticeAndReasons(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2))
	member, manager := s.membershipID(bidsManagerOf(1)), demo.MarketManager
	remove := fields{"membership": member, "decision": "REMOVE", "reasons": "Synthetic: the answer did not change it."}
	s.requireRefused("WRONG_STATE", manager, "decideRemoval", remove)
	announced := s.mustChange(manager, "announceRemoval", fields{"membership": member, "reasons": "Synthetic: registration was cancelled."},
		"membership { status history { kind until } }").At("membership")
	if announced.At("status").Text() != "ACTIVE" || !announced.At("history.1.until").Exists() {
		t.Errorf("announced: %v", announced)
	}
	s.requireRefused("ALREADY_EXISTS", manager, "announceRemoval", fields{"membership": member, "reasons": "Synthetic: again."})
	s.requireRefused("NOT_FOUND", bidsManagerOf(2), "answerRemoval", fields{"membership": member, "answer": "Synthetic: not ours."})
	s.mustChange(bidsManagerOf(1), "answerRemoval", fields{"membership": member, "answer": "Synthetic: it was given back."}, "")
	remove["idempotencyKey"] = nil
	s.requireRefused("TOO_EARLY", manager, "decideRemoval", remove)
	s.passTime(30 * 24 * time.Hour)
	remove["idempotencyKey"] = nil
	if got := s.mustChange(manager, "decideRemoval", remove,
		"membership { status endedAt }").At("membership"); got.At("status").Text() != "ENDED" || !got.At("endedAt").Exists() {
		t.Errorf("removed: %v", got)
	}
	if got := s.historyKinds(bidsManagerOf(1), member); !slices.Equal(got, []string{
		"ADMITTED", "REMOVAL_ANNOUNCED",
		"REMOVAL_ANSWERED", "REMOVED",
	}) {
		t.Errorf("history: %v", got)
	}
	if got := s.historyKinds(bidsManagerOf(2), member); got != nil {
		t.Errorf("another provider reads the history %v", got)
	}
	s.requireRefused("WRONG_STATE", manager, "suspendMembership", fields{"membership": member, "reason": "Synthetic: too late."})
	s.admitProvider(bidsManagerOf(1))
}

// TestLeaveLotVoidsOffers: a provider can leave only its own lots. Its earlier offers are not opened, not even if it is admitted again in
// time, unless it gives them again.
func TestLeaveLotVoidsOffers(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2))
	kent := staffOf("Kent")
	need := s.publishNeed(kent.commissioner)
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	again := s.publishNeed(kent.commissioner)
	offerAgain := s.submitOffer(bidsManagerOf(1), again, 2, "4000.00")
	member := s.membershipID(bidsManagerOf(1))
	s.requireRefused("NOT_FOUND", bidsManagerOf(2), "leaveLot", fields{"membership": member, "reason": "Synthetic: for another."})
	s.mustChange(bidsManagerOf(1), "leaveLot", fields{"membership": member, "reason": "Synthetic: we close."}, "membership { status }")
	s.requireRefused("WRONG_STATE", bidsManagerOf(1), "leaveLot", fields{"membership": member, "reason": "Synthetic: once more."})
	s.admitProvider(bidsManagerOf(1))
	s.submitOffer(bidsManagerOf(1), again, 2, "3900.00")
	s.passTime(pastDeadline)
	s.mustChange(kent.opener, "openOffers", fields{"need": need}, "")
	s.mustChange(kent.opener, "openOffers", fields{"need": again}, "")
	if s.readNode(kent.commissioner, "Offer", offer, "id").Exists() {
		t.Error("an offer from before a provider had left was opened")
	}
	if !s.readNode(kent.commissioner, "Offer", offerAgain, "id").Exists() {
		t.Error("an offer that was given again was not opened")
	}
}

// TestProviderCannotRestoreItsMembership without the program: row security lets it change its own membership only to
// leave.
func TestProviderCannotRestoreItsMembership(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	s.setSuspended(bidsManagerOf(1), true)
	me := policy.Actor{Role: policy.BidsManager, Person: "synthetic.bids", Organisation: bidsManagerOf(1).Organisation}
	for name, statement := range map[string]string{
		"restores itself":            "UPDATE dps.membership SET suspended_at = NULL WHERE provider_id = dps.org()",
		"leaves and restores itself": "UPDATE dps.membership SET ended_at = dps.now(), suspended_at = NULL WHERE provider_id = dps.org()",
		"writes the authority's step": `INSERT INTO dps.membership_step (id, membership_id, authority_id, provider_id, kind, reason, at, person)
			SELECT gen_random_uuid(), id, provider_id, provider_id, 'RESTORED', 'Synthetic', dps.now(), 'synthetic.bids' FROM dps.membership
			WHERE provider_id = dps.org()`,
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
