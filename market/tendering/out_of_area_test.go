package tendering

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestApproveOutOfArea(t *testing.T) {
	now := time.Date(2026, time.June, 1, 9, 0, 0, 0, time.UTC)
	today, tomorrow := market.NewDate(2026, time.June, 1), market.NewDate(2026, time.June, 2)
	good := ApproveOutOfAreaInput{
		Distance: market.AreaNeighbouring, ApprovedBy: market.ApprovedByNominatedOfficer,
		Grounds: "Synthetic: near to family.", AreaToldOn: &today,
	}
	for name, c := range map[string]struct {
		need   market.Need
		change func(*ApproveOutOfAreaInput)
		want   string
	}{
		"neighbouring": {market.Need{LegalBasis: "SECTION_31"}, func(*ApproveOutOfAreaInput) {}, ""},
		"distant, by the officer": {
			market.Need{LegalBasis: "SECTION_31"},
			func(in *ApproveOutOfAreaInput) { in.Distance = market.AreaDistant },
			"INVALID approvedBy",
		},
		"distant, by the director": {market.Need{LegalBasis: "SECTION_31"}, func(in *ApproveOutOfAreaInput) {
			in.Distance, in.ApprovedBy = market.AreaDistant, market.ApprovedByDirector
		}, ""},
		"not told": {
			market.Need{LegalBasis: "SECTION_31"},
			func(in *ApproveOutOfAreaInput) { in.AreaToldOn = nil },
			"INVALID areaToldOn",
		},
		"not told yet, an emergency": {
			market.Need{LegalBasis: "SECTION_31"},
			func(in *ApproveOutOfAreaInput) { in.AreaToldOn, in.Emergency = nil, true }, "",
		},
		"to be told tomorrow": {
			market.Need{LegalBasis: "SECTION_31"},
			func(in *ApproveOutOfAreaInput) { in.AreaToldOn = &tomorrow },
			"INVALID areaToldOn",
		},
		"a child that is not in care": {market.Need{LegalBasis: "EHC_PLAN"}, func(*ApproveOutOfAreaInput) {}, "WRONG_STATE"},
		"withdrawn":                   {market.Need{LegalBasis: "SECTION_31", WithdrawnAt: &now}, func(*ApproveOutOfAreaInput) {}, "WRONG_STATE"},
		"no grounds": {
			market.Need{LegalBasis: "SECTION_31"},
			func(in *ApproveOutOfAreaInput) { in.Grounds = "" },
			"INVALID grounds",
		},
		"grounds that name the child": {
			market.Need{LegalBasis: "SECTION_31"},
			func(in *ApproveOutOfAreaInput) { in.Grounds = "The child is called Zara." }, "IDENTIFIES_CHILD grounds",
		},
	} {
		in := good
		c.change(&in)
		if got := markettest.RefusalCode(t, ApproveOutOfArea(c.need, in, now)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	// over the bank holiday
	emergency := market.AreaApproval{Emergency: true, ApprovedAt: time.Date(2026, time.August, 27, 9, 0, 0, 0, time.UTC)}
	if by := emergency.AreaToldBy(); by == nil || by.String() != "2026-09-04" {
		t.Errorf("told by %v", by)
	}
	if emergency.AreaToldOn = &today; emergency.AreaToldBy() != nil {
		t.Error("who was told is still to be told")
	}
}
