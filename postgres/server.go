package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	superuser = "postgres"
	// socketPort is only a part of the socket's name: there is no TCP.
	socketPort = "5432"
	// longestSocketPath is what every system's sockaddr_un has room for: 104 bytes on the BSDs and macOS, 108 on Linux,
	// with a closing zero. A comma, too, makes no address: clients take it for the end of a host.
	longestSocketPath = 103
)

// Server is a running private PostgreSQL, reachable only over a unix socket.
type Server struct {
	folder     *folder
	bin        string // folder of PostgreSQL's programs
	sockets    string // folder of the socket
	postmaster *child

	stopOnce  sync.Once
	stopError error
}

// Options say where and how a private PostgreSQL runs.
type Options struct {
	// Dir is the folder for its data, socket and lock, made if it is not there. A folder that holds anything else is
	// refused.
	Dir string
	// Fast gives up safety from a crash of the machine for speed: for tests only. A crash of the program loses nothing.
	Fast bool
	// Settings are more of PostgreSQL's settings, each as name=value, that hold in place of the usual ones.
	Settings []string
	// Log takes PostgreSQL's own messages, from one goroutine that ends with Stop; nil drops them. Failed statements are
	// not among them, for what they hold: whoever sent one is told.
	Log io.Writer
}

// Start starts PostgreSQL on the folder o.Dir, with a new and empty cluster if it has none, and returns when it takes
// connections. As root it runs as the user postgres, or else nobody. ctx bounds the start, not the life of the server.
//
// Errors are one sentence that says what to do: no PostgreSQL on the machine, a folder that is not ours, in use, closed
// to PostgreSQL's user, or made by another version.
func Start(ctx context.Context, o Options) (*Server, error) {
	bin, err := findPrograms(usualProgramFolders)
	if err != nil {
		return nil, err
	}
	owner, err := serverAccount()
	if err != nil {
		return nil, err
	}
	home, err := openFolder(o.Dir, owner)
	if err != nil {
		return nil, err
	}
	s := &Server{folder: home, bin: bin}
	if err := s.launchPostmaster(ctx, o); err != nil {
		return nil, errors.Join(err, s.releaseFolder())
	}
	return s, nil
}

func (s *Server) launchPostmaster(ctx context.Context, o Options) error {
	version, err := s.programsVersion(ctx)
	if err != nil {
		return err
	}
	s.folder.removeUnfinished()
	if err := s.folder.initialiseCluster(ctx, s.bin, o.Fast); err != nil {
		return err
	}
	if err := s.checkVersion(version); err != nil {
		return err
	}
	stale, err := waitForPredecessor(ctx, s.folder.dataPath())
	if err != nil {
		return err
	}
	if s.sockets, err = s.folder.makeSocketFolder(); err != nil {
		return fmt.Errorf("a folder for PostgreSQL's socket: %w", err)
	}
	cmd := s.folder.programCommand(s.bin, "postgres", s.serverArguments(o)...)
	// PostgreSQL would take any live process with the number in postmaster.pid for a rival, unless it is told that this
	// one is not. It still sees from that file whether an earlier server's shared memory is in use: never remove it.
	cmd.Env = append(cmd.Env, "PG_GRANDPARENT_PID="+strconv.Itoa(stale))
	if s.postmaster, err = startChild(cmd, o.Log); err != nil {
		return err
	}
	return s.waitUntilReady(ctx)
}

// programsVersion is the major version of the programs. Asking is also the trial whether PostgreSQL's user may run them, and may
// enter the folder.
func (s *Server) programsVersion(ctx context.Context) (int, error) {
	text, err := runToEnd(ctx, s.folder.programCommand(s.bin, "postgres", "--version"))
	if errors.Is(err, fs.ErrPermission) {
		for _, path := range []string{s.folder.path, s.bin} {
			if closed := s.folder.owner.closedFolder(path); closed != "" {
				return 0, fmt.Errorf(
					"PostgreSQL runs as %s, who cannot open the folder %s: open it with `chmod a+x %s`, or choose another place "+
						"than %s", s.folder.owner.name, closed, closed, path)
			}
		}
	}
	if err != nil {
		return 0, fmt.Errorf("the PostgreSQL in %s cannot run: %w", s.bin, err)
	}
	return firstNumber(text), nil
}

