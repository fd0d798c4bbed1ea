package e2e_test

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
)

const longReason = "Synthetic: the accounts are in another group company's name, and have to be verified."

// apply applies to the scene's lot, and does not decide.
func (s *scene) apply(p demo.Persona) string {
	s.t.Helper()
	return s.done(p, "submitApplication", fields{"lot": s.lot, "statement": "Synthetic: we meet every criterion.", "noGroundForExclusion": true},
		"application { id }").At("application.id").Text()
}

// reviewed takes an application through all that can happen to it: a question, more time, a refusal, an appeal.
func (s *scene) reviewed(p demo.Persona, upheld bool) string {
	s.t.Helper()
	manager, application := demo.MarketManager, s.apply(p)
	s.done(manager, "askApplicant", fields{"application": application, "question": "Synthetic: who owns the building?"}, "application { decideBy }")
	s.done(p, "answerApplicationQuestion", fields{"application": application, "answer": "Synthetic: a trust."}, "application { decideBy }")
	s.done(manager, "extendApplication", fields{"application": application, "reason": longReason}, "application { decideBy }")
	s.done(manager, "decideApplication", fields{"application": application, "decision": "REFUSED", "reasons": "Synthetic: the trust is wound up."}, "application { decision }")
	s.done(p, "appealRefusal", fields{"application": application, "grounds": "Synthetic: it is not."}, "application { decision }")
	s.done(another(manager, 2), "decideAppeal", fields{"application": application, "upheld": upheld, "reasons": "Synthetic: as the register says."}, "application { decision }")
	return application
}

// TestAnApplicationFromQuestionToAppeal: each side its part, the clock of the decision running on.
func TestAnApplicationFromQuestionToAppeal(t *testing.T) {
	s := newScene(t, "MATCHING")
	manager, us, others := demo.MarketManager, bidsOf(1), bidsOf(2)
	application := s.apply(us)
	refuse := func() fields {
		return fields{"application": application, "decision": "REFUSED", "reasons": "Synthetic: no answer."}
	}
	by := s.node(us, "Application", application, "decideBy").At("decideBy").Text()
	s.refused("WRONG_STATE", us, "answerApplicationQuestion", fields{"application": application, "answer": "Synthetic: unasked."})
	s.refused("FORBIDDEN", us, "askApplicant", fields{"application": application, "question": "Synthetic: of oneself?"})
	s.refused("NOT_FOUND", personOf("Kent", "market_manager"), "askApplicant", fields{"application": application, "question": "Synthetic: of another authority?"})
	s.done(manager, "askApplicant", fields{"application": application, "question": "Synthetic: who owns the building?"}, "")
	s.refused("ALREADY_EXISTS", manager, "askApplicant", fields{"application": application, "question": "Synthetic: and the garden?"})
	s.refused("TOO_EARLY", manager, "decideApplication", refuse())
	s.refused("NOT_FOUND", others, "answerApplicationQuestion", fields{"application": application, "answer": "Synthetic: for another."})
	s.done(us, "answerApplicationQuestion", fields{"application": application, "answer": "Synthetic: a trust."}, "")
	s.done(manager, "askApplicant", fields{"application": application, "question": "Synthetic: which trust?"}, "")
	extended := s.done(manager, "extendApplication", fields{"application": application, "reason": longReason}, "application { decideBy extendedAt extensionReason }").At("application")
	if extended.At("decideBy").Text() <= by || extended.At("extensionReason").Text() != longReason {
		t.Errorf("extended from %s to %v", by, extended)
	}
	s.refused("WRONG_STATE", manager, "extendApplication", fields{"application": application, "reason": longReason})
	s.pass(14 * 24 * time.Hour)
	s.done(manager, "decideApplication", refuse(), "")
	s.refused("WRONG_STATE", us, "answerApplicationQuestion", fields{"application": application, "answer": "Synthetic: too late."})
	shown := s.node(us, "Application", application, "decision reasons questions { round question answer answerBy } appeal { grounds }")
	if rounds := shown.At("questions").All(); len(rounds) != 2 || rounds[0].At("answer").Text() != "Synthetic: a trust." || rounds[1].At("answer").Is() || shown.At("appeal").Is() {
		t.Errorf("the provider reads %v", shown)
	}
	if s.node(others, "Application", application, "questions { question }").Is() {
		t.Error("another provider reads the application")
	}
	s.refused("NOT_FOUND", others, "appealRefusal", fields{"application": application, "grounds": "Synthetic: for another."})
	s.done(us, "appealRefusal", fields{"application": application, "grounds": "Synthetic: the answer was on its way."}, "")
	s.refused("ALREADY_EXISTS", us, "appealRefusal", fields{"application": application, "grounds": "Synthetic: once more."})
	s.refused("SAME_PERSON", manager, "decideAppeal", fields{"application": application, "upheld": false, "reasons": "Synthetic: as before."})
	s.refused("FORBIDDEN", us, "decideAppeal", fields{"application": application, "upheld": true, "reasons": "Synthetic: by oneself."})
	s.done(another(manager, 2), "decideAppeal", fields{"application": application, "upheld": true, "reasons": "Synthetic: it was."}, "")
	if n := s.count("membership WHERE provider_id = $1", us.Organisation); n != 1 {
		t.Errorf("%d memberships after an appeal that was upheld", n)
	}
	s.refused("ALREADY_EXISTS", us, "submitApplication", fields{"lot": s.lot, "statement": "Synthetic: again.", "noGroundForExclusion": true})
}

// TestAnAppealThatFailsAdmitsNobody, and the provider may apply anew.
func TestAnAppealThatFailsAdmitsNobody(t *testing.T) {
	s := newScene(t, "MATCHING")
	application := s.reviewed(bidsOf(1), false)
	if n := s.count("membership WHERE provider_id = $1", bidsOf(1).Organisation); n != 0 {
		t.Errorf("%d memberships", n)
	}
	s.refused("WRONG_STATE", another(demo.MarketManager, 3), "decideAppeal", fields{"application": application, "upheld": true, "reasons": "Synthetic: on second thoughts."})
	s.admit(bidsOf(1))
}

// TestAnAppealIsInTime: ten working days from the refusal, by the database's clock.
func TestAnAppealIsInTime(t *testing.T) {
	s := newScene(t, "MATCHING")
	application := s.apply(bidsOf(1))
	s.done(demo.MarketManager, "decideApplication", fields{"application": application, "decision": "REFUSED", "reasons": "Synthetic: not registered."}, "")
	s.pass(25 * 24 * time.Hour)
	s.refused("DEADLINE_PASSED", bidsOf(1), "appealRefusal", fields{"application": application, "grounds": "Synthetic: late."})
}

// TestManyAskAtOnce: all are held up where the first writes, and the lock of the application lets one of them.
func TestManyAskAtOnce(t *testing.T) {
	s := newScene(t, "MATCHING")
	application := s.apply(bidsOf(1))
	var answers map[string]int
	s.holdUp("LOCK TABLE dps.application_question IN EXCLUSIVE MODE", connections, func() {
		answers = atOnce(connections, func(i int) string {
			return s.try(another(demo.MarketManager, i), "askApplicant", fields{"application": application, "question": "Synthetic: who owns the building?"}, "").code
		})
	}, nil)
	if answers[""] != 1 || answers["ALREADY_EXISTS"] != connections-1 {
		t.Errorf("%v", answers)
	}
}
