package market_test

import (
	"errors"
	"testing"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

// TestAllTellsEveryProblemOnce: several checks tell all that is wrong, in their order. A failure that is no refusal is never lost among
// them.
func TestAllTellsEveryProblemOnce(t *testing.T) {
	name := market.RefuseField(market.Invalid, "name", "Enter a name.")
	ages := market.RefuseField(market.Invalid, "ages", "Enter ages.")
	child := market.RefuseField(market.IdentifiesChild, "words", "Take out the name.")
	broken := errors.New("the connection is gone")
	for of, c := range map[string]struct {
		checks []error
		want   string
	}{
		"nothing":              {nil, ""},
		"nothing wrong":        {[]error{nil, nil}, ""},
		"one":                  {[]error{nil, name}, "INVALID name"},
		"two":                  {[]error{name, nil, ages}, "INVALID name, INVALID ages"},
		"together with others": {[]error{market.All(name, ages), child}, "INVALID name, INVALID ages, IDENTIFIES_CHILD words"},
	} {
		if got := markettest.RefusalCode(t, market.All(c.checks...)); got != c.want {
			t.Errorf("%s: %q, want %q", of, got, c.want)
		}
	}
	if err := market.All(name, broken, ages); !errors.Is(err, broken) || market.ProblemsOf(err) != nil {
		t.Errorf("a failure among refusals: %v", err)
	}
	var first *market.Refusal
	if !errors.As(market.All(name, ages), &first) || first != name {
		t.Errorf("the first of two: %v", first)
	}
	if market.RefuseIf(false, "name", "Enter a name.") != nil {
		t.Error("nothing is wrong, and it is refused")
	}
}
