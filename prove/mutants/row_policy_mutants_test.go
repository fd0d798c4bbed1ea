package mutants_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/prove"
	"github.com/southeasttogether/dps/prove/rights"
)

// tryRowPolicies breaks the row policies of a live database, one at a time. Only the tests of row security must find
// it.
func (b *mutantBench) tryRowPolicies(t *testing.T) {
	var all []mutant
	for _, l := range compiledPolicies(t) {
		all = append(all, l.rowPolicyMutants()...)
	}
	all = append(all, b.openTableMutants(t)...)
	b.tryMutants(t, "row policies", makersOf(all), prove.Scaled(25, 25, math.MaxInt), "mutants.rls_missed")
}

// rowPolicyMutants of one row policy: gone, open, the contrary, another's.
func (l rowPolicy) rowPolicyMutants() (all []mutant) {
	on := fmt.Sprintf("%s ON dps.%s", l.name, l.Table)
	add := func(how, statement string) {
		all = append(all, mutant{name: on + ": " + how, statements: []string{statement}, groups: []rights.Group{l.Group}})
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
		contrary += " USING (NOT (" + l.predicate() + "))"
	}
	if check {
		contrary += " WITH CHECK (NOT (" + l.predicate() + "))"
	}
	add("the contrary", contrary)
	if l.predicate() == "true" {
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

// openTableMutants are mutants of whole tables: the owner's policy for everybody, no row security, one grant too many.
func (b *mutantBench) openTableMutants(t *testing.T) (all []mutant) {
	t.Helper()
	guarded := map[string][]rights.Group{}
	for _, l := range compiledPolicies(t) {
		if l.Command == policy.Select && l.predicate() != "true" {
			guarded[l.Table] = append(guarded[l.Table], l.Group)
		}
	}
	for table, groups := range guarded {
		all = append(all,
			mutant{
				name: table + ": the owner's policy for everybody", statements: []string{"ALTER POLICY owner ON dps." + table + " TO PUBLIC"},
				groups: groups,
			},
			mutant{
				name: table + ": no row security", statements: []string{"ALTER TABLE dps." + table + " DISABLE ROW LEVEL SECURITY"},
				groups: groups,
			})
	}
	for _, table := range b.GuardedTables() {
		for _, role := range []policy.Role{policy.Public, policy.Auditor, policy.Family} {
			if !rights.HasCommand(role, policy.Select, table) {
				all = append(all, mutant{
					name: table + ": granted to " + string(role), statements: []string{"GRANT SELECT ON dps." + table +
						" TO " + role.Database()},
					groups: []rights.Group{{Role: role, Command: policy.Select, Table: table}},
				})
			}
		}
	}
	return all
}
