package market

import "testing"

func TestDeclareInterest(t *testing.T) {
	published := Need{PublishedAt: &moment}
	none, some := Interest{}, Interest{Conflict: true}
	words := "Synthetic: my sister works there."
	for name, c := range map[string]struct {
		need    Need
		earlier []Interest
		in      DeclareInterestInput
		want    string
	}{
		"none":                           {published, nil, DeclareInterestInput{}, ""},
		"an interest":                    {published, nil, DeclareInterestInput{Conflict: true, Nature: &words}, ""},
		"none, and found out later":      {published, []Interest{none}, DeclareInterestInput{Conflict: true, Nature: &words}, ""},
		"none, twice":                    {published, []Interest{none}, DeclareInterestInput{}, "ALREADY_EXISTS"},
		"an interest that has gone":      {published, []Interest{some}, DeclareInterestInput{}, "ALREADY_EXISTS"},
		"the same interest again":        {published, []Interest{none, some}, DeclareInterestInput{Conflict: true, Nature: &words}, "ALREADY_EXISTS"},
		"an interest that has no name":   {published, nil, DeclareInterestInput{Conflict: true}, "INVALID nature"},
		"an interest that is left blank": {published, nil, DeclareInterestInput{Conflict: true, Nature: new(" ")}, "INVALID nature"},
		"none, and words about it":       {published, nil, DeclareInterestInput{Nature: &words}, "INVALID nature"},
		"a draft":                        {Need{}, nil, DeclareInterestInput{}, "TOO_EARLY"},
	} {
		if err := DeclareInterest(c.need, c.earlier, c.in); refused(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestMayAct(t *testing.T) {
	for _, c := range []struct {
		declared, conflict, may bool
	}{{false, false, false}, {true, false, true}, {true, true, false}} {
		if err := MayAct(c.declared, c.conflict); (err == nil) != c.may || err != nil && refused(t, err) != "CONFLICT_OF_INTEREST" {
			t.Errorf("declared %t, conflict %t: %v", c.declared, c.conflict, err)
		}
	}
}
