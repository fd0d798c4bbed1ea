package e2e_test

import (
	"slices"
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// TestAMemberIsAskedToRenew: by the lead authority alone; it stands on the provider's list until it is given, whole.
func TestAMemberIsAskedToRenew(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1), bidsOf(2))
	us, manager, member := bidsOf(1), demo.MarketManager, s.membership(bidsOf(1))
	asking := func() fields {
		return fields{"membership": member, "kind": "PUBLIC_LIABILITY", "reason": "Synthetic: the insurer has changed."}
	}
	s.refused("NOT_FOUND", personOf("Kent", "market_manager"), "askForRenewal", asking())
	s.refused("FORBIDDEN", us, "askForRenewal", asking())
	s.done(manager, "askForRenewal", asking(), "")
	s.refused("ALREADY_EXISTS", manager, "askForRenewal", asking())
	if got := s.tasks(us); !slices.Equal(got, []string{"RENEW_AS_ASKED"}) {
		t.Errorf("to do: %v", got)
	}
	evidence := s.records(us, 90)
	if got := s.tasks(us); !slices.Equal(got, []string{"RENEW_AS_ASKED"}) {
		t.Errorf("to do without the document: %v", got)
	}
	s.uploads(us, evidence)
	if got := s.tasks(us); got != nil {
		t.Errorf("to do when it is given: %v", got)
	}
	renewals := func(who demo.Persona) []demo.Value {
		return s.node(who, "Provider", opaque("provider", us.Organisation), "renewals { kind { code } reason askedAt answerBy renewedAt }").At("renewals").All()
	}
	for _, reader := range []demo.Persona{us, manager} {
		if got := renewals(reader); len(got) != 1 || !got[0].At("renewedAt").Is() {
			t.Errorf("%s reads %v", reader, got)
		}
	}
	for _, stranger := range []demo.Persona{bidsOf(2), personOf("Kent", "market_manager")} {
		if got := renewals(stranger); len(got) != 0 {
			t.Errorf("%s reads %v", stranger, got)
		}
	}
	s.done(manager, "askForRenewal", asking(), "")
}

// TestManyAskForRenewalAtOnce: all are held up where the first writes, and the lock of the membership lets one of them.
func TestManyAskForRenewalAtOnce(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1))
	member := s.membership(bidsOf(1))
	var answers map[string]int
	s.holdUp("LOCK TABLE dps.renewal IN EXCLUSIVE MODE", connections, func() {
		answers = atOnce(connections, func(i int) string {
			return s.try(another(demo.MarketManager, i), "askForRenewal", fields{"membership": member, "kind": "ACCOUNTS", "reason": "Synthetic: of last year."}, "").code
		})
	}, nil)
	if answers[""] != 1 || answers["ALREADY_EXISTS"] != connections-1 {
		t.Errorf("%v", answers)
	}
}
