package e2e_test

import (
	"testing"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

// TestApplicationRowsCannotBeRewritten without the program: a person who can change a part of a row cannot change
// another part, or that part twice.
func TestApplicationRowsCannotBeRewritten(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	application := s.submitApplication(bidsManagerOf(2))
	ask := fields{"application": application, "question": "Synthetic: who owns the building?"}
	s.mustChange(demo.MarketManager, "askApplicant", ask, "")
	s.mustChange(demo.MarketManager, "askForRenewal", fields{
		"membership": s.membershipID(bidsManagerOf(1)), "kind": "ACCOUNTS",
		"reason": "Synthetic: of last year.",
	}, "")
	s.giveEvidence(bidsManagerOf(1), 90)
	manager := policy.Actor{Role: policy.MarketManager, Person: "synthetic.manager", Organisation: demo.MarketManager.Organisation}
	bids := policy.Actor{Role: policy.BidsManager, Person: "synthetic.bids", Organisation: bidsManagerOf(2).Organisation}
	try := func(a policy.Actor, statement string) error {
		t.Helper()
		tx := s.Become(t, a)
		_, err := tx.Exec(statement)
		must(t, tx.Rollback())
		return err
	}
	const answers, rejects = "UPDATE dps.application_question SET answer = 'Synthetic', answered_at = dps.now()",
		"UPDATE dps.evidence SET rejected_at = dps.now()"
	for name, c := range map[string]struct {
		a         policy.Actor
		statement string
		good      bool
	}{
		"an answer":                 {bids, answers, true},
		"an answer, and a question": {bids, answers + ", question = 'Synthetic: none'", false},
		"more time for an answer":   {bids, "UPDATE dps.application_question SET answer_by = dps.now()", false},
		"a rejection":               {manager, rejects, true},
		"a rejection and a day":     {manager, rejects + ", valid_until = '2199-01-01'", false},
		"evidence valid for longer": {manager, "UPDATE dps.evidence SET valid_until = '2199-01-01'", false},
	} {
		if err := try(c.a, c.statement); (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.mustChange(bidsManagerOf(2), "answerApplicationQuestion", fields{"application": application, "answer": "Synthetic: a trust."}, "")
	s.execAsAdmin(rejects)
	for name, again := range map[string]struct {
		a         policy.Actor
		statement string
	}{
		"another answer":     {bids, answers},
		"no rejection after": {manager, "UPDATE dps.evidence SET rejected_at = NULL"},
	} {
		if err := try(again.a, again.statement); err == nil {
			t.Errorf("%s went through", name)
		}
	}
	for _, table := range []string{"membership_step", "evidence_file", "evidence_rejection", "renewal"} {
		if _, err := s.Admin.Exec("DELETE FROM dps." + table); err == nil {
			t.Errorf("rows of %s can be deleted", table)
		}
	}
}
