package session

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jmoiron/sqlx"
)

// ErrUnavailable says that there was no connection to be had.
var ErrUnavailable = errors.New("the database is busy or away")

// Caller is who a transaction is for: the database role that it takes, and what the database is told of who asks.
type Caller struct {
	Role                           string
	Person, Organisation, CodeHash string
	Epoch                          int64
}

func (c Caller) values() []driver.NamedValue {
	return []driver.NamedValue{
		{Ordinal: 1, Value: c.Role},
		{Ordinal: 2, Value: c.Person},
		{Ordinal: 3, Value: c.Organisation},
		{Ordinal: 4, Value: c.CodeHash},
		{Ordinal: 5, Value: c.Epoch},
	}
}

// Pool holds connections. Its transactions are the only ways to them for what a caller reads or writes.
type Pool struct {
	*sqlx.DB
	trace func(ctx context.Context, statement string)
}

// Open makes a pool of the connections that a connector opens. Trace hears of each statement.
func Open(c driver.Connector, trace func(ctx context.Context, statement string)) (*Pool, error) {
	layouts, err := lru.New[rowsOf, *Layout](4 * mostPrepared)
	if err != nil {
		return nil, err
	}
	return &Pool{sqlx.NewDb(sql.OpenDB(connector{c, layouts}), "postgres"), trace}, nil
}

// How a transaction begins.
const (
	ReadOnly  = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	ReadWrite = "BEGIN ISOLATION LEVEL READ COMMITTED"
)

// Begin opens a transaction for a caller in one round trip.
func (p *Pool) Begin(ctx context.Context, mode string, who Caller) (tx *Tx, err error) {
	entry, _ := literals(who.values())
	return tx, p.fresh(ctx, func(c *sqlx.Conn) (bool, error) {
		tx = &Tx{conn: c, trace: p.trace, role: who.Role}
		p.trace(ctx, mode)
		_, err := c.ExecContext(ctx, mode+"; SELECT dps.enter"+entry)
		if err != nil {
			tx.Rollback(ctx)
		}
		return false, err
	})
}

// Ask reads what is asked in a transaction of one statement and one round trip. It says false, without an error, where that cannot be:
// the statement is new to the connection, or its arguments cannot be written into a text.
func (p *Pool) Ask(ctx context.Context, who Caller, q Query) (answered bool, err error) {
	return answered, p.fresh(ctx, func(c *sqlx.Conn) (bool, error) {
		err := onConn(c, func(c *conn) (err error) {
			answered, err = c.ask(ctx, who, &q)
			return err
		})
		_ = c.Close()
		if answered || err != nil {
			p.trace(ctx, callOnce)
			p.trace(ctx, q.Text)
		}
		return answered, err
	})
}

// fresh runs fn with a connection. One that proves to be broken before anything has come from it, which fn says, is replaced, twice.
func (p *Pool) fresh(ctx context.Context, fn func(*sqlx.Conn) (came bool, err error)) error {
	for attempt := 0; ; attempt++ {
		c, err := p.Connx(ctx)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		came, err := fn(c)
		if came || err == nil || attempt == 2 || !errors.Is(err, driver.ErrBadConn) {
			return err
		}
	}
}

func onConn(c *sqlx.Conn, fn func(*conn) error) error {
	return c.Raw(func(raw any) error { return fn(raw.(*conn)) })
}

// Tx is one transaction for one caller.
type Tx struct {
	conn  *sqlx.Conn
	trace func(ctx context.Context, statement string)
	role  string // that statements run as now
	ended bool
}

// Query reads what is asked.
func (t *Tx) Query(ctx context.Context, q Query) error {
	t.trace(ctx, q.Text)
	return onConn(t.conn, func(c *conn) error { return c.query(ctx, t.role, &q) })
}

// Exec writes, and says how many rows it touched.
func (t *Tx) Exec(ctx context.Context, text string, args ...any) (n int64, err error) {
	t.trace(ctx, text)
	return n, onConn(t.conn, func(c *conn) error {
		n, err = c.exec(ctx, t.role, text, args)
		return err
	})
}

// Copy begins to copy rows into a table; the caller gives each row, and closes it.
func (t *Tx) Copy(ctx context.Context, table string, columns []string) (*sql.Stmt, error) {
	t.trace(ctx, "COPY "+table)
	return t.conn.PrepareContext(ctx, "COPY "+table+" ("+strings.Join(columns, ", ")+") FROM STDIN")
}

// Become goes on under another database role, in the same transaction and for the same person.
func (t *Tx) Become(ctx context.Context, role string) error {
	err := t.Query(ctx, One(&role, "SELECT set_config('role', $1, true)", role))
	if err == nil {
		t.role = role
	}
	return err
}

// Commit ends the transaction for good. PostgreSQL answers the COMMIT of a transaction in which a statement failed with a silent
// rollback: the caller remembers failures.
func (t *Tx) Commit(ctx context.Context) error {
	t.trace(ctx, "COMMIT")
	if _, err := t.conn.ExecContext(ctx, "COMMIT"); err != nil {
		t.Rollback(ctx)
		return err
	}
	t.ended = true
	return t.conn.Close()
}

// Rollback gives the connection back clean, or not at all. It does nothing after the end of the transaction, so that it can be deferred:
// whatever happens, a panic too, no connection stays behind with its locks.
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
