package e2e_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

// amending is the input that changes a need's profile.
func (s *scene) amending(need string) fields {
	in := s.drafting(fields{"need": need, "profile": "Synthetic: a quiet home.", "reason": "Synthetic: a doctor has advised.",
		"deadline": s.now().AddDate(0, 0, 12), "uniqueReason": "Synthetic: as wide as it can be."})
	delete(in, "lot")
	return in
}

// TestAChangeBeginsAnew: offers are void, answers taken back, who was admitted since is invited, and everyone is told why. The
// authority is answered the same whether there was an offer or not.
func TestAChangeBeginsAnew(t *testing.T) {
	s := newScene(t, "SCORED", bidsOf(1), bidsOf(2))
	need, quiet := s.published(demo.Commissioner), s.published(demo.Commissioner)
	offer := s.bid(bidsOf(1), need, 2, "4000.00")
	s.done(bidsOf(2), "answerInvitation", fields{"need": need, "answer": "DECLINED", "reason": "FULL"}, "")
	s.admit(bidsOf(3))
	s.pass(5 * 24 * time.Hour)
	s.refused("NOT_FOUND", demo.Neighbour, "amendNeed", s.amending(need))
	s.refused("FORBIDDEN", bidsOf(1), "amendNeed", s.amending(need))
	early := s.amending(need)
	early["deadline"] = s.now().AddDate(0, 0, 9)
	s.refused("TOO_EARLY", demo.Commissioner, "amendNeed", early)
	const selection = "need { status invitedCount amendedAt invitations { answer } changes { reason fields } offersReceived offers { id } }"
	changed, other := s.done(demo.Commissioner, "amendNeed", s.amending(need), selection), s.done(demo.Commissioner, "amendNeed", s.amending(quiet), selection)
	if changed.At("need.invitedCount").Text() != "3" || changed.At("need.changes.0.fields.2").Text() != "profile" || len(changed.At("need.offers").All()) != 0 ||
		other.At("need.invitedCount").Text() != "3" {
		t.Errorf("the authority is answered %v, and of the need without an offer %v", changed.Value, other.Value)
	}
	for _, i := range changed.At("need.invitations").All() {
		if i.At("answer").Is() {
			t.Errorf("an answer to what was asked before stands: %v", i)
		}
	}
	void := s.node(bidsOf(1), "Offer", offer, "voidedAt withdrawnAt need { changes { reason } }")
	if !void.At("voidedAt").Is() || void.At("need.changes.0.reason").Text() != "Synthetic: a doctor has advised." {
		t.Errorf("the bidder is told %v", void)
	}
	if told := s.see(bidsOf(1), `{ events(first: 1) { edges { node { act changed } } } }`, nil).At("events.edges.0.node"); told.At("act").Text() != "need.amend" {
		t.Errorf("the bidder's own log ends with %v", told)
	}
	s.refused("WRONG_STATE", bidsOf(1), "withdrawOffer", fields{"offer": offer})
	s.bid(bidsOf(1), need, 2, "3900.00")
	s.bid(bidsOf(3), need, 6, "3800.00")
	s.pass(7*24*time.Hour + time.Minute) // past the first deadline
	s.refused("TOO_EARLY", demo.Opener1, "openOffers", fields{"need": need})
	s.pass(5 * 24 * time.Hour)
	s.refused("DEADLINE_PASSED", demo.Commissioner, "amendNeed", s.amending(need))
	s.done(demo.Opener1, "openOffers", fields{"need": need}, "")
	s.done(demo.Opener2, "openOffers", fields{"need": need}, "")
	if opened := s.node(demo.Commissioner, "Need", need, "offers { id }").At("offers").All(); len(opened) != 2 {
		t.Errorf("opened are %v", opened)
	}
}

