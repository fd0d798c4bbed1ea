package db_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/policy"
)

// TestCatalogueEveryTableHasRowSecurity asks PostgreSQL's own catalogue, so that it finds a table that somebody adds
// without row security.
func TestCatalogueEveryTableHasRowSecurity(t *testing.T) {
	f := dbtest.NewFixture(t, 0, 0)
	open := dbtest.QueryTexts(f, `SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = 'dps' AND c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY 1`)
	want := slices.Sorted(slices.Values(policy.ExemptTables))
	if !slices.Equal(open, want) {
		t.Errorf("without forced row-level security: %v, want %v", open, want)
	}
	if views := dbtest.QueryTexts(f, `SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = 'dps' AND c.relkind IN ('v', 'm', 'f')`); views != nil {
		t.Errorf("views run with their owner's rights, past the walls: %v", views)
	}
}

func TestCatalogueRolesArePowerless(t *testing.T) {
	f := dbtest.NewFixture(t, 0, 0)
	ours := `rolname LIKE 'dps\_%'`
	for what, query := range map[string]string{
		"may pass row-level security or rule the server": `SELECT rolname FROM pg_roles WHERE ` + ours +
			` AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)`,
		"may log in and is no login": `SELECT rolname FROM pg_roles WHERE ` + ours +
			` AND rolcanlogin AND rolname NOT IN ('dps_api', 'dps_worker', 'dps_importer', 'dps_log_reader')`,
		"owns something and is not the owner": `SELECT rolname FROM pg_roles WHERE ` + ours +
			` AND rolname <> 'dps_owner' AND oid IN (SELECT relowner FROM pg_class UNION SELECT proowner FROM pg_proc UNION SELECT nspowner
				FROM pg_namespace)`,
		"may become the owner": `SELECT rolname FROM pg_roles WHERE ` + ours +
			` AND rolname <> 'dps_owner' AND pg_has_role(oid, 'dps_owner', 'MEMBER')`,
		"may create in the schema": `SELECT rolname FROM pg_roles WHERE ` + ours +
			` AND rolname <> 'dps_owner' AND has_schema_privilege(oid, 'dps', 'CREATE')`,
		"inherits what it may become": `SELECT rolname FROM pg_roles WHERE rolname IN ('dps_api', 'dps_worker',
			'dps_importer', 'dps_log_reader') AND rolinherit`,
	} {
		if found := dbtest.QueryTexts(f, query); found != nil {
			t.Errorf("%s: %v", what, found)
		}
	}
	for login, roles := range policy.Logins {
		var want []string
		for _, r := range roles {
			if r.Database() != login { // the worker's login is its role
				want = append(want, r.Database())
			}
		}
		slices.Sort(want)
		got := dbtest.QueryTexts(f, `SELECT r.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid
			JOIN pg_roles l ON l.oid = m.member WHERE l.rolname = $1 ORDER BY 1`, login)
		if !slices.Equal(got, want) {
			t.Errorf("%s may become %v, want %v", login, got, want)
		}
	}
}

var (
	grantPattern     = regexp.MustCompile(`(?m)^GRANT (\w+) ON dps\.(\w+) TO (\w+);$`)
	rowPolicyPattern = regexp.MustCompile(`(?m)^CREATE POLICY (\w+) ON dps\.(\w+) `)
)

// matchedGroups are the groups of each match, each match one text, sorted.
func matchedGroups(re *regexp.Regexp, text string) (all []string) {
	for _, m := range re.FindAllStringSubmatch(text, -1) {
		all = append(all, strings.Join(m[1:], " "))
	}
	slices.Sort(all)
	return all
}

// TestCatalogueGrantsMatchThePolicy: what PostgreSQL grants is what the policy compiles to, no more and no less; column grants too.
func TestCatalogueGrantsMatchThePolicy(t *testing.T) {
	f := dbtest.NewFixture(t, 0, 0)
	want := matchedGroups(grantPattern, f.Policy.SQL())
	for _, login := range policy.LoginNames() { // first checks that they fit the database
		want = append(want, "SELECT policy_version "+login, "SELECT goose_db_version "+login)
	}
	slices.Sort(want)
	got := dbtest.QueryTexts(f, `SELECT DISTINCT privilege_type || ' ' || table_name || ' ' || grantee COLLATE "C" FROM (
			SELECT privilege_type, table_name, grantee FROM information_schema.role_table_grants WHERE table_schema = 'dps'
			UNION SELECT privilege_type, table_name, grantee FROM information_schema.role_column_grants WHERE table_schema = 'dps') g
		WHERE grantee <> 'dps_owner' ORDER BY 1`)
	if !slices.Equal(got, want) {
		t.Errorf("granted and not the policy's: %v; the policy's and not granted: %v", textsWithout(got, want), textsWithout(want, got))
	}
	rows := dbtest.QueryTexts(f, `SELECT policyname || ' ' || tablename COLLATE "C" FROM pg_policies WHERE schemaname = 'dps' ORDER BY 1`)
	if want := matchedGroups(rowPolicyPattern, f.Policy.SQL()); !slices.Equal(rows, want) {
		t.Errorf("row policies that are not the policy's: %v; missing: %v", textsWithout(rows, want), textsWithout(want, rows))
	}
}

