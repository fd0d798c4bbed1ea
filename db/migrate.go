package db

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/policy"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings a database to this program's schema and policy: roles, tables, then row-level security compiled from
// the policy. It can be run again at any time; several at once wait for each other. The URL's login must be allowed to
// create roles.
func Migrate(ctx context.Context, adminURL string, p *policy.Policy) error {
	if err := execAsAdmin(ctx, adminURL, rolesScript()); err != nil {
		return err
	}
	owner, err := sql.Open("postgres", briefLocks(engine.OwnerURL(adminURL)))
	if err != nil {
		return fmt.Errorf("database address: %w", err)
	}
	defer owner.Close()
	if err := tryAgain(ctx, func() error { return migrateTables(ctx, owner) }); err != nil {
		return err
	}
	return tryAgain(ctx, func() error { return applyPolicy(ctx, owner, p) })
}

const (
	// migrationTries is how often a migration is tried that finds a table in use, and migrationPause how long the service then has its way.
	migrationTries = 30
	migrationPause = time.Second
)

// briefLocks lets whatever waits for a lock of a table give up after two seconds, unless the address says otherwise: all that comes to the
// table meanwhile waits behind it.
func briefLocks(url string) string {
	if strings.Contains(url, "lock_timeout=") {
		return url
	}
	return engine.WithParameter(url, "lock_timeout", "2000")
}

// tryAgain tries what is one transaction, or goes on where it stopped, until nobody is in its way.
func tryAgain(ctx context.Context, do func() error) error {
	for try := 1; ; try++ {
		err := do()
		if try == migrationTries || pq.As(err, pqerror.LockNotAvailable, pqerror.TRDeadlockDetected) == nil {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(migrationPause):
		}
	}
}

func execAsAdmin(ctx context.Context, url, script string) error {
	admin, err := sql.Open("postgres", url)
	if err != nil {
		return fmt.Errorf("database address: %w", err)
	}
	defer admin.Close()
	if _, err := admin.ExecContext(ctx, script); err != nil {
		return fmt.Errorf("preparing roles and schema: %w", err)
	}
	return nil
}

func migrationProvider(pool *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	return goose.NewProvider(goose.DialectPostgres, pool, files, goose.WithSessionLocker(locker))
}

func migrateTables(ctx context.Context, owner *sql.DB) error {
	p, err := migrationProvider(owner)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	if err := refuseNewer(ctx, p); err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	return nil
}

// Connect makes a handle that connects on first use, and checks nothing.
func Connect(c engine.Config) (*engine.DB, error) { return engine.Connect(c) }

// Open connects and checks that the database's schema and compiled policy are those of this program, and its keys those of the market.
func Open(ctx context.Context, c engine.Config) (*engine.DB, error) {
	d, err := Connect(c)
	if err != nil {
		return nil, err
	}
	if err := d.CheckSession(ctx); errors.Is(err, engine.ErrPooled) {
		d.Close()
		return nil, err
	} else if err != nil {
		d.Close()
		return nil, fmt.Errorf("cannot reach the database: %w", err)
	}
	if err := checkVersion(ctx, d); err != nil {
		d.Close()
		return nil, err
	}
	if err := d.CheckKeys(ctx); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}
