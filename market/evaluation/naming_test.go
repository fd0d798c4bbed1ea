package evaluation

import (
	"testing"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestDecideNaming(t *testing.T) {
	plan, accommodated := market.Need{LegalBasis: market.LegalBasisEhcPlan}, market.Need{LegalBasis: "SECTION_20"}
	nonMaintained, independent := &market.Setting{EstablishmentType: new(market.NonMaintainedType)},
		&market.Setting{EstablishmentType: new("10")}
	approved := &market.Setting{EstablishmentType: new("10"), Section41: new(true)}
	named := DecideNamingInput{Named: true, Reasons: "Synthetic.", Effect: "Synthetic.", ConsultedOn: market.NewDate(2026,
		markettest.SampleTime.Month(), markettest.SampleTime.Day())}
	against := func(ground market.NamingGround) DecideNamingInput {
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
		need    market.Need
		setting *market.Setting
		earlier *market.Naming
		awards  []market.Award
		in      DecideNamingInput
		want    string
	}{
		"a non-maintained special school": {plan, nonMaintained, nil, nil, named, ""},
		"one approved under section 41":   {plan, approved, nil, nil, named, ""},
		"any other independent school":    {plan, independent, nil, nil, named, "WRONG_STATE"},
		"a home":                          {plan, &market.Setting{}, nil, nil, named, "WRONG_STATE"},
		"without a plan":                  {accommodated, nonMaintained, nil, nil, named, "WRONG_STATE"},
		"no school":                       {plan, nil, nil, nil, named, "WRONG_STATE"},
		"unsuitable":                      {plan, approved, nil, nil, against(market.GroundUnsuitable), ""},
		"the education of others":         {plan, approved, nil, nil, against(market.GroundEducationOfOthers), ""},
		"the use of resources":            {plan, approved, nil, nil, against(market.GroundUseOfResources), ""},
		"refused without a ground": {
			plan, approved, nil, nil, with(func(in *DecideNamingInput) { in.Named = false }),
			"INVALID ground",
		},
		"named with a ground": {
			plan, approved, nil, nil,
			with(func(in *DecideNamingInput) { in.Ground = new(market.GroundUnsuitable) }), "INVALID ground",
		},
		"decided before":              {plan, approved, &market.Naming{}, nil, named, "ALREADY_EXISTS"},
		"named during a live award":   {plan, approved, nil, []market.Award{{}}, named, "WRONG_STATE"},
		"refused during a live award": {plan, approved, nil, []market.Award{{}}, against(market.GroundUnsuitable), ""},
		"named after an award that was declined": {plan, approved, nil, []market.Award{{
			ApprovedAt: &markettest.SampleTime,
			DeclinedAt: &markettest.SampleTime,
		}}, named, ""},
		"the proprietor is consulted tomorrow": {plan, approved, nil, nil, with(func(in *DecideNamingInput) {
			in.ConsultedOn = market.NewDate(2026, markettest.SampleTime.Month(), markettest.SampleTime.Day()+1)
		}), "INVALID consultedOn"},
		"no reasons":             {plan, approved, nil, nil, with(func(in *DecideNamingInput) { in.Reasons = " " }), "INVALID reasons"},
		"nothing for the family": {plan, approved, nil, nil, with(func(in *DecideNamingInput) { in.Effect = "" }), "INVALID effect"},
	} {
		if err := DecideNaming(c.need, c.setting, c.earlier, c.awards, c.in, markettest.SampleTime); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
