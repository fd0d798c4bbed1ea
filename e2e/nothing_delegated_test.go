package e2e_test

import (
	"strings"
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// TestOfficerWithNothingDelegated: every list of the officer is empty, and nothing can be begun for a borough.
func TestOfficerWithNothingDelegated(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	croydon := staffOf("Croydon")
	need := s.publishNeed(croydon.commissioner)
	read := s.readData(demo.Officer, `{ needs { edges { node { id } } } placements { edges { node { id } } } alerts { edges { node { id } } }
		toDo { __typename } }`, nil)
	for _, list := range []string{"needs.edges", "placements.edges", "alerts.edges", "toDo"} {
		if got := read.At(list); !got.IsList() || len(got.All()) != 0 {
			t.Errorf("%s: %v", list, got)
		}
	}
	for mutation, in := range map[string]fields{
		"createNeed":  s.needInput(fields{"authority": opaqueID("org", demo.OrganisationID("Croydon"))}),
		"publishNeed": {"need": need, "deadline": s.marketTime().AddDate(0, 0, 12)}, "openOffers": {"need": need},
	} {
		answer := s.sendChange(demo.Officer, mutation, in, "")
		if mutation == "createNeed" && !strings.Contains(answer.words, "has not delegated PUBLISH to your consortium") {
			t.Errorf("%s: %s", mutation, answer.words)
		}
		if answer.code != "NOT_FOUND" {
			t.Errorf("%s: %q, %s", mutation, answer.code, answer.words)
		}
	}
}
