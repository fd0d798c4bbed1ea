package market

import "testing"

func TestDecideNaming(t *testing.T) {
	plan, accommodated := Need{LegalBasis: LegalBasisEhcPlan}, Need{LegalBasis: "SECTION_20"}
	nonMaintained, independent := &Setting{EstablishmentType: new(NonMaintainedType)}, &Setting{EstablishmentType: new("10")}
	approved := &Setting{EstablishmentType: new("10"), Section41: true}
	named := DecideNamingInput{Named: true, Reasons: "Synthetic.", Effect: "Synthetic.", ConsultedOn: NewDate(2026, testTime.Month(), testTime.Day())}
	against := func(ground NamingGround) DecideNamingInput {
		in := named
		in.Named, in.Ground = false, &ground
		return in
	}
	with := func(change func(*DecideNamingInput)) DecideNamingInput {
		in := named
		change(&in)
		return in
	}
	for name, c := range map[string]struct {
		need    Need
		setting *Setting
		earlier *Naming
		awards  []Award
		in      DecideNamingInput
		want    string
	}{
		"a non-maintained special school":        {plan, nonMaintained, nil, nil, named, ""},
		"one approved under section 41":          {plan, approved, nil, nil, named, ""},
		"any other independent school":           {plan, independent, nil, nil, named, "WRONG_STATE"},
		"a home":                                 {plan, &Setting{}, nil, nil, named, "WRONG_STATE"},
		"without a plan":                         {accommodated, nonMaintained, nil, nil, named, "WRONG_STATE"},
		"no school":                              {plan, nil, nil, nil, named, "WRONG_STATE"},
		"unsuitable":                             {plan, approved, nil, nil, against(GroundUnsuitable), ""},
		"the education of others":                {plan, approved, nil, nil, against(GroundEducationOfOthers), ""},
		"the use of resources":                   {plan, approved, nil, nil, against(GroundUseOfResources), ""},
		"refused without a ground":               {plan, approved, nil, nil, with(func(in *DecideNamingInput) { in.Named = false }), "INVALID ground"},
		"named with a ground":                    {plan, approved, nil, nil, with(func(in *DecideNamingInput) { in.Ground = new(GroundUnsuitable) }), "INVALID ground"},
		"decided before":                         {plan, approved, &Naming{}, nil, named, "ALREADY_EXISTS"},
		"named beside a live award":              {plan, approved, nil, []Award{{}}, named, "WRONG_STATE"},
		"refused beside a live award":            {plan, approved, nil, []Award{{}}, against(GroundUnsuitable), ""},
		"named after an award that was declined": {plan, approved, nil, []Award{{ApprovedAt: &testTime, DeclinedAt: &testTime}}, named, ""},
		"the proprietor is consulted tomorrow":   {plan, approved, nil, nil, with(func(in *DecideNamingInput) { in.ConsultedOn = NewDate(2026, testTime.Month(), testTime.Day()+1) }), "INVALID consultedOn"},
		"no reasons":                             {plan, approved, nil, nil, with(func(in *DecideNamingInput) { in.Reasons = " " }), "INVALID reasons"},
		"nothing for the family":                 {plan, approved, nil, nil, with(func(in *DecideNamingInput) { in.Effect = "" }), "INVALID effect"},
	} {
		if err := DecideNaming(c.need, c.setting, c.earlier, c.awards, c.in, testTime); refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
