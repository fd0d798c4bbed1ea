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
	"github.com/southeasttogether/dps/db/region"
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

// templates are databases that nobody is connected to, by name. A test binary makes each once.
var templates sync.Map

// templateDatabase is a template, or none yet.
type templateDatabase struct {
	sync.Mutex
	database *Database
}

// templateOf is the template of a name, made by the first test that needs it; others wait. If the first fails, the next
// one tries.
func templateOf(t testing.TB, name string, build func() *Database) *Database {
	t.Helper()
	found, _ := templates.LoadOrStore(name, &templateDatabase{})
	one := found.(*templateDatabase)
	one.Lock()
	defer one.Unlock()
	if one.database == nil {
		d := build()
		d.close(t)
		one.database = &Database{Name: d.Name, Policy: d.Policy, Keyring: d.Keyring}
	}
	return one.database
}

// migrated is the template with empty tables.
func migrated(t testing.TB) *Database {
	t.Helper()
	return templateOf(t, "", func() *Database {
		p, err := policy.Load()
		must(t, err)
		d := &Database{Name: "dps_template", Policy: p}
		_, err = cluster(t).Exec("CREATE DATABASE " + d.Name)
		must(t, err)
		server := postgrestest.Server(t)
		must(t, db.Migrate(t.Context(), server.URL(server.Superuser(), d.Name), p))
		return d
	})
}

// New makes an empty database with its own keys. It ends with the test.
func New(t testing.TB) *Database {
	t.Helper()
	d := newDatabase(t)
	t.Cleanup(func() { d.drop(t) })
	return d.connectLogins(t)
}

// Prepared makes a database that ends with the test: a copy, with the same keys, of one that fill has filled. A test
// binary makes that one once for each name.
func Prepared(t testing.TB, name string, fill func(*Database)) *Database {
	t.Helper()
	return templateOf(t, name, func() *Database {
		d := newDatabase(t).connectLogins(t)
		fill(d)
		return d
	}).Copy(t)
}

func newDatabase(t testing.TB) *Database {
	t.Helper()
	d := migrated(t).copied(t)
	var err error
	d.Keyring, err = seal.Generate()
	must(t, err)
	return d
}

// Copy makes another database with the same content and keys. PostgreSQL copies only a database that nobody is
// connected to, so the handles of this one cannot be used after that.
func (d *Database) Copy(t testing.TB) *Database {
	t.Helper()
	d.close(t)
	other := d.copied(t)
	t.Cleanup(func() { other.drop(t) })
	return other.connectLogins(t)
}

func (d *Database) close(t testing.TB) {
	t.Helper()
	if d.API != nil {
		must(t, errors.Join(d.API.Close(), d.Worker.Close(), d.Admin.Close()))
	}
}

// copied is a copy without handles. PostgreSQL copies its files as they are, because its default, to write them to the
// log page by page, takes several times as long.
func (d *Database) copied(t testing.TB) *Database {
	t.Helper()
	name := "t_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	_, err := cluster(t).Exec(fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s STRATEGY FILE_COPY", name, d.Name))
	must(t, err)
	server := postgrestest.Server(t)
	return &Database{Name: name, AdminURL: server.URL(server.Superuser(), name), Policy: d.Policy, Keyring: d.Keyring}
}

func (d *Database) drop(t testing.TB) {
	t.Helper()
	_, _ = cluster(t).Exec("DROP DATABASE " + d.Name + " WITH (FORCE)")
}

var theCluster struct {
	sync.Once
	pool *sql.DB
	err  error
}

// cluster is where databases are made and dropped, over one connection for all tests.
func cluster(t testing.TB) *sql.DB {
	t.Helper()
	server := postgrestest.Server(t)
	theCluster.Do(func() {
		theCluster.pool, theCluster.err = sql.Open("postgres", server.URL(server.Superuser(), "postgres"))
	})
	must(t, theCluster.err)
	return theCluster.pool
}

func (d *Database) connectLogins(t testing.TB) *Database {
	t.Helper()
	d.Admin = openPool(t, d.AdminURL)
	d.API = d.Open(t, "dps_api")
	d.Worker = d.Open(t, "dps_worker")
	return d
}

// Open makes another handle for a login. It connects on first use: each connection starts a process of PostgreSQL, and
// most tests do not need it.
func (d *Database) Open(t testing.TB, login string) *db.DB {
	t.Helper()
	handle, err := db.Connect(db.Config{
		URL: postgrestest.Server(t).URL(login, d.Name), Policy: d.Policy, Keyring: d.Keyring,
		Trace: func(context.Context, string) { d.statements.Add(1) },
	})
	must(t, err)
	t.Cleanup(func() { _ = handle.Close() })
	return handle
}

// Statements counts what has been sent to the database so far, including BEGIN and COMMIT.
func (d *Database) Statements() int64 { return d.statements.Load() }

// Advance moves the market's clock forward.
func (d *Database) Advance(t testing.TB, by time.Duration) {
	t.Helper()
	var now time.Time
	must(t, d.Admin.QueryRow("SELECT dps.now()").Scan(&now))
	must(t, d.SetClock(t.Context(), now.Add(by)))
}

// SetClock moves the market's clock forward to an instant.
func (d *Database) SetClock(ctx context.Context, to time.Time) error {
	return db.MoveClockWith(ctx, d.Admin, to)
}

// Load loads a region.
func (d *Database) Load(t testing.TB, r db.Region) {
	t.Helper()
	must(t, region.Load(t.Context(), d.AdminURL, d.Keyring, r))
}

// Become opens a transaction as an attacker who has the database role of a capacity, and nothing else of the program.
func (d *Database) Become(t testing.TB, a policy.Actor) *sql.Tx {
	t.Helper()
	tx, err := d.Admin.Begin()
	must(t, err)
	t.Cleanup(func() { _ = tx.Rollback() })
	organisation := ""
	if a.Organisation != uuid.Nil {
		organisation = a.Organisation.String()
	}
	_, err = tx.Exec("SELECT dps.enter($1, $2, $3, $4, $5)", a.Role.Database(), a.Person, organisation, fmt.Sprintf("%x", a.Invitation),
		a.Epoch)
	must(t, err)
	return tx
}

func openPool(t testing.TB, url string) *sql.DB {
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
