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

// TestAReadOnlyServerIsLeft: after a failover, the connections of the pool lead to a server that cannot write any more. One caller is asked to
// try again, and finds another server.
func TestAReadOnlyServerIsLeft(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	f.ExecSQL("ALTER ROLE dps_api IN DATABASE " + f.Name + " SET default_transaction_read_only = on")
	api := connect(t, f, postgrestest.Server(t).URL("dps_api", f.Name))
	const pool = 8
	for _, err := range dbtest.AtOnce(pool, func(int) error {
		v := api.View(dbtest.ActorAs(policy.Commissioner, f.Kent))
		var slept []string
		return errors.Join(v.All(t.Context(), &slept, "SELECT pg_sleep(0.05)::text"), v.End(context.WithoutCancel(t.Context())))
	}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	f.ExecSQL("ALTER ROLE dps_api IN DATABASE " + f.Name + " RESET default_transaction_read_only")
	if _, err := change(t.Context(), f, api, dbtest.NewKey(), uuid.New()); !errors.Is(err, db.ErrUnavailable) {
		t.Errorf("of a read-only server: %v", err)
	}
	for range pool {
		if _, err := change(t.Context(), f, api, dbtest.NewKey(), uuid.New()); err != nil {
			t.Errorf("the read-only server was asked again: %v", err)
		}
	}
}
