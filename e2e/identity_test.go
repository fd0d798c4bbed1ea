package e2e_test

import (
	"strings"
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// The children of these tests do not exist. Their names are invented: Zelda Zorbington is synthetic.
const (
	syntheticChild  = "Zelda Zorbington"
	syntheticFamily = "Quillhorn"
)

func (s *scene) identityInput(need string) fields {
	return fields{
		"need": need, "name": syntheticChild, "dateOfBirth": s.marketTime().AddDate(-11, 0, 0).Format("2006-01-02"),
		"otherNames": []string{syntheticFamily, "Synthetic Grange Primary"},
	}
}

// TestIdentityNamesAreKeptOutOfWhatIsPublished: once the service knows a child's name, no text of the authority's with it is taken,
// whatever its spelling, in a draft that was written before too. A copy and a sibling's name make no difference.
func TestIdentityNamesAreKeptOutOfWhatIsPublished(t *testing.T) {
	s := newScene(t, "SCORED", bidsManagerOf(1), bidsManagerOf(2))
	by := demo.Commissioner
	need := s.draftNeed(by, fields{"profile": "Synthetic: zorbington family is close."})
	publish := func(id string) fields {
		return fields{"need": id, "deadline": s.marketTime().AddDate(0, 0, 12), "uniqueReason": "Synthetic: as wide as it can be."}
	}
	recorded := s.tryChange(by, "recordIdentity", s.identityInput(need), "need { id textsWithNames }")
	if recorded.code != "IDENTIFIES_CHILD" || recorded.At("need.id").Text() != need ||
		recorded.At("need.textsWithNames.0").Text() != "PROFILE" ||
		strings.Contains(recorded.words, "Zorbington") {
		t.Errorf("recorded: %s %s %v", recorded.code, recorded.words, recorded.Value)
	}
	s.requireRefused("IDENTIFIES_CHILD", by, "publishNeed", publish(need))
	copied := s.mustChange(by, "copyNeed", fields{"need": need}, "need { id }").At("need.id").Text()
	s.requireRefused("IDENTIFIES_CHILD", by, "publishNeed", publish(copied))
	amended := s.needInput(fields{"need": need, "profile": "Synthetic: the family is close."})
	delete(amended, "lot")
	s.mustChange(by, "amendNeed", amended, "")
	unique := publish(need)
	unique["uniqueReason"] = "Synthetic: Z\u0435lda is the only one, says Quillhorn\u2019s gran."
	s.requireRefused("IDENTIFIES_CHILD", by, "publishNeed", unique)
	s.mustChange(by, "publishNeed", publish(need), "")
	for _, words := range []string{
		"ZELDA is waiting.", "Please answer for Zélda.", "The Quillhorns are waiting.",
		"Z e l d a Z o r b i n g t o n",
	} {
		s.requireRefused("IDENTIFIES_CHILD", by, "chaseInvitations", fields{"need": need, "words": words})
	}
	s.requireRefused("IDENTIFIES_CHILD", by, "withdrawNeed", fields{"need": need, "reason": "Zelda has moved."})
	s.mustChange(by, "chaseInvitations", fields{"need": need, "words": "Synthetic: please answer."}, "")
}

// TestIdentityIsNoOracleForBidders: a bidder who guesses the name of a child is answered as for any other word. What it asked is not shown
// to others with the name in it: the authority has to put it in other words.
func TestIdentityIsNoOracleForBidders(t *testing.T) {
	s := newScene(t, "SCORED", bidsManagerOf(1), bidsManagerOf(2))
	need := s.publishNeed(demo.Commissioner)
	s.mustChange(demo.Commissioner, "recordIdentity", s.identityInput(need), "")
	ask := func(word string) changeResult {
		return s.tryChange(bidsManagerOf(1), "askClarification", fields{"need": need, "question": "Synthetic: does Zorb mean " + word + "?"},
			"clarification { id }")
	}
	right, wrong := ask("Zorbington"), ask("Zimbelmann")
	if right.code != wrong.code || right.words != wrong.words || right.code != "" {
		t.Errorf("asked with the name %q %s, with another %q %s", right.code, right.words, wrong.code, wrong.words)
	}
	question := right.At("clarification.id").Text()
	answer := fields{"clarification": question, "answer": "Synthetic: no."}
	s.requireRefused("IDENTIFIES_CHILD", demo.Commissioner, "answerClarification", answer)
	answer = fields{"clarification": question, "answer": "Synthetic: no.", "question": "Synthetic: what does a word mean?"}
	s.mustChange(demo.Commissioner, "answerClarification", answer, "")
	offer := s.offerInput(need, 2, "4000.00")
	offer["needsMet"] = "Synthetic: Zelda Zorbington will be safe."
	if got := s.tryChange(bidsManagerOf(1), "submitOffer", offer, "offer { id }"); got.code != "" {
		t.Errorf("an offer with the name: %s %s", got.code, got.words)
	}
}

// TestACopyIsTheSameChild: a need like no other is withdrawn and copied. The copy is of the same child, so that it is still like no other,
// until another child's need is like it.
func TestACopyIsTheSameChild(t *testing.T) {
	s := newScene(t, "SCORED", bidsManagerOf(1))
	by := demo.Commissioner
	publish := func(need string) fields { return fields{"need": need, "deadline": s.marketTime().AddDate(0, 0, 12)} }
	need := s.publishNeed(by)
	s.mustChange(by, "withdrawNeed", fields{"need": need, "reason": "Synthetic: the family waits."}, "")
	s.mustChange(by, "withdrawNeed", fields{"need": s.copyAndPublish(need), "reason": "Synthetic: the family waits."}, "")
	copied := s.mustChange(by, "copyNeed", fields{"need": need}, "need { id }").At("need.id").Text()
	s.requireRefused("UNIQUE_PROFILE", by, "publishNeed", publish(copied))
	s.publishNeed(by) // of another child
	s.mustChange(by, "publishNeed", publish(copied), "")
}

// copyAndPublish publishes a copy of a need, with a reason for a profile that no other is like.
func (s *scene) copyAndPublish(need string) string {
	s.t.Helper()
	copied := s.mustChange(demo.Commissioner, "copyNeed", fields{"need": need}, "need { id }").At("need.id").Text()
	s.mustChange(demo.Commissioner, "publishNeed", fields{
		"need": copied, "deadline": s.marketTime().AddDate(0, 0, 12), "uniqueReason": "Synthetic: as wide as it can be.",
	}, "")
	return copied
}
