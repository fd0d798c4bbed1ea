package e2e_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

// admitPartner is a new authority of the region with its people, from the given number of days from now.
func (s *scene) admitPartner(name, code string, inDays int) authorityStaff {
	s.t.Helper()
	id := s.mustChange(demo.MarketManager, "admitPartner", fields{
		"kind": "PARTNER", "name": name, "dfeCode": code,
		"from": s.dayFromNow(inDays), "words": "Synthetic: agreed.",
	},
		"organisation { id }").At("organisation.id").Text()
	return peopleOf(name, uuidOf(s.t, id))
}

func peopleOf(name string, organisation uuid.UUID) authorityStaff {
	p := staffOf(name)
	for _, who := range []*demo.Persona{&p.commissioner, &p.opener, &p.evaluator, &p.approver, &p.auditor, &p.safeguarding} {
		who.Organisation = organisation
	}
	return p
}

const historyOf = "name kind joinedOn leftOn consortium { name } history { kind onDay consortium { name } words }"

// TestAdmittedPartnerBeginsWithNothing: from its first day it has only its own things, and nobody else sees those.
func TestAdmittedPartnerBeginsWithNothing(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	before := s.publishNeed(kent.commissioner)
	joining := fields{"kind": "PARTNER", "name": "Synthetic County", "dfeCode": "999", "from": s.dayFromNow(10), "words": "Synthetic: agreed."}
	s.requireRefused("FORBIDDEN", kent.commissioner, "admitPartner", joining)
	s.requireRefused("NOT_FOUND", demo.Persona{
		Key: "kent.manager", Organisation: kent.commissioner.Organisation,
		Capacity: policy.MarketManager,
	}, "admitPartner", joining)
	county := s.admitPartner("Synthetic County", "999", 10)
	s.requireRefused("ALREADY_EXISTS", demo.MarketManager, "admitPartner", joining)
	if answer := s.sendChange(county.commissioner, "createNeed", s.needInput(nil), ""); answer.code != "TOO_EARLY" {
		t.Errorf("before its first day: %q", answer.code)
	}
	s.passTime(11 * 24 * time.Hour)
	own := s.publishNeed(county.commissioner)
	if s.canSee(county.commissioner, before) || s.canSee(kent.commissioner, own) ||
		len(s.readData(county.commissioner, `{ needs { edges { node { id } } } }`, nil).At("needs.edges").All()) != 1 {
		t.Error("each sees its own, and nothing else")
	}
	if found := s.readData(county.auditor, `{ events(first: 100) { edges { node { act } } } }`,
		nil).At("events.edges").All(); len(found) != 4 {
		t.Errorf("its auditor reads %d events, and not of its joining, its need drafted, decided and published", len(found))
	}
	seen := s.readNode(demo.Public, "Organisation", opaqueID("org", county.auditor.Organisation), historyOf)
	if seen.At("history.0.kind").Text() != "JOINED" || seen.At("joinedOn").Text() != seen.At("history.0.onDay").Text() ||
		seen.At("leftOn").Exists() {
		t.Errorf("everybody reads %v", seen)
	}
}

