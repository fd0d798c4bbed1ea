// Package agree_test compares the walls with each other and with what is stated by hand: the policy as casbin reads it,
// the table that requests read, row-level security tested as the database role itself, and the API over HTTP.
package agree_test

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/southeasttogether/dps/demo/demotest"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/postgres/postgrestest"
	"github.com/southeasttogether/dps/prove"
	"github.com/southeasttogether/dps/prove/crowd"
	"github.com/southeasttogether/dps/prove/rights"
)

func TestMain(m *testing.M) { postgrestest.Main(m) }

// newRegion is the whole service over a crowded database.
func newRegion(t *testing.T, needs int, random *rand.Rand) (*demotest.World, *rights.Region) {
	t.Helper()
	w := demotest.New(t)
	return w, rights.ReadRegion(t, w.Database, crowd.Fill(t, w.Database, needs, random))
}

// choosePrincipals are the given number of people of all roles, at random, the roles in turn; all of them if there are
// no more.
func choosePrincipals(all []rights.Principal, n int, random *rand.Rand) (some []rights.Principal) {
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	turns, turn := map[policy.Role]int{}, make([]int, len(all))
	order := make([]int, len(all))
	for i, who := range all {
		order[i], turn[i] = i, turns[who.Role]
		turns[who.Role]++
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(turn[a], turn[b]) })
	for _, i := range order[:min(n, len(order))] {
		some = append(some, all[i])
	}
	return some
}

// recordCheck records what was compared, and fails with the first differences.
func recordCheck(t *testing.T, c rights.Check) {
	t.Helper()
	prove.RecordFigure(t, "agree.pairs", c.Pairs)
	prove.RecordFigure(t, "agree.differences", len(c.Differences))
	for _, d := range c.Differences[:min(len(c.Differences), 20)] {
		t.Error(d)
	}
}

// TestRowSecurityAgreesWithTheRights asks PostgreSQL as the database role itself: people read and write exactly what
// they should.
func TestRowSecurityAgreesWithTheRights(t *testing.T) {
	random := prove.Random("agree row security")
	_, region := newRegion(t, prove.Scaled(36, 72, 120), random)
	var c rights.Check
	w := region.NewWalls(t, random)
	defer w.End()
	for i, who := range choosePrincipals(region.Principals, prove.Scaled(30, 150, 1000), random) {
		w.CompareReads(&c, who, region.GuardedTables())
		if i%prove.Scaled(4, 2, 1) != 0 {
			continue
		}
		for _, table := range region.GuardedTables() {
			for _, command := range []policy.Command{policy.Insert, policy.Update, policy.Delete} {
				w.CompareWrites(&c, who, command, table)
			}
		}
	}
	recordCheck(t, c)
}
