package e2e_test

import (
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// TestLinkOfSiblingsIsTakenBack: while both are drafts without a reason; once one is published, until its deadline, with a
// reason that its invited providers read. Offers stay.
func TestLinkOfSiblingsIsTakenBack(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	one, other := s.draftNeed(kent.commissioner, nil), s.draftNeed(kent.commissioner, nil)
	pair := func(reason any) fields { return fields{"need": one, "sibling": other, "reason": reason} }
	link := func() { s.mustChange(kent.commissioner, "linkNeeds", fields{"need": one, "sibling": other}, "") }
	s.requireRefused("NOT_FOUND", kent.commissioner, "unlinkNeeds", pair(nil)) // not linked
	link()
	s.requireRefused("FORBIDDEN", kent.approver, "unlinkNeeds", pair(nil))
	s.requireRefused("NOT_FOUND", staffOf("Surrey").commissioner, "unlinkNeeds", pair(nil))
	left := s.mustChange(kent.commissioner, "unlinkNeeds", pair(nil), "need { siblings { id } }")
	if len(left.At("need.siblings").All()) != 0 {
		t.Errorf("drafts stay linked: %v", left)
	}
	link()
	s.mustChange(kent.commissioner, "publishNeed", fields{
		"need": one, "deadline": s.marketTime().AddDate(0, 0, 12), "uniqueReason": someReason,
	}, "")
	offer := s.submitOffer(bidsManagerOf(1), one, 2, "4000.00")
	s.requireRefused("INVALID", kent.commissioner, "unlinkNeeds", pair(nil))
	s.requireRefused("INVALID", kent.commissioner, "unlinkNeeds", pair("\u200b"))
	s.mustChange(kent.commissioner, "unlinkNeeds", pair("Synthetic: they aren't of one family."), "")
	seen := s.readNode(bidsManagerOf(1), "Need", one, "changes { reason fields offersVoided } offers { id withdrawnAt }")
	if seen.At("changes.0.fields.0").Text() != "siblings" || seen.At("changes.0.offersVoided").Text() != "false" ||
		seen.At("offers.0.id").Text() != offer || seen.At("offers.0.withdrawnAt").Exists() {
		t.Errorf("a bidder reads %v", seen)
	}
}

// TestLinkStaysAfterTheDeadline: nobody can change an offer any more.
func TestLinkStaysAfterTheDeadline(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	one, other := s.draftNeed(demo.Commissioner, nil), s.draftNeed(demo.Commissioner, nil)
	s.mustChange(demo.Commissioner, "linkNeeds", fields{"need": one, "sibling": other}, "")
	s.mustChange(demo.Commissioner, "publishNeed", fields{
		"need": one, "deadline": s.marketTime().AddDate(0, 0, 12), "uniqueReason": someReason,
	}, "")
	s.passTime(pastDeadline)
	s.requireRefused("DEADLINE_PASSED", demo.Commissioner, "unlinkNeeds", fields{"need": one, "sibling": other, "reason": someReason})
}

// TestDraftIsDiscarded: its links end and the child's identity goes from it. A need that others have read is withdrawn instead.
func TestDraftIsDiscarded(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	draft, sibling, published := s.draftNeed(kent.commissioner, nil), s.draftNeed(kent.commissioner, nil), s.publishNeed(kent.commissioner)
	s.mustChange(kent.commissioner, "linkNeeds", fields{"need": draft, "sibling": sibling}, "")
	s.mustChange(kent.commissioner, "recordIdentity", fields{"need": draft, "name": "Synthetic Child", "dateOfBirth": "2015-02-03"}, "")
	s.requireRefused("FORBIDDEN", kent.approver, "discardNeed", fields{"need": draft})
	s.requireRefused("NOT_FOUND", staffOf("Surrey").commissioner, "discardNeed", fields{"need": draft})
	s.requireRefused("WRONG_STATE", kent.commissioner, "discardNeed", fields{"need": published})
	s.mustChange(kent.commissioner, "discardNeed", fields{"need": draft}, "need { status siblings { id } }")
	if s.countRows("need_link") != 0 || s.countRows("need_identity") != 0 {
		t.Error("links or an identity are left")
	}
	s.requireRefused("WRONG_STATE", kent.commissioner, "discardNeed", fields{"need": draft})
	s.requireRefused("WRONG_STATE", kent.commissioner, "publishNeed", fields{
		"need": draft, "deadline": s.marketTime().AddDate(0, 0, 12), "uniqueReason": someReason,
	})
	s.mustChange(kent.commissioner, "copyNeed", fields{"need": draft}, "need { status }") // it was no mistake after all
}

// TestCorrectedAnswerReachesEveryInvited: with the answer before it and why, until the deadline.
func TestCorrectedAnswerReachesEveryInvited(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2))
	kent := staffOf("Kent")
	need := s.publishNeed(kent.commissioner)
	question := s.mustChange(bidsManagerOf(1), "askClarification", fields{"need": need, "question": "Synthetic: is there a garden?"},
		"clarification { id }").At("clarification.id").Text()
	correct := func(answer, reason string) fields {
		return fields{"clarification": question, "answer": answer, "reason": reason}
	}
	s.requireRefused("WRONG_STATE", kent.commissioner, "correctAnswer", correct("Synthetic: no.", someReason))
	s.mustChange(kent.commissioner, "answerClarification", fields{"clarification": question, "answer": "Synthetic: yes."}, "")
	s.requireRefused("INVALID", kent.commissioner, "correctAnswer", correct("Synthetic: yes.", someReason))
	s.requireRefused("INVALID", kent.commissioner, "correctAnswer", correct("Synthetic: no.", ""))
	s.requireRefused("FORBIDDEN", bidsManagerOf(1), "correctAnswer", correct("Synthetic: no.", someReason))
	s.requireRefused("NOT_FOUND", staffOf("Surrey").commissioner, "correctAnswer", correct("Synthetic: no.", someReason))
	s.mustChange(kent.commissioner, "correctAnswer", correct("Synthetic: no.", "Synthetic: it was sold."), "clarification { answer }")
	for _, who := range []demo.Persona{bidsManagerOf(1), bidsManagerOf(2)} {
		read := s.readNode(who, "Need", need, "clarifications { answer corrections { earlierAnswer reason } }").At("clarifications.0")
		if read.At("answer").Text() != "Synthetic: no." || read.At("corrections.0.earlierAnswer").Text() != "Synthetic: yes." ||
			read.At("corrections.0.reason").Text() != "Synthetic: it was sold." {
			t.Errorf("%s reads %v", who, read)
		}
		if kinds := s.tasksAbout(who, need); len(kinds) != 2 { // to answer the invitation, and to read the correction
			t.Errorf("%s has to do %v", who, kinds)
		}
	}
	if n := s.countRows("event WHERE act = 'clarification.answer' AND changed = '{corrected}' AND authority_id IS NULL"); n != 2 {
		t.Errorf("%d providers have it in their own logs", n)
	}
	s.passTime(pastDeadline)
	s.requireRefused("DEADLINE_PASSED", kent.commissioner, "correctAnswer", correct("Synthetic: perhaps.", someReason))
}
