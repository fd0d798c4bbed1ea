package e2e_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

// admitted is a new authority of the region with its people, from so many days from now on.
func (s *scene) admitted(name, code string, inDays int) staff {
	s.t.Helper()
	id := s.done(demo.MarketManager, "admitPartner", fields{"kind": "PARTNER", "name": name, "dfeCode": code, "from": s.day(inDays), "words": "Synthetic: agreed."},
		"organisation { id }").At("organisation.id").Text()
	return peopleOf(name, plain(s.t, id))
}

func peopleOf(name string, organisation uuid.UUID) staff {
	p := staffOf(name)
	for _, who := range []*demo.Persona{&p.commissioner, &p.opener, &p.evaluator, &p.approver, &p.auditor, &p.safeguarding} {
		who.Organisation = organisation
	}
	return p
}

const historyOf = "name kind joinedOn leftOn consortium { name } history { kind onDay consortium { name } words }"

// TestAPartnerJoins: from its day on it begins with nothing but its own, and nobody else sees that.
func TestAPartnerJoins(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1))
	kent := staffOf("Kent")
	before := s.published(kent.commissioner)
	joining := fields{"kind": "PARTNER", "name": "Synthetic County", "dfeCode": "999", "from": s.day(10), "words": "Synthetic: agreed."}
	s.refused("FORBIDDEN", kent.commissioner, "admitPartner", joining)
	s.refused("NOT_FOUND", demo.Persona{Key: "kent.manager", Organisation: kent.commissioner.Organisation, Capacity: policy.MarketManager}, "admitPartner", joining)
	county := s.admitted("Synthetic County", "999", 10)
	s.refused("ALREADY_EXISTS", demo.MarketManager, "admitPartner", joining)
	if answer := s.tried(county.commissioner, "createNeed", s.drafting(nil), ""); answer.code != "TOO_EARLY" {
		t.Errorf("before its first day: %q", answer.code)
	}
	s.pass(11 * 24 * time.Hour)
	own := s.published(county.commissioner)
	if s.sees(county.commissioner, before) || s.sees(kent.commissioner, own) || len(s.see(county.commissioner, `{ needs { edges { node { id } } } }`, nil).At("needs.edges").All()) != 1 {
		t.Error("each sees its own, and nothing else")
	}
	if found := s.see(county.auditor, `{ events(first: 100) { edges { node { act } } } }`, nil).At("events.edges").All(); len(found) != 4 {
		t.Errorf("its auditor reads %d events, and not of its joining, its need drafted, decided and published", len(found))
	}
	seen := s.node(demo.Public, "Organisation", opaque("org", county.auditor.Organisation), historyOf)
	if seen.At("history.0.kind").Text() != "JOINED" || seen.At("joinedOn").Text() != seen.At("history.0.onDay").Text() || seen.At("leftOn").Is() {
		t.Errorf("everybody reads %v", seen)
	}
}

