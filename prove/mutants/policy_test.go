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

// policyLines breaks policy.csv, one line at a time: gone, wider, another role's, another act. What it then compiles
// to is tried in the database; which acts it then gives is held against what is stated by hand.
func (b *bench) policyLines(t *testing.T) {
	text, err := os.ReadFile("../../policy/policy.csv")
	must(t, err)
	was, err := policy.Parse(string(text))
	must(t, err)
	var all []maker
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "p, ") && !strings.HasPrefix(line, "g, ") {
			continue
		}
		mutants := broken(line)
		for _, how := range slices.Sorted(maps.Keys(mutants)) {
			all = append(all, func() (mutant, bool) {
				return changed(was, line+": "+how, strings.Replace(string(text), line+"\n", mutants[how]+"\n", 1))
			})
		}
	}
	b.try(t, "policy lines", all, prove.Size(25, 200, math.MaxInt))
}

// changed is the mutant that another text of the policy is. One that is refused at start, or says the same in other
// words, is none.
func changed(was *policy.Policy, name, text string) (mutant, bool) {
	p, err := policy.Parse(text)
	if err != nil || !differs(was, p) {
		return mutant{}, false
	}
	m := mutant{name: name, acts: actsOff(p), start: true}
	m.apply, m.groups = difference(was.SQL(), p.SQL())
	return m, true
}

// wider is a scope that holds more rows.
var wider = map[string]string{
	"own": "all", "published": "all", "self": "own", "self:evaluate": "delegated:evaluate", "consortium": "all", "shown": "own", "shown:evaluate": "delegated:evaluate",
	"locked": "own", "invited": "all", "approved": "own", "accepted": "invited", "awarded": "all", "released": "own", "due": "all", "held": "all", "chain": "all", "answered": "all",
	"delegated:publish": "delegated:any", "delegated:evaluate": "delegated:any", "delegated:award": "delegated:any", "delegated:manage": "delegated:any", "delegated:any": "all",
}

// broken are a line's mutants, by how each came about.
func broken(line string) map[string]string {
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
	if scope := wider[words[4]]; scope != "" {
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

func differs(one, other *policy.Policy) bool {
	for _, role := range policy.Roles {
		for _, act := range policy.Acts() {
			if !slices.Equal(one.Scopes(role, act), other.Scopes(role, act)) {
				return one.SQL() != other.SQL() || one.Can(role, act) != other.Can(role, act)
			}
		}
	}
	return false
}

// actsOff names the first role that has an act and should not, or the other way round.
func actsOff(p *policy.Policy) string {
	for _, role := range policy.Roles {
		for _, act := range policy.Acts() {
			if p.Can(role, act) != rights.Has(role, act) {
				return fmt.Sprint(role, " ", act)
			}
		}
	}
	return ""
}

// difference is how to make a database that was compiled from one text be as if from another, and the groups in which
// they differ.
func difference(was, becomes string) (statements []string, groups []rights.Group) {
	old, young := byName(was), byName(becomes)
	for _, name := range slices.Sorted(maps.Keys(old)) {
		if old[name] != young[name] {
			statements = append(statements, fmt.Sprintf("DROP POLICY %s ON dps.%s", old[name].name, old[name].Table))
			groups = append(groups, old[name].Group)
		}
	}
	for _, grant := range grants(was) {
		if !strings.Contains(becomes, grant) {
			statements = append(statements, strings.Replace(strings.Replace(grant, "GRANT", "REVOKE", 1), " TO ", " FROM ", 1))
		}
	}
	for _, grant := range grants(becomes) {
		if !strings.Contains(was, grant) {
			statements = append(statements, grant)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(young)) {
		if l := young[name]; old[name] != l {
			statements = append(statements, fmt.Sprintf("CREATE POLICY %s ON dps.%s FOR %s TO %s %s", l.name, l.Table, l.Command, l.Role.Database(), l.guard))
			groups = append(groups, l.Group)
		}
	}
	return statements, unique(groups)
}

func byName(sql string) map[string]line {
	all := map[string]line{}
	for _, l := range policies(sql) {
		all[l.Table+" "+l.name] = l
	}
	return all
}

func grants(sql string) (all []string) {
	for text := range strings.Lines(sql) {
		if strings.HasPrefix(text, "GRANT ") {
			all = append(all, text)
		}
	}
	return all
}

func unique(groups []rights.Group) (all []rights.Group) {
	for _, g := range groups {
		if !slices.Contains(all, g) {
			all = append(all, g)
		}
	}
	return all
}
