package e2e_test

import (
	"testing"

	"github.com/southeasttogether/dps/demo"
)

const fullGround = "Synthetic: no place that costs less can keep this child safe at night."

// withdrawProposals withdraws a proposal by another route.
func (s *scene) withdrawProposals(by authorityStaff) {
	s.t.Helper()
	award := s.proposePlace(by.commissioner, "proposeSpotPlace", s.spotPlaceInput(s.draftNeed(by.commissioner, nil)))
	s.mustChange(by.commissioner, "withdrawProposal", fields{"award": award, "reason": "Synthetic: the wrong school."}, "award { status }")
}

// TestProposalIsWithdrawnAndProposedAgain: by the authority, before it is approved, with a reason; another is then proposed.
// No bidder is told.
func TestProposalIsWithdrawnAndProposedAgain(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	need := s.publishNeed(kent.commissioner)
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.passTime(pastDeadline)
	s.rankOffers(kent, need, offer)
	propose := func() string {
		return s.mustChange(kent.commissioner, "proposeAward", fields{"offer": offer, "reason": "Synthetic: the best."},
			"award { id }").At("award.id").Text()
	}
	award := propose()
	in := func() fields { return fields{"award": award, "reason": "Synthetic: it's the wrong offer."} }
	s.requireRefused("INVALID", kent.commissioner, "withdrawProposal", fields{"award": award, "reason": " "})
	s.requireRefused("FORBIDDEN", kent.approver, "withdrawProposal", in())
	s.requireRefused("FORBIDDEN", bidsManagerOf(1), "withdrawProposal", in())
	s.requireRefused("NOT_FOUND", staffOf("Surrey").commissioner, "withdrawProposal", in())
	key := s.newKey()
	for range 2 { // a retry acts once
		again := in()
		again["idempotencyKey"] = key
		gone := s.mustChange(kent.commissioner, "withdrawProposal", again, "award { status withdrawReason withdrawnAt rejectedAt }").At("award")
		if gone.At("status").Text() != "WITHDRAWN" || !gone.At("withdrawnAt").Exists() || gone.At("rejectedAt").Exists() {
			t.Errorf("withdrawn: %v", gone)
		}
	}
	s.requireRefused("WRONG_STATE", kent.commissioner, "withdrawProposal", in())
	s.requireRefused("WRONG_STATE", kent.approver, "approveAward", fields{"award": award, "standstill": false})
	if told := s.readNode(bidsManagerOf(1), "Award", award, "id"); told.Exists() || s.countRows("letter") != 0 {
		t.Errorf("a bidder is told %v", told)
	}
	award = propose()
	s.mustChange(kent.approver, "approveAward", fields{"award": award, "standstill": false}, "")
	s.requireRefused("WRONG_STATE", kent.commissioner, "withdrawProposal", in())
	s.withdrawProposals(kent)
}

// TestPriceOverTheCeilingNeedsAGround: from who proposes, and the panel's agreement once the price is known. The ceiling can be
// set and cleared until offers are opened. Providers read neither.
func TestPriceOverTheCeilingNeedsAGround(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	need, free := s.publishNeed(kent.commissioner), s.publishNeed(kent.commissioner)
	set := func(need string, weekly any) fields { return fields{"need": need, "weekly": weekly} }
	s.requireRefused("INVALID", kent.commissioner, "setCeiling", set(need, "0.00"))
	s.requireRefused("FORBIDDEN", kent.approver, "setCeiling", set(need, "3000.00"))
	s.requireRefused("NOT_FOUND", staffOf("Surrey").commissioner, "setCeiling", set(need, "3000.00"))
	for _, each := range []string{need, free} {
		s.mustChange(kent.commissioner, "setCeiling", set(each, "3000.00"), "")
	}
	most := s.mustChange(kent.commissioner, "setCeiling", set(free, nil), "need { ceilingWeekly }")
	if most.At("need.ceilingWeekly").Exists() {
		t.Errorf("a cleared ceiling is %v", most)
	}
	offer, unbound := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00"), s.submitOffer(bidsManagerOf(1), free, 2, "4000.00")
	s.passTime(pastDeadline)
	s.rankOffers(kent, need, offer)
	s.rankOffers(kent, free, unbound)
	s.requireRefused("WRONG_STATE", kent.commissioner, "setCeiling", set(need, "9000.00"))

	propose := func(offer string, grounds fields) fields {
		return fields{"offer": offer, "reason": "Synthetic: the best.", "grounds": grounds}
	}
	s.requireRefused("INVALID", kent.commissioner, "proposeAward", propose(offer, nil))
	s.requireRefused("INVALID", kent.commissioner, "proposeAward", propose(offer, fields{"overCeiling": "Synthetic: dear."}))
	s.requireRefused("INVALID", kent.commissioner, "proposeAward", propose(offer, fields{
		"overCeiling": fullGround, "sinceRefusal": fullGround,
	}))
	s.requireRefused("INVALID", kent.commissioner, "proposeAward", propose(unbound, fields{"overCeiling": fullGround}))
	award := s.mustChange(kent.commissioner, "proposeAward", propose(offer, fields{"overCeiling": fullGround}),
		"award { id }").At("award.id").Text()
	approve := fields{"award": award, "standstill": false}
	s.requireRefused("TOO_EARLY", kent.approver, "approveAward", approve) // the panel agreed before it knew the price
	s.mustChange(kent.commissioner, "recordPanelDecision", s.panelInput(need, true, "50.00"), "")
	s.mustChange(kent.approver, "approveAward", approve, "")
	if ground := s.readNode(kent.approver, "Award", award, "grounds { overCeiling sinceRefusal }").At("grounds"); ground.At(
		"overCeiling").Text() != fullGround || ground.At("sinceRefusal").Exists() {
		t.Errorf("the approver reads %v", ground)
	}
	if reply := s.sendQuery(t, bidsManagerOf(1), "query($id: ID!) { node(id: $id) { ... on Award { grounds { overCeiling } } } }",
		fields{"id": award}); len(reply.Errors) == 0 {
		t.Errorf("a provider asks for grounds: %s", reply.Raw)
	}
}

