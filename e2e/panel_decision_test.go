package e2e_test

import (
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// panelInput is the input of a panel's decision.
func (s *scene) panelInput(need string, agreed bool, education string) fields {
	return fields{
		"need": need, "decidedOn": s.dayFromNow(0), "agreed": agreed, "reasons": "Synthetic: no place nearer meets the need.",
		"education": education, "socialCare": "30.00", "icb": "20.00",
	}
}

// TestProposeAwardWithoutThePanelIsRefused: the panel's decision, and who pays, must come before an award. Only the
// authority sees them.
func TestProposeAwardWithoutThePanelIsRefused(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	need := s.publishNeed(kent.commissioner)
	s.execAsAdmin("DELETE FROM dps.panel_decision")
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.passTime(pastDeadline)
	s.rankOffers(kent, need, offer)
	award := s.mustChange(kent.commissioner, "proposeAward", fields{"offer": offer, "reason": "Synthetic: the only offer."},
		"award { id }").At("award.id").Text()
	approve := func() fields { return fields{"award": award, "standstill": false} }
	s.requireRefused("WRONG_STATE", kent.approver, "approveAward", approve())
	s.requireRefused("INVALID", kent.commissioner, "recordPanelDecision", s.panelInput(need, true, "49.99"))
	s.requireRefused("NOT_FOUND", demo.Neighbour, "recordPanelDecision", s.panelInput(need, true, "50.00"))
	s.requireRefused("FORBIDDEN", kent.approver, "recordPanelDecision", s.panelInput(need, true, "50.00"))
	s.mustChange(kent.commissioner, "recordPanelDecision", s.panelInput(need, false, "50.00"), "")
	s.requireRefused("WRONG_STATE", kent.approver, "approveAward", approve())
	panel := s.mustChange(kent.commissioner, "recordPanelDecision", s.panelInput(need, true, "50.00"),
		"need { panel { agreed education socialCare icb } }").At("need.panel")
	if panel.At("education").Text() != "50.00" || panel.At("icb").Text() != "20.00" {
		t.Errorf("recorded is %v", panel)
	}
	for _, who := range []demo.Persona{bidsManagerOf(1), kent.opener} {
		if reply := s.sendQuery(t, who, `query($id: ID!) { node(id: $id) { ... on Need { panel { education } } } }`,
			fields{"id": need}); len(reply.Errors) == 0 || reply.Errors[0].Extensions.Code != "FORBIDDEN" {
			t.Errorf("%s asks who pays: %s", who, reply.Raw)
		}
	}
	s.mustChange(kent.approver, "approveAward", approve(), "")
	s.requireRefused("WRONG_STATE", kent.commissioner, "recordPanelDecision", s.panelInput(need, false, "50.00"))
}
