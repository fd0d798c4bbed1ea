package e2e_test

import (
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// TestApplicationIsWithdrawnBeforeItIsDecided: by its provider, with a reason. Nothing waits for it any more, and the provider
// applies again.
func TestApplicationIsWithdrawnBeforeItIsDecided(t *testing.T) {
	s := newScene(t, "MATCHING")
	us, manager := bidsManagerOf(1), demo.MarketManager
	application := s.submitApplication(us)
	in := func() fields {
		return fields{"application": application, "reason": "Synthetic: it's for the wrong lot."}
	}
	s.requireRefused("INVALID", us, "withdrawApplication", fields{"application": application, "reason": ""})
	s.requireRefused("FORBIDDEN", manager, "withdrawApplication", in())
	s.requireRefused("NOT_FOUND", bidsManagerOf(2), "withdrawApplication", in())
	s.mustChange(manager, "askApplicant", fields{"application": application, "question": "Synthetic: who owns the building?"}, "")
	seen := s.mustChange(us, "withdrawApplication", in(),
		"application { decision reasons decidedAt withdrawnAt withdrawReason }").At("application")
	if seen.At("decision").Exists() || seen.At("reasons").Exists() || seen.At("decidedAt").Exists() || !seen.At("withdrawnAt").Exists() {
		t.Errorf("withdrawn: %v", seen)
	}
	why := s.readNode(manager, "Application", application, "withdrawReason").At("withdrawReason").Text()
	if why != "Synthetic: it's for the wrong lot." {
		t.Errorf("the market manager reads %q", why)
	}
	s.requireRefused("WRONG_STATE", us, "withdrawApplication", in())
	s.requireRefused("WRONG_STATE", us, "answerApplicationQuestion", fields{"application": application, "answer": "Synthetic."})
	s.requireRefused("WRONG_STATE", us, "appealRefusal", fields{"application": application, "grounds": "Synthetic."})
	s.requireRefused("WRONG_STATE", manager, "decideApplication", fields{
		"application": application, "decision": "REFUSED", "reasons": "Synthetic: late.",
	})
	again := s.submitApplication(us)
	s.mustChange(manager, "decideApplication", fields{"application": again, "decision": "REFUSED", "reasons": "Synthetic."}, "")
	s.requireRefused("WRONG_STATE", us, "withdrawApplication", fields{"application": again, "reason": "Synthetic."})
}

// TestUpheldAppealAdmitsTheRefusedApplication: the application itself becomes the admission, and says so; another that the
// provider made meanwhile is closed, and cannot only be refused. The appeal keeps what it was made against.
func TestUpheldAppealAdmitsTheRefusedApplication(t *testing.T) {
	s := newScene(t, "MATCHING")
	us, manager := bidsManagerOf(1), demo.MarketManager
	first := s.submitApplication(us)
	s.mustChange(manager, "decideApplication", fields{"application": first, "decision": "REFUSED", "reasons": "Synthetic: too few staff."}, "")
	s.mustChange(us, "appealRefusal", fields{"application": first, "grounds": "Synthetic: there are enough."}, "")
	second := s.submitApplication(us)
	decide := fields{"application": first, "upheld": true, "reasons": "Synthetic: there are."}
	s.requireRefused("SAME_PERSON", manager, "decideAppeal", decide)
	s.mustChange(anotherPerson(manager, 2), "decideAppeal", decide, "")
	seen := s.readNode(us, "Application", first, "decision reasons appeal { upheld refusalReasons refusedAt }")
	if seen.At("decision").Text() != "ADMITTED" || seen.At("reasons").Text() != "Synthetic: there are." ||
		seen.At("appeal.refusalReasons").Text() != "Synthetic: too few staff." || !seen.At("appeal.refusedAt").Exists() {
		t.Errorf("the first application: %v", seen)
	}
	if closed := s.readNode(manager, "Application", second, "decision withdrawnAt withdrawReason"); closed.At("decision").Exists() ||
		!closed.At("withdrawnAt").Exists() {
		t.Errorf("the second application: %v", closed)
	}
	s.requireStatus(s.membershipID(us), "ACTIVE")
	s.requireRefused("WRONG_STATE", us, "appealRefusal", fields{"application": first, "grounds": "Synthetic: again."})
	s.requireRefused("ALREADY_EXISTS", us, "submitApplication", fields{
		"lot": s.lot, "statement": "Synthetic: once more.", "noGroundForExclusion": true,
	})
}

// TestAppealIsUpheldAfterASecondAdmission: the provider is a member already, once.
func TestAppealIsUpheldAfterASecondAdmission(t *testing.T) {
	s := newScene(t, "MATCHING")
	us, manager := bidsManagerOf(1), demo.MarketManager
	first := s.submitApplication(us)
	s.mustChange(manager, "decideApplication", fields{"application": first, "decision": "REFUSED", "reasons": "Synthetic: too few staff."}, "")
	s.mustChange(us, "appealRefusal", fields{"application": first, "grounds": "Synthetic: there are enough."}, "")
	second := s.submitApplication(us)
	s.mustChange(manager, "decideApplication", fields{"application": second, "decision": "ADMITTED", "reasons": "Synthetic: now."}, "")
	s.mustChange(anotherPerson(manager, 2), "decideAppeal",
		fields{"application": first, "upheld": true, "reasons": "Synthetic: there were."}, "")
	if n := s.countRows("membership"); n != 1 {
		t.Errorf("%d memberships", n)
	}
}