// TestRefusedSchoolNeedsWhatHasChanged: a school that the authority refused to name is not awarded for the same child, or for a
// copy of the need, without a ground that says what has changed.
func TestRefusedSchoolNeedsWhatHasChanged(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	need, preference := s.needWithSchoolAsked(kent.commissioner, true)
	s.mustChange(kent.commissioner, "decideNaming", s.namingInput(preference, false, "EFFICIENT_USE_OF_RESOURCES"), "")
	s.mustChange(kent.commissioner, "withdrawNeed", fields{"need": need, "reason": "Synthetic: asked otherwise."}, "")
	copied := s.mustChange(kent.commissioner, "copyNeed", fields{"need": need}, "need { id }").At("need.id").Text()
	s.mustChange(kent.commissioner, "recordPanelDecision", s.panelInput(copied, true, "50.00"), "")
	for _, each := range []string{need, copied} {
		s.requireRefused("INVALID", kent.commissioner, "proposeSpotPlace", s.spotPlaceInput(each))
	}
	in := s.spotPlaceInput(copied)
	in["terms"].(fields)["grounds"] = fields{"sinceRefusal": fullGround}
	award := s.proposePlace(kent.commissioner, "proposeSpotPlace", in)
	s.mustChange(kent.approver, "approvePlace", fields{"award": award}, "award { grounds { sinceRefusal } }")
	other := s.draftNeed(kent.commissioner, nil) // another child
	s.mustChange(kent.commissioner, "proposeSpotPlace", s.spotPlaceInput(other), "")
}

// TestRefusalAfterTheProposalIsSeenAtApproval: the school is refused while the proposal waits.
func TestRefusalAfterTheProposalIsSeenAtApproval(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	need := s.draftNeed(kent.commissioner, fields{"legalBasis": "EHC_PLAN"})
	award := s.proposePlace(kent.commissioner, "proposeSpotPlace", s.spotPlaceInput(need))
	s.execAsAdmin("UPDATE dps.setting SET section41 = true WHERE id = $1", demo.SettingID(5))
	preference := s.mustChange(kent.commissioner, "enterPreference", fields{
		"need": need, "respondent": "PARENT", "setting": settingOf(5), "words": "Synthetic: this school, please.",
	}, "preference { id }").At("preference.id").Text()
	s.mustChange(kent.commissioner, "decideNaming", s.namingInput(preference, false, "UNSUITABLE"), "")
	s.requireRefused("WRONG_STATE", kent.approver, "approvePlace", fields{"award": award})
	s.mustChange(kent.approver, "rejectAward", fields{"award": award, "reason": "Synthetic: say what has changed."}, "")
	in := s.spotPlaceInput(need)
	in["terms"].(fields)["grounds"] = fields{"sinceRefusal": fullGround}
	again := s.proposePlace(kent.commissioner, "proposeSpotPlace", in)
	s.mustChange(kent.approver, "approvePlace", fields{"award": again}, "")
}
