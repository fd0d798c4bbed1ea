package policy

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// Print writes the whole matrix for people: for each act the rows that it is granted on and the roles that have it
// there, and below that what the rows are, in words.
func (p *Policy) Print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 2, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ACT\tON WHICH ROWS\tWHO")
	for _, act := range Acts() {
		holders := p.rolesByScope(act)
		for _, scope := range slices.Sorted(maps.Keys(holders)) {
			fmt.Fprintf(t, "%s\t%s\t%s\n", act, scope, roleNames(holders[scope]))
		}
	}
	fmt.Fprintln(t, "\nROWS\tIN WORDS")
	for _, name := range slices.Sorted(maps.Keys(scopeDefinitions)) {
		fmt.Fprintf(t, "%s\t%s\n", name, scopeDefinitions[name].meaning)
	}
	return t.Flush()
}

// rolesByScope are the roles that have an act, by the rows that they have it on.
func (p *Policy) rolesByScope(act Act) map[Scope][]Role {
	all := map[Scope][]Role{}
	for _, role := range Roles {
		for _, scope := range p.grants[role][act] {
			all[scope] = append(all[scope], role)
		}
	}
	return all
}

// roleNames says "everyone" if nearly all roles have it.
func roleNames(roles []Role) string {
	others := slices.DeleteFunc(slices.Clone(Roles), func(r Role) bool { return slices.Contains(roles, r) })
	switch {
	case len(others) == 0:
		return "everyone"
	case len(others) < len(roles)/2:
		return "everyone but " + joinRoleNames(others)
	default:
		return joinRoleNames(roles)
	}
}

// joinRoleNames lists roles by name, separated by commas.
func joinRoleNames(roles []Role) string {
	names := make([]string, 0, len(roles))
	for _, r := range roles {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}
