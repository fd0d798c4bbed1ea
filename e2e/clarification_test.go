package e2e_test

import (
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
)

// TestChaseThoseWithoutAnAnswer: answers show as they come, and providers without one are chased. A sealed offer makes
// no difference to that.
func TestChaseThoseWithoutAnAnswer(t *testing.T) {
	s := newScene(t, "SCORED", bidsManagerOf(1), bidsManagerOf(2), bidsManagerOf(3))
	need := s.publishNeed(demo.Commissioner)
	s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.mustChange(bidsManagerOf(2), "answerInvitation", fields{"need": need, "answer": "DECLINED", "reason": "STAFFING"}, "")
	silent := func() (names []string) {
		for _, i := range s.readNode(demo.Commissioner, "Need", need, "silent { provider { name } answer }").At("silent").All() {
			names = append(names, i.At("provider.name").Text())
		}
		return names
	}
	if got := silent(); len(got) != 2 {
		t.Errorf("silent are %v", got)
	}
	chase := fields{"need": need, "words": "Synthetic: please say whether you can help."}
	s.requireRefused("NOT_FOUND", demo.Neighbour, "chaseInvitations", chase)
	s.requireRefused("FORBIDDEN", bidsManagerOf(1), "chaseInvitations", fields{"need": need, "words": "Synthetic."})
	s.requireRefused("IDENTIFIES_CHILD", demo.Commissioner, "chaseInvitations", fields{"need": need, "words": "Synthetic: he is called Zeb."})
	s.mustChange(demo.Commissioner, "chaseInvitations", fields{"need": need, "words": "Synthetic: please say whether you can help."}, "")
	s.requireRefused("TOO_EARLY", demo.Commissioner, "chaseInvitations", fields{"need": need, "words": "Synthetic: again."})
	for provider, want := range map[int]int{1: 1, 2: 0, 3: 1} {
		own := s.readNode(bidsManagerOf(provider), "Need", need, "invitations { chases { words sentAt } }")
		if got := len(own.At("invitations.0.chases").All()); got != want {
			t.Errorf("provider %d was chased %d times, want %d", provider, got, want)
		}
	}
	s.mustChange(bidsManagerOf(3), "answerInvitation", fields{"need": need, "answer": "INTENDS"}, "")
	// changed before the deadline
	s.mustChange(bidsManagerOf(3), "answerInvitation", fields{"need": need, "answer": "DECLINED", "reason": "NOTICE"}, "")
	if got := silent(); len(got) != 1 {
		t.Errorf("silent after two answers are %v", got)
	}
	s.passTime(pastDeadline)
	s.requireRefused("DEADLINE_PASSED", demo.Commissioner, "chaseInvitations", fields{"need": need, "words": "Synthetic: again."})
	s.requireRefused("DEADLINE_PASSED", bidsManagerOf(3), "answerInvitation", fields{"need": need, "answer": "INTENDS"})
}

// TestClarificationIsAnsweredToAll: the authority and the asker see a question, and every invited provider sees the
// answer. Nobody sees who asked, not even in the log.
func TestClarificationIsAnsweredToAll(t *testing.T) {
	s := newScene(t, "SCORED", bidsManagerOf(1), bidsManagerOf(2), bidsManagerOf(3))
	need := s.publishNeed(demo.Commissioner)
	const selection = "clarifications { id question answer answeredAt }"
	read := func(who demo.Persona) []demo.Value {
		return s.readNode(who, "Need", need, selection).At("clarifications").All()
	}
	ask := func(who demo.Persona, words string) changeResult {
		return s.tryChange(who, "askClarification", fields{"need": need, "question": words}, "clarification { id answer }")
	}
	if got := ask(bidsManagerOf(1), "Synthetic Provider 01 asks: is there a garden?"); got.code != "INVALID" {
		t.Errorf("a question that names its asker: %q", got.code)
	}
	if got := ask(bidsManagerOf(4), "Synthetic: is there a garden?"); got.code != "NOT_FOUND" {
		t.Errorf("who was not invited: %q", got.code)
	}
	question := ask(bidsManagerOf(1), "Synthetic: is there a garden?").At("clarification.id").Text()
	ask(bidsManagerOf(2), "Synthetic: is there a pet?")
	for who, want := range map[demo.Persona]int{bidsManagerOf(1): 1, bidsManagerOf(2): 1, bidsManagerOf(3): 0, demo.Commissioner: 2} {
		if got := read(who); len(got) != want {
			t.Errorf("%s reads %d questions, want %d", who, len(got), want)
		}
	}
	s.requireRefused("NOT_FOUND", demo.Neighbour, "answerClarification", fields{"clarification": question, "answer": "Synthetic: yes."})
	s.requireRefused("FORBIDDEN", bidsManagerOf(2), "answerClarification", fields{"clarification": question, "answer": "Synthetic: yes."})
	s.mustChange(demo.Commissioner, "answerClarification", fields{
		"clarification": question, "answer": "Synthetic: yes, and trees.",
		"question": "Synthetic: what is outside?",
	}, "")
	s.requireRefused("WRONG_STATE", demo.Commissioner, "answerClarification", fields{"clarification": question, "answer": "Synthetic: no."})
	answered := s.readNode(bidsManagerOf(3), "Need", need, selection)
	if all := answered.At("clarifications").All(); len(all) != 1 || all[0].At("question").Text() != "Synthetic: what is outside?" ||
		!all[0].At("answer").Exists() {
		t.Errorf("who did not ask reads %v", all)
	}
	for _, e := range s.readData(demo.Auditor, `{ events(first: 100) { edges { node { act person } } } }`, nil).At("events.edges").All() {
		if strings.HasPrefix(e.At("node.act").Text(), "clarification.ask") || strings.HasPrefix(e.At("node.person").Text(), "provider") {
			t.Errorf("the authority's log says who asked: %v", e)
		}
	}
	s.passTime(9*24*time.Hour + time.Second) // three days before the deadline
	if got := ask(bidsManagerOf(3), "Synthetic: is there a stair?"); got.code != "DEADLINE_PASSED" {
		t.Errorf("after questions closed: %q", got.code)
	}
}

// TestShortCallTakesQuestions: the end of questions by default comes after publishing, so that a call of two days takes them.
func TestShortCallTakesQuestions(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	s.execAsAdmin("UPDATE dps.regime SET tender_days = 1")
	s.execAsAdmin("SET session_replication_role = replica; UPDATE dps.market_rule SET value = 1 WHERE code = 'TENDER_DAYS'; " +
		"SET session_replication_role = origin")
	need := s.draftNeed(demo.Commissioner, nil)
	s.mustChange(demo.Commissioner, "publishNeed", fields{
		"need": need, "deadline": s.marketTime().AddDate(0, 0, 2), "uniqueReason": someReason,
	}, "")
	question := s.mustChange(bidsManagerOf(1), "askClarification", fields{"need": need, "question": "Synthetic: is there a garden?"},
		"clarification { id }").At("clarification.id").Text()
	s.mustChange(demo.Commissioner, "answerClarification", fields{"clarification": question, "answer": "Synthetic: yes."}, "")
	s.passTime(25 * time.Hour)
	s.requireRefused("DEADLINE_PASSED", bidsManagerOf(1), "askClarification", fields{"need": need, "question": "Synthetic: and a pond?"})
}
