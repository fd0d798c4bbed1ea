package tendering

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

// TestTodayIsTakenAtHalfPastMidnight: in summer it is still the day before in UTC. A day is refused from tomorrow on.
func TestTodayIsTakenAtHalfPastMidnight(t *testing.T) {
	now := time.Date(2026, time.June, 30, 23, 30, 0, 0, time.UTC)
	today, tomorrow := market.NewDate(2026, time.July, 1), market.NewDate(2026, time.July, 2)
	for name, record := range map[string]func(on market.Date) error{
		"a birth": func(on market.Date) error {
			_, err := RecordIdentity(RecordIdentityInput{Name: "Synthetic", DateOfBirth: on}, now)
			return err
		},
		"the area told": func(on market.Date) error {
			return ApproveOutOfArea(market.Need{LegalBasis: "SECTION_31"}, ApproveOutOfAreaInput{
				Grounds: "Synthetic.", ApprovedBy: market.ApprovedByDirector, AreaToldOn: &on,
			}, now)
		},
		"a request for a plan": func(on market.Date) error {
			return RecordEhcDates(market.Need{LegalBasis: "EHC_PLAN"}, RecordEhcDatesInput{EhcDates: EhcDates{RequestedOn: on}}, now)
		},
	} {
		if err := record(today); err != nil {
			t.Errorf("%s today: %v", name, err)
		}
		if err := record(tomorrow); markettest.RefusalCode(t, err) == "" {
			t.Errorf("%s tomorrow is taken", name)
		}
	}
}
