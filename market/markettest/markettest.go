package markettest

import (
	"errors"
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
)

// LondonTime reads a moment as a clock on a wall in London shows it.
func LondonTime(t testing.TB, wall string) time.Time {
	t.Helper()
	parsed, err := time.ParseInLocation("2006-01-02 15:04:05", wall, market.London)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// RefusalCode is the code of a refusal, with its field where it has one: "INVALID weeks"; "" for none.
func RefusalCode(t testing.TB, err error) string {
	t.Helper()
	var refusal *market.Refusal
	switch {
	case err == nil:
		return ""
	case !errors.As(err, &refusal):
		t.Fatalf("not a refusal: %v", err)
	case refusal.Message == "" || refusal.Error() != string(refusal.Code)+": "+refusal.Message:
		t.Errorf("a refusal without a sentence: %v", refusal)
	case refusal.Field != nil:
		return string(refusal.Code) + " " + *refusal.Field
	}
	return string(refusal.Code)
}

// active, suspended and ended are the three lives of a membership, and nil is none.
var (
	SampleTime      = time.Date(2026, time.June, 1, 9, 0, 0, 0, time.UTC)
	ActiveMember    = &market.Membership{}
	SuspendedMember = &market.Membership{SuspendedAt: &SampleTime}
	EndedMember     = &market.Membership{EndedAt: &SampleTime}
)

// PcrRegime is Public Contracts Regulations 2015, reg 34, as the reference data have it.
func PcrRegime() market.Regime {
	return market.Regime{Source: "PCR 2015 reg 34", FirstCallDays: 30, DecideWorkingDays: 10, TenderDays: 10, StandstillDays: 10, InvitesEveryMember: true}
}

func SampleMarket() market.Market {
	return market.Market{NoticeAt: time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC), EndsOn: market.NewDate(2029, time.February, 23), Regime: PcrRegime()}
}
