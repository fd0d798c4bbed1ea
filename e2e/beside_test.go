package e2e_test

import (
	"testing"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

// outOfArea is the input of an approval.
func (s *scene) outOfArea(need string) fields {
	return fields{"need": need, "distance": "NEIGHBOURING", "approvedBy": "NOMINATED_OFFICER", "grounds": "Synthetic: near to family.", "areaToldOn": s.day(0)}
}

// TestBesideTheProcurement: the calendar of a plan and the approval out of area are the authority's own, recorded by the
// commissioner and the approver, each by one alone.
func TestBesideTheProcurement(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1))
	kent := staffOf("Kent")
	planned, care := s.draft(kent.commissioner, fields{"legalBasis": "EHC_PLAN"}), s.draft(kent.commissioner, nil)
	s.done(kent.commissioner, "publishNeed", fields{"need": care, "deadline": s.now().AddDate(0, 0, 12), "uniqueReason": "Synthetic: as wide as it can be."}, "")
	dates := func(need string) fields {
		return fields{"need": need, "requestedOn": "2026-01-12", "consultedOn": "2026-01-20", "draftSentOn": "2026-01-20", "finalisedOn": "2026-02-04"}
	}
	s.refused("WRONG_STATE", kent.commissioner, "recordEhcDates", dates(care))
	s.refused("NOT_FOUND", demo.Neighbour, "recordEhcDates", dates(planned))
	s.refused("FORBIDDEN", kent.approver, "recordEhcDates", dates(planned))
	early := dates(planned)
	early["finalisedOn"] = "2026-02-03"
	s.refused("TOO_EARLY", kent.commissioner, "recordEhcDates", early)
	s.done(kent.commissioner, "recordEhcDates", dates(planned), "")
	ehc := s.node(kent.commissioner, "Need", planned, "ehc { planDue schoolsAnswerBy familyHeardUntil reviewDue transferDue tribunalOn }").At("ehc")
	if ehc.At("planDue").Text() != "2026-06-01" || ehc.At("reviewDue").Text() != "2027-02-04" || ehc.At("transferDue").Is() {
		t.Errorf("due are %v", ehc)
	}
	s.refused("FORBIDDEN", kent.commissioner, "approveOutOfArea", s.outOfArea(care))
	s.refused("NOT_FOUND", personOf("Surrey", policy.Approver), "approveOutOfArea", s.outOfArea(care))
	distant := s.outOfArea(care)
	distant["distance"] = "DISTANT"
	s.refused("INVALID", kent.approver, "approveOutOfArea", distant)
	s.done(kent.approver, "approveOutOfArea", s.outOfArea(care), "need { outOfArea { approvedBy areaToldBy } }")
	for _, asked := range []string{"ehc { planDue }", "outOfArea { grounds }"} {
		reply := s.ask(t, bidsOf(1), "query($id: ID!) { node(id: $id) { ... on Need { "+asked+" } } }", fields{"id": care})
		if len(reply.Errors) == 0 || reply.Errors[0].Extensions.Code != "FORBIDDEN" {
			t.Errorf("a provider asks for %s: %s", asked, reply.Raw)
		}
	}
}
