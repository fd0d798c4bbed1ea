// Package policy says who may do what, on which rows. policy.csv is the only list of grants; it is resolved once,
// at start, by casbin into an immutable table, and compiled into the row-level security of the database.
package policy

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
	stringadapter "github.com/casbin/casbin/v2/persist/string-adapter"
)

//go:embed model.conf
var modelText string

//go:embed policy.csv
var policyText string

// Act is an object and what is done to it: "offer.submit".
type Act string

// Object is the part before the dot.
func (a Act) Object() string { o, _, _ := strings.Cut(string(a), "."); return o }

// Verb is the part after the dot.
func (a Act) Verb() string { _, v, _ := strings.Cut(string(a), "."); return v }

// Policy is the resolved list of grants. It never changes after Load, so nothing can go stale.
type Policy struct {
	grants   map[Role]map[Act][]Scope
	enforcer *casbin.Enforcer
}

// Load resolves the embedded policy. It fails on a grant that names an unknown role, act or scope, so that a
// misspelt line is found at start and not by the person it locks out.
func Load() (*Policy, error) { return parse(modelText, policyText) }

func parse(modelText, policyText string) (*Policy, error) {
	m, err := model.NewModelFromString(modelText)
	if err != nil {
		return nil, fmt.Errorf("policy: model.conf: %w", err)
	}
	e, err := casbin.NewEnforcer(m, stringadapter.NewAdapter(withoutComments(policyText)))
	if err != nil {
		return nil, fmt.Errorf("policy: policy.csv: %w", err)
	}
	p := &Policy{grants: map[Role]map[Act][]Scope{}, enforcer: e}
	if err := p.checkNames(); err != nil {
		return nil, err
	}
	for _, role := range Roles {
		if err := p.resolve(role); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// withoutComments leaves the lines that casbin's string adapter understands.
func withoutComments(text string) string {
	var kept []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

// checkNames refuses a subject that is no role and no shared group, so that a misspelt one cannot grant nothing in silence.
func (p *Policy) checkNames() error {
	known := []string{"role:anyone", "role:actor"}
	for _, r := range Roles {
		known = append(known, r.Subject())
	}
	subjects, err := p.enforcer.GetAllSubjects()
	if err != nil {
		return fmt.Errorf("policy: subjects: %w", err)
	}
	groups, err := p.enforcer.GetGroupingPolicy()
	if err != nil {
		return fmt.Errorf("policy: groups: %w", err)
	}
	for _, g := range groups {
		subjects = append(subjects, g...)
	}
	for _, s := range subjects {
		if !slices.Contains(known, s) {
			return fmt.Errorf("policy: %q is not a role", s)
		}
	}
	return nil
}

func (p *Policy) resolve(role Role) error {
	rows, err := p.enforcer.GetImplicitPermissionsForUser(role.Subject())
	if err != nil {
		return fmt.Errorf("policy: %s: %w", role, err)
	}
	table := map[Act][]Scope{}
	for _, row := range rows {
		act, scope := Act(row[1]+"."+row[2]), Scope(row[3])
		touches, ok := acts[act]
		if !ok {
			return fmt.Errorf("policy: %s: acts.go knows no act %q", role, act)
		}
		for _, t := range touches {
			if _, err := scope.predicate(role, t.Table); err != nil {
				return fmt.Errorf("%s, %s: %w", role, act, err)
			}
		}
		if !slices.Contains(table[act], scope) {
			table[act] = append(table[act], scope)
		}
	}
	p.grants[role] = table
	return nil
}

// Can says whether a role has an act on any row at all; which rows is the database's to say.
func (p *Policy) Can(role Role, act Act) bool { return len(p.grants[role][act]) > 0 }

// Scopes are the rows on which a role has an act; none means it has not.
func (p *Policy) Scopes(role Role, act Act) []Scope { return slices.Clone(p.grants[role][act]) }

// Knows says whether an act exists; the schema's directives are checked against it at start.
func Knows(act Act) bool { _, ok := acts[act]; return ok }

// Acts lists every act, sorted.
func Acts() []Act {
	all := make([]Act, 0, len(acts))
	for a := range acts {
		all = append(all, a)
	}
	slices.Sort(all)
	return all
}
