package e2e_test

import (
	"strings"
	"testing"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

// appointPerson appoints a person of another authority to a need, in the capacity that they act in.
func (s *scene) appointPerson(by demo.Persona, need string, who demo.Persona) {
	s.t.Helper()
	s.mustChange(by, "appoint", appointmentInput(need, who), "need { reference }")
}

func appointmentInput(need string, who demo.Persona) fields {
	return fields{
		"need": need, "organisation": opaqueID("org", who.Organisation), "person": who.Key,
		"capacity": strings.ToUpper(string(who.Capacity)),
	}
}

// canSee says whether a person sees a thing by its id.
func (s *scene) canSee(who demo.Persona, id string) bool {
	s.t.Helper()
	return s.readData(who, `query($id: ID!) { node(id: $id) { id } }`, fields{"id": id}).At("node").Exists()
}

func moderatorOf(authority string) demo.Persona {
	return demo.Persona{
		Key: strings.ToLower(authority) + ".moderator", Organisation: demo.OrganisationID(authority),
		Capacity: policy.Moderator,
	}
}

// TestAppointedPeopleEvaluateTogether: people of three authorities open and score Kent's need, and one of Surrey
// moderates. Each sees only that need and their own part, declares their interests, and sees nothing once it is ranked.
func TestAppointedPeopleEvaluateTogether(t *testing.T) {
	s := newScene(t, "SCORED", bidsManagerOf(1), bidsManagerOf(2))
	kent, surrey, croydon := staffOf("Kent"), staffOf("Surrey"), staffOf("Croydon")
	moderator := moderatorOf("Surrey")
	need, other := s.publishNeed(kent.commissioner), s.publishNeed(kent.commissioner)
	first, second := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00"), s.submitOffer(bidsManagerOf(2), need, 4, "4500.00")
	elsewhere := s.submitOffer(bidsManagerOf(1), other, 2, "4000.00")

	s.requireRefused("NOT_FOUND", surrey.commissioner, "appoint", appointmentInput(need, surrey.evaluator))
	s.requireRefused("FORBIDDEN", kent.approver, "appoint", appointmentInput(need, surrey.evaluator))
	s.requireRefused("INVALID", kent.commissioner, "appoint", appointmentInput(need, kent.evaluator))
	s.requireRefused("TOO_EARLY", kent.commissioner, "appoint", appointmentInput(s.draftNeed(kent.commissioner, nil), surrey.evaluator))
	if s.canSee(surrey.evaluator, need) {
		t.Error("Surrey's evaluator sees the need before being appointed")
	}
	for _, who := range []demo.Persona{surrey.opener, surrey.evaluator, croydon.evaluator, moderator} {
		s.appointPerson(kent.commissioner, need, who)
	}
	s.requireRefused("ALREADY_EXISTS", kent.commissioner, "appoint", appointmentInput(need, surrey.evaluator))
	if !s.canSee(surrey.evaluator, need) || s.canSee(surrey.evaluator, other) || s.canSee(anotherPerson(surrey.evaluator, 2), need) ||
		s.canSee(surrey.commissioner, need) || s.canSee(surrey.approver, need) {
		t.Error("an appointment shows one need, to one person, in one capacity")
	}
	if kent := s.readNode(kent.commissioner, "Need", need,
		"appointments { person capacity organisation { name } endedAt }").At("appointments").All(); len(kent) != 4 ||
		kent[1].At("organisation.name").Text() != "Surrey" {
		t.Errorf("Kent reads of appointments %v", kent)
	}
	if s.sendChange(surrey.opener, "openOffers", fields{"need": need}, "").code != "TOO_EARLY" {
		t.Error("an opening before the deadline")
	}

	s.passTime(pastDeadline)
	if answer := s.sendChange(surrey.opener, "openOffers", fields{"need": need}, ""); answer.code != "CONFLICT_OF_INTEREST" {
		t.Errorf("undeclared: %q", answer.code)
	}
	s.mustChange(surrey.opener, "openOffers", fields{"need": need}, "")
	if s.canSee(surrey.evaluator, first) {
		t.Error("one officer has said open, and the offer is seen")
	}
	s.mustChange(kent.opener, "openOffers", fields{"need": need}, "")
	s.requireRefused("NOT_FOUND", surrey.opener, "openOffers", fields{"need": other})
	s.requireRefused("NOT_FOUND", surrey.evaluator, "scoreOffer", s.scoreInput(elsewhere, 5))
	read := s.readNode(surrey.evaluator, "Need", need, "offers { needsMet provider { name } suitability { check } scores { points } }")
	if len(read.At("offers").All()) != 2 {
		t.Errorf("Surrey's evaluator reads %v", read)
	}
	reply, err := s.Client.Do(t.Context(), s.credentialOf(t, surrey.evaluator),
		`query($id: ID!) { node(id: $id) { ... on Need { offers { ranking { rank } } } } }`, fields{"id": need})
	must(t, err)
	if len(reply.Errors) == 0 {
		t.Error("an evaluator may ask for the ranking")
	}
	for i, offer := range []string{first, second} {
		s.assessAsSuitable(kent.commissioner, offer)
		for _, who := range []demo.Persona{surrey.evaluator, croydon.evaluator} {
			s.mustChange(who, "scoreOffer", s.scoreInput(offer, 5-i), "")
		}
	}
	if own := s.readNode(croydon.evaluator, "Offer", first, "scores { evaluator }").At("scores").All(); len(own) != 1 ||
		own[0].At("evaluator").Text() != croydon.evaluator.Key {
		t.Errorf("Croydon's evaluator sees the sheets %v", own)
	}
	if len(s.readNode(moderator, "Offer", first, "scores { evaluator }").At("scores").All()) != 0 {
		t.Error("the moderator sees sheets that are not locked")
	}
	s.mustChange(surrey.evaluator, "lockScores", fields{"need": need}, "")
	s.mustChange(croydon.evaluator, "lockScores", fields{"need": need}, "")
	if len(s.readNode(moderator, "Offer", first, "scores { evaluator } price { weekly }").At("scores").All()) != 2 {
		t.Error("the moderator does not see both sheets")
	}
	for i, offer := range []string{first, second} {
		s.mustChange(moderator, "moderateOffer", fields{"offer": offer, "scores": []fields{{
			"criterion": s.criterionID(), "points": 5 - i,
			"reason": "Synthetic: as both found.",
		}}}, "")
	}
	s.mustChange(moderator, "lockQuality", fields{"need": need}, "")
	s.mustChange(surrey.opener, "openOffers", fields{"need": need}, "")
	s.mustChange(kent.opener, "openOffers", fields{"need": need}, "")

	if best := s.readNode(kent.commissioner, "Offer", first, "ranking { rank }").At("ranking.rank").Text(); best != "1" {
		t.Errorf("the first offer is ranked %q", best)
	}
	for _, who := range []demo.Persona{surrey.opener, surrey.evaluator, croydon.evaluator, moderator} {
		if s.canSee(who, need) || s.canSee(who, first) || len(s.readData(who, `{ needs { edges { node { id } } } }`,
			nil).At("needs.edges").All()) != 0 {
			t.Errorf("%s still sees, after the ranking", who)
		}
	}
	s.requireRefused("NOT_FOUND", surrey.evaluator, "scoreOffer", s.scoreInput(first, 1))
	s.requireRefused("WRONG_STATE", kent.commissioner, "appoint", appointmentInput(need, surrey.evaluator))
}

// TestEndAppointmentTakesEffectAtOnce: with the same token. Scores that were given stay.
func TestEndAppointmentTakesEffectAtOnce(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent, surrey := staffOf("Kent"), staffOf("Surrey")
	need := s.publishNeed(kent.commissioner)
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.appointPerson(kent.commissioner, need, surrey.evaluator)
	s.passTime(pastDeadline)
	s.mustChange(kent.opener, "openOffers", fields{"need": need}, "")
	s.assessAsSuitable(kent.commissioner, offer)
	s.mustChange(surrey.evaluator, "scoreOffer", s.scoreInput(offer, 4), "")
	id := s.readNode(kent.commissioner, "Need", need, "appointments { id }").At("appointments.0.id").Text()
	s.requireRefused("NOT_FOUND", surrey.commissioner, "endAppointment", fields{"appointment": id})
	s.mustChange(kent.commissioner, "endAppointment", fields{"appointment": id}, "need { reference }")
	s.requireRefused("WRONG_STATE", kent.commissioner, "endAppointment", fields{"appointment": id})
	if s.canSee(surrey.evaluator, need) || s.canSee(surrey.evaluator, offer) {
		t.Error("the appointment has ended, and the evaluator still sees")
	}
	s.requireRefused("NOT_FOUND", surrey.evaluator, "lockScores", fields{"need": need})
	s.mustChange(kent.evaluator, "scoreOffer", s.scoreInput(offer, 5), "")
	s.mustChange(kent.evaluator, "lockScores", fields{"need": need}, "")
	if n := s.countRows("score WHERE person = $1", surrey.evaluator.Key); n != 1 {
		t.Errorf("%d scores of Surrey's evaluator", n)
	}
	for _, act := range []string{"appointment.make", "appointment.end", "score.give"} {
		if n := s.countRows("event WHERE act = $1 AND authority_id = $2", act, demo.OrganisationID("Kent")); n == 0 {
			t.Errorf("Kent's log has no %s", act)
		}
	}
}

// TestConsortiumAppointsWhileDelegated: only while a borough delegates the evaluation.
func TestConsortiumAppointsWhileDelegated(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	croydon, bexley := staffOf("Croydon"), staffOf("Bexley")
	need := s.publishNeed(croydon.commissioner)
	s.requireRefused("NOT_FOUND", demo.Officer, "appoint", appointmentInput(need, bexley.evaluator))
	given := s.mustChange(croydon.commissioner, "giveDelegation", fields{"act": "EVALUATE"}, "delegation { id }").At("delegation.id").Text()
	s.appointPerson(demo.Officer, need, bexley.evaluator)
	s.mustChange(croydon.commissioner, "withdrawDelegation", fields{"delegation": given}, "")
	s.requireRefused("NOT_FOUND", demo.Officer, "appoint", appointmentInput(need, bexley.opener))
	if !s.canSee(bexley.evaluator, need) {
		t.Error("who was appointed stays so until Croydon ends it")
	}
	s.mustChange(croydon.commissioner, "endAppointment", fields{"appointment": s.readNode(croydon.commissioner, "Need", need,
		"appointments { id }").At("appointments.0.id").Text()}, "")
	if s.canSee(bexley.evaluator, need) {
		t.Error("Croydon has ended it")
	}
}
