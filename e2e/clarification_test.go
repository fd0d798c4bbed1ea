package e2e_test

import (
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
)

// TestASilentMarketIsChased: answers show as they come, those without one are chased, and whether one of them has sealed an
// offer changes nothing of it.
func TestASilentMarketIsChased(t *testing.T) {
	s := newScene(t, "SCORED", bidsOf(1), bidsOf(2), bidsOf(3))
	need := s.published(demo.Commissioner)
	s.bid(bidsOf(1), need, 2, "4000.00")
	s.done(bidsOf(2), "answerInvitation", fields{"need": need, "answer": "DECLINED", "reason": "STAFFING"}, "")
	silent := func() (names []string) {
		for _, i := range s.node(demo.Commissioner, "Need", need, "silent { provider { name } answer }").At("silent").All() {
			names = append(names, i.At("provider.name").Text())
		}
		return names
	}
	if got := silent(); len(got) != 2 {
		t.Errorf("silent are %v", got)
	}
	chase := fields{"need": need, "words": "Synthetic: please say whether you can help."}
	s.refused("NOT_FOUND", demo.Neighbour, "chaseInvitations", chase)
	s.refused("FORBIDDEN", bidsOf(1), "chaseInvitations", fields{"need": need, "words": "Synthetic."})
	s.refused("IDENTIFIES_CHILD", demo.Commissioner, "chaseInvitations", fields{"need": need, "words": "Synthetic: he is called Zeb."})
	s.done(demo.Commissioner, "chaseInvitations", fields{"need": need, "words": "Synthetic: please say whether you can help."}, "")
	s.refused("TOO_EARLY", demo.Commissioner, "chaseInvitations", fields{"need": need, "words": "Synthetic: again."})
	for provider, want := range map[int]int{1: 1, 2: 0, 3: 1} {
		own := s.node(bidsOf(provider), "Need", need, "invitations { chases { words sentAt } }")
		if got := len(own.At("invitations.0.chases").All()); got != want {
			t.Errorf("provider %d was chased %d times, want %d", provider, got, want)
		}
	}
	s.done(bidsOf(3), "answerInvitation", fields{"need": need, "answer": "INTENDS"}, "")
	s.done(bidsOf(3), "answerInvitation", fields{"need": need, "answer": "DECLINED", "reason": "NOTICE"}, "") // changed before the deadline
	if got := silent(); len(got) != 1 {
		t.Errorf("silent after two answers are %v", got)
	}
	s.pass(pastDeadline)
	s.refused("DEADLINE_PASSED", demo.Commissioner, "chaseInvitations", fields{"need": need, "words": "Synthetic: again."})
	s.refused("DEADLINE_PASSED", bidsOf(3), "answerInvitation", fields{"need": need, "answer": "INTENDS"})
}

// TestQuestionsAreAnsweredToAll: a question is seen by the authority and its asker, the answer by all who are invited, and
// by nobody else; who asked by nobody, not in the log either.
func TestQuestionsAreAnsweredToAll(t *testing.T) {
	s := newScene(t, "SCORED", bidsOf(1), bidsOf(2), bidsOf(3))
	need := s.published(demo.Commissioner)
	const selection = "clarifications { id question answer answeredAt }"
	read := func(who demo.Persona) []demo.Value {
		return s.node(who, "Need", need, selection).At("clarifications").All()
	}
	ask := func(who demo.Persona, words string) said {
		return s.try(who, "askClarification", fields{"need": need, "question": words}, "clarification { id answer }")
	}
	if got := ask(bidsOf(1), "Synthetic Provider 01 asks: is there a garden?"); got.code != "INVALID" {
		t.Errorf("a question that names its asker: %q", got.code)
	}
	if got := ask(bidsOf(4), "Synthetic: is there a garden?"); got.code != "NOT_FOUND" {
		t.Errorf("who was not invited: %q", got.code)
	}
	question := ask(bidsOf(1), "Synthetic: is there a garden?").At("clarification.id").Text()
	ask(bidsOf(2), "Synthetic: is there a pet?")
	for who, want := range map[demo.Persona]int{bidsOf(1): 1, bidsOf(2): 1, bidsOf(3): 0, demo.Commissioner: 2} {
		if got := read(who); len(got) != want {
			t.Errorf("%s reads %d questions, want %d", who, len(got), want)
		}
	}
	s.refused("NOT_FOUND", demo.Neighbour, "answerClarification", fields{"clarification": question, "answer": "Synthetic: yes."})
	s.refused("FORBIDDEN", bidsOf(2), "answerClarification", fields{"clarification": question, "answer": "Synthetic: yes."})
	s.done(demo.Commissioner, "answerClarification", fields{"clarification": question, "answer": "Synthetic: yes, and trees.", "question": "Synthetic: what is outside?"}, "")
	s.refused("WRONG_STATE", demo.Commissioner, "answerClarification", fields{"clarification": question, "answer": "Synthetic: no."})
	answered := s.node(bidsOf(3), "Need", need, selection)
	if all := answered.At("clarifications").All(); len(all) != 1 || all[0].At("question").Text() != "Synthetic: what is outside?" || !all[0].At("answer").Is() {
		t.Errorf("who did not ask reads %v", all)
	}
	for _, e := range s.see(demo.Auditor, `{ events(first: 100) { edges { node { act person } } } }`, nil).At("events.edges").All() {
		if strings.HasPrefix(e.At("node.act").Text(), "clarification.ask") || strings.HasPrefix(e.At("node.person").Text(), "provider") {
			t.Errorf("the authority's log says who asked: %v", e)
		}
	}
	s.pass(9*24*time.Hour + time.Second) // three days before the deadline
	if got := ask(bidsOf(3), "Synthetic: is there a stair?"); got.code != "DEADLINE_PASSED" {
		t.Errorf("after questions closed: %q", got.code)
	}
}
