package tendering_test

import (
	"fmt"
	"testing"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/tendering"
)

// TestAreaMissingIsTheRule: who is told that an approval of a place outside the area is missing is told what the rule says, for every
// combination of the facts that it rests on.
func TestAreaMissingIsTheRule(t *testing.T) {
	f := dbtest.NewFixture(t, 0, 0)
	text := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	compared := 0
	for _, basis := range []market.LegalBasis{"EHC_PLAN", "SECTION_20", "SECTION_31"} {
		for _, lot := range []market.LotKind{market.LotInmssResidential, market.LotChildrensHome, "INMSS_DAY"} {
			for _, kind := range []market.SettingKind{market.SettingHome, market.SettingSchool} {
				for _, area := range []string{"", "886", "938"} {
					for _, neighbouring := range []*bool{nil, new(true), new(false)} {
						for _, approved := range []string{"", "NEIGHBOURING", "DISTANT"} {
							facts := rules.AreaFacts{
								LegalBasis: basis, LotKind: lot, SettingKind: kind, OwnCode: text("886"), AreaCode: text(area), Neighbouring: neighbouring,
							}
							if approved != "" {
								facts.ApprovedDistance = new(market.AreaDistance(approved))
							}
							var missing bool
							f.QueryValue(&missing, areaMissingQuery(f, facts))
							if want := rules.RequireAreaApproval(facts) != nil; missing != want {
								t.Errorf("%s %s %s, area %q, neighbouring %v, approved %q: missing %v, the rule says %v", basis, lot, kind, area,
									neighbouring, approved, missing, want)
							}
							compared++
						}
					}
				}
			}
		}
	}
	if compared != 3*3*2*3*3*3 {
		t.Errorf("%d combinations were compared", compared)
	}
}

// areaMissingQuery is the body of area_missing with the facts in place of what area_facts reads.
func areaMissingQuery(f *dbtest.Fixture, facts rules.AreaFacts) string {
	var body string
	f.QueryValue(&body, `SELECT replace(prosrc, 'area_facts(of_need, at_setting) f', 'facts f') FROM pg_proc WHERE proname = 'area_missing'`)
	quoted := func(v any) string {
		switch v := v.(type) {
		case *string:
			if v != nil {
				return "'" + *v + "'"
			}
		case *bool:
			if v != nil {
				return fmt.Sprint(*v)
			}
		case *market.AreaDistance:
			if v != nil {
				return "'" + string(*v) + "'"
			}
		}
		return "NULL"
	}
	return fmt.Sprintf(`WITH facts (legal_basis, lot_kind, setting_kind, own_code, area_code, neighbouring, approved_distance) AS (VALUES
		('%s', '%s', '%s', %s::text, %s::text, %s::boolean, %s::text)) %s`, facts.LegalBasis, facts.LotKind, facts.SettingKind,
		quoted(facts.OwnCode), quoted(facts.AreaCode), quoted(facts.Neighbouring), quoted(facts.ApprovedDistance), body)
}
