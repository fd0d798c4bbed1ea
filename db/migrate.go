package db

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/southeasttogether/dps/policy"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Owner owns every object; nothing of the API logs in as it.
const Owner = "dps_owner"

// Migrate brings a database to this program's schema and policy: roles, tables, then row-level security compiled from
// the policy. It may be run again at any time; several at once wait for each other. The URL's login must be allowed
// to create roles.
func Migrate(ctx context.Context, adminURL string, p *policy.Policy) error {
	if err := execAsAdmin(ctx, adminURL, rolesScript()); err != nil {
		return err
	}
	owner, err := sql.Open("postgres", ownerURL(adminURL))
	if err != nil {
		return fmt.Errorf("database address: %w", err)
	}
	defer owner.Close()
	if err := migrateTables(ctx, owner); err != nil {
		return err
	}
	return applyPolicy(ctx, owner, p)
}

func execAsAdmin(ctx context.Context, url, script string) error {
	admin, err := sql.Open("postgres", url)
	if err != nil {
		return fmt.Errorf("database address: %w", err)
	}
	defer admin.Close()
	if _, err := admin.ExecContext(ctx, script); err != nil {
		return fmt.Errorf("preparing roles and schema: %w", err)
	}
	return nil
}

func ownerURL(url string) string {
	return withParameter(withParameter(url, "role", Owner), "search_path", "dps")
}

// rolesScript makes the roles, the schema, and in it the two extensions with which places are found: indexes that begin with a
// number and go on with a point, and words that are alike. Roles belong to the whole cluster, so others may make them at the same time.
func rolesScript() string {
	script := "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('dps roles', 0));"
	for _, role := range policy.Roles {
		script += createRoleScript(role.Database(), "NOLOGIN")
	}
	script += createRoleScript(Owner, "NOLOGIN")
	for _, login := range policy.LoginNames() {
		script += createRoleScript(login, "LOGIN NOINHERIT") + "ALTER ROLE " + login + " LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS;"
		for _, role := range policy.Logins[login] {
			if role.Database() != login {
				script += fmt.Sprintf("GRANT %s TO %s;", role.Database(), login)
			}
		}
	}
	return script + fmt.Sprintf(`GRANT %[1]s TO CURRENT_USER; CREATE SCHEMA IF NOT EXISTS dps AUTHORIZATION %[1]s;
		CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA dps; CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA dps;`, Owner) + hideStatisticsScript + "COMMIT;"
}

// hideStatisticsScript takes from everybody, in this database, what PostgreSQL tells of tables that they may not read: sizes, counts
// of rows and of writes, locks. In a quiet market, one row more in a sealed table is an offer. Only a superuser can take
// it back, so where the migrating login is none, it stays.
const hideStatisticsScript = `
DO $$ DECLARE f record; columns text; BEGIN
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        RETURN;
    END IF;
    FOR f IN SELECT p.oid::regprocedure AS name FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace
        AND (p.proname ~ '^pg_(relation|table|indexes|total_relation|database|tablespace)_size$' OR p.proname = 'pg_lock_status'
          OR p.proname ~ '^pg_stat_get_' AND p.proname !~ '^pg_stat_get_(activity|backend)') LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f.name);
    END LOOP;
    SELECT string_agg(quote_ident(attname), ', ') INTO columns FROM pg_attribute WHERE attrelid = 'pg_catalog.pg_class'::regclass
        AND attnum > 0 AND attname NOT IN ('relpages', 'reltuples', 'relallvisible', 'relfrozenxid', 'relminmxid');
    REVOKE SELECT ON pg_catalog.pg_class FROM PUBLIC;
    EXECUTE format('GRANT SELECT (%s) ON pg_catalog.pg_class TO PUBLIC', columns);
END $$;
`

func createRoleScript(name, attributes string) string {
	return fmt.Sprintf("DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '%[1]s') THEN CREATE ROLE %[1]s %[2]s; END IF; END $$;", name, attributes)
}

func migrationProvider(pool *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	return goose.NewProvider(goose.DialectPostgres, pool, files, goose.WithSessionLocker(locker))
}

func migrateTables(ctx context.Context, owner *sql.DB) error {
	p, err := migrationProvider(owner)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	if err := refuseNewer(ctx, p); err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	return nil
}

// refuseNewer keeps an older program from putting its policy in place of a newer one's.
func refuseNewer(ctx context.Context, p *goose.Provider) error {
	at, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	newest, err := newestMigration()
	if err == nil && at > newest {
		return ErrNewSchema
	}
	return err
}

