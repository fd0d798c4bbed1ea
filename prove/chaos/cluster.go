package chaos

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/lib/pq"

	"github.com/southeasttogether/dps/postgres"
)

const (
	databaseName = "chaos"
	superuser    = "postgres"
	readyLimit   = 30 * time.Second
)

// cluster is a PostgreSQL that can be killed, copied and promoted, which a postgres.Server cannot. It listens on a unix socket in a closed
// folder. What it says is safe from the death of its processes, and not from that of the machine: nothing is flushed to a disk.
type cluster struct {
	folder      string // data/ and run/ are in it
	process     *process
	environment []string // more of it, for the next start
}

func newCluster(ctx context.Context, folder string) (*cluster, error) {
	c := &cluster{folder: folder}
	if err := c.makeFolders(); err != nil {
		return nil, err
	}
	cmd, err := postgres.ProgramCommand(folder, "initdb", "--pgdata="+c.data(), "--username="+superuser, "--auth=trust", "--encoding=UTF8",
		"--locale=C", "--no-sync")
	if err != nil {
		return nil, err
	}
	if _, err := runProgram(ctx, cmd); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *cluster) data() string    { return filepath.Join(c.folder, "data") }
func (c *cluster) sockets() string { return filepath.Join(c.folder, "run") }
func (c *cluster) socket() string  { return filepath.Join(c.sockets(), ".s.PGSQL.5432") }

func (c *cluster) makeFolders() error {
	for _, folder := range []string{c.folder, c.sockets()} {
		if err := errors.Join(os.MkdirAll(folder, 0o700), postgres.GiveFolder(folder)); err != nil {
			return err
		}
	}
	return nil
}

// start starts PostgreSQL and waits until it answers. After a kill the old processes may still hold its memory for a moment: then it
// starts again.
func (c *cluster) start(ctx context.Context, settings ...string) error {
	args := []string{"-D", c.data()}
	for _, s := range append([]string{
		"listen_addresses=", "unix_socket_directories=" + c.sockets(), "unix_socket_permissions=0700", "fsync=off", "full_page_writes=off",
		"max_connections=120", "timezone=UTC", "log_timezone=UTC", "log_min_messages=log", "log_min_error_statement=panic",
		"wal_level=replica", "max_wal_senders=4", "hot_standby=on", "wal_keep_size=256MB", "jit=off", "max_parallel_workers_per_gather=0",
	}, settings...) {
		args = append(args, "-c", s)
	}
	return waitFor(ctx, "PostgreSQL", readyLimit, func(ctx context.Context) bool {
		if c.process == nil || c.process.hasEnded() {
			cmd, err := postgres.ProgramCommand(c.folder, "postgres", args...)
			if err != nil {
				return false
			}
			cmd.Env = append(cmd.Env, c.environment...)
			if c.process, err = startProcess(cmd); err != nil {
				return false
			}
		}
		_, err := c.ask(ctx, "SELECT 1")
		return err == nil
	})
}

func (c *cluster) kill() {
	if c.process != nil {
		c.process.kill()
	}
}

// url is the address of the cluster's database by its socket.
func (c *cluster) url(login, database string) string {
	u := url.URL{Scheme: "postgres", User: url.User(login), Path: "/" + database, RawQuery: url.Values{
		"host": {c.sockets()}, "port": {"5432"}, "sslmode": {"disable"}, "connect_timeout": {"2"},
	}.Encode()}
	return u.String()
}

// ask runs one statement in the database postgres and gives the first value of its first row, "" where there is none.
func (c *cluster) ask(ctx context.Context, statement string) (string, error) {
	d, err := sql.Open("postgres", c.url(superuser, "postgres"))
	if err != nil {
		return "", err
	}
	defer d.Close()
	var value sql.NullString
	err = d.QueryRowContext(ctx, statement).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return value.String, err
}

// configure sets one of PostgreSQL's settings for good, and makes it read it.
func (c *cluster) configure(ctx context.Context, setting string) error {
	for _, statement := range []string{"ALTER SYSTEM SET " + setting, "SELECT pg_reload_conf()"} {
		if _, err := c.ask(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// copyTo makes a standby of this running cluster in another folder: a copy of all its files, which follows it once it is started.
func (c *cluster) copyTo(ctx context.Context, folder string) (*cluster, error) {
	if err := os.RemoveAll(folder); err != nil {
		return nil, err
	}
	standby := &cluster{folder: folder}
	if err := standby.makeFolders(); err != nil {
		return nil, err
	}
	cmd, err := postgres.ProgramCommand(folder, "pg_basebackup", "--pgdata="+standby.data(), "--host="+c.sockets(), "--username="+superuser,
		"--checkpoint=fast", "--wal-method=stream", "--write-recovery-conf", "--no-sync")
	if err != nil {
		return nil, err
	}
	if _, err := runProgram(ctx, cmd); err != nil {
		return nil, err
	}
	return standby, nil
}

// admin opens the market's database as the superuser.
func (c *cluster) admin() (*sql.DB, error) {
	return sql.Open("postgres", c.url(superuser, databaseName))
}

// createDatabase makes the market's database, empty.
func (c *cluster) createDatabase(ctx context.Context) error {
	if _, err := c.ask(ctx, "CREATE DATABASE "+pq.QuoteIdentifier(databaseName)); err != nil {
		return fmt.Errorf("the database: %w", err)
	}
	return nil
}

// keepLog copies the write-ahead log to a folder as it is written.
func (c *cluster) keepLog(archive string) (*process, error) {
	cmd, err := postgres.ProgramCommand(c.folder, "pg_receivewal", "--directory="+archive, "--host="+c.sockets(), "--username="+superuser,
		"--no-loop", "--synchronous")
	if err != nil {
		return nil, err
	}
	return startProcess(cmd)
}
