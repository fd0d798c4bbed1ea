package session

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// ErrUnavailable says that there was no connection to be had.
var ErrUnavailable = errors.New("the database is busy or away")

// Caller is who a transaction is for: the database role that it takes, and what the database is told of who asks.
type Caller struct {
	Role                           string
	Person, Organisation, CodeHash string
	Epoch                          int64
}

func (c Caller) entryArgs() []any {
	return []any{c.Role, c.Person, c.Organisation, c.CodeHash, c.Epoch}
}

// Pool holds connections. Its transactions are the only ways to them for what a caller reads or writes.
type Pool struct {
	*sqlx.DB
	trace   func(ctx context.Context, statement string)
	layouts *lru.Cache[rowsOf, *Layout]
	idle    int // connections at most that nobody uses
}

// rowsOf is a query and the type of its rows.
type rowsOf struct {
	text    string
	rowType reflect.Type
}

// Open makes a pool of the connections that a connector opens. Statement is how long a statement may take: where no answer
// has come by then, the connection is given up as broken; 0 for any time. Trace hears of each statement.
func Open(c *pq.Connector, statement time.Duration, trace func(ctx context.Context, statement string)) (*Pool, error) {
	layouts, err := lru.New[rowsOf, *Layout](4 * mostPrepared)
	if err != nil {
		return nil, err
	}
	silence := statement
	if silence > 0 {
		silence += networkDelay
	}
	p := &Pool{trace: trace, layouts: layouts}
	p.DB = sqlx.NewDb(sql.OpenDB(connector{c, silence, p.dropIdle}), "postgres")
	return p, nil
}

// dropIdle closes the connections that nobody uses. Those in use are bounded by what callers ask of them.
func (p *Pool) dropIdle() {
	p.SetMaxIdleConns(-1)
	p.SetMaxIdleConns(p.idle)
}

// SetSize sets how many connections there are at most. All of them may be idle.
func (p *Pool) SetSize(n int) {
	p.idle = n
	p.SetMaxOpenConns(n)
	p.SetMaxIdleConns(n)
}

// How a transaction begins.
const (
	ReadOnly  = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	ReadWrite = "BEGIN ISOLATION LEVEL READ COMMITTED"
)

// Begin opens a transaction for a caller in one round trip.
func (p *Pool) Begin(ctx context.Context, mode string, who Caller) (tx *Tx, err error) {
	return tx, p.onFreshConn(ctx, func(c *sqlx.Conn) (bool, error) {
		tx = &Tx{conn: c, pool: p, role: who.Role}
		p.trace(ctx, mode)
		_, err := c.ExecContext(ctx, beginning(mode, who))
		if err != nil {
			tx.Rollback(ctx)
		}
		return false, err
	})
}

// askStatement is a transaction of one round trip: who asks, and the call of a prepared statement.
const askStatement = "SELECT ask($1, $2, $3, $4, $5, $6)"

// Ask reads what is asked in a transaction of one statement and one round trip. It says false, without an error, where that cannot be:
// the statement is new to the connection, or its arguments cannot be written into a text.
func (p *Pool) Ask(ctx context.Context, who Caller, q Query) (answered bool, err error) {
	args, ok := quoteLiterals(q.Args)
	layouts := p.layoutsOf(&q)
	if !ok || layouts == nil {
		return false, nil
	}
	came, add := false, q.add
	q.add = func(list int, row reflect.Value) {
		came = true
		add(list, row)
	}
	return answered, p.onFreshConn(ctx, func(c *sqlx.Conn) (bool, error) {
		defer c.Close()
		err := onDriver(c, func(c *conn) error {
			ask := forRole("any", askStatement)
			name, err := c.preparedName(ctx, ask, q.sentAs(who.Role))
			if name == "" || err != nil {
				return err
			}
			p.trace(ctx, askStatement)
			p.trace(ctx, q.Text)
			err = q.readRows(ctx, c, ask, append(who.entryArgs(), name+args), layouts)
			answered = err == nil
			return err
		})
		return came, err
	})
}

// layoutsOf is how the rows of a query go into their types; nil where that has not been found out.
func (p *Pool) layoutsOf(q *Query) []*Layout {
	if known, ok := p.layouts.Get(rowsOf{q.Text, q.rowType}); ok {
		return []*Layout{known}
	}
	return q.layouts
}

