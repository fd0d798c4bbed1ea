package tendering

import (
	"testing"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestDeclareInterest(t *testing.T) {
	none, some := market.Interest{}, market.Interest{Conflict: true}
	words := "Synthetic: my sister works there."
	for name, c := range map[string]struct {
		earlier []market.Interest
		in      DeclareInterestInput
		want    string
	}{
		"none":                           {nil, DeclareInterestInput{}, ""},
		"an interest":                    {nil, DeclareInterestInput{Conflict: true, Nature: &words}, ""},
		"none, and found out later":      {[]market.Interest{none}, DeclareInterestInput{Conflict: true, Nature: &words}, ""},
		"none, twice":                    {[]market.Interest{none}, DeclareInterestInput{}, "ALREADY_EXISTS"},
		"an interest that has gone":      {[]market.Interest{some}, DeclareInterestInput{}, "ALREADY_EXISTS"},
		"the same interest again":        {[]market.Interest{none, some}, DeclareInterestInput{Conflict: true, Nature: &words}, "ALREADY_EXISTS"},
		"an interest that has no name":   {nil, DeclareInterestInput{Conflict: true}, "INVALID nature"},
		"an interest that is left blank": {nil, DeclareInterestInput{Conflict: true, Nature: new(" ")}, "INVALID nature"},
		"none, and words about it":       {nil, DeclareInterestInput{Nature: &words}, "INVALID nature"},
	} {
		if err := DeclareInterest(c.earlier, c.in); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestRequireNoConflict(t *testing.T) {
	for _, c := range []struct {
		declared, conflict, may bool
	}{{false, false, false}, {true, false, true}, {true, true, false}} {
		if err := RequireNoConflict(c.declared, c.conflict); (err == nil) != c.may || err != nil && markettest.RefusalCode(t,
			err) != "CONFLICT_OF_INTEREST" {
			t.Errorf("declared %t, conflict %t: %v", c.declared, c.conflict, err)
		}
	}
}
