package market

import "testing"

func TestDeclareInterest(t *testing.T) {
	none, some := Interest{}, Interest{Conflict: true}
	words := "Synthetic: my sister works there."
	for name, c := range map[string]struct {
		earlier []Interest
		in      DeclareInterestInput
		want    string
	}{
		"none":                           {nil, DeclareInterestInput{}, ""},
		"an interest":                    {nil, DeclareInterestInput{Conflict: true, Nature: &words}, ""},
		"none, and found out later":      {[]Interest{none}, DeclareInterestInput{Conflict: true, Nature: &words}, ""},
		"none, twice":                    {[]Interest{none}, DeclareInterestInput{}, "ALREADY_EXISTS"},
		"an interest that has gone":      {[]Interest{some}, DeclareInterestInput{}, "ALREADY_EXISTS"},
		"the same interest again":        {[]Interest{none, some}, DeclareInterestInput{Conflict: true, Nature: &words}, "ALREADY_EXISTS"},
		"an interest that has no name":   {nil, DeclareInterestInput{Conflict: true}, "INVALID nature"},
		"an interest that is left blank": {nil, DeclareInterestInput{Conflict: true, Nature: new(" ")}, "INVALID nature"},
		"none, and words about it":       {nil, DeclareInterestInput{Nature: &words}, "INVALID nature"},
	} {
		if err := DeclareInterest(c.earlier, c.in); refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestRequireNoConflict(t *testing.T) {
	for _, c := range []struct {
		declared, conflict, may bool
	}{{false, false, false}, {true, false, true}, {true, true, false}} {
		if err := RequireNoConflict(c.declared, c.conflict); (err == nil) != c.may || err != nil && refusalCode(t, err) != "CONFLICT_OF_INTEREST" {
			t.Errorf("declared %t, conflict %t: %v", c.declared, c.conflict, err)
		}
	}
}
