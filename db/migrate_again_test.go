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
