package session

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"reflect"
)

// Query is a statement with its arguments, and where its answer goes.
type Query struct {
	Text string
	Args []any

	form form
	typ  reflect.Type                              // of a row
	take func(layout *Layout, record string) error // one record of the answer
	none error                                     // of an answer without a record
}

// form is how a statement answers.
type form int

const (
	noRows    form = iota
	plainRows      // each is made one record, in PostgreSQL's binary form; its columns are found out
	lists          // one record of arrays of records, with layouts that are given
)

// One reads the first row into dest, a pointer to a struct or to a value of one column; none is sql.ErrNoRows.
func One(dest any, text string, args ...any) Query {
	into, taken := reflect.ValueOf(dest).Elem(), false
	return Query{text, args, plainRows, into.Type(), func(layout *Layout, record string) error {
		if taken {
			return nil
		}
		taken = true
		return layout.decode(into, record)
	}, sql.ErrNoRows}
}

// All reads the rows into dest, a pointer to a slice of structs, of pointers to structs, or of values of one column.
func All(dest any, text string, args ...any) Query {
	all := reflect.ValueOf(dest).Elem()
	typ := all.Type().Elem()
	points := typ.Kind() == reflect.Pointer && isRow(typ.Elem())
	if points {
		typ = typ.Elem()
	}
	return Query{text, args, plainRows, typ, func(layout *Layout, record string) error {
		row := reflect.New(typ)
		err := layout.decode(row.Elem(), record)
		if !points {
			row = row.Elem()
		}
		all.Set(reflect.Append(all, row))
		return err
	}, nil}
}

// Lists reads lists of rows at once: the statement answers records of their rows, before each a byte that says of which list, by the
// place of its layout. Of each, dest gets a []*T.
func Lists(layouts []*Layout, dest *[]reflect.Value, text string, args ...any) Query {
	*dest = make([]reflect.Value, len(layouts))
	for i, layout := range layouts {
		(*dest)[i] = reflect.Zero(reflect.SliceOf(reflect.PointerTo(layout.typ)))
	}
	return Query{text, args, lists, nil, func(_ *Layout, record string) error {
		if record == "" || int(record[0]) >= len(layouts) {
			return errors.New("a record of no list")
		}
		list, layout := &(*dest)[record[0]], layouts[record[0]]
		row := reflect.New(layout.typ)
		*list = reflect.Append(*list, row)
		return layout.decode(row.Elem(), record[1:])
	}, nil}
}

// statement is a text and the role that it runs as. PostgreSQL plans a statement under row-level security again whenever it meets it
// under another role, so each role has its own.
type statement struct {
	role, text string
	form       form
}

func (q *Query) statement(role string) statement { return statement{role, q.Text, q.form} }

// sent is the text that is prepared. It names the role, for people who look at what PostgreSQL does. No column has the
// name of the rows.
func (s statement) sent() string {
	text := "/* " + s.role + " */ " + s.text
	if s.form == plainRows {
		text = "/* " + s.role + ` */ WITH "#row" AS (` + s.text + `) SELECT record_send("#row") FROM "#row"`
	}
	return text
}

// read gives the records of an answer to where they go.
func (q *Query) read(rows driver.Rows, layout *Layout) (err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	row, none := make([]driver.Value, 1), q.none
	for {
		switch err := rows.Next(row); {
		case errors.Is(err, io.EOF):
			return none
		case err != nil:
			return err
		}
		record, ok := row[0].([]byte)
		if !ok {
			return fmt.Errorf("a %T for a record", row[0])
		}
		none = nil
		if err := q.take(layout, string(record)); err != nil { // one copy for all of its texts: the driver uses its bytes again
			return err
		}
	}
}
