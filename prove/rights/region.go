package rights

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/lib/pq" // the driver

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/prove/crowd"
	"github.com/southeasttogether/dps/seal"
)

// Region is a crowded database, all its rows, and everybody who might ask.
type Region struct {
	*Facts
	Database   *dbtest.Database
	Principals []Principal
	pool       *sql.DB               // sessions without triggers, so that row security alone decides
	keys       map[string]string     // by table, how its rows are named
	groups     map[Group][]Principal // who speaks for a group
}

// ReadRegion reads a crowded database.
func ReadRegion(t testing.TB, d *dbtest.Database, codes []string) *Region {
	t.Helper()
	r := &Region{Database: d, Principals: allPrincipals(codes), keys: map[string]string{}, groups: map[Group][]Principal{}}
	separator := "?"
	if strings.Contains(d.AdminURL, "?") {
		separator = "&"
	}
	var err error
	r.pool, err = sql.Open("postgres", d.AdminURL+separator+"session_replication_role=replica")
	must(t, err)
	t.Cleanup(func() { _ = r.pool.Close() })
	_, err = r.pool.Exec(probeSQL)
	must(t, err)
	r.readKeys(t)
	r.readFacts(t)
	return r
}

// GuardedTables are the tables that row security guards, sorted.
func (r *Region) GuardedTables() []string {
	var all []string
	for table := range r.keys {
		all = append(all, table)
	}
	slices.Sort(all)
	return all
}

// readKeys asks for the primary key of each table, by which rows are named.
func (r *Region) readKeys(t testing.TB) {
	t.Helper()
	rows, err := r.pool.Query(`SELECT c.relname, 'concat_ws(''|'', ' || string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname) || ')'
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey) WHERE n.nspname = 'dps' GROUP BY 1`)
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var table, key string
		must(t, rows.Scan(&table, &key))
		if !slices.Contains(policy.ExemptTables, table) {
			r.keys[table] = key
		}
	}
	must(t, rows.Err())
}

func (r *Region) readFacts(t testing.TB) {
	t.Helper()
	tables, now := map[string]map[string]Row{}, time.Time{}
	must(t, r.pool.QueryRow("SELECT dps.now()").Scan(&now))
	for table, key := range r.keys {
		tables[table] = map[string]Row{}
		rows, err := r.pool.Query(fmt.Sprintf("SELECT %s, to_jsonb(t) FROM dps.%s t", key, table))
		must(t, err)
		for rows.Next() {
			var name string
			var text []byte
			must(t, rows.Scan(&name, &text))
			row := Row{}
			must(t, json.Unmarshal(text, &row))
			tables[table][name] = row
		}
		must(t, rows.Err())
		must(t, rows.Close()) //nolint:sqlclosecheck // closed at the end of each round
	}
	r.Facts = newFacts(tables, now)
}

// allPrincipals are each capacity at each organisation, also where it makes no sense there, as each of several namesakes.
func allPrincipals(codes []string) (all []Principal) {
	add := func(role policy.Role, person string, organisation uuid.UUID) {
		all = append(all, Principal{Actor: policy.Actor{Role: role, Person: person, Organisation: organisation}})
	}
	consortia := []string{demo.Consortium, crowd.SecondConsortium}
	for _, role := range policy.Capacities {
		for _, name := range slices.Concat(consortia, crowd.Authorities) {
			for i, person := range crowd.PersonNames {
				if i == 0 || strings.Contains("evaluator consortium_officer", string(role)) {
					add(role, person, demo.OrganisationID(name))
				}
			}
		}
		for n := 1; n <= crowd.ProviderCount; n++ {
			if role == policy.BidsManager || n == 1 {
				add(role, crowd.PersonNames[1], demo.ProviderID(n))
			}
		}
	}
	add(policy.Keeper, crowd.PersonNames[0], demo.OrganisationID("Kent"))
	add(policy.Keeper, crowd.PersonNames[1], demo.ProviderID(2))
	add(policy.Worker, "system", uuid.Nil)
	add(policy.Importer, "system", uuid.Nil)
	add(policy.Public, "", uuid.Nil)
	add(logReader, "system", uuid.Nil)
	for _, code := range append(codes, "ABCD-ABCD-ABCD-ABCD-ABCD-ABCD-ABCD-ABCD") {
		all = append(all, Principal{Actor: policy.Actor{Role: policy.Family, Invitation: seal.HashCode(code)}, Code: code})
	}
	return all
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
