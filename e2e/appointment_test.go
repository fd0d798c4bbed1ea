package e2e_test

import (
	"strings"
	"testing"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

// appoints names somebody of another authority for a need, in the capacity that they act in.
func (s *scene) appoints(by demo.Persona, need string, who demo.Persona) {
	s.t.Helper()
	s.done(by, "appoint", appointment(need, who), "need { reference }")
}

func appointment(need string, who demo.Persona) fields {
	return fields{"need": need, "organisation": opaque("org", who.Organisation), "person": who.Key, "capacity": strings.ToUpper(string(who.Capacity))}
}

// sees says whether somebody sees a thing by its id.
func (s *scene) sees(who demo.Persona, id string) bool {
	s.t.Helper()
	return s.see(who, `query($id: ID!) { node(id: $id) { id } }`, fields{"id": id}).At("node").Is()
}

func moderatorOf(authority string) demo.Persona {
	return demo.Persona{Key: strings.ToLower(authority) + ".moderator", Organisation: demo.OrganisationID(authority), Capacity: policy.Moderator}
}

// TestSeveralAuthoritiesEvaluateTogether: Kent's need is opened and scored by people of three authorities and moderated by one
// of Surrey; each sees that need alone, in its own part, declares its interests, and sees nothing once it is ranked.
func TestSeveralAuthoritiesEvaluateTogether(t *testing.T) {
	s := newScene(t, "SCORED", bidsOf(1), bidsOf(2))
	kent, surrey, croydon := staffOf("Kent"), staffOf("Surrey"), staffOf("Croydon")
	moderator := moderatorOf("Surrey")
	need, other := s.published(kent.commissioner), s.published(kent.commissioner)
	first, second := s.bid(bidsOf(1), need, 2, "4000.00"), s.bid(bidsOf(2), need, 4, "4500.00")
	elsewhere := s.bid(bidsOf(1), other, 2, "4000.00")

	s.refused("NOT_FOUND", surrey.commissioner, "appoint", appointment(need, surrey.evaluator))
	s.refused("FORBIDDEN", kent.approver, "appoint", appointment(need, surrey.evaluator))
	s.refused("INVALID", kent.commissioner, "appoint", appointment(need, kent.evaluator))
	s.refused("TOO_EARLY", kent.commissioner, "appoint", appointment(s.draft(kent.commissioner, nil), surrey.evaluator))
	if s.sees(surrey.evaluator, need) {
		t.Error("Surrey's evaluator sees the need before being appointed")
	}
	for _, who := range []demo.Persona{surrey.opener, surrey.evaluator, croydon.evaluator, moderator} {
		s.appoints(kent.commissioner, need, who)
	}
	s.refused("ALREADY_EXISTS", kent.commissioner, "appoint", appointment(need, surrey.evaluator))
	if !s.sees(surrey.evaluator, need) || s.sees(surrey.evaluator, other) || s.sees(another(surrey.evaluator, 2), need) || s.sees(surrey.commissioner, need) || s.sees(surrey.approver, need) {
		t.Error("an appointment shows one need, to one person, in one capacity")
	}
	if kent := s.node(kent.commissioner, "Need", need, "appointments { person capacity organisation { name } endedAt }").At("appointments").All(); len(kent) != 4 || kent[1].At("organisation.name").Text() != "Surrey" {
		t.Errorf("Kent reads of appointments %v", kent)
	}
	if s.tried(surrey.opener, "openOffers", fields{"need": need}, "").code != "TOO_EARLY" {
		t.Error("an opening before the deadline")
	}

	s.pass(pastDeadline)
	if answer := s.tried(surrey.opener, "openOffers", fields{"need": need}, ""); answer.code != "CONFLICT_OF_INTEREST" {
		t.Errorf("undeclared: %q", answer.code)
	}
	s.done(surrey.opener, "openOffers", fields{"need": need}, "")
	if s.sees(surrey.evaluator, first) {
		t.Error("one officer has said open, and the offer is seen")
	}
	s.done(kent.opener, "openOffers", fields{"need": need}, "")
	s.refused("NOT_FOUND", surrey.opener, "openOffers", fields{"need": other})
	s.refused("NOT_FOUND", surrey.evaluator, "scoreOffer", s.scoring(elsewhere, 5))
	read := s.node(surrey.evaluator, "Need", need, "offers { needsMet provider { name } suitability { check } scores { points } }")
	if len(read.At("offers").All()) != 2 {
		t.Errorf("Surrey's evaluator reads %v", read)
	}
	reply, err := s.Client.Do(t.Context(), s.credential(t, surrey.evaluator), `query($id: ID!) { node(id: $id) { ... on Need { offers { ranking { rank } } } } }`, fields{"id": need})
	must(t, err)
	if len(reply.Errors) == 0 {
		t.Error("an evaluator may ask for the ranking")
	}
	for i, offer := range []string{first, second} {
		s.suitable(kent.commissioner, offer)
		for _, who := range []demo.Persona{surrey.evaluator, croydon.evaluator} {
			s.done(who, "scoreOffer", s.scoring(offer, 5-i), "")
		}
	}
	if own := s.node(croydon.evaluator, "Offer", first, "scores { evaluator }").At("scores").All(); len(own) != 1 || own[0].At("evaluator").Text() != croydon.evaluator.Key {
		t.Errorf("Croydon's evaluator sees the sheets %v", own)
	}
	if len(s.node(moderator, "Offer", first, "scores { evaluator }").At("scores").All()) != 0 {
		t.Error("the moderator sees sheets that are not locked")
	}
	s.done(surrey.evaluator, "lockScores", fields{"need": need}, "")
	s.done(croydon.evaluator, "lockScores", fields{"need": need}, "")
	if len(s.node(moderator, "Offer", first, "scores { evaluator } price { weekly }").At("scores").All()) != 2 {
		t.Error("the moderator does not see both sheets")
	}
	for i, offer := range []string{first, second} {
		s.done(moderator, "moderateOffer", fields{"offer": offer, "scores": []fields{{"criterion": s.criterion(), "points": 5 - i, "reason": "Synthetic: as both found."}}}, "")
	}
	s.done(moderator, "lockQuality", fields{"need": need}, "")
	s.done(surrey.opener, "openOffers", fields{"need": need}, "")
	s.done(kent.opener, "openOffers", fields{"need": need}, "")

	if best := s.node(kent.commissioner, "Offer", first, "ranking { rank }").At("ranking.rank").Text(); best != "1" {
		t.Errorf("the first offer is ranked %q", best)
	}
	for _, who := range []demo.Persona{surrey.opener, surrey.evaluator, croydon.evaluator, moderator} {
		if s.sees(who, need) || s.sees(who, first) || len(s.see(who, `{ needs { edges { node { id } } } }`, nil).At("needs.edges").All()) != 0 {
			t.Errorf("%s still sees, after the ranking", who)
		}
	}
	s.refused("NOT_FOUND", surrey.evaluator, "scoreOffer", s.scoring(first, 1))
	s.refused("WRONG_STATE", kent.commissioner, "appoint", appointment(need, surrey.evaluator))
}

// TestAnAppointmentEndsAtOnce: with the same token; what was scored stays.
func TestAnAppointmentEndsAtOnce(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1))
	kent, surrey := staffOf("Kent"), staffOf("Surrey")
	need := s.published(kent.commissioner)
	offer := s.bid(bidsOf(1), need, 2, "4000.00")
	s.appoints(kent.commissioner, need, surrey.evaluator)
	s.pass(pastDeadline)
	s.done(kent.opener, "openOffers", fields{"need": need}, "")
	s.suitable(kent.commissioner, offer)
	s.done(surrey.evaluator, "scoreOffer", s.scoring(offer, 4), "")
	id := s.node(kent.commissioner, "Need", need, "appointments { id }").At("appointments.0.id").Text()
	s.refused("NOT_FOUND", surrey.commissioner, "endAppointment", fields{"appointment": id})
	s.done(kent.commissioner, "endAppointment", fields{"appointment": id}, "need { reference }")
	s.refused("WRONG_STATE", kent.commissioner, "endAppointment", fields{"appointment": id})
	if s.sees(surrey.evaluator, need) || s.sees(surrey.evaluator, offer) {
		t.Error("the appointment has ended, and the evaluator still sees")
	}
	s.refused("NOT_FOUND", surrey.evaluator, "lockScores", fields{"need": need})
	s.done(kent.evaluator, "scoreOffer", s.scoring(offer, 5), "")
	s.done(kent.evaluator, "lockScores", fields{"need": need}, "")
	if n := s.count("score WHERE person = $1", surrey.evaluator.Key); n != 1 {
		t.Errorf("%d scores of Surrey's evaluator", n)
	}
	for _, act := range []string{"appointment.make", "appointment.end", "score.give"} {
		if n := s.count("event WHERE act = $1 AND authority_id = $2", act, demo.OrganisationID("Kent")); n == 0 {
			t.Errorf("Kent's log has no %s", act)
		}
	}
}

// TestTheConsortiumAppoints: where a borough delegates the evaluation, and no longer than it does.
func TestTheConsortiumAppoints(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1))
	croydon, bexley := staffOf("Croydon"), staffOf("Bexley")
	need := s.published(croydon.commissioner)
	s.refused("NOT_FOUND", demo.Officer, "appoint", appointment(need, bexley.evaluator))
	given := s.done(croydon.commissioner, "giveDelegation", fields{"act": "EVALUATE"}, "delegation { id }").At("delegation.id").Text()
	s.appoints(demo.Officer, need, bexley.evaluator)
	s.done(croydon.commissioner, "withdrawDelegation", fields{"delegation": given}, "")
	s.refused("NOT_FOUND", demo.Officer, "appoint", appointment(need, bexley.opener))
	if !s.sees(bexley.evaluator, need) {
		t.Error("who was appointed stays so until Croydon ends it")
	}
	s.done(croydon.commissioner, "endAppointment", fields{"appointment": s.node(croydon.commissioner, "Need", need, "appointments { id }").At("appointments.0.id").Text()}, "")
	if s.sees(bexley.evaluator, need) {
		t.Error("Croydon has ended it")
	}
}