// applyPolicy replaces all grants and row policies by those compiled from the policy, in one transaction.
func applyPolicy(ctx context.Context, owner *sql.DB, p *policy.Policy) error {
	script := "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('dps policy', 0));" + dropPoliciesScript + p.SQL() + grantsScript() +
		"INSERT INTO dps.policy_version VALUES (true, " + pq.QuoteLiteral(p.Hash()) + ") ON CONFLICT (single) DO UPDATE SET hash = excluded.hash; COMMIT;"
	if _, err := owner.ExecContext(ctx, script); err != nil {
		return fmt.Errorf("compiled policy: %w", err)
	}
	return nil
}

// dropPoliciesScript takes back every grant and drops every row policy, so that nothing outlives its line in policy.csv.
const dropPoliciesScript = `
DO $$ DECLARE r record; BEGIN
    FOR r IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'dps' LOOP
        EXECUTE format('DROP POLICY %I ON dps.%I', r.policyname, r.tablename);
    END LOOP;
    FOR r IN SELECT DISTINCT rolname FROM pg_roles WHERE rolname LIKE 'dps\_%' AND rolname <> 'dps_owner' LOOP
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA dps FROM %I', r.rolname);
    END LOOP;
END $$;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA dps FROM PUBLIC;
`

// grantsScript lets the roles use the schema and just those functions that row policies and transactions call.
func grantsScript() string {
	var roles []string
	for _, role := range policy.Roles {
		roles = append(roles, role.Database())
	}
	script := ""
	for _, role := range append(roles, policy.LoginNames()...) {
		script += "GRANT USAGE ON SCHEMA dps TO " + role + ";"
		for _, f := range []string{"now()", "person()", "org()", "code_hash()", "boroughs(text)", "appointed(text)", "buys(uuid)", "scores_locked(uuid)", "open_spending(date)", "award_notice_due(timestamptz, integer, boolean)", "lock_need(uuid, boolean)", "recall(uuid, text, text, text)"} {
			script += "GRANT EXECUTE ON FUNCTION dps." + f + " TO " + role + ";"
		}
	}
	script += "GRANT EXECUTE ON FUNCTION dps.moments_due() TO " + policy.Worker.Database() + ";"
	for _, login := range policy.LoginNames() {
		script += "GRANT SELECT ON dps.policy_version, dps.goose_db_version TO " + login + ";" +
			"GRANT EXECUTE ON FUNCTION dps.enter(text, text, text, text, integer), dps.ask(text, text, text, text, integer, text), dps.is_kept_out(text, text, text, integer) TO " + login + ";"
	}
	return script
}

// Errors of checkVersion: plain sentences for whoever starts the program.
var (
	ErrOldSchema = errors.New("the database is older than this program: run `dps migrate`")
	ErrNewSchema = errors.New("the database is newer than this program: run the newer `dps`")
)

// Open connects and checks that the database's schema and compiled policy are those of this program.
func Open(ctx context.Context, c Config) (*DB, error) {
	d, err := Connect(c)
	if err != nil {
		return nil, err
	}
	if err := d.Ping(ctx); err != nil {
		d.Close()
		return nil, fmt.Errorf("cannot reach the database: %w", err)
	}
	if err := checkVersion(ctx, d); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

// checkVersion refuses a database whose tables or compiled policy are not those of this program.
func checkVersion(ctx context.Context, d *DB) error {
	at, err := d.Version(ctx)
	var pqErr *pq.Error
	if errors.As(err, &pqErr) && slices.Contains([]pqerror.Code{pqerror.UndefinedTable, pqerror.InvalidSchemaName, pqerror.InsufficientPrivilege}, pqErr.Code) {
		return ErrOldSchema
	}
	if err != nil {
		return fmt.Errorf("schema version: %w", err)
	}
	newest, err := newestMigration()
	switch {
	case err != nil:
		return err
	case at.Schema > newest:
		return ErrNewSchema
	case at.Schema < newest || at.Policy != d.Policy().Hash():
		return ErrOldSchema
	}
	return nil
}

func newestMigration() (int64, error) {
	files, err := migrations.ReadDir("migrations")
	if err != nil || len(files) == 0 {
		return 0, fmt.Errorf("migrations: %w", err)
	}
	return goose.NumericComponent(files[len(files)-1].Name())
}
