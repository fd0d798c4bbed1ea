package policy

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
)

var updateGolden = flag.Bool("update", false, "write the golden files again")

func loadPolicy(t *testing.T) *Policy {
	t.Helper()
	p, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The table that requests use is what casbin answers, tested with each grant on its own, for every role and act.
func TestGrantTableEqualsCasbin(t *testing.T) {
	p := loadPolicy(t)
	grants, err := p.enforcer.GetPolicy()
	if err != nil {
		t.Fatal(err)
	}
	groups, err := p.enforcer.GetGroupingPolicy()
	if err != nil {
		t.Fatal(err)
	}
	granted, asked := map[Role]map[Act][]Scope{}, 0
	for _, grant := range grants {
		alone := newEnforcer(t, [][]string{grant}, groups)
		for _, role := range Roles {
			for _, act := range Acts() {
				asked++
				if !enforcerAllows(t, alone, role, act) {
					continue
				}
				if granted[role] == nil {
					granted[role] = map[Act][]Scope{}
				}
				granted[role][act] = append(granted[role][act], Scope(grant[3]))
			}
		}
	}
	for _, role := range Roles {
		for _, act := range Acts() {
			want, got := granted[role][act], p.Scopes(role, act)
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(want, got) || p.Can(role, act) != enforcerAllows(t, p.enforcer, role, act) || p.Can(role, act) != (len(want) > 0) {
				t.Errorf("%s, %s: the table says %v, casbin %v", role, act, got, want)
			}
		}
	}
	if asked != len(grants)*len(Roles)*len(Acts()) || asked < 10000 {
		t.Errorf("only %d questions", asked)
	}
}

func newEnforcer(t *testing.T, grants, groups [][]string) *casbin.Enforcer {
	t.Helper()
	m, err := model.NewModelFromString(modelText)
	if err != nil {
		t.Fatal(err)
	}
	e, err := casbin.NewEnforcer(m)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.AddPolicies(grants); err != nil {
		t.Fatal(err)
	}
	if _, err := e.AddGroupingPolicies(groups); err != nil {
		t.Fatal(err)
	}
	return e
}

func enforcerAllows(t *testing.T, e *casbin.Enforcer, role Role, act Act) bool {
	t.Helper()
	allowed, err := e.Enforce(role.Subject(), act.Object(), act.Verb())
	if err != nil {
		t.Fatal(err)
	}
	return allowed
}

// A person with the name of a role, or of a group, has no rights.
func TestPersonNamedLikeARoleHasNoRights(t *testing.T) {
	p := loadPolicy(t)
	for _, name := range []string{"commissioner", "anyone", "actor", "", "role:", "role:nobody", "Role:commissioner"} {
		if allowed, err := p.enforcer.Enforce(name, "market", "read"); err != nil || allowed {
			t.Errorf("%q reads markets: %v, %v", name, allowed, err)
		}
		if role := Role(name); name != "commissioner" && (p.Can(role, "market.read") || p.Scopes(role, "market.read") != nil) {
			t.Errorf("%q is a role", name)
		}
	}
}

// A change of the policy shows in review as the matrix for people and as the compiled row-level security.
func TestMatrixAndSQLMatchTheGoldenFiles(t *testing.T) {
	p := loadPolicy(t)
	var matrix bytes.Buffer
	if err := p.Print(&matrix); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"matrix.txt": matrix.String(), "rls.sql": p.SQL()} {
		if *updateGolden {
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		kept, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(kept) != want {
			t.Errorf("%s is not what policy.csv says: run `go test ./policy -update` and look at what changed", path)
		}
	}
	for line := range strings.Lines(matrix.String()) {
		if len(line) > 140 || strings.TrimRight(line, " \n")+"\n" != line {
			t.Errorf("a line of the matrix does not fit a terminal: %q", line)
		}
	}
}

func TestSQLDependsOnThePolicyOnly(t *testing.T) {
	one, two := loadPolicy(t), loadPolicy(t)
	if one.SQL() != two.SQL() || one.Hash() != two.Hash() || len(one.Hash()) != 64 {
		t.Error("compiled twice, it differs")
	}
	other, err := parsePolicy(modelText, strings.Replace(policyText, "p, role:bids_manager, letter, read, own\n", "", 1))
	if err != nil || other.Hash() == one.Hash() {
		t.Errorf("another policy has the same hash: %v", err)
	}
}

func TestMisspeltPolicyIsRefused(t *testing.T) {
	for name, line := range map[string]string{
		"role":                            "p, role:commissioners, need, read, own",
		"role without prefix":             "p, commissioner, need, read, own",
		"object":                          "p, role:commissioner, ned, read, own",
		"verb":                            "p, role:commissioner, need, raed, own",
		"scope":                           "p, role:commissioner, offer, open, owned",
		"scope of an act without a table": "p, role:commissioner, moderation, lock, owned",
		"an argument nobody has":          "p, role:commissioner, offer, open, own:award",
		"a misspelt argument":             "p, role:consortium_officer, identity, read, delegated:evalute",
		"a missing argument":              "p, role:consortium_officer, identity, read, delegated",
		"an empty argument":               "p, role:consortium_officer, identity, read, self:",
		"two arguments":                   "p, role:consortium_officer, identity, read, delegated:award:any",
		"a denial":                        "p, role:commissioner, offer, open, own, deny",
		"an effect, allow":                "p, role:commissioner, offer, open, own, allow",
		"a misspelt effect":               "p, role:commissioner, offer, open, own, alow",
		"too few columns":                 "p, role:commissioner, offer, open",
		"an empty column":                 "p, role:commissioner, , open, own",
		"another kind of line":            "p2, role:commissioner, offer, open, own",
		"capital letter":                  "P, role:commissioner, offer, open, own",
		"space in front":                  " p, role:commissioner, offer, open, own",
		"space behind":                    "p, role:commissioner, offer, open, own ",
		"no spaces":                       "p,role:commissioner,offer,open,own",
		"tabs":                            "p,\trole:commissioner, offer, open, own",
		"carriage return":                 "p, role:commissioner, offer, open, own\r",
		"a comment behind":                "p, role:commissioner, offer, open, own # why",
		"quotes":                          `p, "role:commissioner", offer, open, own`,
		"any object":                      "p, role:commissioner, *, open, own",
		"the same twice":                  "p, role:commissioner, need, read, own",
		"a group twice":                   "g, role:commissioner, role:actor",
		"a role in a role":                "g, role:commissioner, role:approver",
		"a group in a role":               "g, role:anyone, role:commissioner",
		"everybody acts":                  "g, role:anyone, role:actor",
		"a group in itself":               "g, role:actor, role:actor",
		"a person in a role":              "g, alice, role:commissioner",
		"an unknown group":                "g, role:commissioner, role:everybody",
		"an unknown member":               "g, role:commissioners, role:actor",
		"a group in a domain":             "g, role:commissioner, role:anyone, kent",
		"words":                           "commissioner may read needs",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := parsePolicy(modelText, policyText+"\n"+line+"\n"); err == nil || !strings.HasPrefix(err.Error(), "policy: ") {
				t.Errorf("%q is taken: %v", line, err)
			}
		})
	}
	if _, err := parsePolicy(modelText, policyText+"\n# words\n\np, role:commissioner, offer, open, own\n"); err != nil {
		t.Errorf("a whole line is refused: %v", err)
	}
}

func TestModelWithAnEffectIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"an effect":      strings.Replace(modelText, "p = sub, obj, act, scope", "p = sub, obj, act, scope, eft", 1),
		"without scope":  strings.Replace(modelText, "p = sub, obj, act, scope", "p = sub, obj, act", 1),
		"a second kind":  strings.Replace(modelText, "p = sub, obj, act, scope", "p = sub, obj, act, scope\np2 = sub, act", 1),
		"no definitions": "",
	} {
		if _, err := parsePolicy(text, policyText); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// No definition is unused: each scope, on each of its own tables, is in the compiled policy, and each has a meaning in
// words.
func TestEveryScopeIsUsed(t *testing.T) {
	p, used := loadPolicy(t), map[string]bool{}
	for _, role := range Roles {
		for act, granted := range p.grants[role] {
			for _, s := range granted {
				found, arg, err := s.findDefinition()
				if err != nil {
					t.Fatal(err)
				}
				name, _, _ := strings.Cut(string(s), ":")
				used[name], used[name+":"+arg] = true, true
				for _, touch := range tablesOfAct[act] {
					if found.whereOnTable[touch.Table] != nil {
						used[name+"@"+touch.Table] = true
					} else {
						used[name+"@"] = true
					}
				}
			}
		}
	}
	for name, s := range scopeDefinitions {
		if !used[name] || !used[name+"@"] || s.meaning == "" {
			t.Errorf("scope %q is used: %v, on a table without its own predicate: %v, means %q", name, used[name], used[name+"@"], s.meaning)
		}
		for table := range s.whereOnTable {
			if !used[name+"@"+table] {
				t.Errorf("scope %q is not used on %s", name, table)
			}
		}
	}
}

// Each act belongs to somebody. Each act of a person is used by the contract or by the program, under its own name.
func TestEveryActIsUsed(t *testing.T) {
	p, text := loadPolicy(t), sourceText(t, "../schema/*/*.graphql", "../db/*.go")
	for _, act := range Acts() {
		people := slices.ContainsFunc(append([]Role{Public, Family}, Capacities...), func(r Role) bool { return p.Can(r, act) })
		if !people && !p.Can(Keeper, act) && !p.Can(Worker, act) && !p.Can(Importer, act) {
			t.Errorf("%s is nobody's", act)
		}
		log := act == "event.write" || act == "idempotency.keep" // of every change, whatever its act
		if people && !log && !strings.Contains(text, `"`+string(act)+`"`) {
			t.Errorf("%s is asked for nowhere", act)
		}
	}
}

func sourceText(t *testing.T, patterns ...string) string {
	t.Helper()
	var all strings.Builder
	for _, pattern := range patterns {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: %v, %v", pattern, paths, err)
		}
		for _, path := range paths {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(raw)
		}
	}
	return all.String()
}

