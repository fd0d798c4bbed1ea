package postgres

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestStopAndStartKeepData(t *testing.T) {
	dir := newDir(t)
	began := time.Now()
	s := startServer(t, Options{Dir: dir})
	t.Logf("cold start: %v", time.Since(began))
	db := connectAsSuperuser(t, s)
	execStatement(t, db, `create table kept (word text)`)
	execStatement(t, db, `insert into kept values ('committed')`)
	tx, err := db.Begin()
	must(t, err)
	defer func() { _ = tx.Rollback() }() // it went with the server
	execStatement(t, tx, `insert into kept values ('in an open transaction, which must not hold up the end')`)
	began = time.Now()
	must(t, s.Stop())
	t.Logf("stop: %v", time.Since(began))
	must(t, s.Stop())

	began = time.Now()
	var log bytes.Buffer
	s = startServer(t, Options{Dir: dir, Log: &log})
	t.Logf("warm start: %v", time.Since(began))
	if got := queryValue[string](t, connectAsSuperuser(t, s), `select string_agg(word, ', ') from kept`); got != "committed" {
		t.Errorf("kept: %s", got)
	}
	must(t, s.Stop())
	if strings.Contains(log.String(), "not properly shut down") {
		t.Errorf("the first end was not a clean one:\n%s", &log)
	}
}

func TestServerSettingsIgnoreTheEnvironment(t *testing.T) {
	// The surroundings must not lead PostgreSQL or its clients elsewhere.
	t.Setenv("TZ", "America/New_York")
	t.Setenv("PGPORT", "1")
	t.Setenv("PGHOST", "nowhere.invalid")
	t.Setenv("LC_ALL", "nonsense")
	db := connectAsSuperuser(t, startServer(t, Options{Dir: newDir(t)}))
	for setting, want := range map[string]string{
		"listen_addresses": "", "server_encoding": "UTF8", "lc_collate": "C", "TimeZone": "UTC", "log_timezone": "UTC",
		"max_connections": "120", "fsync": "off", "full_page_writes": "off", "synchronous_commit": "on",
	} {
		if got := queryValue[string](t, db, "show "+setting); got != want {
			t.Errorf("%s is %q, want %q", setting, got, want)
		}
	}
}

func TestServerFlushesToDiskUnlessFast(t *testing.T) {
	s, err := Start(t.Context(), Options{Dir: newDir(t)})
	must(t, err)
	defer func() { must(t, s.Stop()) }()
	if got := queryValue[string](t, connectAsSuperuser(t, s), "show fsync"); got != "on" {
		t.Errorf("fsync is %s", got)
	}
}

func TestStartInAwkwardFolders(t *testing.T) {
	for name, below := range map[string]string{
		"longer than a socket's path may be": strings.Repeat("long/", 25) + "cluster",
		"divided as lists are":               `a, "b" & c=d?%41`,
	} {
		t.Run(name, func(t *testing.T) {
			s := startServer(t, Options{Dir: filepath.Join(filepath.Dir(newDir(t)), below)})
			if got := queryValue[int](t, connectAsSuperuser(t, s), "select 1"); got != 1 {
				t.Error(got)
			}
			info, err := os.Stat(s.sockets)
			must(t, err)
			if info.Mode().Perm() != 0o700 {
				t.Errorf("the socket's folder is open: %v", info.Mode())
			}
			must(t, s.Stop())
			if _, err := os.Stat(s.sockets); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the socket's folder is left behind: %v", err)
			}
		})
	}
}