// onFreshConn runs fn with a connection. One that proves to be broken before anything has come from it, which fn says, is replaced: all
// that are idle can be, and then one is opened.
func (p *Pool) onFreshConn(ctx context.Context, fn func(*sqlx.Conn) (came bool, err error)) error {
	for attempt := 0; ; attempt++ {
		c, err := p.freeConn(ctx)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		came, err := fn(c)
		if came || err == nil || attempt > max(2, p.idle) || !errors.Is(err, driver.ErrBadConn) {
			return err
		}
	}
}

// longestQueue is how long a caller waits for a connection, however long the caller has.
const longestQueue = 10 * time.Second

func (p *Pool) freeConn(ctx context.Context) (*sqlx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, longestQueue)
	defer cancel()
	return p.Connx(ctx)
}

// Tx is one transaction for one caller.
type Tx struct {
	conn  *sqlx.Conn
	pool  *Pool
	role  string // that statements run as now
	ended bool
}

// Query reads what is asked.
func (t *Tx) Query(ctx context.Context, q Query) error {
	t.pool.trace(ctx, q.Text)
	layouts := t.pool.layoutsOf(&q)
	if layouts == nil {
		found, err := t.findLayout(ctx, &q)
		if err != nil {
			return err
		}
		layouts = []*Layout{found}
	}
	return onDriver(t.conn, func(c *conn) error { return q.readRows(ctx, c, q.sentAs(t.role), q.Args, layouts) })
}

func onDriver(c *sqlx.Conn, fn func(*conn) error) error {
	return c.Raw(func(raw any) error {
		own := raw.(*conn)
		return own.note(fn(own))
	})
}

// findLayout finds out how the rows of a query go into their type.
func (t *Tx) findLayout(ctx context.Context, q *Query) (*Layout, error) {
	columns, err := t.columnNames(ctx, q)
	if err != nil {
		return nil, err
	}
	made, err := NewLayout(q.rowType, columns...)
	if err == nil {
		t.pool.layouts.Add(rowsOf{q.Text, q.rowType}, made)
	}
	return made, err
}

// columnNames asks for the names of a query's columns, once, because those of a record have none; a value of one column needs none.
func (t *Tx) columnNames(ctx context.Context, q *Query) ([]string, error) {
	if !hasColumns(q.rowType) {
		return nil, nil
	}
	none, err := t.conn.QueryContext(ctx, `SELECT * FROM (`+q.Text+`) "#row" LIMIT 0`, q.Args...)
	if err != nil {
		return nil, err
	}
	defer none.Close()
	names, err := none.Columns()
	return names, errors.Join(err, none.Err())
}

// Exec writes, and says how many rows it touched.
func (t *Tx) Exec(ctx context.Context, text string, args ...any) (int64, error) {
	t.pool.trace(ctx, text)
	done, err := t.conn.ExecContext(ctx, forRole(t.role, text), args...)
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

// Copy begins to copy rows into a table; the caller gives each row, and closes it.
func (t *Tx) Copy(ctx context.Context, table string, columns []string) (*sql.Stmt, error) {
	t.pool.trace(ctx, "COPY "+table)
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

// Extend lets each statement of the transaction take longer than usual, and wait longer for a lock.
func (t *Tx) Extend(ctx context.Context, statement, lock time.Duration) error {
	var none string
	err := t.Query(ctx, One(&none, "SELECT set_config('statement_timeout', $1, true) || set_config('lock_timeout', $2, true)",
		milliseconds(statement), milliseconds(lock)))
	if err != nil {
		return err
	}
	return onDriver(t.conn, func(c *conn) error {
		c.wire.allow(statement + networkDelay)
		return nil
	})
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// Commit ends the transaction for good. A caller that gives up does not stop it: PostgreSQL would cease to wait for its standby and commit
// alone, and what it then tells others could be lost with it. A COMMIT that is not answered in time is left to PostgreSQL. It answers that
// of a transaction in which a statement failed with a silent rollback: the caller remembers failures.
func (t *Tx) Commit(ctx context.Context) error {
	t.pool.trace(ctx, "COMMIT")
	if _, err := t.conn.ExecContext(context.WithoutCancel(ctx), "COMMIT"); err != nil {
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