// What a token can have, and what none can: the roles of the market itself, and nobody.
func TestCapacitiesOfTokens(t *testing.T) {
	seen := map[Role]bool{}
	for _, r := range Roles {
		none := slices.Contains([]Role{Public, Family, Keeper, Worker, Importer}, r)
		if seen[r] || slices.Contains(Capacities, r) == none {
			t.Errorf("%s: twice %v, carried by a token %v", r, seen[r], slices.Contains(Capacities, r))
		}
		seen[r] = true
	}
	if len(seen) != 15 || len(Capacities) != 10 {
		t.Errorf("%d roles, %d capacities", len(seen), len(Capacities))
	}
	for _, r := range Logins["dps_api"] {
		delete(seen, r)
	}
	if len(seen) != 2 || !seen[Worker] || !seen[Importer] || !slices.Equal(Logins["dps_worker"], []Role{Worker}) ||
		!slices.Equal(Logins["dps_importer"], []Role{Importer}) {
		t.Errorf("the API becomes all but the worker and the importer, each of them only itself: left %v", seen)
	}
}

// A table is read by the acts of one object, so that the policy shows who reads it. No such table is also exempt.
func TestEachTableIsReadByOneObject(t *testing.T) {
	reads := map[string]string{}
	for act, touches := range tablesOfAct {
		for _, touch := range touches {
			if slices.Contains(ExemptTables, touch.Table) {
				t.Errorf("%s touches %s, which has no row-level security", act, touch.Table)
			}
			if touch.Command != Select {
				continue
			}
			if was, ok := reads[touch.Table]; ok && was != act.Object() {
				t.Errorf("%s is read as %s and as %s", touch.Table, was, act.Object())
			}
			reads[touch.Table] = act.Object()
		}
	}
}
