package session

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/lib/pq"
)

// connector opens connections that prepare each statement once and run it by name from then on: PostgreSQL then neither parses it again
// nor, for most, plans it again.
type connector struct {
	driver.Connector
	layouts *lru.Cache[rowsOf, *Layout] // of all connections
}

// rowsOf is a query and the type of its rows.
type rowsOf struct {
	text string
	typ  reflect.Type
}

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{opened.(driverConn), map[statement]*prepared{}, c.layouts}, nil
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

type conn struct {
	driverConn
	prepared map[statement]*prepared
	layouts  *lru.Cache[rowsOf, *Layout]
}

// prepared is a statement of one connection.
type prepared struct {
	driver.Stmt
	name   string  // in SQL; "" until a call asks for it
	layout *Layout // of the rows that it was last read into; nil before
}

// knows says whether the layout of what is asked is known.
func (p *prepared) knows(q *Query) bool {
	return q.form == lists || p.layout != nil && p.layout.typ == q.typ
}

func (p *prepared) query(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return p.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
}

// mostPrepared limits what a connection keeps: callers choose the sizes of pages, which are part of their statements.
const mostPrepared = 500

// prepare gives the prepared form of a statement.
func (c *conn) prepare(ctx context.Context, s statement) (*prepared, error) {
	if p, ok := c.prepared[s]; ok {
		return p, nil
	}
	if len(c.prepared) == mostPrepared {
		if err := c.forget(); err != nil {
			return nil, err
		}
	}
	made, err := c.PrepareContext(ctx, s.sent())
	if err != nil {
		return nil, err
	}
	c.prepared[s] = &prepared{Stmt: made}
	return c.prepared[s], nil
}

func (c *conn) forget() error {
	for s, p := range c.prepared {
		if err := p.Close(); err != nil {
			return err
		}
		delete(c.prepared, s)
	}
	return nil
}

// exec runs a statement that answers nothing, in the open transaction and under its role, and says how many rows it touched.
func (c *conn) exec(ctx context.Context, role, text string, args []any) (int64, error) {
	values, err := c.values(args)
	if err != nil {
		return 0, err
	}
	p, err := c.prepare(ctx, statement{role: role, text: text})
	if err != nil {
		return 0, err
	}
	done, err := p.Stmt.(driver.StmtExecContext).ExecContext(ctx, values)
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

// query reads what is asked, in the open transaction and under its role.
func (c *conn) query(ctx context.Context, role string, q *Query) error {
	values, err := c.values(q.Args)
	if err != nil {
		return err
	}
	p, err := c.prepare(ctx, q.statement(role))
	if err != nil {
		return err
	}
	if !p.knows(q) {
		if p.layout, err = c.layout(ctx, q, values); err != nil {
			return err
		}
	}
	rows, err := p.query(ctx, values)
	if err != nil {
		return err
	}
	return q.read(rows, p.layout)
}

// layout finds out how the rows of a query go into their type. Their columns have no names in binary form, so these are asked for once;
// a value of one column needs none.
func (c *conn) layout(ctx context.Context, q *Query, values []driver.NamedValue) (*Layout, error) {
	key := rowsOf{q.Text, q.typ}
	if known, ok := c.layouts.Get(key); ok {
		return known, nil
	}
	var columns []string
	if isRow(q.typ) {
		none, err := c.QueryContext(ctx, `SELECT * FROM (`+q.Text+`) "#row" LIMIT 0`, values)
		if err != nil {
			return nil, err
		}
		columns = none.Columns()
		if err := none.Close(); err != nil {
			return nil, err
		}
	}
	made, err := NewLayout(q.typ, columns...)
	if err == nil {
		c.layouts.Add(key, made)
	}
	return made, err
}

// callOnce is what a transaction of one round trip sends: who asks, and the call of a prepared statement.
const callOnce = "SELECT ask($1, $2, $3, $4, $5, $6)"

// ask reads what is asked in a transaction of its own, which is opened and ended in the same round trip. It says false, and nothing has
// gone anywhere, where there was no answer: without an error, because this connection has not met the query yet, or cannot write its
// arguments into a text.
func (c *conn) ask(ctx context.Context, who Caller, q *Query) (bool, error) {
	call, err := c.prepare(ctx, statement{role: "any", text: callOnce}) // first: what is called must not be forgotten to make room for it
	if err != nil {
		return false, err
	}
	s := q.statement(who.Role)
	p := c.prepared[s]
	if p == nil || !p.knows(q) {
		return false, nil
	}
	values, err := c.values(q.Args)
	if err != nil {
		return false, err
	}
	text, ok := literals(values)
	if !ok {
		return false, nil
	}
	if p.name == "" {
		if p.name, err = c.nameOf(ctx, s.sent()); err != nil {
			return false, err
		}
	}
	rows, err := call.query(ctx, append(who.values(), driver.NamedValue{Ordinal: 6, Value: p.name + text}))
	if err != nil {
		return false, err
	}
	return true, q.read(rows, p.layout)
}

// nameOf is the name that the driver gave to a prepared statement.
func (c *conn) nameOf(ctx context.Context, sent string) (name string, err error) {
	rows, err := c.QueryContext(ctx, "SELECT quote_ident(name) FROM pg_prepared_statements WHERE statement = $1",
		[]driver.NamedValue{{Ordinal: 1, Value: sent}})
	if err != nil {
		return "", err
	}
	defer rows.Close()
	row := make([]driver.Value, 1)
	if err := rows.Next(row); err != nil {
		return "", fmt.Errorf("name of a prepared statement: %w", err)
	}
	return row[0].(string), nil
}

// literals are arguments in brackets, as SQL reads them, of whatever type the statement gives them; false where the text of one depends
// on that.
func literals(values []driver.NamedValue) (string, bool) {
	if len(values) == 0 {
		return "", true
	}
	texts := make([]string, len(values))
	for i, v := range values {
		switch value := v.Value.(type) {
		case nil:
			texts[i] = "NULL"
		case string:
			texts[i] = pq.QuoteLiteral(value)
		case time.Time:
			texts[i] = pq.QuoteLiteral(string(pq.FormatTimestamp(value)))
		case int64, float64, bool:
			texts[i] = pq.QuoteLiteral(fmt.Sprint(value))
		default:
			return "", false
		}
	}
	return "(" + strings.Join(texts, ", ") + ")", true
}

// values are arguments as the driver takes them.
func (c *conn) values(args []any) ([]driver.NamedValue, error) {
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
