package e2e_test

import (
	"slices"
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// TestAskForRenewal: only the lead authority can ask. The request is on the provider's list until the evidence is
// complete.
func TestAskForRenewal(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2))
	us, manager, member := bidsManagerOf(1), demo.MarketManager, s.membershipID(bidsManagerOf(1))
	asking := func() fields {
		return fields{"membership": member, "kind": "PUBLIC_LIABILITY", "reason": "Synthetic: the insurer has changed."}
	}
	s.requireRefused("NOT_FOUND", personOf("Kent", "market_manager"), "askForRenewal", asking())
	s.requireRefused("FORBIDDEN", us, "askForRenewal", asking())
	s.mustChange(manager, "askForRenewal", asking(), "")
	s.requireRefused("ALREADY_EXISTS", manager, "askForRenewal", asking())
	if got := s.taskKinds(us); !slices.Equal(got, []string{"RENEW_AS_ASKED"}) {
		t.Errorf("to do: %v", got)
	}
	evidence := s.recordEvidence(us, 90)
	if got := s.taskKinds(us); !slices.Equal(got, []string{"RENEW_AS_ASKED"}) {
		t.Errorf("to do without the document: %v", got)
	}
	s.uploadDocument(us, evidence)
	if got := s.taskKinds(us); got != nil {
		t.Errorf("to do when it is given: %v", got)
	}
	renewals := func(who demo.Persona) []demo.Value {
		return s.readNode(who, "Provider", opaqueID("provider", us.Organisation),
			"renewals { kind { code } reason askedAt answerBy renewedAt }").At("renewals").All()
	}
	for _, reader := range []demo.Persona{us, manager} {
		if got := renewals(reader); len(got) != 1 || !got[0].At("renewedAt").Exists() {
			t.Errorf("%s reads %v", reader, got)
		}
	}
	for _, stranger := range []demo.Persona{bidsManagerOf(2), personOf("Kent", "market_manager")} {
		if got := renewals(stranger); len(got) != 0 {
			t.Errorf("%s reads %v", stranger, got)
		}
	}
	s.mustChange(manager, "askForRenewal", asking(), "")
}

// TestAskForRenewalManyAtOnce: all are held up where the first writes, and the lock of the membership lets one of them
// write.
func TestAskForRenewalManyAtOnce(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	member := s.membershipID(bidsManagerOf(1))
	var answers map[string]int
	s.holdUpByLock("LOCK TABLE dps.renewal IN EXCLUSIVE MODE", connectionCount, func() {
		answers = atOnce(connectionCount, func(i int) string {
			return s.tryChange(anotherPerson(demo.MarketManager, i), "askForRenewal", fields{
				"membership": member, "kind": "ACCOUNTS",
				"reason": "Synthetic: of last year.",
			}, "").code
		})
	}, nil)
	if answers[""] != 1 || answers["ALREADY_EXISTS"] != connectionCount-1 {
		t.Errorf("%v", answers)
	}
}
