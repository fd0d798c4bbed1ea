package evaluation

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func passedChecks() []SuitabilityCheckInput {
	var checks []SuitabilityCheckInput
	for _, code := range market.SuitabilityCodes {
		checks = append(checks, SuitabilityCheckInput{Check: code, Passed: true, Reason: "Synthetic: seen."})
	}
	return checks
}

func TestAssessSuitability(t *testing.T) {
	for name, c := range map[string]struct {
		need   market.Need
		change func([]SuitabilityCheckInput) []SuitabilityCheckInput
		want   string
	}{
		"all pass":    {openedNeed, nil, ""},
		"sealed":      {market.Need{}, nil, "TOO_EARLY"},
		"locked":      {qualityLockedNeed, nil, "WRONG_STATE"},
		"one missing": {openedNeed, func(c []SuitabilityCheckInput) []SuitabilityCheckInput { return c[1:] }, "INVALID checks"},
		"one twice":   {openedNeed, func(c []SuitabilityCheckInput) []SuitabilityCheckInput { return append(c, c[0]) }, "INVALID checks"},
		"one in another's": {
			openedNeed, func(c []SuitabilityCheckInput) []SuitabilityCheckInput { c[0].Check = c[1].Check; return c },
			"INVALID checks",
		},
		"one unknown": {
			openedNeed, func(c []SuitabilityCheckInput) []SuitabilityCheckInput { c[0].Check = "SMELL"; return c },
			"INVALID checks.0.check",
		},
		"fail without reason": {openedNeed, func(c []SuitabilityCheckInput) []SuitabilityCheckInput {
			c[2].Passed = false
			c[2].Reason = " "
			return c
		}, "INVALID checks.2.reason"},
		"impact on children, without reasons": {
			openedNeed,
			func(c []SuitabilityCheckInput) []SuitabilityCheckInput { c[6].Reason = " "; return c }, "INVALID checks.6.reason",
		},
		"impact on children, with a child's number": {openedNeed, func(c []SuitabilityCheckInput) []SuitabilityCheckInput {
			c[6].Reason = "Synthetic: the other boy, NHS number 943 476 5919, would be unsettled."
			return c
		}, "IDENTIFIES_CHILD checks.6.reason"},
		"another check, without reasons": {
			openedNeed, func(c []SuitabilityCheckInput) []SuitabilityCheckInput { c[2].Reason = ""; return c },
			"",
		},
		"fail with a reason": {openedNeed, func(c []SuitabilityCheckInput) []SuitabilityCheckInput {
			c[2].Passed = false
			c[2].Reason = "Too young."
			return c
		}, ""},
		"pass with a reason": {openedNeed, func(c []SuitabilityCheckInput) []SuitabilityCheckInput { c[2].Reason = "Seen."; return c }, ""},
		"a reason too long": {openedNeed, func(c []SuitabilityCheckInput) []SuitabilityCheckInput {
			c[2].Reason = strings.Repeat("x", 4001)
			return c
		}, "INVALID checks.2.reason"},
	} {
		checks := passedChecks()
		if c.change != nil {
			checks = c.change(checks)
		}
		if err := AssessSuitability(c.need, AssessSuitabilityInput{Checks: checks}); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestSuitableOffers(t *testing.T) {
	all := len(market.SuitabilityCodes)
	got, err := SuitableOffers([]market.AssessedOffer{
		{OfferID: markettest.NumberedID(1), Checks: all, Passed: true},
		{OfferID: markettest.NumberedID(2), Checks: all},
		{OfferID: markettest.NumberedID(3), Checks: all, Passed: true},
	})
	if err != nil || !slices.Equal(got, []uuid.UUID{markettest.NumberedID(1), markettest.NumberedID(3)}) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := SuitableOffers([]market.AssessedOffer{{Checks: all, Passed: true}, {
		Checks: all - 1,
		Passed: true,
	}}); markettest.RefusalCode(t, err) != "TOO_EARLY" {
		t.Errorf("one half assessed: %v", err)
	}
	if got, err := SuitableOffers(nil); err != nil || got == nil || len(got) != 0 {
		t.Errorf("of none: %v, %v", got, err)
	}
}
