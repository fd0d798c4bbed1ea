package e2e_test

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
)

const longReason = "Synthetic: the accounts are in another group company's name, and have to be verified."

// submitApplication applies to the scene's lot, and leaves the application undecided.
func (s *scene) submitApplication(p demo.Persona) string {
	s.t.Helper()
	return s.mustChange(p, "submitApplication", fields{
		"lot": s.lot, "statement": "Synthetic: we meet every criterion.",
		"noGroundForExclusion": true,
	},
		"application { id }").At("application.id").Text()
}

// reviewApplication takes an application through everything that can happen to it: a question, more time, a refusal, an
// appeal.
func (s *scene) reviewApplication(p demo.Persona, upheld bool) string {
	s.t.Helper()
	manager, application := demo.MarketManager, s.submitApplication(p)
	s.mustChange(manager, "askApplicant", fields{"application": application, "question": "Synthetic: who owns the building?"},
		"application { decideBy }")
	s.mustChange(p, "answerApplicationQuestion", fields{"application": application, "answer": "Synthetic: a trust."},
		"application { decideBy }")
	s.mustChange(manager, "extendApplication", fields{"application": application, "reason": longReason}, "application { decideBy }")
	s.mustChange(manager, "decideApplication", fields{
		"application": application, "decision": "REFUSED",
		"reasons": "Synthetic: the trust is wound up.",
	}, "application { decision }")
	s.mustChange(p, "appealRefusal", fields{"application": application, "grounds": "Synthetic: it is not."}, "application { decision }")
	s.mustChange(anotherPerson(manager, 2), "decideAppeal", fields{
		"application": application, "upheld": upheld,
		"reasons": "Synthetic: as the register says.",
	}, "application { decision }")
	return application
}

// TestApplicationFromQuestionToAppeal: each side does its part, and the time to decide keeps running.
func TestApplicationFromQuestionToAppeal(t *testing.T) {
	s := newScene(t, "MATCHING")
	manager, us, others := demo.MarketManager, bidsManagerOf(1), bidsManagerOf(2)
	application := s.submitApplication(us)
	refuse := func() fields {
		return fields{"application": application, "decision": "REFUSED", "reasons": "Synthetic: no answer."}
	}
	by := s.readNode(us, "Application", application, "decideBy").At("decideBy").Text()
	s.requireRefused("WRONG_STATE", us, "answerApplicationQuestion", fields{"application": application, "answer": "Synthetic: unasked."})
	s.requireRefused("FORBIDDEN", us, "askApplicant", fields{"application": application, "question": "Synthetic: of oneself?"})
	s.requireRefused("NOT_FOUND", personOf("Kent", "market_manager"), "askApplicant", fields{
		"application": application,
		"question":    "Synthetic: of another authority?",
	})
	s.mustChange(manager, "askApplicant", fields{"application": application, "question": "Synthetic: who owns the building?"}, "")
	s.requireRefused("ALREADY_EXISTS", manager, "askApplicant", fields{"application": application, "question": "Synthetic: and the garden?"})
	s.requireRefused("TOO_EARLY", manager, "decideApplication", refuse())
	s.requireRefused("NOT_FOUND", others, "answerApplicationQuestion", fields{"application": application, "answer": "Synthetic: for another."})
	s.mustChange(us, "answerApplicationQuestion", fields{"application": application, "answer": "Synthetic: a trust."}, "")
	s.mustChange(manager, "askApplicant", fields{"application": application, "question": "Synthetic: which trust?"}, "")
	extended := s.mustChange(manager, "extendApplication", fields{"application": application, "reason": longReason},
		"application { decideBy extendedAt extensionReason }").At("application")
	if extended.At("decideBy").Text() <= by || extended.At("extensionReason").Text() != longReason {
		t.Errorf("extended from %s to %v", by, extended)
	}
	s.requireRefused("WRONG_STATE", manager, "extendApplication", fields{"application": application, "reason": longReason})
	s.passTime(14 * 24 * time.Hour)
	s.mustChange(manager, "decideApplication", refuse(), "")
	s.requireRefused("WRONG_STATE", us, "answerApplicationQuestion", fields{"application": application, "answer": "Synthetic: too late."})
	shown := s.readNode(us, "Application", application, "decision reasons questions { round question answer answerBy } appeal { grounds }")
	if rounds := shown.At("questions").All(); len(rounds) != 2 || rounds[0].At("answer").Text() != "Synthetic: a trust." ||
		rounds[1].At("answer").Exists() || shown.At("appeal").Exists() {
		t.Errorf("the provider reads %v", shown)
	}
	if s.readNode(others, "Application", application, "questions { question }").Exists() {
		t.Error("another provider reads the application")
	}
	s.requireRefused("NOT_FOUND", others, "appealRefusal", fields{"application": application, "grounds": "Synthetic: for another."})
	s.mustChange(us, "appealRefusal", fields{"application": application, "grounds": "Synthetic: the answer was on its way."}, "")
	s.requireRefused("ALREADY_EXISTS", us, "appealRefusal", fields{"application": application, "grounds": "Synthetic: once more."})
	s.requireRefused("SAME_PERSON", manager, "decideAppeal", fields{
		"application": application, "upheld": false,
		"reasons": "Synthetic: as before.",
	})
	s.requireRefused("FORBIDDEN", us, "decideAppeal", fields{"application": application, "upheld": true, "reasons": "Synthetic: by oneself."})
	s.mustChange(anotherPerson(manager, 2), "decideAppeal", fields{
		"application": application, "upheld": true,
		"reasons": "Synthetic: it was.",
	}, "")
	if n := s.countRows("membership WHERE provider_id = $1", us.Organisation); n != 1 {
		t.Errorf("%d memberships after an appeal that was upheld", n)
	}
	s.requireRefused("ALREADY_EXISTS", us, "submitApplication", fields{
		"lot": s.lot, "statement": "Synthetic: again.",
		"noGroundForExclusion": true,
	})
}

