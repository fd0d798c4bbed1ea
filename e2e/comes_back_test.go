package e2e_test

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
)

// TestPartnerComesBack: an authority that left joins again under its code, as the same organisation. Its history and its
// needs are there; what it delegated, and where its people were appointed, is not.
func TestPartnerComesBack(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent, croydon, id := staffOf("Kent"), staffOf("Croydon"), opaqueID("org", demo.OrganisationID("Croydon"))
	code := s.readNode(demo.Public, "Organisation", id, "dfeCode").At("dfeCode").Text()
	own, joint := s.publishNeed(croydon.commissioner), s.publishNeed(kent.commissioner)
	s.mustChange(croydon.commissioner, "giveDelegation", fields{"act": "PUBLISH"}, "")
	s.appointPerson(kent.commissioner, joint, croydon.evaluator)
	joining := func() fields {
		return fields{
			"kind": "BOROUGH", "name": "Croydon", "dfeCode": code, "consortium": opaqueID("org", demo.OrganisationID(demo.Consortium)),
			"from": s.dayFromNow(2), "words": "Synthetic: agreed again.",
		}
	}
	s.requireRefused("ALREADY_EXISTS", demo.MarketManager, "admitPartner", joining())
	s.mustChange(demo.MarketManager, "endPartnership", fields{"organisation": id, "lastDay": s.dayFromNow(1), "words": "Synthetic."}, "")
	s.requireRefused("WRONG_STATE", demo.MarketManager, "admitPartner", joining())
	s.passTime(3 * 24 * time.Hour)
	s.requireRefused("WRONG_STATE", croydon.commissioner, "createNeed", s.needInput(nil))

	back := s.mustChange(demo.MarketManager, "admitPartner", joining(), "organisation { id leftOn history { kind } }").At("organisation")
	if back.At("id").Text() != id || back.At("leftOn").Exists() || len(back.At("history").All()) != 2 ||
		back.At("history.0.kind").Text() != "LEFT" || back.At("history.1.kind").Text() != "JOINED" {
		t.Errorf("who comes back is %v", back)
	}
	s.requireRefused("ALREADY_EXISTS", demo.MarketManager, "admitPartner", joining())
	s.requireRefused("TOO_EARLY", croydon.commissioner, "createNeed", s.needInput(nil))
	s.passTime(3 * 24 * time.Hour)
	s.draftNeed(croydon.commissioner, nil)
	if !s.canSee(croydon.commissioner, own) {
		t.Error("it does not read its earlier need")
	}
	if s.canSee(demo.Officer, own) || s.canSee(croydon.evaluator, joint) {
		t.Error("what it delegated, or where its people were appointed, came back by itself")
	}
	s.mustChange(croydon.commissioner, "giveDelegation", fields{"act": "PUBLISH"}, "")
	s.appointPerson(kent.commissioner, joint, croydon.evaluator)
	if !s.canSee(demo.Officer, own) || !s.canSee(croydon.evaluator, joint) {
		t.Error("it cannot delegate, or be appointed, again")
	}
}

// TestProviderComesBack: a provider that left a lot applies and is admitted again. Its earlier membership stays ended.
func TestProviderComesBack(t *testing.T) {
	home := bidsManagerOf(1)
	s := newScene(t, "MATCHING", home)
	kent := staffOf("Kent").commissioner
	need, first := s.publishNeed(kent), s.membershipID(home)
	s.submitOffer(home, need, 2, "4000.00")
	s.mustChange(home, "leaveLot", fields{"membership": first, "reason": "Synthetic: we pause."}, "")
	answer := s.tryChange(home, "submitOffer", s.offerInput(need, 2, "3900.00"), "")
	if answer.code != "NOT_ADMITTED" && answer.code != "NOT_FOUND" {
		t.Errorf("who has left offers: %q, %s", answer.code, answer.words)
	}
	s.admitProvider(home)
	all := s.readNode(demo.MarketManager, "Lot", s.lot, "members { edges { node { id status endedAt } } }").At("members.edges").All()
	if len(all) != 2 || all[0].At("node.id").Text() != first || !all[0].At("node.endedAt").Exists() || all[1].At("node.endedAt").Exists() {
		t.Errorf("memberships: %v", all)
	}
	s.requireRefused("WRONG_STATE", demo.MarketManager, "restoreMembership", fields{"membership": first, "reason": "Synthetic."})
	s.submitOffer(home, need, 2, "3800.00")
	if n := len(s.readData(home, `{ applications { edges { node { id } } } }`, nil).At("applications.edges").All()); n != 2 {
		t.Errorf("it reads %d applications, and not both", n)
	}
}
