package e2e_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

// amendmentInput is the input that changes a need's profile.
func (s *scene) amendmentInput(need string) fields {
	in := s.needInput(fields{
		"need": need, "profile": "Synthetic: a quiet home.", "reason": "Synthetic: a doctor has advised.",
		"deadline": s.marketTime().AddDate(0, 0, 12), "uniqueReason": "Synthetic: as wide as it can be.",
	})
	delete(in, "lot")
	return in
}

// TestAmendNeedVoidsOffersAndInvitesAgain: offers become void, answers are cleared, members who were admitted since are
// invited, and everyone is told why. The authority gets the same answer whether or not there was an offer.
func TestAmendNeedVoidsOffersAndInvitesAgain(t *testing.T) {
	s := newScene(t, "SCORED", bidsManagerOf(1), bidsManagerOf(2))
	need, quiet := s.publishNeed(demo.Commissioner), s.publishNeed(demo.Commissioner)
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.mustChange(bidsManagerOf(2), "answerInvitation", fields{"need": need, "answer": "DECLINED", "reason": "FULL"}, "")
	s.admitProvider(bidsManagerOf(3))
	s.passTime(5 * 24 * time.Hour)
	s.requireRefused("NOT_FOUND", demo.Neighbour, "amendNeed", s.amendmentInput(need))
	s.requireRefused("FORBIDDEN", bidsManagerOf(1), "amendNeed", s.amendmentInput(need))
	early := s.amendmentInput(need)
	early["deadline"] = s.marketTime().AddDate(0, 0, 9)
	s.requireRefused("TOO_EARLY", demo.Commissioner, "amendNeed", early)
	const selection = "need { status invitedCount amendedAt invitations { answer } changes { reason fields } offersReceived offers { id } }"
	changed, other := s.mustChange(demo.Commissioner, "amendNeed", s.amendmentInput(need), selection), s.mustChange(demo.Commissioner,
		"amendNeed", s.amendmentInput(quiet), selection)
	if changed.At("need.invitedCount").Text() != "3" || changed.At("need.changes.0.fields.2").Text() != "profile" ||
		len(changed.At("need.offers").All()) != 0 ||
		other.At("need.invitedCount").Text() != "3" {
		t.Errorf("the authority is answered %v, and of the need without an offer %v", changed.Value, other.Value)
	}
	for _, i := range changed.At("need.invitations").All() {
		if i.At("answer").Exists() {
			t.Errorf("an answer to what was asked before stands: %v", i)
		}
	}
	void := s.readNode(bidsManagerOf(1), "Offer", offer, "voidedAt withdrawnAt need { changes { reason } }")
	if !void.At("voidedAt").Exists() || void.At("need.changes.0.reason").Text() != "Synthetic: a doctor has advised." {
		t.Errorf("the bidder is told %v", void)
	}
	if told := s.readData(bidsManagerOf(1), `{ events(first: 1) { edges { node { act changed } } } }`,
		nil).At("events.edges.0.node"); told.At("act").Text() != "need.amend" {
		t.Errorf("the bidder's own log ends with %v", told)
	}
	s.requireRefused("WRONG_STATE", bidsManagerOf(1), "withdrawOffer", fields{"offer": offer})
	s.submitOffer(bidsManagerOf(1), need, 2, "3900.00")
	s.submitOffer(bidsManagerOf(3), need, 6, "3800.00")
	s.passTime(7*24*time.Hour + time.Minute) // past the first deadline
	s.requireRefused("TOO_EARLY", demo.Opener1, "openOffers", fields{"need": need})
	s.passTime(5 * 24 * time.Hour)
	s.requireRefused("DEADLINE_PASSED", demo.Commissioner, "amendNeed", s.amendmentInput(need))
	s.mustChange(demo.Opener1, "openOffers", fields{"need": need}, "")
	s.mustChange(demo.Opener2, "openOffers", fields{"need": need}, "")
	if opened := s.readNode(demo.Commissioner, "Need", need, "offers { id }").At("offers").All(); len(opened) != 2 {
		t.Errorf("opened are %v", opened)
	}
}