// checkVersion compares the cluster's major version with the programs': PostgreSQL reads no other version's files.
func (s *Server) checkVersion(programs int) error {
	text, err := os.ReadFile(filepath.Join(s.folder.dataPath(), "PG_VERSION"))
	if err != nil {
		return fmt.Errorf("the folder %s does not contain a readable cluster, so choose another: %w", s.folder.path, err)
	}
	if cluster := firstNumber(string(text)); cluster != programs {
		return fmt.Errorf(
			"the folder %s was made by PostgreSQL %d, but the one in %s is %d: install PostgreSQL %d and put it first on the "+
				"PATH, or remove the folder to start again", s.folder.path, cluster, s.bin, programs, cluster)
	}
	return nil
}

// serverArguments are the arguments of postgres. They stand on the command line so that they hold for an older folder too.
func (s *Server) serverArguments(o Options) []string {
	settings := []string{
		"listen_addresses=",
		"port=" + socketPort,
		"unix_socket_directories=" + quotedPath(s.sockets),
		"unix_socket_permissions=0700",
		"max_connections=120",
		"shared_buffers=128MB",
		"timezone=UTC",
		"log_timezone=UTC",
		"logging_collector=off",
		"log_destination=stderr",
		// What a statement held may be about a person: keep the server's own messages, and no statement's errors.
		"log_min_messages=log",
		"log_error_verbosity=terse",
		"log_min_error_statement=panic",
	}
	if o.Fast {
		// Nothing is flushed, so nobody need wake up to flush it.
		settings = append(settings, "fsync=off", "full_page_writes=off", "wal_writer_delay=10s", "bgwriter_delay=10s", "bgwriter_lru_maxpages=0")
	}
	args := []string{"-D", s.folder.dataPath()}
	for _, setting := range append(settings, o.Settings...) {
		args = append(args, "-c", setting)
	}
	return args
}

// quotedPath is one path as a member of PostgreSQL's lists of paths, which commas divide.
func quotedPath(path string) string { return `"` + strings.ReplaceAll(path, `"`, `""`) + `"` }

// waitUntilReady waits for the word in postmaster.pid, as pg_ctl does.
func (s *Server) waitUntilReady(ctx context.Context) error {
	tick := time.NewTicker(pidFilePoll)
	defer tick.Stop()
	for {
		if p, ok := readPidFile(s.folder.dataPath()); ok && p.pid == s.postmaster.process.Pid && p.status == "ready" {
			return nil
		}
		select {
		case <-tick.C:
		case <-s.postmaster.ended:
			return fmt.Errorf("PostgreSQL did not start on the folder %s: %s", s.folder.path, s.postmaster.output.failureReason())
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("starting PostgreSQL: %w", ctx.Err()), s.postmaster.endProcess())
		}
	}
}

// Superuser is the login that may do everything: for migrations, and to make the others.
func (s *Server) Superuser() string { return superuser }

// URL is the address of a database for lib/pq, as one login. No login has a password. binary_parameters makes a
// statement with arguments one round trip, safe behind a pooler of transactions too. The time limits are wide, because
// nobody else waits for this server: a machine that is many times slower makes the demonstration and the tests slow, not red.
func (s *Server) URL(user, database string) string {
	u := url.URL{Scheme: "postgres", User: url.User(user), Path: "/" + database, RawQuery: url.Values{
		"host": {s.sockets}, "port": {socketPort}, "sslmode": {"disable"}, "binary_parameters": {"yes"},
		"statement_timeout": {"120000"}, "lock_timeout": {"120000"}, "idle_in_transaction_session_timeout": {"120000"},
	}.Encode()}
	return u.String()
}

// Stop ends PostgreSQL: open sessions are cut, their transactions rolled back, everything committed is written out. It
// waits until that is done, gives the folder free, and says if the end was not a clean one. Only the first call acts;
// each gives the same answer.
func (s *Server) Stop() error {
	s.stopOnce.Do(func() {
		if err := s.postmaster.endProcess(); err != nil {
			s.stopError = fmt.Errorf("PostgreSQL stopped with an error (%w): %s", err, s.postmaster.output.failureReason())
		}
		s.stopError = errors.Join(s.stopError, s.releaseFolder())
	})
	return s.stopError
}

// releaseFolder gives the folder free and removes what only a running server needs.
func (s *Server) releaseFolder() error {
	var err error
	if s.sockets != "" {
		err = os.RemoveAll(s.sockets)
	}
	return errors.Join(err, s.folder.unlockFolder())
}
