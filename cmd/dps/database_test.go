package main

import (
	"database/sql"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/postgres/postgrestest"
)

// serving are the arguments of a service that lacks nothing but what a test takes away.
func serving(t testing.TB, database string, more ...string) []string {
	t.Helper()
	keys, development := filepath.Join(t.TempDir(), "keys.json"), filepath.Join(t.TempDir(), "development-key.pem")
	dps(t, "keys", "--out", keys).done(t)
	dps(t, tokenArguments(development)...).done(t)
	return append([]string{"serve", "--keys", keys, "--development-key", development, "--address", "127.0.0.1:0", "--database-url", database}, more...)
}

func login(t testing.TB, name, database string) string {
	t.Helper()
	return postgrestest.Server(t).URL(name, database)
}

// TestAddressesOfDatabases: what is wrong with one is said without repeating it, for a password stands in it.
func TestAddressesOfDatabases(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0") // and nobody answers there
	must(t, err)
	address := free.Addr().String()
	must(t, free.Close())
	sockets := strings.SplitN(login(t, "x", "y"), "?", 2)[1]
	for name, wrong := range map[string]struct{ url, words string }{
		"none":              {"", "DPS_ADMIN_DATABASE_URL"},
		"no address":        {"synthetic " + secret, "postgres://user:password@host/database"},
		"other scheme":      {"mysql://u:" + secret + "@h/d", "postgres://user:password@host/database"},
		"no database in it": {"postgres://u:" + secret + "@h", "postgres://user:password@host/database"},
		"bad escape":        {"postgres://u:" + secret + "%zz@h/d", "postgres://user:password@host/database"},
		"nobody there":      {"postgres://u:" + secret + "@" + address + "/d?sslmode=disable", "no PostgreSQL answers"},
		"no such host":      {"postgres://u:" + secret + "@nowhere.invalid/d", "no PostgreSQL answers"},
		"no such login":     {"postgres://nobody:" + secret + "@/postgres?" + sockets, "name and password"},
		"no such database":  {"postgres://postgres:" + secret + "@/nowhere?" + sockets, "no database"},
	} {
		t.Run(name, func(t *testing.T) {
			dps(t, "migrate", "--admin-database-url", wrong.url).refused(t, wrong.words)
			keys := filepath.Join(t.TempDir(), "keys.json")
			dps(t, "keys", "--out", keys).done(t)
			dps(t, "audit", "verify", "--keys", keys, "--admin-database-url", wrong.url).refused(t, wrong.words)
			dps(t, serving(t, wrong.url)...).refused(t, strings.ReplaceAll(wrong.words, "DPS_ADMIN_", "DPS_"))
		})
	}
}

// freshDatabase is a database without anything in it.
func freshDatabase(t testing.TB) string {
	t.Helper()
	admin, err := sql.Open("postgres", login(t, "postgres", "postgres"))
	must(t, err)
	t.Cleanup(func() { _ = admin.Close() })
	name := "fresh_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	_, err = admin.Exec("CREATE DATABASE " + name)
	must(t, err)
	t.Cleanup(func() { _, _ = admin.Exec("DROP DATABASE " + name + " WITH (FORCE)") })
	return name
}

// TestOldSchema: a database that was never migrated, or to something older; `dps migrate` makes it good, as often as it is run.
func TestOldSchema(t *testing.T) {
	dbtest.New(t) // the logins belong to the whole cluster
	name := freshDatabase(t)
	dps(t, serving(t, login(t, "dps_api", name))...).refused(t, "dps migrate")
	for range 2 {
		dps(t, "migrate", "--admin-database-url", login(t, "postgres", name)).done(t)
	}
	r := start(t, serving(t, login(t, "dps_api", name))...)
	r.until(`"serving"`)
	if code := r.end(interrupt); code != 0 {
		t.Errorf("exit code %d: %s", code, r.all())
	}
	admin, err := sql.Open("postgres", login(t, "postgres", name))
	must(t, err)
	defer admin.Close()
	_, err = admin.Exec("UPDATE dps.policy_version SET hash = 'of another policy'")
	must(t, err)
	dps(t, serving(t, login(t, "dps_api", name))...).refused(t, "dps migrate")
}

// TestNewerSchema: neither served nor "migrated" back to this program's policy.
func TestNewerSchema(t *testing.T) {
	d := dbtest.New(t)
	_, err := d.Admin.Exec("INSERT INTO dps.goose_db_version (version_id, is_applied) VALUES (99999, true); UPDATE dps.policy_version SET hash = 'of a newer policy'")
	must(t, err)
	dps(t, serving(t, login(t, "dps_api", d.Name))...).refused(t, "newer")
	dps(t, "migrate", "--admin-database-url", login(t, "postgres", d.Name)).refused(t, "newer")
	var hash string
	must(t, d.Admin.QueryRow("SELECT hash FROM dps.policy_version").Scan(&hash))
	if hash != "of a newer policy" {
		t.Error("an older program has replaced the policy")
	}
}

// TestClockThatWasMoved: a demonstration's database is nobody's real market.
func TestClockThatWasMoved(t *testing.T) {
	d := dbtest.New(t)
	d.Advance(t, time.Hour)
	dps(t, serving(t, login(t, "dps_api", d.Name))...).refused(t, "clock")
}

// TestWrongWorker: the clock's login is another one than the API's.
func TestWrongWorker(t *testing.T) {
	d := dbtest.New(t)
	dps(t, serving(t, login(t, "dps_api", d.Name), "--worker-database-url", login(t, "nobody", d.Name))...).refused(t, "--worker-database-url")
}

// TestIssuers: a service believes either a real issuer or a development key, and says which it lacks.
func TestIssuers(t *testing.T) {
	d := dbtest.New(t)
	args := serving(t, login(t, "dps_api", d.Name))
	dps(t, append(args, "--jwks-url", "https://issuer.example/keys")...).refused(t, "exclude each other")
	without := append(append([]string{}, args[:3]...), args[5:]...)
	dps(t, without...).refused(t, "--jwks-url")
	dps(t, append(without, "--jwks-url", "http://issuer.example/keys", "--issuer", "https://issuer.example")...).refused(t, "https")
}