// TestMoreTimeKeepsOffers: a later deadline, a later end of questions and a correction of spelling keep offers and answers, and
// everybody who is invited reads them. Whoever says that offers must stay is told that a change would void them.
func TestMoreTimeKeepsOffers(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2))
	kent := staffOf("Kent")
	need := s.publishNeed(kent.commissioner)
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.mustChange(bidsManagerOf(2), "answerInvitation", fields{"need": need, "answer": "INTENDS"}, "")
	s.admitProvider(bidsManagerOf(3))
	s.passTime(11 * 24 * time.Hour) // questions are closed
	question := fields{"need": need, "question": "Synthetic: is there a garden?"}
	s.requireRefused("DEADLINE_PASSED", bidsManagerOf(2), "askClarification", question)
	change := func(more fields) fields {
		in := s.needInput(more)
		in["need"], in["startFrom"], in["startTo"] = need, s.dayFromNow(-11), s.dayFromNow(109)
		in["reason"] = "Synthetic: providers asked for more time."
		delete(in, "lot")
		return in
	}
	deadline, until := s.marketTime().AddDate(0, 0, 5), s.marketTime().AddDate(0, 0, 3)
	s.requireRefused("INVALID", kent.commissioner, "amendNeed", change(fields{"deadline": s.marketTime().Add(time.Hour)}))
	s.requireRefused("MATERIAL_CHANGE", kent.commissioner, "amendNeed", change(fields{
		"profile": "Synthetic: a calm home with none others, by a lake.", "deadline": s.marketTime().AddDate(0, 0, 12), "voidOffers": false,
	}))
	changed := s.mustChange(kent.commissioner, "amendNeed", change(fields{
		"deadline": deadline, "questionsUntil": until, "voidOffers": false, "profile": "Synthetic: a calm home, with few other's.",
	}), "need { status invitedCount amendedAt invitations { answer } changes { fields offersVoided reason } }").At("need")
	if changed.At("status").Text() != "PUBLISHED" || changed.At("invitedCount").Text() != "3" || changed.At("amendedAt").Exists() ||
		changed.At("changes.0.offersVoided").Text() != "false" || len(changed.At("changes.0.fields").All()) != 3 {
		t.Errorf("the commissioner reads %v", changed)
	}
	for i, who := range []demo.Persona{bidsManagerOf(1), bidsManagerOf(2), bidsManagerOf(3)} {
		told := s.readNode(who, "Need", need, "deadline profile invitations { answer } changes { reason fields offersVoided }")
		if told.At("changes.0.reason").Text() != "Synthetic: providers asked for more time." ||
			!strings.HasSuffix(told.At("profile").Text(), "other's.") ||
			i == 1 && told.At("invitations.0.answer").Text() != "INTENDS" {
			t.Errorf("%s is told %v", who, told)
		}
		event := s.readData(who, "{ events(first: 1) { edges { node { act changed } } } }", nil).At("events.edges.0.node")
		if event.At("act").Text() != "need.amend" || event.At("changed.0").Text() != "adjusted_at" {
			t.Errorf("the log of %s ends with %v", who, event)
		}
	}
	if kept := s.readNode(bidsManagerOf(1), "Offer", offer, "voidedAt withdrawnAt"); kept.At("voidedAt").Exists() ||
		kept.At("withdrawnAt").Exists() {
		t.Errorf("the offer is %v", kept)
	}
	delete(question, "idempotencyKey")
	s.mustChange(bidsManagerOf(2), "askClarification", question, "")
	s.passTime(4 * 24 * time.Hour) // past the first deadline
	s.submitOffer(bidsManagerOf(3), need, 6, "3900.00")
	open := fields{"need": need, "idempotencyKey": "more time open 1"}
	s.requireRefused("TOO_EARLY", kent.opener, "openOffers", open)
	s.passTime(2 * 24 * time.Hour)
	s.mustChange(kent.opener, "openOffers", open, "") // what passed is asked again, under the same key
	if opened := s.readNode(kent.commissioner, "Need", need, "offers { id }").At("offers").All(); len(opened) != 2 {
		t.Errorf("opened are %v", opened)
	}
}

