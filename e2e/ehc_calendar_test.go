package e2e_test

import (
	"testing"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

// outOfAreaInput is the input of an approval.
func (s *scene) outOfAreaInput(need string) fields {
	return fields{
		"need": need, "distance": "NEIGHBOURING", "approvedBy": "NOMINATED_OFFICER", "grounds": "Synthetic: near to family.",
		"areaToldOn": s.dayFromNow(0),
	}
}

// TestPlanDatesAndAreaApprovalAreTheAuthoritys: the calendar of a plan and the approval out of area belong to the
// authority. Only the commissioner records the one, and only the approver the other.
func TestPlanDatesAndAreaApprovalAreTheAuthoritys(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	planned, care := s.draftNeed(kent.commissioner, fields{"legalBasis": "EHC_PLAN"}), s.draftNeed(kent.commissioner, nil)
	s.mustChange(kent.commissioner, "publishNeed", fields{
		"need": care, "deadline": s.marketTime().AddDate(0, 0, 12),
		"uniqueReason": "Synthetic: as wide as it can be.",
	}, "")
	dates := func(need string) fields {
		return fields{
			"need": need, "requestedOn": "2026-01-12", "consultedOn": "2026-01-20", "draftSentOn": "2026-01-20",
			"finalisedOn": "2026-02-04",
		}
	}
	s.requireRefused("WRONG_STATE", kent.commissioner, "recordEhcDates", dates(care))
	s.requireRefused("NOT_FOUND", demo.Neighbour, "recordEhcDates", dates(planned))
	s.requireRefused("FORBIDDEN", kent.approver, "recordEhcDates", dates(planned))
	early := dates(planned)
	early["finalisedOn"] = "2026-02-03"
	s.requireRefused("TOO_EARLY", kent.commissioner, "recordEhcDates", early)
	s.mustChange(kent.commissioner, "recordEhcDates", dates(planned), "")
	ehc := s.readNode(kent.commissioner, "Need", planned,
		"ehc { planDue schoolsAnswerBy familyHeardUntil reviewDue transferDue tribunalOn }").At("ehc")
	if ehc.At("planDue").Text() != "2026-06-01" || ehc.At("reviewDue").Text() != "2027-02-03" || ehc.At("transferDue").Exists() {
		t.Errorf("due are %v", ehc)
	}
	s.requireRefused("FORBIDDEN", kent.commissioner, "approveOutOfArea", s.outOfAreaInput(care))
	s.requireRefused("NOT_FOUND", personOf("Surrey", policy.Approver), "approveOutOfArea", s.outOfAreaInput(care))
	distant := s.outOfAreaInput(care)
	distant["distance"] = "DISTANT"
	s.requireRefused("INVALID", kent.approver, "approveOutOfArea", distant)
	s.mustChange(kent.approver, "approveOutOfArea", s.outOfAreaInput(care), "need { outOfArea { approvedBy areaToldBy } }")
	for _, asked := range []string{"ehc { planDue }", "outOfArea { grounds }"} {
		reply := s.sendQuery(t, bidsManagerOf(1), "query($id: ID!) { node(id: $id) { ... on Need { "+asked+" } } }", fields{"id": care})
		if len(reply.Errors) == 0 || reply.Errors[0].Extensions.Code != "FORBIDDEN" {
			t.Errorf("a provider asks for %s: %s", asked, reply.Raw)
		}
	}
}
