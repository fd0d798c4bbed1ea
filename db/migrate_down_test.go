package db_test

import (
	"database/sql"
	"slices"
	"testing"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/internal/engine"
)

// The last migration whose way down is not tried: those before were applied everywhere before this test came.
const lastUntried = 78

// TestMigrationsGoDownAndUp: a migration can be undone, and applied again to the same schema.
func TestMigrationsGoDownAndUp(t *testing.T) {
	d := dbtest.New(t)
	before := catalogue(t, d.Admin)
	owner, err := sql.Open("postgres", engine.OwnerURL(d.AdminURL))
	dbtest.RequireNoError(t, err)
	defer owner.Close()
	p, err := db.MigrationProvider(owner)
	dbtest.RequireNoError(t, err)
	// Row-level security is compiled from the policy after each migration, and goes first.
	if _, err := d.Admin.Exec(`DO $$ DECLARE p record; BEGIN
		FOR p IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'dps' AND policyname <> 'owner' LOOP
			EXECUTE format('DROP POLICY %I ON dps.%I', p.policyname, p.tablename);
		END LOOP; END $$`); err != nil {
		t.Fatal(err)
	}
	if _, err := p.DownTo(t.Context(), lastUntried); err != nil {
		t.Fatal(err)
	}
	if slices.Equal(catalogue(t, d.Admin), before) {
		t.Error("going down changes nothing")
	}
	if _, err := p.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	after := catalogue(t, d.Admin)
	for _, line := range before {
		if !slices.Contains(after, line) {
			t.Errorf("it is not there again: %s", line)
		}
	}
	for _, line := range after {
		if !slices.Contains(before, line) {
			t.Errorf("it was not there before: %s", line)
		}
	}
}

// catalogue is each column, index, trigger, constraint and function of the schema, in words.
func catalogue(t *testing.T, admin *sql.DB) (all []string) {
	t.Helper()
	rows, err := admin.Query(`SELECT format('column %s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default)
			FROM information_schema.columns WHERE table_schema = 'dps'
		UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'dps'
		UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'dps.%'
		UNION ALL SELECT format('constraint %s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
			WHERE connamespace = 'dps'::regnamespace AND contype <> 't'
		UNION ALL SELECT 'function ' || pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'dps'::regnamespace AND prokind = 'f'
		ORDER BY 1`)
	dbtest.RequireNoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var line string
		dbtest.RequireNoError(t, rows.Scan(&line))
		all = append(all, line)
	}
	dbtest.RequireNoError(t, rows.Err())
	return all
}