// TestAWithdrawnNeedIsOver: nobody offers, opens or awards; what was sealed stays sealed; a copy begins as a draft.
func TestAWithdrawnNeedIsOver(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1), bidsOf(2))
	kent := staffOf("Kent")
	need, awarded := s.draft(kent.commissioner, fields{"ceilingWeekly": "5000.00"}), s.published(kent.commissioner)
	s.done(kent.commissioner, "publishNeed", fields{"need": need, "deadline": s.now().AddDate(0, 0, 12), "uniqueReason": "Synthetic: as wide as it can be."}, "")
	offer := s.bid(bidsOf(1), need, 2, "4000.00")
	winner := s.bid(bidsOf(2), awarded, 4, "4100.00")
	s.refused("NOT_FOUND", demo.Neighbour, "withdrawNeed", fields{"need": need, "reason": "Synthetic: mine."})
	s.refused("FORBIDDEN", bidsOf(1), "withdrawNeed", fields{"need": need, "reason": "Synthetic: mine."})
	waits := func() bool {
		tasks := s.see(bidsOf(2), "{ toDo { kind about } }", nil).At("toDo").All()
		return slices.ContainsFunc(tasks, func(task demo.Value) bool { return task.At("about").Text() == need })
	}
	if !waits() {
		t.Error("an invitation waits for no answer")
	}
	s.behind("UPDATE dps.membership SET suspended_at = dps.now() WHERE provider_id = $1", demo.ProviderID(2))
	if waits() {
		t.Error("who is suspended has to answer, though it cannot offer")
	}
	s.behind("UPDATE dps.membership SET suspended_at = NULL WHERE provider_id = $1", demo.ProviderID(2))
	s.done(kent.commissioner, "withdrawNeed", fields{"need": need, "reason": "Synthetic: the family moves."}, "")
	if waits() {
		t.Error("who was invited has to answer, though the need is withdrawn")
	}
	if told := s.node(bidsOf(2), "Need", need, "status withdrawReason"); told.At("status").Text() != "WITHDRAWN" || told.At("withdrawReason").Text() != "Synthetic: the family moves." {
		t.Errorf("who was invited is told %v", told)
	}
	s.refused("WRONG_STATE", bidsOf(1), "withdrawOffer", fields{"offer": offer})
	s.refused("WRONG_STATE", bidsOf(2), "submitOffer", s.offering(need, 4, "4100.00"))
	s.refused("WRONG_STATE", kent.commissioner, "amendNeed", s.amending(need))
	s.pass(pastDeadline)
	s.refused("WRONG_STATE", kent.opener, "openOffers", fields{"need": need})

	s.ranked(kent, awarded, winner)
	award := s.done(kent.commissioner, "proposeAward", fields{"offer": winner, "reason": "Synthetic: the only offer."}, "award { id }").At("award.id").Text()
	s.refused("WRONG_STATE", kent.commissioner, "withdrawNeed", fields{"need": awarded, "reason": "Synthetic: too late."})
	s.done(kent.approver, "rejectAward", fields{"award": award, "reason": "Synthetic: not this one."}, "")
	s.done(kent.commissioner, "withdrawNeed", fields{"need": awarded, "reason": "Synthetic: none is right."}, "")
	s.refused("WRONG_STATE", kent.commissioner, "proposeAward", fields{"offer": winner, "reason": "Synthetic: after all."})

	s.refused("NOT_FOUND", demo.Neighbour, "copyNeed", fields{"need": need})
	draft := s.done(kent.commissioner, "copyNeed", fields{"need": need}, "need { id reference status profile ceilingWeekly publishedAt }").At("need")
	if draft.At("status").Text() != "DRAFT" || draft.At("ceilingWeekly").Text() != "5000.00" || draft.At("id").Text() == need {
		t.Errorf("the copy is %v", draft)
	}
	change := s.amending(draft.At("id").Text())
	change["ceilingWeekly"] = "4500.00"
	if now := s.done(kent.commissioner, "amendNeed", change, "need { status profile ceilingWeekly changes { reason } }").At("need"); now.At("ceilingWeekly").Text() != "4500.00" ||
		now.At("status").Text() != "DRAFT" || len(now.At("changes").All()) != 0 {
		t.Errorf("the amended draft is %v", now)
	}
}

// TestSiblingsAreLinked: while both are drafts; a provider sees the sibling where it is invited to both.
func TestSiblingsAreLinked(t *testing.T) {
	s := newScene(t, "SCORED", bidsOf(1))
	one, other := s.draft(demo.Commissioner, nil), s.draft(demo.Commissioner, nil)
	foreign := s.draft(demo.Neighbour, nil)
	s.refused("NOT_FOUND", demo.Commissioner, "linkNeeds", fields{"need": one, "sibling": foreign})
	s.refused("NOT_FOUND", demo.Commissioner, "linkNeeds", fields{"need": one, "sibling": opaque("need", uuid.New())})
	s.done(demo.Commissioner, "linkNeeds", fields{"need": one, "sibling": other}, "")
	s.refused("ALREADY_EXISTS", demo.Commissioner, "linkNeeds", fields{"need": other, "sibling": one})
	siblings := func(who demo.Persona, need string) int {
		return len(s.node(who, "Need", need, "siblings { id }").At("siblings").All())
	}
	if siblings(demo.Commissioner, one) != 1 || siblings(demo.Commissioner, other) != 1 {
		t.Error("a link has two ends")
	}
	publish := func(need string) {
		s.done(demo.Commissioner, "publishNeed", fields{"need": need, "deadline": s.now().AddDate(0, 0, 12), "uniqueReason": "Synthetic: as wide as it can be."}, "")
	}
	publish(one)
	if n := siblings(bidsOf(1), one); n != 0 {
		t.Errorf("a provider sees %d siblings that are drafts", n)
	}
	publish(other)
	if n := siblings(bidsOf(1), one); n != 1 {
		t.Errorf("a provider that is invited to both sees %d siblings", n)
	}
}

// needsInFull makes the changes that a need can meet before its deadline, with the first provider invited.
func (s *scene) needsInFull(by demo.Persona) {
	need, sibling := s.draft(by, nil), s.draft(by, fields{"legalBasis": "EHC_PLAN"})
	s.done(by, "recordEhcDates", fields{"need": sibling, "requestedOn": "2026-01-12"}, "need { ehc { planDue } }")
	approver := by
	approver.Key, approver.Capacity = by.Key+".approver", policy.Approver
	s.done(approver, "approveOutOfArea", s.outOfArea(need), "need { outOfArea { distance } }")
	s.done(by, "linkNeeds", fields{"need": need, "sibling": sibling}, "need { siblings { id } }")
	s.done(by, "publishNeed", fields{"need": need, "deadline": s.now().AddDate(0, 0, 12), "uniqueReason": "Synthetic: as wide as it can be."}, "need { status }")
	s.done(by, "chaseInvitations", fields{"need": need, "words": "Synthetic: please answer."}, "need { silent { chases { words } } }")
	question := s.done(bidsOf(1), "askClarification", fields{"need": need, "question": "Synthetic: is there a garden?"}, "clarification { id }").At("clarification.id").Text()
	s.done(by, "answerClarification", fields{"clarification": question, "answer": "Synthetic: yes."}, "clarification { answer }")
	s.bid(bidsOf(1), need, 2, "4000.00")
	s.done(by, "amendNeed", s.amending(need), "need { profile }")
	s.done(by, "withdrawNeed", fields{"need": need, "reason": "Synthetic: the family moves."}, "need { status }")
	s.done(by, "copyNeed", fields{"need": need}, "need { status profile }")
}
