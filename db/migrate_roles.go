package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"

	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/policy"
)

// rolesScript makes the roles, the schema, and in it the two extensions that place searches need: indexes that start
// with a number and continue with a point, and words that are similar. Roles belong to the whole cluster, so others can
// make them at the same time.
func rolesScript() string {
	script := "BEGIN; " + engine.RolesLockSQL + ";"
	for _, role := range policy.Roles {
		script += createRoleScript(role.Database(), "NOLOGIN")
	}
	script += createRoleScript(engine.Owner, "NOLOGIN")
	for _, login := range policy.LoginNames() {
		script += createRoleScript(login, "LOGIN NOINHERIT") + tameRoleScript(login)
		for _, role := range policy.Logins[login] {
			if role.Database() != login {
				script += fmt.Sprintf("GRANT %s TO %s;", role.Database(), login)
			}
		}
	}
	return script + fmt.Sprintf(`GRANT %[1]s TO CURRENT_USER; CREATE SCHEMA IF NOT EXISTS dps AUTHORIZATION %[1]s;
		CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA dps; CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA dps;`, engine.Owner) +
		hideStatisticsScript + "COMMIT;"
}

// hideStatisticsScript takes away from everybody, in this database, what PostgreSQL reveals about tables that they
// cannot read: sizes, counts of rows and of writes, locks. In a quiet market, one more row in a sealed table is an
// offer. Whoever is given pg_monitor, to watch the server, reads them all the same. Only a superuser can do that, so if the migrating login
// is not a superuser, nothing changes.
const hideStatisticsScript = `
DO $$ DECLARE f record; columns text; BEGIN
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        RETURN;
    END IF;
    FOR f IN SELECT p.oid::regprocedure AS name FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace
        AND (p.proname ~ '^pg_(relation|table|indexes|total_relation|database|tablespace)_size$' OR p.proname = 'pg_lock_status'
          OR p.proname ~ '^pg_stat_get_' AND p.proname !~ '^pg_stat_get_(activity|backend)') LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f.name);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO pg_monitor', f.name);
    END LOOP;
    GRANT EXECUTE ON FUNCTION pg_lock_status() TO dps_owner; -- log_horizon tells the log's writers from strangers by their locks
    SELECT string_agg(quote_ident(attname), ', ') INTO columns FROM pg_attribute WHERE attrelid = 'pg_catalog.pg_class'::regclass
        AND attnum > 0 AND attname NOT IN ('relpages', 'reltuples', 'relallvisible', 'relfrozenxid', 'relminmxid');
    REVOKE SELECT ON pg_catalog.pg_class FROM PUBLIC;
    EXECUTE format('GRANT SELECT (%s) ON pg_catalog.pg_class TO PUBLIC', columns);
    GRANT SELECT ON pg_catalog.pg_class TO pg_monitor;
END $$;
`

// tameRoleScript takes from a login what it must not have. A role that is as it should be is left alone: only a superuser can so much as
// name some of these attributes.
func tameRoleScript(name string) string {
	return fmt.Sprintf("DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '%[1]s' AND (NOT rolcanlogin OR rolinherit)) THEN "+
		"ALTER ROLE %[1]s LOGIN NOINHERIT; END IF; "+
		"IF EXISTS (SELECT FROM pg_roles WHERE rolname = '%[1]s' AND (rolsuper OR rolbypassrls)) THEN "+
		"ALTER ROLE %[1]s NOSUPERUSER NOBYPASSRLS; END IF; END $$;", name)
}

func createRoleScript(name, attributes string) string {
	return fmt.Sprintf("DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '%[1]s') THEN CREATE ROLE %[1]s %[2]s; END IF; END "+
		"$$;", name, attributes)
}