// TestWithdrawNeedEndsIt: nobody can offer, open or award. Sealed offers stay sealed. A copy begins as a draft.
func TestWithdrawNeedEndsIt(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2))
	kent := staffOf("Kent")
	need, awarded := s.draftNeed(kent.commissioner, fields{"ceilingWeekly": "5000.00"}), s.publishNeed(kent.commissioner)
	s.mustChange(kent.commissioner, "publishNeed", fields{
		"need": need, "deadline": s.marketTime().AddDate(0, 0, 12),
		"uniqueReason": "Synthetic: as wide as it can be.",
	}, "")
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	winner := s.submitOffer(bidsManagerOf(2), awarded, 4, "4100.00")
	s.requireRefused("NOT_FOUND", demo.Neighbour, "withdrawNeed", fields{"need": need, "reason": "Synthetic: mine."})
	s.requireRefused("FORBIDDEN", bidsManagerOf(1), "withdrawNeed", fields{"need": need, "reason": "Synthetic: mine."})
	waits := func() bool {
		tasks := s.readData(bidsManagerOf(2), "{ toDo { kind about } }", nil).At("toDo").All()
		return slices.ContainsFunc(tasks, func(task demo.Value) bool { return task.At("about").Text() == need })
	}
	if !waits() {
		t.Error("an invitation waits for no answer")
	}
	s.execAsAdmin("UPDATE dps.membership SET suspended_at = dps.now() WHERE provider_id = $1", demo.ProviderID(2))
	if waits() {
		t.Error("who is suspended has to answer, though it cannot offer")
	}
	s.execAsAdmin("UPDATE dps.membership SET suspended_at = NULL WHERE provider_id = $1", demo.ProviderID(2))
	s.mustChange(kent.commissioner, "withdrawNeed", fields{"need": need, "reason": "Synthetic: the family moves."}, "")
	if waits() {
		t.Error("who was invited has to answer, though the need is withdrawn")
	}
	if told := s.readNode(bidsManagerOf(2), "Need", need, "status withdrawReason"); told.At("status").Text() != "WITHDRAWN" ||
		told.At("withdrawReason").Text() != "Synthetic: the family moves." {
		t.Errorf("who was invited is told %v", told)
	}
	s.requireRefused("WRONG_STATE", bidsManagerOf(1), "withdrawOffer", fields{"offer": offer})
	s.requireRefused("WRONG_STATE", bidsManagerOf(2), "submitOffer", s.offerInput(need, 4, "4100.00"))
	s.requireRefused("WRONG_STATE", kent.commissioner, "amendNeed", s.amendmentInput(need))
	s.passTime(pastDeadline)
	s.requireRefused("WRONG_STATE", kent.opener, "openOffers", fields{"need": need})

	s.rankOffers(kent, awarded, winner)
	award := s.mustChange(kent.commissioner, "proposeAward", fields{"offer": winner, "reason": "Synthetic: the only offer."},
		"award { id }").At("award.id").Text()
	s.requireRefused("WRONG_STATE", kent.commissioner, "withdrawNeed", fields{"need": awarded, "reason": "Synthetic: too late."})
	s.mustChange(kent.approver, "rejectAward", fields{"award": award, "reason": "Synthetic: not this one."}, "")
	s.requireRefused("WRONG_STATE", kent.commissioner, "withdrawNeed", fields{"need": awarded, "reason": "Synthetic: none is right."})
	s.mustChange(kent.commissioner, "endWithoutAward", fields{
		"need": awarded, "reason": "NEED_CHANGED", "words": "Synthetic: none is right.",
	}, "")
	if letters := s.readNode(bidsManagerOf(2), "Offer", winner, "letters { result body }").At("letters").All(); len(letters) != 1 ||
		letters[0].At("result").Text() != "NO_AWARD" {
		t.Errorf("the bidder is told %v", letters)
	}
	s.requireRefused("WRONG_STATE", kent.commissioner, "proposeAward", fields{"offer": winner, "reason": "Synthetic: after all."})

	s.requireRefused("NOT_FOUND", demo.Neighbour, "copyNeed", fields{"need": need})
	draft := s.mustChange(kent.commissioner, "copyNeed", fields{"need": need},
		"need { id reference status profile ceilingWeekly publishedAt }").At("need")
	if draft.At("status").Text() != "DRAFT" || draft.At("ceilingWeekly").Text() != "5000.00" || draft.At("id").Text() == need {
		t.Errorf("the copy is %v", draft)
	}
	change := s.amendmentInput(draft.At("id").Text())
	change["ceilingWeekly"] = "4500.00"
	if now := s.mustChange(kent.commissioner, "amendNeed", change,
		"need { status profile ceilingWeekly changes { reason } }").At("need"); now.At("ceilingWeekly").Text() != "4500.00" ||
		now.At("status").Text() != "DRAFT" || len(now.At("changes").All()) != 0 {
		t.Errorf("the amended draft is %v", now)
	}
}

