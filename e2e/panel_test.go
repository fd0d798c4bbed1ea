package e2e_test

import (
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// deciding is the input of a panel's decision.
func (s *scene) deciding(need string, agreed bool, education string) fields {
	return fields{"need": need, "decidedOn": s.day(0), "agreed": agreed, "reasons": "Synthetic: no place nearer meets the need.",
		"education": education, "socialCare": "30.00", "icb": "20.00"}
}

// TestNoAwardWithoutThePanel: the panel's word, and who pays, come before an award; they are the authority's own matter.
func TestNoAwardWithoutThePanel(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1))
	kent := staffOf("Kent")
	need := s.published(kent.commissioner)
	s.behind("DELETE FROM dps.panel_decision")
	offer := s.bid(bidsOf(1), need, 2, "4000.00")
	s.pass(pastDeadline)
	s.ranked(kent, need, offer)
	award := s.done(kent.commissioner, "proposeAward", fields{"offer": offer, "reason": "Synthetic: the only offer."}, "award { id }").At("award.id").Text()
	approve := func() fields { return fields{"award": award, "standstill": false} }
	s.refused("WRONG_STATE", kent.approver, "approveAward", approve())
	s.refused("INVALID", kent.commissioner, "recordPanelDecision", s.deciding(need, true, "49.99"))
	s.refused("NOT_FOUND", demo.Neighbour, "recordPanelDecision", s.deciding(need, true, "50.00"))
	s.refused("FORBIDDEN", kent.approver, "recordPanelDecision", s.deciding(need, true, "50.00"))
	s.done(kent.commissioner, "recordPanelDecision", s.deciding(need, false, "50.00"), "")
	s.refused("WRONG_STATE", kent.approver, "approveAward", approve())
	panel := s.done(kent.commissioner, "recordPanelDecision", s.deciding(need, true, "50.00"), "need { panel { agreed education socialCare icb } }").At("need.panel")
	if panel.At("education").Text() != "50.00" || panel.At("icb").Text() != "20.00" {
		t.Errorf("recorded is %v", panel)
	}
	for _, who := range []demo.Persona{bidsOf(1), kent.opener} {
		if reply := s.ask(t, who, `query($id: ID!) { node(id: $id) { ... on Need { panel { education } } } }`, fields{"id": need}); len(reply.Errors) == 0 || reply.Errors[0].Extensions.Code != "FORBIDDEN" {
			t.Errorf("%s asks who pays: %s", who, reply.Raw)
		}
	}
	s.done(kent.approver, "approveAward", approve(), "")
	s.refused("WRONG_STATE", kent.commissioner, "recordPanelDecision", s.deciding(need, false, "50.00"))
}
