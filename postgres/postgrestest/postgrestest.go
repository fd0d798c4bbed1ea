// Package postgrestest gives the tests of a package one real PostgreSQL, private to their binary.
//
//	func TestMain(m *testing.M) { postgrestest.Main(m) }
package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/southeasttogether/dps/postgres"
)

// startLimit is long, so that a busy machine makes tests slow and not red.
const startLimit = 10 * time.Minute

// server is the one that Main started. It belongs to the test binary as a whole, as TestMain does.
var server *postgres.Server

// settings spare what the superuser's statements over every table would begin and throw away: compiled programs, and two
// more processes each time.
var settings = []string{"jit=off", "max_parallel_workers_per_gather=0"}

// Main starts a server on a new temporary folder, runs the tests, stops it, removes the folder and exits with the tests'
// code, or 1 if the server does not start or end well. The server has no other database than postgres: make your own.
func Main(m *testing.M) { MainLogging(m, nil) }

// MainLogging is Main with PostgreSQL's own messages written to log, from a goroutine.
func MainLogging(m *testing.M, log io.Writer) {
	code, err := run(m, log)
	if err != nil {
		fmt.Fprintln(os.Stderr, "postgrestest:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func run(m *testing.M, log io.Writer) (code int, err error) {
	dir, err := newFolder()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	if server, err = postgres.Start(ctx, postgres.Options{Dir: dir, Fast: true, Settings: settings, Log: log}); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	return m.Run(), nil
}

// Server is the running one. It fails the test when TestMain does not call Main.
func Server(t testing.TB) *postgres.Server {
	t.Helper()
	if server == nil {
		t.Fatal("no PostgreSQL: let this package's TestMain call postgrestest.Main")
	}
	return server
}

// newFolder makes a folder for the server: in memory where there is much room, or else among the temporary files. Half of
// the time that a test's database takes to be made is the disk's.
func newFolder() (string, error) {
	removeAbandoned(filepath.Join(memory, folders))
	if freeBytes(memory) >= room {
		return os.MkdirTemp(memory, folders)
	}
	return os.MkdirTemp("", folders)
}

const (
	memory  = "/dev/shm" // Linux keeps it in memory
	folders = "dps-test-*"
	room    = 4 << 30
)

// removeAbandoned removes the folders of servers that were killed before they could remove their own.
func removeAbandoned(pattern string) {
	found, _ := filepath.Glob(pattern)
	for _, dir := range found {
		_ = postgres.RemoveUnused(dir)
	}
}
