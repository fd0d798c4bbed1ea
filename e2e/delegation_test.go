package e2e_test

import (
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// TestOfficerActsOnlyWhileDelegated: Croydon delegates PUBLISH and EVALUATE. The consortium's officer publishes and
// evaluates for it, cannot award, and sees nothing from the moment that the delegation is withdrawn, with the same
// token.
func TestOfficerActsOnlyWhileDelegated(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	croydon, officer := staffOf("Croydon"), demo.Officer
	inCroydon := fields{"authority": opaqueID("org", demo.OrganisationID("Croydon"))}
	token := s.credentialOf(t, officer)
	sees := func(id string) bool {
		reply, err := s.Client.Do(t.Context(), token, `query($id: ID!) { node(id: $id) { id } }`, fields{"id": id})
		must(t, err)
		return reply.Data.At("node").Exists()
	}
	if answer := s.tryDraft(officer, inCroydon); answer.code != "NOT_FOUND" {
		t.Errorf("before it is delegated: %q", answer.code)
	}
	given := map[string]string{}
	for _, act := range []string{"PUBLISH", "EVALUATE"} {
		given[act] = s.mustChange(croydon.commissioner, "giveDelegation", fields{"act": act}, "delegation { id }").At("delegation.id").Text()
	}
	need := s.draftNeed(officer, inCroydon)
	if answer := s.tryDraft(officer, fields{"authority": opaqueID("org", demo.OrganisationID("Bexley"))}); answer.code != "NOT_FOUND" {
		t.Errorf("for a neighbouring borough: %q", answer.code)
	}
	s.mustChange(officer, "publishNeed", fields{
		"need": need, "deadline": s.marketTime().AddDate(0, 0, 12),
		"uniqueReason": "Synthetic: as wide as can be.",
	}, "")
	if whose := s.readNode(croydon.commissioner, "Need", need, "authority { name } status"); whose.At("authority.name").Text() != "Croydon" ||
		whose.At("status").Text() != "PUBLISHED" {
		t.Errorf("Croydon sees %v", whose)
	}
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.passTime(pastDeadline)
	s.mustChange(officer, "openOffers", fields{"need": need}, "")
	s.assessAsSuitable(officer, offer)
	s.mustChange(officer, "scoreOffer", s.scoreInput(offer, 4), "")

	s.mustChange(croydon.commissioner, "withdrawDelegation", fields{"delegation": given["EVALUATE"]}, "")
	if !sees(need) || sees(offer) {
		t.Errorf("with PUBLISH alone: sees the need %t, the offer %t", sees(need), sees(offer))
	}
	s.requireRefused("NOT_FOUND", officer, "lockScores", fields{"need": need})
	s.mustChange(croydon.evaluator, "scoreOffer", s.scoreInput(offer, 5), "")
	s.mustChange(croydon.evaluator, "lockScores", fields{"need": need}, "")
	s.requireRefused("NOT_FOUND", officer, "proposeAward", fields{"offer": offer, "reason": "Synthetic: the best."})

	s.mustChange(croydon.commissioner, "withdrawDelegation", fields{"delegation": given["PUBLISH"]}, "")
	if sees(need) || sees(offer) || len(s.readData(officer, `{ needs { edges { node { id } } } }`, nil).At("needs.edges").All()) != 0 {
		t.Error("nothing is delegated any more, and the officer still sees")
	}
	s.requireRefused("NOT_FOUND", officer, "publishNeed", fields{"need": need, "deadline": s.marketTime().AddDate(0, 0, 12)})
	s.checkHistory(croydon)
}

// tryDraft tries to draft a need for an authority.
func (s *scene) tryDraft(who demo.Persona, more fields) changeResult {
	s.t.Helper()
	return s.tryChange(who, "createNeed", s.needInput(more), "need { id }")
}

// checkHistory: both sides still see what was delegated when, and the borough's log names the officer in their
// capacity.
func (s *scene) checkHistory(croydon authorityStaff) {
	s.t.Helper()
	for _, who := range []demo.Persona{croydon.commissioner, demo.Officer} {
		all := s.readNode(who, "Organisation", opaqueID("org", demo.OrganisationID("Croydon")),
			"delegations { act withdrawnAt }").At("delegations").All()
		if len(all) != 2 || !all[0].At("withdrawnAt").Exists() || !all[1].At("withdrawnAt").Exists() {
			s.t.Errorf("%s sees the delegations %v", who, all)
		}
	}
	logged := map[string]bool{}
	for _, e := range s.readData(croydon.auditor, `{ events(first: 100) { edges { node { act person capacity } } } }`,
		nil).At("events.edges").All() {
		if e.At("node.person").Text() == demo.Officer.Key && e.At("node.capacity").Text() == "consortium_officer" {
			logged[e.At("node.act").Text()] = true
		}
	}
	for _, act := range []string{"need.create", "need.publish", "offer.open", "suitability.assess", "score.give"} {
		if !logged[act] {
			s.t.Errorf("Croydon's log does not name the officer for %s: %v", act, logged)
		}
	}
}