func textsWithout(all, others []string) (left []string) {
	for _, s := range all {
		if !slices.Contains(others, s) {
			left = append(left, s)
		}
	}
	return left
}

// TestCatalogueEventIsWrittenAsOneself: nobody can write an event as another person, for another organisation or in
// another capacity.
func TestCatalogueEventIsWrittenAsOneself(t *testing.T) {
	f := dbtest.NewFixture(t, 0, 0)
	me := dbtest.ActorAs(policy.Commissioner, f.Kent)
	for name, row := range map[string]struct {
		person, capacity string
		organisation     uuid.UUID
		good             bool
	}{
		"own":                  {me.Person, "commissioner", f.Kent, true},
		"another person":       {"synthetic-other", "commissioner", f.Kent, false},
		"the system":           {"system", "commissioner", f.Kent, false},
		"another organisation": {me.Person, "commissioner", f.Lead, false},
		"another capacity":     {me.Person, "approver", f.Kent, false},
	} {
		tx := f.Become(t, me)
		_, err := tx.Exec(`INSERT INTO dps.event (person, capacity, organisation_id, act, object_id, chain_id)
			VALUES ($1, $2, $3, 'need.create', $4, $4)`,
			row.person, row.capacity, row.organisation, uuid.New())
		_ = tx.Rollback()
		if row.good && err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !row.good {
			dbtest.RequireSQLState(t, err, "42501")
		}
	}
}

// TestCatalogueHidesSizesAndCounts: in a quiet market one more row in a sealed table is an offer, and its size reveals
// it.
func TestCatalogueHidesSizesAndCounts(t *testing.T) {
	f := dbtest.NewFixture(t, 0, 0)
	for _, role := range policy.Roles {
		for _, query := range []string{
			"SELECT pg_relation_size('dps.sealed_part')", "SELECT pg_total_relation_size('dps.sealed_part')",
			"SELECT pg_table_size('dps.sealed_part')",
			"SELECT pg_indexes_size('dps.sealed_part')", "SELECT pg_database_size(current_database())",
			"SELECT reltuples FROM pg_class WHERE relname = 'sealed_part'", "SELECT relpages FROM pg_class WHERE relname = 'sealed_part'",
			"SELECT n_tup_ins FROM pg_stat_all_tables", "SELECT idx_scan FROM pg_stat_all_indexes", "SELECT xact_commit FROM pg_stat_database",
			"SELECT heap_blks_read FROM pg_statio_all_tables", "SELECT count(*) FROM pg_locks",
		} {
			var told any
			tx := f.Become(t, policy.Actor{Role: role})
			dbtest.RequireSQLState(t, tx.QueryRow(query).Scan(&told), "42501")
			if err := tx.Rollback(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestCatalogueRowsOfANeedFollowItsAuthority: when one authority succeeds another, its needs take along every row that
// names its authority and its need. No such row can have another authority than its need.
func TestCatalogueRowsOfANeedFollowItsAuthority(t *testing.T) {
	f := dbtest.NewFixture(t, 0, 0)
	if left := dbtest.QueryTexts(f,
		`SELECT DISTINCT a.table_name FROM information_schema.columns a JOIN information_schema.columns c USING (table_schema, table_name)
		WHERE a.table_schema = 'dps' AND a.column_name = 'authority_id' AND c.column_name IN ('need_id', 'offer_id', 'award_id', 'placement_id',
		'agreement_id')
		AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = ('dps.' || a.table_name)::regclass AND k.contype = 'f'
		AND k.confupdtype = 'c'
			AND (SELECT attnum FROM pg_attribute WHERE attrelid = k.conrelid AND attname = 'authority_id') = ANY (k.conkey))`); left != nil {
		t.Errorf("these stay behind, for want of a foreign key with authority_id that cascades: %v", left)
	}
}
