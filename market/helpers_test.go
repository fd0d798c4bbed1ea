package market

import (
	"errors"
	"testing"
	"time"
)

// refusalCode is the code of a refusal, with its field where it has one: "INVALID weeks"; "" for none.
func refusalCode(t testing.TB, err error) string {
	t.Helper()
	var refusal *Refusal
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
	testTime    = time.Date(2026, time.June, 1, 9, 0, 0, 0, time.UTC)
	activeMember    = &Membership{}
	suspendedMember = &Membership{SuspendedAt: &testTime}
	endedMember     = &Membership{EndedAt: &testTime}
)

// pcrRegime is Public Contracts Regulations 2015, reg 34, as the reference data have it.
func pcrRegime() Regime {
	return Regime{Source: "PCR 2015 reg 34", FirstCallDays: 30, DecideWorkingDays: 10, TenderDays: 10, StandstillDays: 10, InvitesEveryMember: true}
}

func testMarket() Market {
	return Market{NoticeAt: time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC), EndsOn: NewDate(2029, time.February, 23), Regime: pcrRegime()}
}