// TestFailedAppealAdmitsNobody, and the provider can apply again.
func TestFailedAppealAdmitsNobody(t *testing.T) {
	s := newScene(t, "MATCHING")
	application := s.reviewApplication(bidsManagerOf(1), false)
	if n := s.countRows("membership WHERE provider_id = $1", bidsManagerOf(1).Organisation); n != 0 {
		t.Errorf("%d memberships", n)
	}
	s.requireRefused("WRONG_STATE", anotherPerson(demo.MarketManager, 3), "decideAppeal", fields{
		"application": application, "upheld": true,
		"reasons": "Synthetic: on second thoughts.",
	})
	s.admitProvider(bidsManagerOf(1))
}

// TestAppealAfterTenWorkingDaysIsRefused: ten working days from the refusal, by the database's clock.
func TestAppealAfterTenWorkingDaysIsRefused(t *testing.T) {
	s := newScene(t, "MATCHING")
	application := s.submitApplication(bidsManagerOf(1))
	s.mustChange(demo.MarketManager, "decideApplication", fields{
		"application": application, "decision": "REFUSED",
		"reasons": "Synthetic: not registered.",
	}, "")
	s.passTime(25 * 24 * time.Hour)
	s.requireRefused("DEADLINE_PASSED", bidsManagerOf(1), "appealRefusal", fields{"application": application, "grounds": "Synthetic: late."})
}

// TestAskApplicantManyAtOnce: all are held up where the first writes, and the lock of the application lets one of them
// write.
func TestAskApplicantManyAtOnce(t *testing.T) {
	s := newScene(t, "MATCHING")
	application := s.submitApplication(bidsManagerOf(1))
	var answers map[string]int
	s.holdUpByLock("LOCK TABLE dps.application_question IN EXCLUSIVE MODE", connectionCount, func() {
		answers = atOnce(connectionCount, func(i int) string {
			return s.tryChange(anotherPerson(demo.MarketManager, i), "askApplicant", fields{
				"application": application,
				"question":    "Synthetic: who owns the building?",
			}, "").code
		})
	}, nil)
	if answers[""] != 1 || answers["ALREADY_EXISTS"] != connectionCount-1 {
		t.Errorf("%v", answers)
	}
}
