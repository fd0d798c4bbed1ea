// Package policy says who can do what, on which rows. policy.csv is the only list of grants. casbin resolves it once,
// at start, into an immutable table, which is compiled into the row-level security of the database.
package policy

import (
	_ "embed"
	"fmt"
	"regexp"
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

// Load resolves the embedded policy. It fails on a line that is not a grant as model.conf defines it, and on one that
// names an unknown role, act or scope. So a misspelt line is found at start, and not by a person whom it locks out or
// lets in.
func Load() (*Policy, error) { return parsePolicy(modelText, policyText) }

// Parse resolves a policy other than the embedded one in the same way, so that the two can be compared.
func Parse(policyText string) (*Policy, error) { return parsePolicy(modelText, policyText) }

func parsePolicy(modelText, policyText string) (*Policy, error) {
	m, err := readModel(modelText)
	if err != nil {
		return nil, err
	}
	lines, err := readLines(policyText)
	if err != nil {
		return nil, err
	}
	e, err := casbin.NewEnforcer(m, stringadapter.NewAdapter(strings.Join(lines, "\n")))
	if err != nil {
		return nil, fmt.Errorf("policy: policy.csv: %w", err)
	}
	p := &Policy{grants: map[Role]map[Act][]Scope{}, enforcer: e}
	for _, role := range Roles {
		if err := p.resolveRole(role); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// readModel refuses a model whose grants have other columns than these four. With an effect among them, one misspelt
// effect would turn a denial into nothing.
func readModel(text string) (model.Model, error) {
	m, err := model.NewModelFromString(text)
	if err != nil {
		return nil, fmt.Errorf("policy: model.conf: %w", err)
	}
	if p := m["p"]["p"]; p == nil || len(m["p"]) != 1 || !slices.Equal(p.Tokens, []string{"p_sub", "p_obj", "p_act", "p_scope"}) {
		return nil, fmt.Errorf("policy: model.conf: a grant must be sub, obj, act, scope and nothing else")
	}
	return m, nil
}

// Groups that roles share. They are not roles: nobody acts in one.
const (
	groupAnyone = "role:anyone" // everybody, with or without a token
	groupActor  = "role:actor"  // everybody who writes the log and the memory of retries
)

// grantForm and groupForm are the only forms of a line in policy.csv. casbin itself would accept another column, and
// our table would not see it.
var (
	grantForm = regexp.MustCompile(`^p, (role:[a-z_]+), [a-z_]+, [a-z_]+, [a-z]+(?::[a-z]+)?$`)
	groupForm = regexp.MustCompile(`^g, (role:[a-z_]+), (role:[a-z_]+)$`)
)

// readLines are the lines without comments, each of them checked.
func readLines(text string) ([]string, error) {
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if slices.Contains(lines, line) {
			return nil, fmt.Errorf("policy: policy.csv has %q twice", line)
		}
		if err := checkLine(line); err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// checkLine refuses a line of another form, a subject that is not a role, and a group other than the shared ones: a
// role that included another would add up the rights of two.
func checkLine(line string) error {
	grant, group := grantForm.FindStringSubmatch(line), groupForm.FindStringSubmatch(line)
	switch {
	case grant != nil && isSubject(grant[1]):
		return nil
	case group != nil && isSubject(group[1]) && group[1] != groupAnyone && (group[2] == groupAnyone || group[2] == groupActor &&
		group[1] != groupActor):
		return nil
	case grant == nil && group == nil:
		return fmt.Errorf("policy: %q must be \"p, role, object, act, scope\" or \"g, role, group\"", line)
	}
	return fmt.Errorf("policy: %q names an unknown role, or groups roles that cannot be grouped", line)
}

func isSubject(subject string) bool {
	return subject == groupAnyone || subject == groupActor || slices.ContainsFunc(Roles, func(r Role) bool { return r.Subject() == subject })
}

func (p *Policy) resolveRole(role Role) error {
	rows, err := p.enforcer.GetImplicitPermissionsForUser(role.Subject())
	if err != nil {
		return fmt.Errorf("policy: %s: %w", role, err)
	}
	table := map[Act][]Scope{}
	for _, row := range rows {
		act, scope := Act(row[1]+"."+row[2]), Scope(row[3])
		if !IsAct(act) {
			return fmt.Errorf("policy: %s: acts.go has no act %q", role, act)
		}
		if _, _, err := scope.findDefinition(); err != nil { // even if the act uses no table
			return fmt.Errorf("policy: %s, %s: %w", role, act, err)
		}
		if !slices.Contains(table[act], scope) {
			table[act] = append(table[act], scope)
		}
	}
	p.grants[role] = table
	return nil
}

// Can says whether a role has an act on any row at all. The database decides which rows.
func (p *Policy) Can(role Role, act Act) bool { return len(p.grants[role][act]) > 0 }

// Scopes are the rows on which a role has an act; there are none if it does not have the act.
func (p *Policy) Scopes(role Role, act Act) []Scope { return slices.Clone(p.grants[role][act]) }

// IsAct says whether an act exists; the schema's directives are checked against it at start.
func IsAct(act Act) bool { _, ok := tablesOfAct[act]; return ok }

// Acts lists every act, sorted.
func Acts() []Act {
	all := make([]Act, 0, len(tablesOfAct))
	for a := range tablesOfAct {
		all = append(all, a)
	}
	slices.Sort(all)
	return all
}
