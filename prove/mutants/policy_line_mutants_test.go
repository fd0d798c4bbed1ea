package mutants_test

import (
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/prove"
	"github.com/southeasttogether/dps/prove/rights"
)

// tryPolicyLines breaks policy.csv, one line at a time: removed, wider, for another role, with another act. The
// compiled result is tried in the database, and the acts that it gives are compared with what is stated by hand.
func (b *mutantBench) tryPolicyLines(t *testing.T) {
	text, err := os.ReadFile("../../policy/policy.csv")
	must(t, err)
	original, err := policy.Parse(string(text))
	must(t, err)
	var all []mutantMaker
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "p, ") && !strings.HasPrefix(line, "g, ") {
			continue
		}
		mutants := brokenLines(line)
		for _, how := range slices.Sorted(maps.Keys(mutants)) {
			all = append(all, func() (mutant, bool) {
				return policyMutant(original, line+": "+how, strings.Replace(string(text), line+"\n", mutants[how]+"\n", 1))
			})
		}
	}
	b.tryMutants(t, "policy lines", all, prove.Scaled(25, 25, math.MaxInt))
}

// policyMutant is the mutant that another text of the policy makes. A text that is refused at start, or says the same
// in other words, is not a mutant.
func policyMutant(original *policy.Policy, name, text string) (mutant, bool) {
	p, err := policy.Parse(text)
	if err != nil || !policiesDiffer(original, p) {
		return mutant{}, false
	}
	m := mutant{name: name, actFault: findActFault(p), foundAtStart: true}
	m.statements, m.groups = migrationBetween(original.SQL(), p.SQL())
	return m, true
}

// widerScopes is a scope that has more rows.
var widerScopes = map[string]string{
	"own": "all", "published": "all", "self": "own", "self:evaluate": "delegated:evaluate", "consortium": "all", "shown": "own",
	"shown:evaluate": "delegated:evaluate",
	"locked":         "own", "invited": "all", "approved": "own", "accepted": "invited", "awarded": "all", "released": "own", "due": "all",
	"held": "all", "chain": "all", "answered": "all",
	"delegated:publish": "delegated:any", "delegated:evaluate": "delegated:any", "delegated:award": "delegated:any",
	"delegated:manage": "delegated:any", "delegated:any": "all",
}

// brokenLines are a line's mutants, by how each came about.
func brokenLines(line string) map[string]string {
	words := strings.Split(line, ", ")
	if words[0] == "g" {
		group := "role:anyone"
		if words[2] == group {
			group = "role:actor"
		}
		return map[string]string{"gone": "", "of another group": strings.Join([]string{"g", words[1], group}, ", ")}
	}
	all := map[string]string{"gone": ""}
	with := func(i int, word, how string) {
		other := slices.Clone(words)
		other[i] = word
		all[how] = strings.Join(other, ", ")
	}
	if scope := widerScopes[words[4]]; scope != "" {
		with(4, scope, "wider: "+scope)
	}
	for _, role := range []policy.Role{policy.Public, policy.Evaluator, policy.Commissioner, policy.BidsManager} {
		with(1, role.Subject(), "of the role "+string(role))
	}
	for _, act := range policy.Acts() {
		if act.Object() == words[2] && act.Verb() != words[3] {
			with(3, act.Verb(), "the act "+act.Verb())
		}
	}
	return all
}

func policiesDiffer(original, mutated *policy.Policy) bool {
	for _, role := range policy.Roles {
		for _, act := range policy.Acts() {
			if !slices.Equal(original.Scopes(role, act), mutated.Scopes(role, act)) {
				return original.SQL() != mutated.SQL() || original.Can(role, act) != mutated.Can(role, act)
			}
		}
	}
	return false
}

// findActFault names the first role that has an act and should not, or the other way round.
func findActFault(p *policy.Policy) string {
	for _, role := range policy.Roles {
		for _, act := range policy.Acts() {
			if p.Can(role, act) != rights.HasAct(role, act) {
				return fmt.Sprint(role, " ", act)
			}
		}
	}
	return ""
}

// migrationBetween is how to turn a database that was compiled from one text into one from another, and the groups in
// which they differ.
func migrationBetween(original, mutated string) (statements []string, groups []rights.Group) {
	old, young := policiesByName(original), policiesByName(mutated)
	for _, name := range slices.Sorted(maps.Keys(old)) {
		if old[name] != young[name] {
			statements = append(statements, fmt.Sprintf("DROP POLICY %s ON dps.%s", old[name].name, old[name].Table))
			groups = append(groups, old[name].Group)
		}
	}
	for _, grant := range grantLines(original) {
		if !strings.Contains(mutated, grant) {
			statements = append(statements, strings.Replace(strings.Replace(grant, "GRANT", "REVOKE", 1), " TO ", " FROM ", 1))
		}
	}
	for _, grant := range grantLines(mutated) {
		if !strings.Contains(original, grant) {
			statements = append(statements, grant)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(young)) {
		if l := young[name]; old[name] != l {
			statements = append(statements, fmt.Sprintf("CREATE POLICY %s ON dps.%s FOR %s TO %s %s", l.name, l.Table, l.Command,
				l.Role.Database(), l.guard))
			groups = append(groups, l.Group)
		}
	}
	return statements, uniqueGroups(groups)
}

func policiesByName(sql string) map[string]rowPolicy {
	all := map[string]rowPolicy{}
	for _, l := range rowPolicies(sql) {
		all[l.Table+" "+l.name] = l
	}
	return all
}

func grantLines(sql string) (all []string) {
	for text := range strings.Lines(sql) {
		if strings.HasPrefix(text, "GRANT ") {
			all = append(all, text)
		}
	}
	return all
}

func uniqueGroups(groups []rights.Group) (all []rights.Group) {
	for _, g := range groups {
		if !slices.Contains(all, g) {
			all = append(all, g)
		}
	}
	return all
}
