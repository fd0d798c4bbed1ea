package mutants_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/prove"
	"github.com/southeasttogether/dps/prove/rights"
)

// rowPolicies breaks the row policies of a live database, one at a time: the tests of row security alone must find it.
func (b *bench) rowPolicies(t *testing.T) {
	var all []mutant
	for _, l := range compiled(t) {
		all = append(all, l.mutants()...)
	}
	all = append(all, b.open(t)...)
	b.try(t, "row policies", made(all), prove.Size(25, 200, math.MaxInt), "mutants.rls_missed")
}

// mutants of one row policy: gone, open, the contrary, another's.
func (l line) mutants() (all []mutant) {
	on := fmt.Sprintf("%s ON dps.%s", l.name, l.Table)
	add := func(how, statement string) {
		all = append(all, mutant{name: on + ": " + how, apply: []string{statement}, groups: []rights.Group{l.Group}})
	}
	add("dropped", "DROP POLICY "+on)
	other := policy.Auditor
	if l.Role == other {
		other = policy.SafeguardingLead
	}
	add("of another role", "ALTER POLICY "+on+" TO "+other.Database())
	using, check := l.Command != policy.Insert, l.Command == policy.Insert || l.Command == policy.Update
	contrary := "ALTER POLICY " + on
	if using {
		contrary += " USING (NOT (" + l.where() + "))"
	}
	if check {
		contrary += " WITH CHECK (NOT (" + l.where() + "))"
	}
	add("the contrary", contrary)
	if l.where() == "true" {
		return all
	}
	if using {
		add("every row", "ALTER POLICY "+on+" USING (true)")
	}
	if check {
		add("every new row", "ALTER POLICY "+on+" WITH CHECK (true)")
	}
	return all
}

// open are mutants of whole tables: the owner's policy for everybody, no row security, one grant too many.
func (b *bench) open(t *testing.T) (all []mutant) {
	t.Helper()
	guarded := map[string][]rights.Group{}
	for _, l := range compiled(t) {
		if l.Command == policy.Select && l.where() != "true" {
			guarded[l.Table] = append(guarded[l.Table], l.Group)
		}
	}
	for table, groups := range guarded {
		all = append(all,
			mutant{name: table + ": the owner's policy for everybody", apply: []string{"ALTER POLICY owner ON dps." + table + " TO PUBLIC"}, groups: groups},
			mutant{name: table + ": no row security", apply: []string{"ALTER TABLE dps." + table + " DISABLE ROW LEVEL SECURITY"}, groups: groups})
	}
	for _, table := range b.Guarded() {
		for _, role := range []policy.Role{policy.Public, policy.Auditor, policy.Family} {
			if !rights.Grants(role, policy.Select, table) {
				all = append(all, mutant{name: table + ": granted to " + string(role), apply: []string{"GRANT SELECT ON dps." + table + " TO " + role.Database()},
					groups: []rights.Group{{Role: role, Command: policy.Select, Table: table}}})
			}
		}
	}
	return all
}
