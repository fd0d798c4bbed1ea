package engine

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jmoiron/sqlx/reflectx"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/policy"
)

// sessions opens connections that prepare each statement once and run it by name from then on: PostgreSQL then neither
// parses it again nor, for most, plans it again.
type sessions struct {
	driver.Connector
	readers *lru.Cache[read, *reader] // of all connections
}

// Read is a query and the type that its rows are read into.
type read struct {
	query string
	typ   reflect.Type
}

func newSessions(c driver.Connector) (sessions, error) {
	readers, err := lru.New[read, *reader](4 * mostPrepared)
	return sessions{c, readers}, err
}

func (s sessions) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := s.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &session{connection: conn.(connection), prepared: map[statement]*prepared{}, readers: s.readers}, nil
}

// connection is what a connection of lib/pq can do and database/sql asks for.
type connection interface {
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

type session struct {
	connection
	prepared map[statement]*prepared
	readers  *lru.Cache[read, *reader]
}

// statement is a text and the role that it runs as: PostgreSQL plans a statement under row security anew whenever it meets it under
// another role, so each role has its own.
type statement struct {
	role, query string
	answers     bool   // rows, each as one value in PostgreSQL's binary form (scan.go)
	below       string // a query of what comes below those rows; "" for none
}

// text is what is prepared; the role stands in it for whoever looks at what PostgreSQL does. No column has the name of the rows.
func (s statement) text() string {
	role := "/* " + s.role + " */ "
	switch {
	case !s.answers:
		return role + s.query
	case s.below == "":
		return role + `WITH "#row" AS (` + s.query + `) SELECT record_send("#row") FROM "#row"`
	default:
		return role + `WITH ` + above + ` AS MATERIALIZED (` + s.query + `), "#row" AS (` + s.below + `) SELECT record_send(` + above + `) FROM ` + above + //nolint:misspell // SQL's own word
			` UNION ALL SELECT '\x01'::bytea || record_send("#row") FROM "#row"`
	}
}

// lockRouteFacts is a query with its arguments, where its rows go, and what comes below them.
type asked struct {
	query string
	args  []any
	into  destination
	below *below // nil where nothing does
}

func (a asked) statement(role string) statement {
	s := statement{role: role, query: a.query, answers: true}
	if a.below != nil {
		s.below = a.below.query
	}
	return s
}

// prepared is a statement of one connection.
type prepared struct {
	driver.Stmt
	name        string  // in SQL; "" until it was asked for
	into, below *reader // for the types that it was last read into; nil before
}

// fits says whether rows were read before into what is asked now.
func (p *prepared) fits(a asked) bool {
	return p.into != nil && p.into.typ == a.into.typ && (a.below == nil || p.below.typ == a.below.into.typ)
}

// mostPrepared bounds what a connection keeps: the sizes of pages stand in their statements, and callers choose them.
const mostPrepared = 500

// rolesScript gives the prepared form of a statement.
func (s *session) prepare(ctx context.Context, of statement) (*prepared, error) {
	if known, there := s.prepared[of]; there {
		return known, nil
	}
	if len(s.prepared) == mostPrepared {
		if err := s.forget(); err != nil {
			return nil, err
		}
	}
	made, err := s.PrepareContext(ctx, of.text())
	if err != nil {
		return nil, err
	}
	s.prepared[of] = &prepared{Stmt: made}
	return s.prepared[of], nil
}

func (s *session) forget() error {
	for of, p := range s.prepared {
		if err := p.Close(); err != nil {
			return err
		}
		delete(s.prepared, of)
	}
	return nil
}

// write runs a statement that answers nothing, in the open transaction and under its role, and says how many rows it touched.
func (s *session) write(ctx context.Context, role, query string, args []any) (int64, error) {
	values, err := s.values(args)
	if err != nil {
		return 0, err
	}
	p, err := s.prepare(ctx, statement{role: role, query: query})
	if err != nil {
		return 0, err
	}
	done, err := p.Stmt.(driver.StmtExecContext).ExecContext(ctx, values)
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

// queryRows reads the rows of a query, in the open transaction and under its role.
func (s *session) query(ctx context.Context, role string, a asked) error {
	values, err := s.values(a.args)
	if err != nil {
		return err
	}
	p, err := s.prepare(ctx, a.statement(role))
	if err != nil {
		return err
	}
	if !p.fits(a) {
		if err := s.fit(ctx, p, a, values); err != nil {
			return err
		}
	}
	rows, err := p.Stmt.(driver.StmtQueryContext).QueryContext(ctx, values)
	if err != nil {
		return err
	}
	return p.read(rows, a)
}

// fit finds the readers of a query.
func (s *session) fit(ctx context.Context, p *prepared, a asked, values []driver.NamedValue) (err error) {
	if a.below != nil {
		with := "WITH " + above + " AS (" + a.query + `), "#row" AS (` + a.below.query + `) SELECT * FROM "#row"`
		if p.below, err = s.reader(ctx, with, values, a.below.into.typ); err != nil {
			return err
		}
	}
	p.into, err = s.reader(ctx, a.query, values, a.into.typ)
	return err
}

// reader reads rows of a query into a type. Their columns have no names in binary form, so these are asked for once; a value of
// one column needs none.
func (s *session) reader(ctx context.Context, query string, values []driver.NamedValue, typ reflect.Type) (*reader, error) {
	if known, there := s.readers.Get(read{query, typ}); there {
		return known, nil
	}
	var columns []string
	if isRow(reflectx.Deref(typ)) {
		none, err := s.QueryContext(ctx, `SELECT * FROM (`+query+`) "#row" LIMIT 0`, values)
		if err != nil {
			return nil, err
		}
		columns = none.Columns()
		if err := none.Close(); err != nil {
			return nil, err
		}
	}
	made, err := NewReader(typ, columns)
	if err == nil {
		s.readers.Add(read{query, typ}, made)
	}
	return made, err
}

// askOnce is what a transaction of one query sends: who asks, and what.
const askOnce = "SELECT ask($1, $2, $3, $4, $5, $6)"

// askInOneRoundTrip reads the rows of a query in a transaction of its own, which is opened and ended in the same round trip. It says false, and
// no row has gone anywhere, where there was no answer: without an error, because this connection has not met the query yet, or cannot
// write its arguments into a text.
func (s *session) ask(ctx context.Context, who policy.Actor, a asked) (bool, error) {
	ask, err := s.prepare(ctx, statement{role: "any", query: askOnce}) // first, because what is called may have to make room for it
	if err != nil {
		return false, err
	}
	of := a.statement(who.Role.Database())
	p := s.prepared[of]
	if p == nil || !p.fits(a) {
		return false, nil
	}
	values, err := s.values(a.args)
	if err != nil {
		return false, err
	}
	text, can := literals(values)
	if !can {
		return false, nil
	}
	if p.name == "" {
		if p.name, err = s.nameOf(ctx, of.text()); err != nil {
			return false, err
		}
	}
	rows, err := ask.Stmt.(driver.StmtQueryContext).QueryContext(ctx, append(entryArguments(who), driver.NamedValue{Ordinal: 6, Value: p.name + text}))
	if err != nil {
		return false, err
	}
	return true, p.read(rows, a)
}

// nameOf is the name that the driver gave to a prepared statement.
func (s *session) nameOf(ctx context.Context, statement string) (name string, err error) {
	rows, err := s.QueryContext(ctx, "SELECT quote_ident(name) FROM pg_prepared_statements WHERE statement = $1", []driver.NamedValue{{Ordinal: 1, Value: statement}})
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

// literals are arguments in brackets, as SQL reads them, of whatever type the statement gives them; false where the text of one
// depends on that.
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
func (s *session) values(args []any) ([]driver.NamedValue, error) {
	values := make([]driver.NamedValue, len(args))
	for i, arg := range args {
		values[i] = driver.NamedValue{Ordinal: i + 1, Value: arg}
		err := s.CheckNamedValue(&values[i])
		if errors.Is(err, driver.ErrSkip) {
			values[i].Value, err = driver.DefaultParameterConverter.ConvertValue(arg)
		}
		if err != nil {
			return nil, fmt.Errorf("argument %d: %w", i+1, err)
		}
	}
	return values, nil
}
