package policy

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// Print writes the whole matrix for people: one line an act, each role that has it with the rows it has it on.
func (p *Policy) Print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 2, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ACT\tROLE\tON WHICH ROWS")
	for _, act := range Acts() {
		for _, role := range Roles {
			if scopes := p.Scopes(role, act); len(scopes) > 0 {
				fmt.Fprintf(t, "%s\t%s\t%s\n", act, role, join(scopes))
			}
		}
	}
	return t.Flush()
}

func join(scopes []Scope) string {
	var names []string
	for _, s := range scopes {
		names = append(names, string(s))
	}
	slices.Sort(names)
	return strings.Join(names, " or ")
}
