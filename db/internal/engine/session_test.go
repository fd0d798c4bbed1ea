package engine_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/postgres/postgrestest"
)

// alone is a handle with a single connection.
func alone(f *dbtest.Fixture, t *testing.T) *db.DB {
	t.Helper()
	handle, err := db.Open(t.Context(), db.Config{URL: postgrestest.Server(t).URL("dps_api", f.Name), Policy: f.Policy, Keyring: f.Keyring, Pool: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = handle.Close() })
	return handle
}

func prepared(t *testing.T, handle *db.DB) int {
	t.Helper()
	n, err := engine.Prepared(t.Context(), handle)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// needsOf reads a page of needs as somebody.
func needsOf(t *testing.T, handle *db.DB, a policy.Actor, first int) int {
	t.Helper()
	return needsIn(t, handle.View(a), first)
}

func needsIn(t *testing.T, v *db.View, first int) int {
	t.Helper()
	found, err := tendering.Needs(t.Context(), v, market.Page{First: first})
	if err != nil {
		t.Fatal(err)
	}
	if err := v.End(t.Context()); err != nil {
		t.Fatal(err)
	}
	return len(found.Edges)
}

// A statement is prepared once for each role that runs it, and sees as each role what that role may see.
func TestStatementsArePreparedForEachRole(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	for range 3 {
		f.DraftNeed(f.Kent)
	}
	handle := alone(f, t)
	for range 3 {
		for _, c := range []struct {
			who  policy.Actor
			sees int
		}{{dbtest.ActorAs(policy.Commissioner, f.Kent), 3}, {dbtest.ActorAs(policy.Approver, f.Kent), 3}, {dbtest.ActorAs(policy.Commissioner, f.Lead), 0}, {dbtest.ActorAs(policy.BidsManager, uuid.New()), 0}} {
			if n := needsOf(t, handle, c.who, 5); n != c.sees {
				t.Errorf("%s sees %d needs, want %d", c.who.Role, n, c.sees)
			}
		}
	}
	if n := prepared(t, handle); n != 3 {
		t.Errorf("%d statements are prepared, want one for each of three roles", n)
	}
}

// Callers choose the sizes of pages, which stand in their statements: a connection does not keep them all.
func TestAConnectionKeepsSoManyStatements(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	f.DraftNeed(f.Kent)
	handle := alone(f, t)
	roles := []policy.Role{policy.Commissioner, policy.Approver, policy.Evaluator, policy.Moderator, policy.OpeningOfficer, policy.BidsManager}
	most := 0
	for _, role := range roles {
		for first := 1; first <= 100; first++ {
			needsOf(t, handle, dbtest.ActorAs(role, f.Kent), first)
		}
		most = max(most, prepared(t, handle))
	}
	if n := prepared(t, handle); most != 500 || n >= 200 {
		t.Errorf("at most %d statements were prepared, in the end %d; want 500 at most, and then fewer", most, n)
	}
	if n := needsOf(t, handle, dbtest.ActorAs(policy.Commissioner, f.Kent), 1); n != 1 {
		t.Errorf("%d needs after all were forgotten", n)
	}
}

// What a transaction of one round trip calls is not forgotten to make room for the call, however many statements there are.
func TestWhatIsCalledIsNotForgotten(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	f.DraftNeed(f.Kent)
	roles := []policy.Role{policy.Commissioner, policy.Approver, policy.Evaluator, policy.Moderator, policy.OpeningOfficer, policy.BidsManager}
	for statements := 498; statements <= 501; statements++ {
		handle := alone(f, t)
		for n := range statements {
			needsIn(t, selecting(handle, dbtest.ActorAs(roles[n/100], f.Kent), anything()), 100-n%100)
		}
		for time := range 3 {
			if n := needsIn(t, selecting(handle, dbtest.ActorAs(policy.Commissioner, f.Kent), anything()), 100); n != 1 {
				t.Errorf("%d statements, time %d: %d needs", statements, time, n)
			}
		}
	}
}

// TestLimitsOfAnAddressHold, and where it has none, the program's own.
func TestLimitsOfAnAddressHold(t *testing.T) {
	for _, c := range []struct{ address, want string }{
		{"postgres://host/dps", "lock_timeout=5000"},
		{"postgres://host/dps?lock_timeout=70", "lock_timeout=70"},
		{"postgres://host/dps?sslmode=disable&statement_timeout=80", "statement_timeout=80"},
		{"postgres://host/dps?deadlock_timeout=90", "&lock_timeout=5000"}, // the name of one ends as that of another
		{"host=there statement_timeout = 60", " lock_timeout=5000"},
	} {
		got := engine.WithSettings(c.address)
		name, _, _ := strings.Cut(strings.Trim(c.want, " &"), "=")
		if !strings.Contains(got, c.want) || strings.Count(strings.ReplaceAll(got, "dead"+name, ""), name) != 1 {
			t.Errorf("%s became %s", c.address, got)
		}
	}
	if got := engine.WithSettings("host=there statement_timeout = 60"); strings.Contains(got, "10000") {
		t.Errorf("two limits: %s", got)
	}
}
