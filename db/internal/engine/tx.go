package engine

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/southeasttogether/dps/db/internal/session"
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
	session *session.Tx
	db      *DB
	actor   policy.Actor
	act     policy.Act // of the change that runs in it; "" while it only reads
	input   any        // of the change that runs in it; nil while it only reads
	failed  error
}

// BeginReadWrite begins a transaction that writes.
const BeginReadWrite = session.ReadWrite

// Begin opens the transaction and its context in one round trip.
func (d *DB) Begin(ctx context.Context, mode string, a policy.Actor) (*Tx, error) {
	tx, err := d.pool.Begin(ctx, mode, callerOf(a))
	if err != nil {
		return nil, translateError(err)
	}
	return &Tx{session: tx, db: d, actor: a}, nil
}

// Actor is who acts.
func (t *Tx) Actor() policy.Actor { return t.actor }

// Act is the act of the change that runs in it.
func (t *Tx) Act() policy.Act { return t.act }

// Input is the input of the change that runs in it.
func (t *Tx) Input() any { return t.input }

// Keys are the keys of the program.
func (t *Tx) Keys() *seal.Keyring { return t.db.keys }

// Commit ends the transaction for good; a failed statement anywhere in it makes it a rollback and an error.
func (t *Tx) Commit(ctx context.Context) error {
	if t.failed != nil {
		t.Rollback(ctx)
		return t.failed
	}
	return translateError(t.session.Commit(ctx))
}

// Rollback gives the connection back clean, or not at all. It does nothing after the end of the transaction.
func (t *Tx) Rollback(ctx context.Context) { t.session.Rollback(ctx) }

// Get reads one row into dest; none is sql.ErrNoRows.
func (t *Tx) Get(ctx context.Context, dest any, query string, args ...any) error {
	return t.NoteFailure(t.session.Query(ctx, session.One(dest, query, args...)))
}

// SelectRows reads rows into dest, a pointer to a slice.
func (t *Tx) SelectRows(ctx context.Context, dest any, query string, args ...any) error {
	return t.NoteFailure(t.session.Query(ctx, session.All(dest, query, args...)))
}

// Exec writes and says how many rows it touched.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	n, err := t.session.Exec(ctx, query, args...)
	return n, t.NoteFailure(err)
}

// ExecAtLeastOne is Exec for a statement that touches at least one row: none means that the row is hidden or gone.
func (t *Tx) ExecAtLeastOne(ctx context.Context, query string, args ...any) error {
	n, err := t.Exec(ctx, query, args...)
	if err == nil && n == 0 {
		return sql.ErrNoRows
	}
	return err
}

// SwitchRole goes on under the role of one of the market's own hands, in the same transaction and for the same person.
func (t *Tx) SwitchRole(ctx context.Context, role policy.Role) error {
	return t.NoteFailure(t.session.Become(ctx, role.Database()))
}

// TakeLong lets each statement of the transaction take ten minutes, and wait one minute for a lock: what it does is no request's work.
func (t *Tx) TakeLong(ctx context.Context) error {
	return t.NoteFailure(t.session.Extend(ctx, 10*time.Minute, time.Minute))
}

// CopyInto begins to copy rows into a table; the caller gives each row, keeps errors, and closes it.
func (t *Tx) CopyInto(ctx context.Context, table string, columns []string) (*sql.Stmt, error) {
	into, err := t.session.Copy(ctx, table, columns)
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
