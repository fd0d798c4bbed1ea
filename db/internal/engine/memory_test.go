package engine

import (
	"os"
	"regexp"
	"testing"

	"github.com/southeasttogether/dps/market"
)

// TestEveryRefusalPassesOrIsDecided: each kind of refusal is in one of the two lists, with its reason.
func TestEveryRefusalPassesOrIsDecided(t *testing.T) {
	source, err := os.ReadFile("../../../market/refusal.go")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`Code = "([A-Z_]+)"`).FindAllSubmatch(source, -1)
	for _, f := range found {
		code := market.Code(f[1])
		if (passingRefusals[code] == "") == (decidedRefusals[code] == "") {
			t.Errorf("%s passes: %q; is decided: %q", code, passingRefusals[code], decidedRefusals[code])
		}
	}
	if n := len(passingRefusals) + len(decidedRefusals); len(found) != n {
		t.Errorf("%d kinds of refusal, %d in the lists", len(found), n)
	}
}
