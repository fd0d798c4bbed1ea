package e2e_test

import (
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// TestOfficerActsInWhatIsDelegated: Croydon delegates PUBLISH and EVALUATE; the consortium's officer publishes and evaluates
// for it, awards nothing, and loses sight of everything the moment that it is taken back, with the same token.
func TestOfficerActsInWhatIsDelegated(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1))
	croydon, officer := staffOf("Croydon"), demo.Officer
	inCroydon := fields{"authority": opaque("org", demo.OrganisationID("Croydon"))}
	token := s.credential(t, officer)
	sees := func(id string) bool {
		reply, err := s.Client.Do(t.Context(), token, `query($id: ID!) { node(id: $id) { id } }`, fields{"id": id})
		must(t, err)
		return reply.Data.At("node").Is()
	}
	if answer := s.tryDraft(officer, inCroydon); answer.code != "NOT_FOUND" {
		t.Errorf("before it is delegated: %q", answer.code)
	}
	given := map[string]string{}
	for _, act := range []string{"PUBLISH", "EVALUATE"} {
		given[act] = s.done(croydon.commissioner, "giveDelegation", fields{"act": act}, "delegation { id }").At("delegation.id").Text()
	}
	need := s.draft(officer, inCroydon)
	if answer := s.tryDraft(officer, fields{"authority": opaque("org", demo.OrganisationID("Bexley"))}); answer.code != "NOT_FOUND" {
		t.Errorf("for a neighbouring borough: %q", answer.code)
	}
	s.done(officer, "publishNeed", fields{"need": need, "deadline": s.now().AddDate(0, 0, 12), "uniqueReason": "Synthetic: as wide as can be."}, "")
	if whose := s.node(croydon.commissioner, "Need", need, "authority { name } status"); whose.At("authority.name").Text() != "Croydon" || whose.At("status").Text() != "PUBLISHED" {
		t.Errorf("Croydon sees %v", whose)
	}
	offer := s.bid(bidsOf(1), need, 2, "4000.00")
	s.pass(pastDeadline)
	s.done(officer, "openOffers", fields{"need": need}, "")
	s.suitable(officer, offer)
	s.done(officer, "scoreOffer", s.scoring(offer, 4), "")

	s.done(croydon.commissioner, "withdrawDelegation", fields{"delegation": given["EVALUATE"]}, "")
	if !sees(need) || sees(offer) {
		t.Errorf("with PUBLISH alone: sees the need %t, the offer %t", sees(need), sees(offer))
	}
	s.refused("NOT_FOUND", officer, "lockScores", fields{"need": need})
	s.done(croydon.evaluator, "scoreOffer", s.scoring(offer, 5), "")
	s.done(croydon.evaluator, "lockScores", fields{"need": need}, "")
	s.refused("NOT_FOUND", officer, "proposeAward", fields{"offer": offer, "reason": "Synthetic: the best."})

	s.done(croydon.commissioner, "withdrawDelegation", fields{"delegation": given["PUBLISH"]}, "")
	if sees(need) || sees(offer) || len(s.see(officer, `{ needs { edges { node { id } } } }`, nil).At("needs.edges").All()) != 0 {
		t.Error("nothing is delegated any more, and the officer still sees")
	}
	s.refused("NOT_FOUND", officer, "publishNeed", fields{"need": need, "deadline": s.now().AddDate(0, 0, 12)})
	s.checkHistory(croydon)
}

// tryDraft tries to draft a need for an authority.
func (s *scene) tryDraft(who demo.Persona, more fields) said {
	s.t.Helper()
	return s.try(who, "createNeed", s.drafting(more), "need { id }")
}

// checkHistory: both sides go on seeing what was delegated when, and the borough's log names the officer in its capacity.
func (s *scene) checkHistory(croydon staff) {
	s.t.Helper()
	for _, who := range []demo.Persona{croydon.commissioner, demo.Officer} {
		all := s.node(who, "Organisation", opaque("org", demo.OrganisationID("Croydon")), "delegations { act withdrawnAt }").At("delegations").All()
		if len(all) != 2 || !all[0].At("withdrawnAt").Is() || !all[1].At("withdrawnAt").Is() {
			s.t.Errorf("%s sees the delegations %v", who, all)
		}
	}
	logged := map[string]bool{}
	for _, e := range s.see(croydon.auditor, `{ events(first: 100) { edges { node { act person capacity } } } }`, nil).At("events.edges").All() {
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