// TestLinkSiblingsWhileDrafts: drafts can be linked, and a provider sees the sibling if it is invited to both.
func TestLinkSiblingsWhileDrafts(t *testing.T) {
	s := newScene(t, "SCORED", bidsManagerOf(1))
	one, other := s.draftNeed(demo.Commissioner, nil), s.draftNeed(demo.Commissioner, nil)
	foreign := s.draftNeed(demo.Neighbour, nil)
	s.requireRefused("NOT_FOUND", demo.Commissioner, "linkNeeds", fields{"need": one, "sibling": foreign})
	s.requireRefused("NOT_FOUND", demo.Commissioner, "linkNeeds", fields{"need": one, "sibling": opaqueID("need", uuid.New())})
	s.mustChange(demo.Commissioner, "linkNeeds", fields{"need": one, "sibling": other}, "")
	s.requireRefused("ALREADY_EXISTS", demo.Commissioner, "linkNeeds", fields{"need": other, "sibling": one})
	siblings := func(who demo.Persona, need string) int {
		return len(s.readNode(who, "Need", need, "siblings { id }").At("siblings").All())
	}
	if siblings(demo.Commissioner, one) != 1 || siblings(demo.Commissioner, other) != 1 {
		t.Error("a link has two ends")
	}
	publish := func(need string) {
		s.mustChange(demo.Commissioner, "publishNeed", fields{
			"need": need, "deadline": s.marketTime().AddDate(0, 0, 12),
			"uniqueReason": "Synthetic: as wide as it can be.",
		}, "")
	}
	publish(one)
	if n := siblings(bidsManagerOf(1), one); n != 0 {
		t.Errorf("a provider sees %d siblings that are drafts", n)
	}
	publish(other)
	if n := siblings(bidsManagerOf(1), one); n != 1 {
		t.Errorf("a provider that is invited to both sees %d siblings", n)
	}
}

// changeNeeds makes the changes that a need can have before its deadline, with the first provider invited.
func (s *scene) changeNeeds(by demo.Persona) {
	need, sibling := s.draftNeed(by, nil), s.draftNeed(by, fields{"legalBasis": "EHC_PLAN"})
	s.mustChange(by, "recordEhcDates", fields{"need": sibling, "requestedOn": "2026-01-12"}, "need { ehc { planDue } }")
	approver := by
	approver.Key, approver.Capacity = by.Key+".approver", policy.Approver
	s.mustChange(approver, "approveOutOfArea", s.outOfAreaInput(need), "need { outOfArea { distance } }")
	s.mustChange(by, "linkNeeds", fields{"need": need, "sibling": sibling}, "need { siblings { id } }")
	s.mustChange(by, "publishNeed", fields{
		"need": need, "deadline": s.marketTime().AddDate(0, 0, 12),
		"uniqueReason": "Synthetic: as wide as it can be.",
	}, "need { status }")
	s.mustChange(by, "chaseInvitations", fields{"need": need, "words": "Synthetic: please answer."}, "need { silent { chases { words } } }")
	question := s.mustChange(bidsManagerOf(1), "askClarification", fields{"need": need, "question": "Synthetic: is there a garden?"},
		"clarification { id }").At("clarification.id").Text()
	s.mustChange(by, "answerClarification", fields{"clarification": question, "answer": "Synthetic: yes."}, "clarification { answer }")
	s.mustChange(by, "correctAnswer", fields{"clarification": question, "answer": "Synthetic: no.", "reason": someReason},
		"clarification { answer }")
	s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.mustChange(by, "amendNeed", s.amendmentInput(need), "need { profile }")
	s.mustChange(by, "redactNeed", fields{
		"need": need, "words": "answer", "replacement": "reply", "reason": "Synthetic: it was too much.",
	}, "need { redactions { texts } }")
	s.mustChange(by, "withdrawNeed", fields{"need": need, "reason": "Synthetic: the family moves."}, "need { status }")
	draft := s.mustChange(by, "copyNeed", fields{"need": need}, "need { id status profile }").At("need.id").Text()
	s.mustChange(by, "linkNeeds", fields{"need": draft, "sibling": sibling}, "")
	s.mustChange(by, "unlinkNeeds", fields{"need": draft, "sibling": sibling}, "need { siblings { id } }")
	s.mustChange(by, "setCeiling", fields{"need": draft, "weekly": "4500.00"}, "need { ceilingWeekly }")
	s.mustChange(by, "discardNeed", fields{"need": draft}, "need { status }")
}
