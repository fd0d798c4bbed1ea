// Package markettest holds helpers and sample values that the tests of several areas of the market share.
package markettest

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

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

// RefusalCode is the code of a refusal, with its field if it has one: "INVALID weeks"; "" if there is no refusal. Of several it is all
// of them: "INVALID weeks, INVALID fees".
func RefusalCode(t testing.TB, err error) string {
	t.Helper()
	problems := market.ProblemsOf(err)
	if err != nil && problems == nil {
		t.Fatalf("not a refusal: %v", err)
	}
	codes := make([]string, len(problems))
	for i, refusal := range problems {
		if refusal.Message == "" || refusal.Error() != string(refusal.Code)+": "+refusal.Message {
			t.Errorf("a refusal without a sentence: %v", refusal)
		}
		codes[i] = string(refusal.Code)
		if refusal.Field != nil {
			codes[i] += " " + *refusal.Field
		}
	}
	return strings.Join(codes, ", ")
}

// The three states of a membership; nil is no membership.
var (
	SampleTime      = time.Date(2026, time.June, 1, 9, 0, 0, 0, time.UTC)
	ActiveMember    = &market.Membership{}
	SuspendedMember = &market.Membership{SuspendedAt: &SampleTime}
	EndedMember     = &market.Membership{EndedAt: &SampleTime}
)

// PcrRegime is Public Contracts Regulations 2015, reg 34, as in the reference data.
func PcrRegime() market.Regime {
	return market.Regime{
		Source: "PCR 2015 reg 34", FirstCallDays: 30, DecideWorkingDays: 10, TenderDays: 10, StandstillDays: 10,
		InvitesEveryMember: true,
	}
}

// SampleMarket is announced at the start of 2026 under PcrRegime.
func SampleMarket() market.Market {
	return market.Market{NoticeAt: time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC), EndsOn: market.NewDate(2029, time.February,
		23), Regime: PcrRegime()}
}

// OpenRegime leaves the tender period to each market and has a last day.
func OpenRegime() market.Regime {
	extended, last := market.NewDate(2026, time.December, 31), market.NewDate(2029, time.February, 23)
	return market.Regime{
		Name: "Synthetic regime", Source: "Synthetic Act, s 1", ExtendedUntil: &extended, EndsBy: &last,
		OpenRules:     market.RuleCodeList{market.RuleTenderDays, market.RuleAwardFee},
		FirstCallDays: 30, DecideWorkingDays: 10, TenderDays: 10, StandstillDays: 8,
	}
}

// NumberedID makes an id that sorts by its number.
func NumberedID(n byte) uuid.UUID { return uuid.UUID{15: n} }

// SampleCriteria are two criteria of quality, and the price.
var (
	CareCriterion = market.Criterion{
		ID: NumberedID(101), Kind: market.CriterionQuality, Name: "Care", Weight: market.Pounds("60"),
		TopScore: 5,
	}
	OutcomesCriterion = market.Criterion{
		ID: NumberedID(103), Kind: market.CriterionQuality, Name: "Outcomes", Weight: market.Pounds("20"),
		TopScore: 10,
	}
	PriceCriterion = market.Criterion{
		ID: NumberedID(102), Kind: market.CriterionPrice, Name: "Price", Weight: market.Pounds("40"),
		TopScore: 100,
	}
	SampleCriteria = []market.Criterion{CareCriterion, OutcomesCriterion, PriceCriterion}
)
