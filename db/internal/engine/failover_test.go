package engine_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/postgres/postgrestest"
)

// TestAReadOnlyServerIsLeft: after a failover, the connections of the pool lead to a server that cannot write any more. One caller is
// asked to try again, and finds another server.
func TestAReadOnlyServerIsLeft(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	f.ExecSQL("ALTER ROLE dps_api IN DATABASE " + f.Name + " SET default_transaction_read_only = on")
	api := connect(t, f, postgrestest.Server(t).URL("dps_api", f.Name))
	fillPool(t, f, api)
	f.ExecSQL("ALTER ROLE dps_api IN DATABASE " + f.Name + " RESET default_transaction_read_only")
	if _, err := change(t.Context(), f, api, dbtest.NewKey(), uuid.New()); !errors.Is(err, db.ErrUnavailable) {
		t.Errorf("of a read-only server: %v", err)
	}
	for range poolSize {
		if _, err := change(t.Context(), f, api, dbtest.NewKey(), uuid.New()); err != nil {
			t.Errorf("the read-only server was asked again: %v", err)
		}
	}
}

// TestAllConnectionsOfThePoolAreBroken: the next caller gets a new one.
func TestAllConnectionsOfThePoolAreBroken(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	api := connect(t, f, postgrestest.Server(t).URL("dps_api", f.Name))
	fillPool(t, f, api)
	f.ExecSQL("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE usename = 'dps_api' AND datname = current_database()")
	if _, err := change(t.Context(), f, api, dbtest.NewKey(), uuid.New()); err != nil {
		t.Error(err)
	}
}

const poolSize = 8

// fillPool opens every connection of a pool: each reader waits until all are there.
func fillPool(t *testing.T, f *dbtest.Fixture, api *db.DB) {
	t.Helper()
	holder, err := f.Admin.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Rollback() //nolint:errcheck // it holds nothing but the lock
	if _, err := holder.Exec("SELECT pg_advisory_xact_lock(42)"); err != nil {
		t.Fatal(err)
	}
	over := make(chan []error, 1)
	go func() {
		over <- dbtest.AtOnce(poolSize, func(int) error {
			v := api.View(dbtest.ActorAs(policy.Commissioner, f.Kent))
			var locked []string
			return errors.Join(v.All(t.Context(), &locked, "SELECT pg_advisory_xact_lock_shared(42)::text"),
				v.End(context.WithoutCancel(t.Context())))
		})
	}()
	awaitCount(t, f, poolSize, "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'")
	if err := holder.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(<-over...); err != nil {
		t.Fatal(err)
	}
}
