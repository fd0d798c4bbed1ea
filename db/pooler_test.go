package db_test

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/postgres/postgrestest"
)

// TestOpenRefusesAPooler with a real PgBouncer, as it comes, and as it is set up to ignore what it does not know.
func TestOpenRefusesAPooler(t *testing.T) {
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		t.Skip("this machine has no PgBouncer")
	}
	d := dbtest.New(t)
	for name, ignored := range map[string]string{
		"as it comes":       "extra_float_digits",
		"ignoring settings": "search_path, plan_cache_mode, jit, statement_timeout, lock_timeout, idle_in_transaction_session_timeout",
	} {
		t.Run(name, func(t *testing.T) {
			address := startPooler(t, program, d.Name, ignored)
			opened, err := db.Open(t.Context(), db.Config{URL: address, Policy: d.Policy, Keyring: d.Keyring})
			if err == nil {
				_ = opened.Close()
			}
			if !errors.Is(err, engine.ErrPooled) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// startPooler starts PgBouncer before the database of the tests, and gives the address of the API's login over it.
func startPooler(t *testing.T, program, database, ignored string) string {
	t.Helper()
	server, err := url.Parse(postgrestest.Server(t).URL("dps_api", database))
	must(t, err)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	_, port, err := net.SplitHostPort(free.Addr().String())
	must(t, errors.Join(err, free.Close()))
	dir, err := os.MkdirTemp("", "dps-pooler-*")
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	must(t, os.Chmod(dir, 0o755))
	must(t, os.WriteFile(filepath.Join(dir, "users"), []byte("\"dps_api\" \"\"\n"), 0o644))
	must(t, os.WriteFile(filepath.Join(dir, "settings"), fmt.Appendf(nil, `[databases]
* = host=%s port=%s
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %s
unix_socket_dir =
auth_type = trust
auth_file = %s
pool_mode = transaction
ignore_startup_parameters = %s
`, server.Query().Get("host"), server.Query().Get("port"), port, filepath.Join(dir, "users"), ignored), 0o644))
	args := []string{filepath.Join(dir, "settings")}
	if os.Geteuid() == 0 {
		args = append([]string{"-u", "postgres"}, args...) // it does not run as root, and PostgreSQL runs as this user
	}
	pooler := exec.Command(program, args...)
	must(t, pooler.Start())
	t.Cleanup(func() { _ = pooler.Process.Kill(); _ = pooler.Wait() })
	for {
		reached, err := net.DialTimeout("tcp", "127.0.0.1:"+port, time.Second)
		if err == nil {
			_ = reached.Close()
			break
		}
		if t.Context().Err() != nil {
			t.Fatal("PgBouncer does not listen")
		}
	}
	address := engine.WithParameter(server.String(), "host", "127.0.0.1")
	return engine.WithParameter(address, "port", port)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
