package session

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/lib/pq"
)

// Query is a statement with its arguments, and where the rows of its answer go.
type Query struct {
	Text string
	Args []any
	Size *int // to which the bytes of the records are added; nil where nobody asks

	layouts []*Layout // of its lists of rows; nil where its rows are one list, whose columns are found out
	rowType reflect.Type
	add     func(list int, row reflect.Value) // a pointer to it
	isEmpty func() bool                       // where that is an error
}

// One reads the first row into dest, a pointer to a struct or to a value of one column; none is sql.ErrNoRows.
func One(dest any, text string, args ...any) Query {
	into, empty := reflect.ValueOf(dest).Elem(), true
	return Query{Text: text, Args: args, rowType: into.Type(), isEmpty: func() bool { return empty }, add: func(_ int, row reflect.Value) {
		if empty {
			into.Set(row.Elem())
		}
		empty = false
	}}
}

// All reads the rows into dest, a pointer to a slice of structs, of pointers to structs, or of values of one column.
func All(dest any, text string, args ...any) Query {
	all := reflect.ValueOf(dest).Elem()
	rowType := all.Type().Elem()
	points := rowType.Kind() == reflect.Pointer && hasColumns(rowType.Elem())
	if points {
		rowType = rowType.Elem()
	}
	return Query{Text: text, Args: args, rowType: rowType, add: func(_ int, row reflect.Value) {
		if !points {
			row = row.Elem()
		}
		all.Set(reflect.Append(all, row))
	}}
}

// Lists reads several lists of rows at once. The statement answers the records of their rows, before each a byte that says of which list
// it is, by the place of its layout. Of each list, dest gets pointers to its rows.
func Lists(layouts []*Layout, dest *[][]any, text string, args ...any) Query {
	*dest = make([][]any, len(layouts))
	return Query{Text: text, Args: args, layouts: layouts, add: func(list int, row reflect.Value) {
		(*dest)[list] = append((*dest)[list], row.Interface())
	}}
}

// sentAs is what is prepared for a role. No column has the name of the rows.
func (q *Query) sentAs(role string) string {
	if q.layouts != nil {
		return forRole(role, q.Text)
	}
	return forRole(role, `WITH "#row" AS (`+q.Text+`) SELECT '\x00'::bytea || record_send("#row") FROM "#row"`)
}

// readRows runs a statement on a connection and gives the rows of its answer to where they go. It goes past database/sql, which starts a
// goroutine for each answer.
func (q *Query) readRows(ctx context.Context, c *conn, text string, args []any, layouts []*Layout) (err error) {
	values, err := c.namedValues(args)
	if err != nil {
		return err
	}
	rows, err := c.QueryContext(ctx, text, values)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	return q.readRecords(rows, layouts)
}

// readRecords gives the records of one statement's answer to where they go.
func (q *Query) readRecords(rows driver.Rows, layouts []*Layout) error {
	types := typeMaps.Get().(*pgtype.Map)
	defer typeMaps.Put(types)
	answer := make([]driver.Value, 1)
	for {
		switch err := rows.Next(answer); {
		case errors.Is(err, io.EOF) && q.isEmpty != nil && q.isEmpty():
			return sql.ErrNoRows
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		record, _ := answer[0].([]byte)
		if len(record) == 0 || int(record[0]) >= len(layouts) {
			return errors.New("a record of no list")
		}
		if q.Size != nil {
			*q.Size += len(record)
		}
		list := int(record[0])
		row := reflect.New(layouts[list].rowType)
		if err := layouts[list].decodeRecord(row.Elem(), types, record[1:]); err != nil {
			return err
		}
		q.add(list, row)
	}
}

// quoteLiterals gives arguments in brackets, as SQL reads them, of whatever type the statement gives them; false where the text of one
// depends on that.
func quoteLiterals(args []any) (string, bool) {
	if len(args) == 0 {
		return "", true
	}
	texts := make([]string, len(args))
	for i, arg := range args {
		value, err := driver.DefaultParameterConverter.ConvertValue(arg)
		if err != nil {
			return "", false
		}
		var ok bool
		if texts[i], ok = quoteLiteral(value); !ok {
			return "", false
		}
	}
	return "(" + strings.Join(texts, ", ") + ")", true
}

func quoteLiteral(value driver.Value) (string, bool) {
	switch v := value.(type) {
	case nil:
		return "NULL", true
	case string:
		return pq.QuoteLiteral(v), true
	case time.Time:
		return pq.QuoteLiteral(string(pq.FormatTimestamp(v))), true
	case []byte:
		return "", false
	}
	return pq.QuoteLiteral(fmt.Sprint(value)), true
}
