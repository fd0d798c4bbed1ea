package agree_test

import (
	"testing"

	"github.com/casbin/casbin/v2"

	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/prove"
	"github.com/southeasttogether/dps/prove/rights"
)

// TestCasbinAgreesWithTheRights: casbin itself with the two files, the table that requests read, and the rights stated
// by hand give each act to the same roles.
func TestCasbinAgreesWithTheRights(t *testing.T) {
	table, err := policy.Load()
	must(t, err)
	enforcer, err := casbin.NewEnforcer("../../policy/model.conf", "../../policy/policy.csv")
	must(t, err)
	var c rights.Check
	for _, role := range policy.Roles {
		for _, act := range policy.Acts() {
			c.Pairs++
			enforced, err := enforcer.Enforce(role.Subject(), act.Object(), act.Verb())
			must(t, err)
			if should := rights.HasAct(role, act); enforced != should || table.Can(role, act) != should {
				c.Differences = append(c.Differences, string(role)+" "+string(act))
				t.Errorf("%s, %s: Enforce %t, the table %t, by hand %t", role, act, enforced, table.Can(role, act), should)
			}
		}
	}
	for _, r := range rights.Rights {
		if r.Act != "" && !policy.IsAct(r.Act) {
			t.Errorf("the policy knows no act %s", r.Act)
		}
	}
	prove.RecordFigure(t, "agree.pairs", c.Pairs)
	prove.RecordFigure(t, "agree.differences", len(c.Differences))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
