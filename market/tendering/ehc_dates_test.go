package tendering

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
)

func TestEhcCalendarDueDates(t *testing.T) {
	d := EhcDates{
		RequestedOn: market.NewDate(2026, time.January, 12), ConsultedOn: new(market.NewDate(2026, time.February, 20)),
		DraftSentOn: new(market.NewDate(2026, time.March, 1)),
		FinalisedOn: new(market.NewDate(2024, time.February, 29)), TransferOn: new(market.NewDate(2027, time.September, 1)),
	}
	for what, c := range map[string]struct {
		got  *market.Date
		want string
	}{
		"plan": {new(d.PlanDue()), "2026-06-01"}, "schools": {d.SchoolsAnswerBy(), "2026-03-07"}, "family": {d.FamilyHeardUntil(), "2026-03-16"},
		"review": {d.ReviewDue(), "2025-02-28"}, "transfer": {d.TransferDue(), "2027-02-15"},
	} {
		if c.got == nil || c.got.String() != c.want {
			t.Errorf("%s: %v, want %s", what, c.got, c.want)
		}
	}
	if d.PostSixteen = true; d.TransferDue().String() != "2027-03-31" {
		t.Errorf("after sixteen: %v", d.TransferDue())
	}
	if none := (EhcDates{}); none.SchoolsAnswerBy() != nil || none.TransferDue() != nil || none.ReviewDue() != nil {
		t.Error("something is due of what was not done")
	}
}
