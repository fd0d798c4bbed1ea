package machine

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

// What each cluster has, and how long the suite waits for a program to be ready.
const (
	DatabaseName = "chaos"
	Superuser    = "postgres"
	ReadyLimit   = 30 * time.Second
)

// Cluster is a PostgreSQL that can be killed, copied and promoted, which a postgres.Server cannot. It listens on a unix socket in a closed
// folder. What it says is safe from the death of its processes, and not from that of the machine: nothing is flushed to a disk.
type Cluster struct {
	Folder      string // data/ and run/ are in it
	process     *Process
	Environment []string // more of it, for the next start
}

// NewCluster makes a new and empty cluster in a folder, and does not start it.
func NewCluster(ctx context.Context, folder string) (*Cluster, error) {
	c := &Cluster{Folder: folder}
	if err := c.makeFolders(); err != nil {
		return nil, err
	}
	cmd, err := postgres.ProgramCommand(folder, "initdb", "--pgdata="+c.Data(), "--username="+Superuser, "--auth=trust", "--encoding=UTF8",
		"--locale=C", "--no-sync")
	if err != nil {
		return nil, err
	}
	if _, err := Run(ctx, cmd); err != nil {
		return nil, err
	}
	return c, nil
}

// Data is the folder of the files.
func (c *Cluster) Data() string { return filepath.Join(c.Folder, "data") }

// Sockets is the folder of the socket.
func (c *Cluster) Sockets() string { return filepath.Join(c.Folder, "run") }

// Socket is the path of the socket.
func (c *Cluster) Socket() string { return filepath.Join(c.Sockets(), ".s.PGSQL.5432") }

func (c *Cluster) makeFolders() error {
	for _, folder := range []string{c.Folder, c.Sockets()} {
		if err := errors.Join(os.MkdirAll(folder, 0o700), postgres.GiveFolder(folder)); err != nil {
			return err
		}
	}
	return nil
}

// Start starts PostgreSQL and waits until it answers. After a kill the old processes may still hold its memory for a moment: then it
// starts again.
func (c *Cluster) Start(ctx context.Context, settings ...string) error {
	args := []string{"-D", c.Data()}
	for _, s := range append([]string{
		"listen_addresses=", "unix_socket_directories=" + c.Sockets(), "unix_socket_permissions=0700", "fsync=off", "full_page_writes=off",
		"max_connections=120", "timezone=UTC", "log_timezone=UTC", "log_min_messages=log", "log_min_error_statement=panic",
		"wal_level=replica", "max_wal_senders=4", "hot_standby=on", "wal_keep_size=256MB", "jit=off", "max_parallel_workers_per_gather=0",
	}, settings...) {
		args = append(args, "-c", s)
	}
	return WaitFor(ctx, "PostgreSQL", ReadyLimit, func(ctx context.Context) bool {
		if c.process == nil || c.process.HasEnded() {
			cmd, err := postgres.ProgramCommand(c.Folder, "postgres", args...)
			if err != nil {
				return false
			}
			cmd.Env = append(cmd.Env, c.Environment...)
			if c.process, err = Start(cmd); err != nil {
				return false
			}
		}
		_, err := c.Ask(ctx, "SELECT 1")
		return err == nil
	})
}

// Kill ends all processes of a cluster at once.
func (c *Cluster) Kill() {
	if c.process != nil {
		c.process.Kill()
	}
}

// URL is the address of the cluster's database by its socket.
func (c *Cluster) URL(login, database string) string {
	u := url.URL{Scheme: "postgres", User: url.User(login), Path: "/" + database, RawQuery: url.Values{
		"host": {c.Sockets()}, "port": {"5432"}, "sslmode": {"disable"}, "connect_timeout": {"2"},
	}.Encode()}
	return u.String()
}

// Ask runs one statement in the database postgres and gives the first value of its first row, "" where there is none.
func (c *Cluster) Ask(ctx context.Context, statement string) (string, error) {
	d, err := sql.Open("postgres", c.URL(Superuser, "postgres"))
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

// Configure sets one of PostgreSQL's settings for good, and makes it read it.
func (c *Cluster) Configure(ctx context.Context, setting string) error {
	for _, statement := range []string{"ALTER SYSTEM SET " + setting, "SELECT pg_reload_conf()"} {
		if _, err := c.Ask(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// CopyTo makes a standby of this running cluster in another folder: a copy of all its files, which follows it once it is started.
func (c *Cluster) CopyTo(ctx context.Context, folder string) (*Cluster, error) {
	if err := os.RemoveAll(folder); err != nil {
		return nil, err
	}
	standby := &Cluster{Folder: folder}
	if err := standby.makeFolders(); err != nil {
		return nil, err
	}
	cmd, err := postgres.ProgramCommand(folder, "pg_basebackup", "--pgdata="+standby.Data(), "--host="+c.Sockets(), "--username="+Superuser,
		"--checkpoint=fast", "--wal-method=stream", "--write-recovery-conf", "--no-sync")
	if err != nil {
		return nil, err
	}
	if _, err := Run(ctx, cmd); err != nil {
		return nil, err
	}
	return standby, nil
}

// Admin opens the market's database as the superuser.
func (c *Cluster) Admin() (*sql.DB, error) {
	return sql.Open("postgres", c.URL(Superuser, DatabaseName))
}

// CreateDatabase makes the market's database, empty.
func (c *Cluster) CreateDatabase(ctx context.Context) error {
	if _, err := c.Ask(ctx, "CREATE DATABASE "+pq.QuoteIdentifier(DatabaseName)); err != nil {
		return fmt.Errorf("the database: %w", err)
	}
	return nil
}

// KeepLog copies the write-ahead log to a folder as it is written.
func (c *Cluster) KeepLog(archive string) (*Process, error) {
	cmd, err := postgres.ProgramCommand(c.Folder, "pg_receivewal", "--directory="+archive, "--host="+c.Sockets(), "--username="+Superuser,
		"--no-loop", "--synchronous")
	if err != nil {
		return nil, err
	}
	return Start(cmd)
}
