package engine

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/seal"
)

// MarketNow reads the market's clock, after whatever lock was taken before.
func MarketNow(ctx context.Context, t *Tx) (time.Time, error) {
	var now time.Time
	err := t.Get(ctx, &now, "SELECT dps.now()")
	return now, err
}

// Tx is one transaction under one actor's database role. It remembers a failed statement, because PostgreSQL answers
// COMMIT of a failed transaction with a silent rollback.
type Tx struct {
	conn   *sqlx.Conn
	db     *DB
	actor  policy.Actor
	act    policy.Act // of the change that runs in it; "" while it only reads
	role   string     // of the database, that statements run as now
	failed error
	ended  bool
}

const (
	beginReadOnly  = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	BeginReadWrite = "BEGIN ISOLATION LEVEL READ COMMITTED"
)

// Begin opens the transaction and its context in one round trip. A broken connection from the pool is replaced:
// nothing has happened on it yet.
func (d *DB) Begin(ctx context.Context, mode string, a policy.Actor) (*Tx, error) {
	who, _ := literals(entryArguments(a))
	enter := mode + "; SELECT dps.enter" + who
	for attempt := 0; ; attempt++ {
		conn, err := d.pool.Connx(ctx)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		tx := &Tx{conn: conn, db: d, actor: a, role: a.Role.Database()}
		d.trace(ctx, mode)
		if _, err = conn.ExecContext(ctx, enter); err == nil {
			return tx, nil
		}
		tx.Rollback(ctx)
		if attempt == 2 || !errors.Is(err, driver.ErrBadConn) {
			return nil, translateError(err)
		}
	}
}

// Actor is who acts.
func (t *Tx) Actor() policy.Actor { return t.actor }

// Keys are the keys of the program.
func (t *Tx) Keys() *seal.Keyring { return t.db.keys }

// Commit ends the transaction for good; a failed statement anywhere in it makes it a rollback and an error.
func (t *Tx) Commit(ctx context.Context) error {
	if t.failed != nil {
		t.Rollback(ctx)
		return t.failed
	}
	t.db.trace(ctx, "COMMIT")
	if _, err := t.conn.ExecContext(ctx, "COMMIT"); err != nil {
		t.Rollback(ctx)
		return translateError(err)
	}
	t.ended = true
	return t.conn.Close()
}

// Rollback gives the connection back clean, or not at all. It does nothing after the end of the transaction, so that it
// can be deferred: whatever happens, a panic too, no connection stays behind with its locks.
func (t *Tx) Rollback(ctx context.Context) {
	if t.ended {
		return
	}
	t.ended = true
	if _, err := t.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK"); err != nil {
		_ = t.conn.Raw(func(any) error { return driver.ErrBadConn })
	}
	_ = t.conn.Close()
}

// Get reads one row into dest; none is sql.ErrNoRows.
func (t *Tx) Get(ctx context.Context, dest any, query string, args ...any) error {
	return t.queryRows(ctx, asked{query: query, args: args, into: one(dest)})
}

// dumpImported reads rows into dest, a pointer to a slice.
func (t *Tx) SelectRows(ctx context.Context, dest any, query string, args ...any) error {
	return t.queryRows(ctx, asked{query: query, args: args, into: list(dest)})
}

func (t *Tx) queryRows(ctx context.Context, a asked) error {
	t.db.trace(ctx, a.query)
	return t.NoteFailure(t.conn.Raw(func(c any) error { return c.(*session).query(ctx, t.role, a) }))
}

// Exec writes and says how many rows it touched.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (n int64, err error) {
	t.db.trace(ctx, query)
	return n, t.NoteFailure(t.conn.Raw(func(c any) error {
		n, err = c.(*session).write(ctx, t.role, query, args)
		return err
	}))
}

// requireNoError is exec for a statement that touches at least one row: none means that the row is hidden or gone.
func (t *Tx) ExecAtLeastOne(ctx context.Context, query string, args ...any) error {
	n, err := t.Exec(ctx, query, args...)
	if err == nil && n == 0 {
		return sql.ErrNoRows
	}
	return err
}

// actorAs goes on under the role of one of the market's own hands, in the same transaction and for the same person.
func (t *Tx) SwitchRole(ctx context.Context, role policy.Role) error {
	var is string
	err := t.Get(ctx, &is, "SELECT set_config('role', $1, true)", role.Database())
	if err == nil {
		t.role = is
	}
	return err
}

// CopyInto begins to copy rows into a table; the caller gives each row, keeps errors, and closes it.
func (t *Tx) CopyInto(ctx context.Context, table string, columns []string) (*sql.Stmt, error) {
	t.db.trace(ctx, "COPY "+table)
	into, err := t.conn.PrepareContext(ctx, "COPY "+table+" ("+strings.Join(columns, ", ")+") FROM STDIN")
	return into, t.NoteFailure(err)
}

// NoteFailure remembers that a statement failed.
func (t *Tx) NoteFailure(err error) error {
	if err == nil || errors.Is(err, sql.ErrNoRows) {
		return err
	}
	err = translateError(err)
	t.failed = err
	return err
}

// RequireExists refuses, as absent, what a query of rows does not find.
func (t *Tx) RequireExists(ctx context.Context, what, query string, args ...any) error {
	var found bool
	err := t.Get(ctx, &found, "SELECT EXISTS ("+query+")", args...)
	if err == nil && !found {
		return market.Absent(what)
	}
	return err
}
