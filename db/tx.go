package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/seal"
)

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
	readOnly  = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	readWrite = "BEGIN ISOLATION LEVEL READ COMMITTED"
)

// begin opens the transaction and its context in one round trip. A broken connection from the pool is replaced:
// nothing has happened on it yet.
func (d *DB) begin(ctx context.Context, mode string, a policy.Actor) (*Tx, error) {
	who, _ := literals(entering(a))
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
		tx.rollback(ctx)
		if attempt == 2 || !errors.Is(err, driver.ErrBadConn) {
			return nil, translate(err)
		}
	}
}

// ask reads rows in a transaction of one statement and one round trip. It says false, without an error, where the statement is new to
// the connection. A broken connection is replaced, as long as nothing has come from it.
func (d *DB) ask(ctx context.Context, who policy.Actor, a asked) (done bool, err error) {
	for attempt := 0; ; attempt++ {
		conn, err := d.pool.Connx(ctx)
		if err != nil {
			return false, fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		err = conn.Raw(func(c any) (err error) {
			done, err = c.(*session).ask(ctx, who, a)
			return err
		})
		_ = conn.Close()
		if done || err != nil {
			d.trace(ctx, askOnce)
			d.trace(ctx, a.query)
		}
		if err == nil || done || attempt == 2 || !errors.Is(err, driver.ErrBadConn) {
			return done, translate(err)
		}
	}
}

// entering is what the database is told of who enters.
func entering(a policy.Actor) []driver.NamedValue {
	organisation := ""
	if a.Organisation != uuid.Nil {
		organisation = a.Organisation.String()
	}
	return []driver.NamedValue{
		{Ordinal: 1, Value: a.Role.Database()}, {Ordinal: 2, Value: a.Person}, {Ordinal: 3, Value: organisation},
		{Ordinal: 4, Value: hex.EncodeToString(a.Invitation)}, {Ordinal: 5, Value: int64(a.Epoch)},
	}
}

// Actor is who acts.
func (t *Tx) Actor() policy.Actor { return t.actor }

// Keys are the keys of the program.
func (t *Tx) Keys() *seal.Keyring { return t.db.keys }

// commit ends the transaction for good; a failed statement anywhere in it makes it a rollback and an error.
func (t *Tx) commit(ctx context.Context) error {
	if t.failed != nil {
		t.rollback(ctx)
		return t.failed
	}
	t.db.trace(ctx, "COMMIT")
	if _, err := t.conn.ExecContext(ctx, "COMMIT"); err != nil {
		t.rollback(ctx)
		return translate(err)
	}
	t.ended = true
	return t.conn.Close()
}

// rollback gives the connection back clean, or not at all. It does nothing after the end of the transaction, so that it
// can be deferred: whatever happens, a panic too, no connection stays behind with its locks.
func (t *Tx) rollback(ctx context.Context) {
	if t.ended {
		return
	}
	t.ended = true
	if _, err := t.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK"); err != nil {
		_ = t.conn.Raw(func(any) error { return driver.ErrBadConn })
	}
	_ = t.conn.Close()
}

// get reads one row into dest; none is sql.ErrNoRows.
func (t *Tx) get(ctx context.Context, dest any, query string, args ...any) error {
	return t.query(ctx, asked{query: query, args: args, into: one(dest)})
}

// all reads rows into dest, a pointer to a slice.
func (t *Tx) all(ctx context.Context, dest any, query string, args ...any) error {
	return t.query(ctx, asked{query: query, args: args, into: list(dest)})
}

func (t *Tx) query(ctx context.Context, a asked) error {
	t.db.trace(ctx, a.query)
	return t.keep(t.conn.Raw(func(c any) error { return c.(*session).query(ctx, t.role, a) }))
}

// exec writes and says how many rows it touched.
func (t *Tx) exec(ctx context.Context, query string, args ...any) (n int64, err error) {
	t.db.trace(ctx, query)
	return n, t.keep(t.conn.Raw(func(c any) error {
		n, err = c.(*session).write(ctx, t.role, query, args)
		return err
	}))
}

// must is exec for a statement that touches at least one row: none means that the row is hidden or gone.
func (t *Tx) must(ctx context.Context, query string, args ...any) error {
	n, err := t.exec(ctx, query, args...)
	if err == nil && n == 0 {
		return sql.ErrNoRows
	}
	return err
}

// as goes on under the role of one of the market's own hands, in the same transaction and for the same person.
func (t *Tx) as(ctx context.Context, role policy.Role) error {
	var is string
	err := t.get(ctx, &is, "SELECT set_config('role', $1, true)", role.Database())
	if err == nil {
		t.role = is
	}
	return err
}

// copyInto begins to copy rows into a table; the caller gives each row, keeps errors, and closes it.
func (t *Tx) copyInto(ctx context.Context, table string, columns []string) (*sql.Stmt, error) {
	t.db.trace(ctx, "COPY "+table)
	into, err := t.conn.PrepareContext(ctx, "COPY "+table+" ("+strings.Join(columns, ", ")+") FROM STDIN")
	return into, t.keep(err)
}

// keep remembers that a statement failed.
func (t *Tx) keep(err error) error {
	if err == nil || errors.Is(err, sql.ErrNoRows) {
		return err
	}
	err = translate(err)
	t.failed = err
	return err
}

// exists refuses, as absent, what a query of rows does not find.
func (t *Tx) exists(ctx context.Context, what, query string, args ...any) error {
	var found bool
	err := t.get(ctx, &found, "SELECT EXISTS ("+query+")", args...)
	if err == nil && !found {
		return market.Absent(what)
	}
	return err
}
