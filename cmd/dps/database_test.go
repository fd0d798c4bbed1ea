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

// servingArguments are the arguments of a complete service. A test takes some away.
func servingArguments(t testing.TB, database string, more ...string) []string {
	t.Helper()
	keys, development := filepath.Join(t.TempDir(), "keys.json"), filepath.Join(t.TempDir(), "development-key.pem")
	runDPS(t, "keys", "--out", keys).requireSuccess(t)
	runDPS(t, tokenArguments(development)...).requireSuccess(t)
	return append([]string{"serve", "--keys", keys, "--development-key", development, "--address", "127.0.0.1:0", "--database-url", database},
		more...)
}

func loginURL(t testing.TB, name, database string) string {
	t.Helper()
	return postgrestest.Server(t).URL(name, database)
}

// TestWrongDatabaseAddressIsNotRepeated: a message about an address does not repeat it, because it contains a password.
func TestWrongDatabaseAddressIsNotRepeated(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0") // and nobody answers there
	must(t, err)
	address := free.Addr().String()
	must(t, free.Close())
	sockets := strings.SplitN(loginURL(t, "x", "y"), "?", 2)[1]
	for name, wrong := range map[string]struct{ url, words string }{
		"none":              {"", "DPS_ADMIN_DATABASE_URL"},
		"no address":        {"synthetic " + secretPassword, "postgres://user:password@host/database"},
		"other scheme":      {"mysql://u:" + secretPassword + "@h/d", "postgres://user:password@host/database"},
		"no database in it": {"postgres://u:" + secretPassword + "@h", "postgres://user:password@host/database"},
		"bad escape":        {"postgres://u:" + secretPassword + "%zz@h/d", "postgres://user:password@host/database"},
		"nobody there":      {"postgres://u:" + secretPassword + "@" + address + "/d?sslmode=disable", "no PostgreSQL answers"},
		"no such host":      {"postgres://u:" + secretPassword + "@nowhere.invalid/d", "no PostgreSQL answers"},
		"no such login":     {"postgres://nobody:" + secretPassword + "@/postgres?" + sockets, "name and password"},
		"no such database":  {"postgres://postgres:" + secretPassword + "@/nowhere?" + sockets, "does not exist"},
	} {
		t.Run(name, func(t *testing.T) {
			runDPS(t, "migrate", "--admin-database-url", wrong.url).requireRefused(t, wrong.words)
			keys := filepath.Join(t.TempDir(), "keys.json")
			runDPS(t, "keys", "--out", keys).requireSuccess(t)
			runDPS(t, "audit", "verify", "--keys", keys, "--log-database-url", wrong.url).requireRefused(t,
				strings.ReplaceAll(wrong.words, "DPS_ADMIN_", "DPS_LOG_"))
			runDPS(t, servingArguments(t, wrong.url)...).requireRefused(t, strings.ReplaceAll(wrong.words, "DPS_ADMIN_", "DPS_"))
		})
	}
}

// freshDatabase is a database without anything in it.
func freshDatabase(t testing.TB) string {
	t.Helper()
	admin, err := sql.Open("postgres", loginURL(t, "postgres", "postgres"))
	must(t, err)
	t.Cleanup(func() { _ = admin.Close() })
	name := "fresh_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	_, err = admin.Exec("CREATE DATABASE " + name)
	must(t, err)
	t.Cleanup(func() { _, _ = admin.Exec("DROP DATABASE " + name + " WITH (FORCE)") })
	return name
}

// TestServeRefusesAnOldSchema: the service refuses a database that was never migrated or is older. `dps migrate`
// repairs it, and can be run any number of times.
func TestServeRefusesAnOldSchema(t *testing.T) {
	dbtest.New(t) // the logins belong to the whole cluster
	name := freshDatabase(t)
	runDPS(t, servingArguments(t, loginURL(t, "dps_api", name))...).requireRefused(t, "dps migrate")
	for range 2 {
		runDPS(t, "migrate", "--admin-database-url", loginURL(t, "postgres", name)).requireSuccess(t)
	}
	r := startDPS(t, servingArguments(t, loginURL(t, "dps_api", name))...)
	r.waitForLine(`"serving"`)
	if code := r.signalAndWait(interrupt); code != 0 {
		t.Errorf("exit code %d: %s", code, r.outputSoFar())
	}
	admin, err := sql.Open("postgres", loginURL(t, "postgres", name))
	must(t, err)
	defer admin.Close()
	_, err = admin.Exec("UPDATE dps.policy_version SET hash = 'of another policy'")
	must(t, err)
	runDPS(t, servingArguments(t, loginURL(t, "dps_api", name))...).requireRefused(t, "dps migrate")
}

// TestServeRefusesANewerSchema: a newer database is neither served nor migrated back to this program's policy.
func TestServeRefusesANewerSchema(t *testing.T) {
	d := dbtest.New(t)
	_, err := d.Admin.Exec("INSERT INTO dps.goose_db_version (version_id, is_applied) VALUES (99999, true); UPDATE dps.policy_version SET " +
		"hash = 'of a newer policy'")
	must(t, err)
	runDPS(t, servingArguments(t, loginURL(t, "dps_api", d.Name))...).requireRefused(t, "newer")
	runDPS(t, "migrate", "--admin-database-url", loginURL(t, "postgres", d.Name)).requireRefused(t, "newer")
	var hash string
	must(t, d.Admin.QueryRow("SELECT hash FROM dps.policy_version").Scan(&hash))
	if hash != "of a newer policy" {
		t.Error("an older program has replaced the policy")
	}
}

// TestServeRefusesAMovedClock: a demonstration's database cannot be a real market.
func TestServeRefusesAMovedClock(t *testing.T) {
	d := dbtest.New(t)
	d.Advance(t, time.Hour)
	runDPS(t, servingArguments(t, loginURL(t, "dps_api", d.Name))...).requireRefused(t, "clock")
}

// TestServeRefusesAWrongWorkerLogin: the clock worker needs another login than the API.
func TestServeRefusesAWrongWorkerLogin(t *testing.T) {
	d := dbtest.New(t)
	runDPS(t, servingArguments(t, loginURL(t, "dps_api", d.Name), "--worker-database-url", loginURL(t, "nobody", d.Name))...).requireRefused(t,
		"--worker-database-url")
}

// TestServeNeedsExactlyOneIssuer: a service accepts either a real issuer or a development key, and says which is
// missing.
func TestServeNeedsExactlyOneIssuer(t *testing.T) {
	d := dbtest.New(t)
	args := servingArguments(t, loginURL(t, "dps_api", d.Name))
	runDPS(t, append(args, "--jwks-url", "https://issuer.example/keys")...).requireRefused(t, "use either")
	without := append(append([]string{}, args[:3]...), args[5:]...)
	runDPS(t, without...).requireRefused(t, "--jwks-url")
	runDPS(t, append(without, "--jwks-url", "http://issuer.example/keys", "--issuer", "https://issuer.example")...).requireRefused(t, "https")
}
