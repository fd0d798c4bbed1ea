package session

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

// connector opens connections that prepare each statement once and run it by name from then on: PostgreSQL then neither parses it again
// nor, for most, plans it again.
type connector struct {
	*pq.Connector
	silence time.Duration // the longest wait for a sign of life
	left    func()
}

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	own, network := *c.Connector, &dialer{silence: c.silence}
	own.Dialer(network)
	opened, err := own.Connect(ctx)
	if err != nil {
		return nil, err
	}
	network.silence = longestCancel
	return &conn{opened.(driverConn), map[string]*prepared{}, network.first, c.silence, c.left, false}, nil
}

// driverConn is what a connection of lib/pq can do and database/sql asks for.
type driverConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.NamedValueChecker
	driver.Pinger
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

// conn is a connection of lib/pq that prepares whatever names its role.
type conn struct {
	driverConn
	prepared map[string]*prepared // by their texts
	wire     *wire
	silence  time.Duration // the longest wait, unless a transaction extends it
	left     func()        // hears that the server of the connection is not the one to write to any more
	useless  bool
}

// prepared is a statement of one connection.
type prepared struct {
	driver.Stmt
	name string // in SQL; "" until somebody calls it by its name
}

// mostPrepared bounds what a connection keeps: the sizes of pages are in their statements, and callers choose them.
const mostPrepared = 500

// roleMark begins a statement that is prepared. PostgreSQL plans a statement under row-level security again whenever it meets it under
// another role, so each role has its own. Whoever looks at what PostgreSQL does finds the role there too.
const roleMark = "/* "

// forRole is a statement as it is prepared for a role.
func forRole(role, text string) string { return roleMark + role + " */ " + text }

// PrepareContext is for database/sql.
func (c *conn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	c.wire.ask(ctx)
	return c.driverConn.PrepareContext(ctx, text)
}

// Ping is for database/sql.
func (c *conn) Ping(ctx context.Context) error {
	c.wire.ask(ctx)
	return c.driverConn.Ping(ctx)
}

// ResetSession is for database/sql, before a caller gets the connection: whoever had it before cannot give it up any more.
func (c *conn) ResetSession(ctx context.Context) error {
	c.wire.ask(context.WithoutCancel(ctx))
	c.wire.allow(c.silence)
	return c.driverConn.ResetSession(ctx)
}

// Close is for database/sql.
func (c *conn) Close() error {
	c.wire.ask(context.Background())
	return c.driverConn.Close()
}

// note looks at what PostgreSQL answered. After a failover the server can be a standby, where nothing can be written, or a pooler can have
// given the connection another session, where nothing is prepared: the connection is of no use then.
func (c *conn) note(err error) error {
	if pq.As(err, pqerror.ReadOnlySQLTransaction, pqerror.InvalidSQLStatementName) != nil && !c.useless {
		c.useless = true
		c.left()
	}
	return err
}

// IsValid is for database/sql, when a caller gives the connection back.
func (c *conn) IsValid() bool { return !c.useless && c.driverConn.IsValid() }

// QueryContext is for database/sql.
func (c *conn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	c.wire.ask(ctx)
	if !strings.HasPrefix(text, roleMark) {
		return c.driverConn.QueryContext(ctx, text, args)
	}
	p, err := c.prepareOnce(ctx, text)
	if err != nil {
		return nil, c.note(err)
	}
	rows, err := p.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	return rows, c.note(err)
}

// ExecContext is for database/sql.
func (c *conn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	c.wire.ask(ctx)
	if !strings.HasPrefix(text, roleMark) {
		return c.driverConn.ExecContext(ctx, text, args)
	}
	p, err := c.prepareOnce(ctx, text)
	if err != nil {
		return nil, c.note(err)
	}
	done, err := p.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
	return done, c.note(err)
}

func (c *conn) prepareOnce(ctx context.Context, text string) (*prepared, error) {
	if p, ok := c.prepared[text]; ok {
		return p, nil
	}
	if len(c.prepared) == mostPrepared {
		for other, p := range c.prepared {
			if err := p.Close(); err != nil {
				return nil, err
			}
			delete(c.prepared, other)
		}
	}
	made, err := c.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	c.prepared[text] = &prepared{Stmt: made}
	return c.prepared[text], nil
}

// namedValues are arguments as the driver takes them.
func (c *conn) namedValues(args []any) ([]driver.NamedValue, error) {
	values := make([]driver.NamedValue, len(args))
	for i, arg := range args {
		values[i] = driver.NamedValue{Ordinal: i + 1, Value: arg}
		err := c.CheckNamedValue(&values[i])
		if errors.Is(err, driver.ErrSkip) {
			values[i].Value, err = driver.DefaultParameterConverter.ConvertValue(arg)
		}
		if err != nil {
			return nil, fmt.Errorf("argument %d: %w", i+1, err)
		}
	}
	return values, nil
}

// preparedName is the name that the driver gave to a statement when it prepared it; "" where it has not. The caller is prepared first, so
// that what is called is not forgotten to make room for it.
func (c *conn) preparedName(ctx context.Context, caller, text string) (string, error) {
	if _, err := c.prepareOnce(ctx, caller); err != nil {
		return "", err
	}
	return c.nameOf(ctx, text)
}

// nameOf is the name of a statement in SQL; "" where it is not prepared.
func (c *conn) nameOf(ctx context.Context, text string) (string, error) {
	p, ok := c.prepared[text]
	if !ok {
		return "", nil
	}
	if p.name != "" {
		return p.name, nil
	}
	c.wire.ask(ctx)
	rows, err := c.driverConn.QueryContext(ctx, "SELECT quote_ident(name) FROM pg_prepared_statements WHERE statement = $1",
		[]driver.NamedValue{{Ordinal: 1, Value: text}})
	if err != nil {
		return "", err
	}
	defer rows.Close()
	row := make([]driver.Value, 1)
	if err := rows.Next(row); err != nil {
		return "", fmt.Errorf("name of a prepared statement: %w", err)
	}
	p.name = row[0].(string)
	return p.name, nil
}