// applyPolicy replaces all grants and row policies with those compiled from the policy, in one transaction, unless they are those. It locks
// every table.
func applyPolicy(ctx context.Context, owner *sql.DB, p *policy.Policy) error {
	statements := dropPoliciesScript + p.SQL() + grantsScript()
	made := fmt.Sprintf("%x:", sha256.Sum256([]byte(statements)))
	var same bool
	err := owner.QueryRowContext(ctx, "SELECT EXISTS (SELECT FROM dps.policy_version WHERE hash = $1 AND made = $2 || "+madeSQL+")", p.Hash(),
		made).Scan(&same)
	if err != nil || same {
		return err
	}
	script := "BEGIN; " + engine.PolicyLockSQL + ";" + statements +
		"INSERT INTO dps.policy_version (single, hash) VALUES (true, " + pq.QuoteLiteral(p.Hash()) +
		") ON CONFLICT (single) DO UPDATE SET hash = excluded.hash; " +
		"UPDATE dps.policy_version SET made = " + pq.QuoteLiteral(made) + " || " + madeSQL + "; COMMIT;"
	conn, err := owner.Conn(ctx)
	if err != nil {
		return fmt.Errorf("compiled policy: %w", err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, script); err != nil {
		_, none := conn.ExecContext(ctx, "ROLLBACK")
		return fmt.Errorf("compiled policy: %w", errors.Join(err, none))
	}
	return nil
}

// madeSQL is a digest of the row policies and grants that the catalogue holds.
const madeSQL = `md5(concat_ws('#',
	(SELECT string_agg(p::text, '|' ORDER BY p::text) FROM pg_policies p WHERE schemaname = 'dps'),
	(SELECT string_agg(concat_ws(' ', relname, relacl, relrowsecurity, relforcerowsecurity), '|' ORDER BY relname) FROM pg_class
		WHERE relnamespace = 'dps'::regnamespace),
	(SELECT string_agg(concat_ws(' ', attrelid::regclass, attname, attacl), '|' ORDER BY attrelid::regclass::text, attname) FROM pg_attribute
		WHERE attacl IS NOT NULL AND attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'dps'::regnamespace)),
	(SELECT string_agg(concat_ws(' ', oid::regprocedure, proacl), '|' ORDER BY oid::regprocedure::text) FROM pg_proc
		WHERE pronamespace = 'dps'::regnamespace)))`

// dropPoliciesScript revokes every grant and drops every row policy, so that nothing outlives its line in policy.csv.
const dropPoliciesScript = `
DO $$ DECLARE r record; BEGIN
    FOR r IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'dps' LOOP
        EXECUTE format('DROP POLICY %I ON dps.%I', r.policyname, r.tablename);
    END LOOP;
    FOR r IN SELECT DISTINCT rolname FROM pg_roles WHERE rolname LIKE 'dps\_%' AND rolname <> 'dps_owner' LOOP
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA dps FROM %I', r.rolname);
        EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA dps FROM %I', r.rolname);
    END LOOP;
END $$;
REVOKE ALL ON ALL TABLES IN SCHEMA dps FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA dps FROM PUBLIC;
`

// grantsScript lets the roles use the schema and only those functions that row policies and transactions call.
func grantsScript() string {
	var roles []string
	for _, role := range policy.Roles {
		roles = append(roles, role.Database())
	}
	script := ""
	for _, role := range append(roles, policy.LoginNames()...) {
		script += "GRANT USAGE ON SCHEMA dps TO " + role + ";"
		for _, f := range []string{
			"now()", "person()", "org()", "code_hash()", "boroughs(text)", "appointed(text)", "member_lots()", "buys(uuid)",
			"scores_locked(uuid)", "area_facts(uuid, uuid)", "award_bounds(uuid, uuid)",
			"open_spending(date)", "award_notice_due(timestamptz, integer, boolean)", "lock_need(uuid, boolean)",
			"recall(uuid, text, text, text)", "known_names(uuid)", "need_texts(uuid)", "course(uuid, uuid)",
			"my_duties()", "fold_area(text)", "lacks_evidence(uuid, uuid)", "log_number(xid8)",
		} {
			script += "GRANT EXECUTE ON FUNCTION dps." + f + " TO " + role + ";"
		}
	}
	script += "GRANT EXECUTE ON FUNCTION dps.moments_due(), dps.log_horizon(), dps.thin_heads(integer), " +
		"dps.document_has_served(uuid) TO " + policy.Worker.Database() + ";"
	script += "GRANT EXECUTE ON FUNCTION dps.kept_since(text) TO " + policy.Worker.Database() + ", " + policy.LogReader + ";"
	script += "GRANT EXECUTE ON FUNCTION dps.called_lots(), dps.keeps_children(uuid) TO " + policy.Commissioner.Database() + ";"
	for _, role := range []policy.Role{policy.BidsManager, policy.MarketManager, policy.Commissioner, policy.Worker} {
		script += "GRANT EXECUTE ON FUNCTION dps.has_document(uuid) TO " + role.Database() + ";"
	}
	for _, login := range policy.LoginNames() {
		script += "GRANT SELECT ON dps.policy_version, dps.goose_db_version TO " + login + ";" +
			"GRANT EXECUTE ON FUNCTION dps.enter(text, text, text, text, integer), dps.ask(text, text, text, text, integer, text), " +
			"dps.enter_context(text, text, text, text, integer), dps.is_kept_out(text, text, text, integer), " +
			"dps.missing_keys(text[], text[]), dps.log_age() TO " + login + ";"
	}
	return script
}