// What people wrote must not reach a log, by whatever way a statement fails.
func TestServerLogHoldsNoStatement(t *testing.T) {
	var log bytes.Buffer
	s := startServer(t, Options{Dir: newDir(t), Log: &log})
	db := connectAsSuperuser(t, s)
	execStatement(t, db, `create table child (name text primary key)`)
	execStatement(t, db, `insert into child values ('Synthetic Name')`)
	for _, failing := range []string{
		`insert into child values ('Synthetic Name')`,
		`select 'Synthetic Name'::int`,
		`syntax error 'Synthetic Name'`,
		`do $$ begin raise warning 'Synthetic Name'; raise exception 'Synthetic Name'; end $$`,
	} {
		if _, err := db.Exec(failing); err == nil {
			t.Errorf("did not fail: %s", failing)
		}
	}
	must(t, s.Stop())
	if !strings.Contains(log.String(), "ready to accept connections") {
		t.Errorf("the log lacks the server's own messages:\n%s", &log)
	}
	if strings.Contains(log.String(), "Synthetic") {
		t.Errorf("the log tells:\n%s", &log)
	}
}

func TestStartRefusesALockedFolder(t *testing.T) {
	dir := newDir(t)
	s := startServer(t, Options{Dir: dir})
	if message := startError(t, Options{Dir: dir}); !strings.Contains(message, "another program") ||
		!strings.Contains(message, dir) {
		t.Error("unhelpful")
	}
	if got := queryValue[int](t, connectAsSuperuser(t, s), "select 1"); got != 1 {
		t.Error("the first is harmed")
	}
}

func TestStartRefusesAnotherVersionsCluster(t *testing.T) {
	dir := newDir(t)
	s := startServer(t, Options{Dir: dir})
	must(t, s.Stop())
	file := filepath.Join(dir, "data", "PG_VERSION")
	text, err := os.ReadFile(file)
	must(t, err)
	ours := firstNumber(string(text))
	must(t, os.WriteFile(file, []byte(strconv.Itoa(ours-1)+"\n"), 0o600))
	message := startError(t, Options{Dir: dir})
	for _, part := range []string{dir, "by PostgreSQL " + strconv.Itoa(ours-1), "is " + strconv.Itoa(ours)} {
		if !strings.Contains(message, part) {
			t.Errorf("the message lacks %q", part)
		}
	}
}

func TestStartFailureQuotesPostgreSQL(t *testing.T) {
	dir := newDir(t)
	s := startServer(t, Options{Dir: dir})
	must(t, s.Stop())
	must(t, os.WriteFile(filepath.Join(dir, "data", "postgresql.conf"), []byte("nonsense\n"), 0o600))
	if message := startError(t, Options{Dir: dir}); !strings.Contains(message, "contains errors") {
		t.Error("unhelpful")
	}
}

func TestStartRefusesAFolderWithOtherFiles(t *testing.T) {
	dir := newDir(t)
	must(t, os.Mkdir(dir, 0o755))
	must(t, os.WriteFile(filepath.Join(dir, "letter.txt"), nil, 0o644))
	before, err := os.Stat(dir)
	must(t, err)
	if message := startError(t, Options{Dir: dir}); !strings.Contains(message, dir) {
		t.Error("unhelpful")
	}
	after, err := os.Stat(dir)
	must(t, err)
	uid, gid := ownerOf(before)
	if uidNow, gidNow := ownerOf(after); after.Mode() != before.Mode() || uidNow != uid || gidNow != gid {
		t.Errorf("changed from %v %d:%d to %v %d:%d", before.Mode(), uid, gid, after.Mode(), uidNow, gidNow)
	}
}

func TestStartCancelled(t *testing.T) {
	dir := newDir(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Start(ctx, Options{Dir: dir}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	startServer(t, Options{Dir: dir})
}

func TestUserDataFolder(t *testing.T) {
	t.Setenv("HOME", "/home/synthetic")
	for given, want := range map[string]string{
		"":         "/home/synthetic/.local/share",
		"relative": "/home/synthetic/.local/share",
		"/data":    "/data",
	} {
		t.Setenv("XDG_DATA_HOME", given)
		if got, err := userDataFolder(); err != nil || got != want {
			t.Errorf("XDG_DATA_HOME=%q: %s, %v; want %s", given, got, err, want)
		}
	}
}
