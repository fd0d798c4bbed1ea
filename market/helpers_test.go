package market

import (
	"errors"
	"testing"
	"time"
)

// refused is the code of a refusal, with its field where it has one: "INVALID weeks"; "" for none.
func refused(t testing.TB, err error) string {
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
	moment    = time.Date(2026, time.June, 1, 9, 0, 0, 0, time.UTC)
	active    = &Membership{}
	suspended = &Membership{SuspendedAt: &moment}
	ended     = &Membership{EndedAt: &moment}
)

// regime is Public Contracts Regulations 2015, reg 34, as the reference data have it.
func regime() Regime {
	return Regime{Source: "PCR 2015 reg 34", FirstCallDays: 30, DecideWorkingDays: 10, TenderDays: 10, StandstillDays: 10, InvitesEveryMember: true}
}

func aMarket() Market {
	return Market{NoticeAt: time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC), EndsOn: On(2029, time.February, 23), Regime: regime()}
}
