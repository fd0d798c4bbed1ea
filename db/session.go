package db

import (
	"context"
	"database/sql/driver"
	"reflect"
	"strings"
)

// sessions opens connections that prepare each statement once and run it by name from then on: PostgreSQL then neither
// parses it again nor, for most, plans it again.
type sessions struct{ driver.Connector }

func (s sessions) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := s.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &session{connection: conn.(connection), prepared: map[string]*prepared{}}, nil
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
	prepared map[string]*prepared
}

// prepared is a statement of one connection, and how its rows become values.
type prepared struct {
	driver.Stmt
	into *reader // for the type that it was last read into; nil before
}

// reader reads the statement's rows into values of a type.
func (p *prepared) reader(typ reflect.Type, columns []string) (*reader, error) {
	if p.into != nil && p.into.typ == typ {
		return p.into, nil
	}
	r, err := newReader(typ, columns)
	if err == nil {
		p.into = r
	}
	return r, err
}

// mostPrepared bounds what a connection keeps: the sizes of pages stand in their statements, and callers choose them.
const mostPrepared = 500

// labelled marks a statement that is worth preparing, with the role that it runs as: PostgreSQL plans a statement under
// row security anew whenever it meets it under another role, so each role has its own.
func labelled(role, query string) string { return "/* " + role + " */ " + query }

func (s *session) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if !strings.HasPrefix(query, "/* ") {
		return s.connection.ExecContext(ctx, query, args)
	}
	p, err := s.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return p.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
}

// statement is the prepared form of a labelled query.
func (s *session) statement(ctx context.Context, query string) (*prepared, error) {
	if known, there := s.prepared[query]; there {
		return known, nil
	}
	if len(s.prepared) == mostPrepared {
		if err := s.forget(); err != nil {
			return nil, err
		}
	}
	made, err := s.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s.prepared[query] = &prepared{Stmt: made}
	return s.prepared[query], nil
}

func (s *session) forget() error {
	for query, statement := range s.prepared {
		if err := statement.Close(); err != nil {
			return err
		}
		delete(s.prepared, query)
	}
	return nil
}
