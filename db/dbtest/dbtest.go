// Package dbtest gives a test a market's database of its own: real, migrated, empty, on the PostgreSQL of its test binary.
//
//	func TestMain(m *testing.M) { postgrestest.Main(m) }
//	f := dbtest.New(t)
package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/postgres/postgrestest"
	"github.com/southeasttogether/dps/seal"
)

// Database is a migrated database with a handle for each login of the service.
type Database struct {
	Name     string
	AdminURL string // of the superuser
	Policy   *policy.Policy
	Keyring  *seal.Keyring
	API      *db.DB  // as dps_api
	Worker   *db.DB  // as dps_worker
	Admin    *sql.DB // as the superuser, to look behind the walls

	statements atomic.Int64
}

// template is migrated once a test binary; each test's database is a copy of it.
var template = struct {
	once sync.Once
	err  error
}{}

const templateName = "dps_template"

// New makes a database that ends with the test.
func New(t testing.TB) *Database {
	t.Helper()
	server := postgrestest.Server(t)
	p, err := policy.Load()
	must(t, err)
	keys, err := seal.Generate()
	must(t, err)
	admin := open(t, server.URL(server.Superuser(), "postgres"))
	template.once.Do(func() {
		if _, template.err = admin.Exec("CREATE DATABASE " + templateName); template.err == nil {
			template.err = db.Migrate(t.Context(), server.URL(server.Superuser(), templateName), p)
		}
	})
	must(t, template.err)
	return (&Database{Name: templateName, Policy: p, Keyring: keys}).Copy(t)
}

// Copy makes another database with all that stands in this one and the same keys. PostgreSQL copies only what nobody is
// connected to: the handles of this one are of no use from then on.
func (d *Database) Copy(t testing.TB) *Database {
	t.Helper()
	if d.API != nil {
		must(t, errors.Join(d.API.Close(), d.Worker.Close(), d.Admin.Close()))
	}
	server := postgrestest.Server(t)
	admin := open(t, server.URL(server.Superuser(), "postgres"))
	name := "t_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	_, err := admin.Exec(fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s", name, d.Name))
	must(t, err)
	t.Cleanup(func() { _, _ = admin.Exec("DROP DATABASE " + name + " WITH (FORCE)") })
	return (&Database{Name: name, AdminURL: server.URL(server.Superuser(), name), Policy: d.Policy, Keyring: d.Keyring}).connected(t)
}

func (d *Database) connected(t testing.TB) *Database {
	t.Helper()
	d.Admin = open(t, d.AdminURL)
	d.API = d.Open(t, "dps_api")
	d.Worker = d.Open(t, "dps_worker")
	return d
}

// Open opens another handle as a login.
func (d *Database) Open(t testing.TB, login string) *db.DB {
	t.Helper()
	handle, err := db.Open(t.Context(), db.Config{
		URL: postgrestest.Server(t).URL(login, d.Name), Policy: d.Policy, Keyring: d.Keyring,
		Trace: func(context.Context, string) { d.statements.Add(1) },
	})
	must(t, err)
	t.Cleanup(func() { _ = handle.Close() })
	return handle
}

// Statements counts what was sent to the database so far, BEGIN and COMMIT among it.
func (d *Database) Statements() int64 { return d.statements.Load() }

// Advance moves the market's clock forward.
func (d *Database) Advance(t testing.TB, by time.Duration) {
	t.Helper()
	var now time.Time
	must(t, d.Admin.QueryRow("SELECT dps.now()").Scan(&now))
	must(t, db.MoveClock(t.Context(), d.AdminURL, now.Add(by)))
}

// Load loads a region.
func (d *Database) Load(t testing.TB, r db.Region) {
	t.Helper()
	must(t, db.LoadRegion(t.Context(), d.AdminURL, d.Keyring, r))
}

// Become opens a transaction as somebody with the database role of a capacity in hand, and nothing else of the program.
func (d *Database) Become(t testing.TB, a policy.Actor) *sql.Tx {
	t.Helper()
	tx, err := d.Admin.Begin()
	must(t, err)
	t.Cleanup(func() { _ = tx.Rollback() })
	organisation := ""
	if a.Organisation != uuid.Nil {
		organisation = a.Organisation.String()
	}
	_, err = tx.Exec("SELECT dps.enter($1, $2, $3, $4, $5)", a.Role.Database(), a.Person, organisation, fmt.Sprintf("%x", a.Invitation), a.Epoch)
	must(t, err)
	return tx
}

func open(t testing.TB, url string) *sql.DB {
	t.Helper()
	pool, err := sql.Open("postgres", url)
	must(t, err)
	t.Cleanup(func() { _ = pool.Close() })
	return pool
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
