package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	_ "github.com/lib/pq"
	"go.uber.org/goleak"
)

// testDeadline is long, so that a busy machine makes tests slow and not red.
const testDeadline = 10 * time.Minute

// parentFolderVariable names, in a copy of this test binary, the folder on which it is to be a program with a PostgreSQL.
const parentFolderVariable = "DPS_TEST_PARENT_FOLDER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(parentFolderVariable); dir != "" {
		os.Exit(runAsParent(dir))
	}
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// runAsParent starts PostgreSQL, says its address, and waits to be killed, or for the end of the test that started it.
func runAsParent(dir string) int {
	s, err := Start(context.Background(), Options{Dir: dir, Fast: true})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(s.URL(s.Superuser(), "postgres"))
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0
}

// newDir is a folder that does not exist yet, in one open to every user.
func newDir(t *testing.T) string {
	t.Helper()
	parent, err := os.MkdirTemp("", "dps-postgres-")
	must(t, err)
	t.Cleanup(func() { must(t, os.RemoveAll(parent)) })
	must(t, os.Chmod(parent, 0o755))
	return filepath.Join(parent, "cluster")
}

func tryStart(t *testing.T, o Options) (*Server, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), testDeadline)
	defer cancel()
	o.Fast = true
	return Start(ctx, o)
}

// startServer starts a server that is stopped with the test.
func startServer(t *testing.T, o Options) *Server {
	t.Helper()
	s, err := tryStart(t, o)
	must(t, err)
	t.Cleanup(func() { must(t, s.Stop()) })
	return s
}

// startError is the message of a start that must fail.
func startError(t *testing.T, o Options) string {
	t.Helper()
	s, err := tryStart(t, o)
	if err == nil {
		must(t, s.Stop())
		t.Fatal("started")
	}
	t.Log(err)
	return err.Error()
}

func openDatabase(t *testing.T, url string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", url)
	must(t, err)
	t.Cleanup(func() { _ = db.Close() }) // it complains when its server has gone first
	return db
}

func connectAsSuperuser(t *testing.T, s *Server) *sql.DB {
	return openDatabase(t, s.URL(s.Superuser(), "postgres"))
}

func execStatement(t *testing.T, db interface {
	Exec(string, ...any) (sql.Result, error)
}, statement string,
) {
	t.Helper()
	_, err := db.Exec(statement)
	must(t, err)
}

func queryValue[T any](t *testing.T, db *sql.DB, query string) (value T) {
	t.Helper()
	must(t, db.QueryRow(query).Scan(&value))
	return value
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// waitUntil polls until what holds.
func waitUntil(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	late := time.After(testDeadline)
	for !holds() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("not in time: %s", what)
		}
	}
}