// TestLeavingPartnerFinishesWhatItBegan: on its last day it can still begin something. Afterwards it finishes what it
// began and reads its own things, but sees nothing that is shared with the region, and its people cannot act where they
// were appointed.
func TestLeavingPartnerFinishesWhatItBegan(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2))
	kent, surrey := staffOf("Kent"), staffOf("Surrey")
	s.giveEvidence(bidsManagerOf(1), 300)
	placed := s.publishNeed(surrey.commissioner)
	offer := s.submitOffer(bidsManagerOf(1), placed, 2, "4000.00")
	s.passTime(pastDeadline)
	s.rankOffers(surrey, placed, offer)
	placement := s.mustChange(bidsManagerOf(1), "acceptAward", fields{"award": s.approveAward(surrey, offer)},
		"award { placement { id } }").At("award.placement.id").Text()

	leaving := func(of string) fields {
		return fields{"organisation": opaqueID("org", demo.OrganisationID(of)), "lastDay": s.dayFromNow(1), "words": "Synthetic: as agreed."}
	}
	s.requireRefused("FORBIDDEN", surrey.commissioner, "endPartnership", leaving("Surrey"))
	s.requireRefused("WRONG_STATE", demo.MarketManager, "endPartnership", leaving("West Sussex"))
	s.requireRefused("WRONG_STATE", demo.MarketManager, "endPartnership", leaving(demo.Consortium))
	s.mustChange(demo.MarketManager, "endPartnership", leaving("Surrey"), "organisation { leftOn }")
	s.requireRefused("WRONG_STATE", demo.MarketManager, "endPartnership", leaving("Surrey"))

	running, draft := s.publishNeed(surrey.commissioner), s.draftNeed(surrey.commissioner, nil)
	bid := s.submitOffer(bidsManagerOf(2), running, 4, "4100.00")
	joint := s.publishNeed(kent.commissioner)
	s.appointPerson(kent.commissioner, joint, surrey.evaluator)
	evidence := func() int {
		return len(s.readNode(surrey.commissioner, "Provider", opaqueID("provider", demo.ProviderID(1)),
			"evidence { reference }").At("evidence").All())
	}
	if !s.canSee(surrey.evaluator, joint) || evidence() != 1 {
		t.Error("until its last day it takes part")
	}
	s.passTime(pastDeadline)

	if s.canSee(surrey.evaluator, joint) || evidence() != 0 {
		t.Error("it has left, and still sees what is the region's")
	}
	s.requireRefused("WRONG_STATE", kent.commissioner, "appoint", appointmentInput(joint, surrey.opener))
	for mutation, in := range map[string]fields{
		"createNeed": s.needInput(nil), "copyNeed": {"need": running},
		"publishNeed": {"need": draft, "deadline": s.marketTime().AddDate(0, 0, 12), "uniqueReason": "Synthetic: alone."},
	} {
		if answer := s.sendChange(surrey.commissioner, mutation, in, ""); answer.code != "WRONG_STATE" {
			t.Errorf("%s after it has left: %q, %s", mutation, answer.code, answer.words)
		}
	}
	s.rankOffers(surrey, running, bid)
	s.mustChange(bidsManagerOf(2), "declineAward", fields{"award": s.approveAward(surrey, bid), "reason": "Synthetic: full."}, "")
	s.publishAndSign(surrey.commissioner, placement)
	s.mustChange(bidsManagerOf(1), "signAgreement", fields{"placement": placement}, "placement { status }")
	if len(s.readData(surrey.auditor, `{ events(first: 100) { edges { node { act } } } }`, nil).At("events.edges").All()) < 20 {
		t.Error("its auditor no longer reads its log")
	}
	if seen := s.readNode(demo.Public, "Organisation", opaqueID("org", demo.OrganisationID("Surrey")),
		historyOf); seen.At("history.0.kind").Text() != "LEFT" || !seen.At("leftOn").Exists() {
		t.Errorf("everybody reads %v", seen)
	}
}

// TestMoveBoroughOutOfTheConsortium: out of the consortium, whose officers then see nothing of it, and in again, with
// nothing delegated.
func TestMoveBoroughOutOfTheConsortium(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	croydon, id := staffOf("Croydon"), opaqueID("org", demo.OrganisationID("Croydon"))
	for _, act := range []string{"PUBLISH", "EVALUATE"} {
		s.mustChange(croydon.commissioner, "giveDelegation", fields{"act": act}, "")
	}
	need := s.draftNeed(demo.Officer, fields{"authority": id})
	s.mustChange(demo.Officer, "publishNeed", fields{
		"need": need, "deadline": s.marketTime().AddDate(0, 0, 12),
		"uniqueReason": "Synthetic: alone.",
	}, "")
	move := func(to any) fields {
		return fields{"organisation": id, "consortium": to, "words": "Synthetic: as agreed."}
	}
	s.requireRefused("FORBIDDEN", croydon.commissioner, "moveBorough", move(nil))
	s.requireRefused("WRONG_STATE", demo.MarketManager, "moveBorough", move(opaqueID("org", demo.OrganisationID(demo.Consortium))))
	s.mustChange(demo.MarketManager, "moveBorough", move(nil), "organisation { kind }")
	if s.canSee(demo.Officer, need) || !s.canSee(croydon.commissioner, need) {
		t.Error("its need is its own again")
	}
	s.requireRefused("WRONG_STATE", croydon.commissioner, "giveDelegation", fields{"act": "PUBLISH"})
	s.requireRefused("INVALID", demo.MarketManager, "moveBorough", move(opaqueID("org", demo.OrganisationID("Kent"))))
	s.mustChange(demo.MarketManager, "moveBorough", move(opaqueID("org", demo.OrganisationID(demo.Consortium))), "")
	if s.canSee(demo.Officer, need) {
		t.Error("what was delegated before it moved is delegated no more")
	}
	s.mustChange(croydon.commissioner, "giveDelegation", fields{"act": "EVALUATE"}, "")
	if !s.canSee(demo.Officer, need) {
		t.Error("it delegates again")
	}
	seen := s.readNode(croydon.commissioner, "Organisation", id, historyOf+" delegations { act withdrawnAt }")
	if len(seen.At("history").All()) != 2 || seen.At("history.0.kind").Text() != "MOVED_OUT" ||
		seen.At("history.1.kind").Text() != "MOVED_IN" || seen.At("kind").Text() != "BOROUGH" ||
		len(seen.At("delegations").All()) != 3 {
		t.Errorf("Croydon reads %v", seen)
	}
}
