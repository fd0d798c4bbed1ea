package db_test

import (
	"testing"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/internal/engine"
)

// TestMigrateWithNothingToDoWaitsForNobody: a long reader of a table holds nobody up, and what somebody took away is made again.
func TestMigrateWithNothingToDoWaitsForNobody(t *testing.T) {
	d := dbtest.New(t)
	address := engine.WithParameter(d.AdminURL, "lock_timeout", "1000")
	reader, err := d.Admin.Begin()
	must(t, err)
	defer reader.Rollback() //nolint:errcheck // it only reads
	_, err = reader.Exec("LOCK TABLE dps.need, dps.offer, dps.event, dps.membership IN ACCESS SHARE MODE")
	must(t, err)
	must(t, db.Migrate(t.Context(), address, d.Policy))
	must(t, reader.Rollback())
	for _, taken := range []string{
		"DO $$ DECLARE p record; BEGIN SELECT policyname INTO p FROM pg_policies WHERE schemaname = 'dps' AND tablename = 'need' LIMIT 1; " +
			"EXECUTE format('DROP POLICY %I ON dps.need', p.policyname); END $$",
		"GRANT SELECT ON dps.need TO PUBLIC", "GRANT EXECUTE ON FUNCTION dps.log_horizon() TO dps_commissioner",
	} {
		before := made(t, d)
		_, err := d.Admin.Exec(taken)
		must(t, err)
		must(t, db.Migrate(t.Context(), address, d.Policy))
		if made(t, d) != before {
			t.Errorf("not made again after %q", taken)
		}
	}
}

// made is how many row policies and grants there are.
func made(t *testing.T, d *dbtest.Database) (n int) {
	t.Helper()
	must(t, d.Admin.QueryRow(`SELECT (SELECT count(*) FROM pg_policies WHERE schemaname = 'dps')
		+ (SELECT sum(cardinality(relacl)) FROM pg_class WHERE relnamespace = 'dps'::regnamespace)
		+ (SELECT sum(cardinality(proacl)) FROM pg_proc WHERE pronamespace = 'dps'::regnamespace)`).Scan(&n))
	return n
}

// TestMigrateLetsTheServiceHaveItsWay: it gives up a lock that it waits for, and tries again until the table is free.
func TestMigrateLetsTheServiceHaveItsWay(t *testing.T) {
	d := dbtest.New(t)
	_, err := d.Admin.Exec("GRANT SELECT ON dps.need TO PUBLIC")
	must(t, err)
	reader, err := d.Admin.Begin()
	must(t, err)
	defer reader.Rollback() //nolint:errcheck // it only reads
	_, err = reader.Exec("LOCK TABLE dps.need IN ACCESS SHARE MODE")
	must(t, err)
	over := make(chan error, 1)
	go func() {
		over <- db.Migrate(t.Context(), engine.WithParameter(d.AdminURL, "lock_timeout", "100"), d.Policy)
	}()
	for _, waits := range []bool{true, false, true} {
		for n := -1; n < 0 || (n > 0) != waits; {
			select {
			case err := <-over:
				t.Fatalf("it was over while the table was in use: %v", err)
			default:
			}
			must(t, d.Admin.QueryRow("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'relation' AND relation = "+
				"'dps.need'::regclass").Scan(&n))
		}
	}
	must(t, reader.Rollback())
	must(t, <-over)
}