// TestAPartnerLeaves: on its last day it can still begin something; afterwards it finishes what it began, reads what is its
// own, and neither sees what is shared with the region nor acts where its people were appointed.
func TestAPartnerLeaves(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1), bidsOf(2))
	kent, surrey := staffOf("Kent"), staffOf("Surrey")
	s.gives(bidsOf(1), 300)
	placed := s.published(surrey.commissioner)
	offer := s.bid(bidsOf(1), placed, 2, "4000.00")
	s.pass(pastDeadline)
	s.ranked(surrey, placed, offer)
	placement := s.done(bidsOf(1), "acceptAward", fields{"award": s.approved(surrey, offer)}, "award { placement { id } }").At("award.placement.id").Text()

	leaving := func(of string) fields {
		return fields{"organisation": opaque("org", demo.OrganisationID(of)), "lastDay": s.day(1), "words": "Synthetic: as agreed."}
	}
	s.refused("FORBIDDEN", surrey.commissioner, "endPartnership", leaving("Surrey"))
	s.refused("WRONG_STATE", demo.MarketManager, "endPartnership", leaving("West Sussex"))
	s.refused("WRONG_STATE", demo.MarketManager, "endPartnership", leaving(demo.Consortium))
	s.done(demo.MarketManager, "endPartnership", leaving("Surrey"), "organisation { leftOn }")
	s.refused("WRONG_STATE", demo.MarketManager, "endPartnership", leaving("Surrey"))

	running, draft := s.published(surrey.commissioner), s.draft(surrey.commissioner, nil)
	bid := s.bid(bidsOf(2), running, 4, "4100.00")
	joint := s.published(kent.commissioner)
	s.appoints(kent.commissioner, joint, surrey.evaluator)
	evidence := func() int {
		return len(s.node(surrey.commissioner, "Provider", opaque("provider", demo.ProviderID(1)), "evidence { reference }").At("evidence").All())
	}
	if !s.sees(surrey.evaluator, joint) || evidence() != 1 {
		t.Error("until its last day it takes part")
	}
	s.pass(pastDeadline)

	if s.sees(surrey.evaluator, joint) || evidence() != 0 {
		t.Error("it has left, and still sees what is the region's")
	}
	s.refused("WRONG_STATE", kent.commissioner, "appoint", appointment(joint, surrey.opener))
	for mutation, in := range map[string]fields{
		"createNeed": s.drafting(nil), "copyNeed": {"need": running},
		"publishNeed": {"need": draft, "deadline": s.now().AddDate(0, 0, 12), "uniqueReason": "Synthetic: alone."},
	} {
		if answer := s.tried(surrey.commissioner, mutation, in, ""); answer.code != "WRONG_STATE" {
			t.Errorf("%s after it has left: %q, %s", mutation, answer.code, answer.words)
		}
	}
	s.ranked(surrey, running, bid)
	s.done(bidsOf(2), "declineAward", fields{"award": s.approved(surrey, bid), "reason": "Synthetic: full."}, "")
	s.done(surrey.commissioner, "signAgreement", fields{"placement": placement}, "")
	s.done(bidsOf(1), "signAgreement", fields{"placement": placement}, "placement { status }")
	if len(s.see(surrey.auditor, `{ events(first: 100) { edges { node { act } } } }`, nil).At("events.edges").All()) < 20 {
		t.Error("its auditor no longer reads its log")
	}
	if seen := s.node(demo.Public, "Organisation", opaque("org", demo.OrganisationID("Surrey")), historyOf); seen.At("history.0.kind").Text() != "LEFT" || !seen.At("leftOn").Is() {
		t.Errorf("everybody reads %v", seen)
	}
}

// TestABoroughMoves: out of the consortium, whose officers then see nothing of it, and in again, with nothing delegated.
func TestABoroughMoves(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1))
	croydon, id := staffOf("Croydon"), opaque("org", demo.OrganisationID("Croydon"))
	for _, act := range []string{"PUBLISH", "EVALUATE"} {
		s.done(croydon.commissioner, "giveDelegation", fields{"act": act}, "")
	}
	need := s.draft(demo.Officer, fields{"authority": id})
	s.done(demo.Officer, "publishNeed", fields{"need": need, "deadline": s.now().AddDate(0, 0, 12), "uniqueReason": "Synthetic: alone."}, "")
	move := func(to any) fields {
		return fields{"organisation": id, "consortium": to, "words": "Synthetic: as agreed."}
	}
	s.refused("FORBIDDEN", croydon.commissioner, "moveBorough", move(nil))
	s.refused("WRONG_STATE", demo.MarketManager, "moveBorough", move(opaque("org", demo.OrganisationID(demo.Consortium))))
	s.done(demo.MarketManager, "moveBorough", move(nil), "organisation { kind }")
	if s.sees(demo.Officer, need) || !s.sees(croydon.commissioner, need) {
		t.Error("its need is its own again")
	}
	s.refused("WRONG_STATE", croydon.commissioner, "giveDelegation", fields{"act": "PUBLISH"})
	s.refused("INVALID", demo.MarketManager, "moveBorough", move(opaque("org", demo.OrganisationID("Kent"))))
	s.done(demo.MarketManager, "moveBorough", move(opaque("org", demo.OrganisationID(demo.Consortium))), "")
	if s.sees(demo.Officer, need) {
		t.Error("what was delegated before it moved is delegated no more")
	}
	s.done(croydon.commissioner, "giveDelegation", fields{"act": "EVALUATE"}, "")
	if !s.sees(demo.Officer, need) {
		t.Error("it delegates again")
	}
	seen := s.node(croydon.commissioner, "Organisation", id, historyOf+" delegations { act withdrawnAt }")
	if len(seen.At("history").All()) != 2 || seen.At("history.0.kind").Text() != "MOVED_OUT" || seen.At("history.1.kind").Text() != "MOVED_IN" || seen.At("kind").Text() != "BOROUGH" ||
		len(seen.At("delegations").All()) != 3 {
		t.Errorf("Croydon reads %v", seen)
	}
}
