package rights

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/prove/crowd"
)

// Group is what one row policy is about: a role's use of a command on a table.
type Group struct {
	Role    policy.Role
	Command policy.Command
	Table   string
}

// Compare compares what some of a group's people see or write with what they should, and ends at the first difference.
// It tries the same each time.
func (r *Region) Compare(t testing.TB, w *Walls, g Group, look uint64) (c Check) {
	t.Helper()
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(string(g.Role) + string(g.Command) + g.Table))
	w.random = rand.New(rand.NewPCG(sum.Sum64(), look))
	for _, who := range r.peopleOfGroup(g) {
		if g.Command == policy.Select {
			w.CompareReads(&c, who, []string{g.Table})
		} else {
			w.CompareWrites(&c, who, g.Command, g.Table)
		}
		if len(c.Differences) > 0 {
			return c
		}
	}
	return c
}

// peopleOfGroup are of a group's role: every provider's, those of who has left, and of others those to whom most rows belong and some to
// whom few do.
func (r *Region) peopleOfGroup(g Group) []Principal {
	if known, ok := r.groups[g]; ok {
		return known
	}
	type counted struct {
		Principal
		rows int
	}
	var all []counted
	for _, who := range r.Principals {
		if who.Role != g.Role {
			continue
		}
		n := 0
		for _, row := range r.Tables[g.Table] {
			if r.May(who, g.Command, g.Table, row) || r.May(who, policy.Select, g.Table, row) {
				n++
			}
		}
		all = append(all, counted{who, n})
	}
	slices.SortStableFunc(all, func(a, b counted) int { return cmp.Compare(b.rows, a.rows) })
	var people []Principal
	kinds := map[string]int{}
	for i, who := range all {
		kind := fmt.Sprint(len(r.shownInvitations(who.Principal, "FEEDBACK")), len(r.shownInvitations(who.Principal, "PREFERENCE")))
		if kinds[kind]++; i < 6 || g.Role == policy.BidsManager || who.Organisation == demo.OrganisationID(crowd.LeavingBorough) ||
			i >= len(all)-3 ||
			i == len(all)/2 || kinds[kind] <= 2 {
			people = append(people, who.Principal)
		}
	}
	r.groups[g] = people
	return people
}
