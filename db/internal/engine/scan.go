package engine

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx/reflectx"
	"github.com/lib/pq/oid"
)

// This file reads rows into Go values. A row comes as one value, a record in the form in which PostgreSQL's record_send writes
// it: ids and times need not be written as text and read again, and database/sql, which would look at each value several times
// and copy it once more, has nothing to do. Columns find their fields by sqlx's rules.

var mapper = reflectx.NewMapperFunc("db", strings.ToLower)

// destination takes rows of a type, one after the other.
type destination struct {
	typ  reflect.Type
	take func(fill func(reflect.Value) error) error
	none error // where there is no row
}

// list takes all rows into dest, a pointer to a slice of structs, of pointers to structs, or of values of one column.
func list(dest any) destination {
	all := reflect.ValueOf(dest).Elem()
	typ := all.Type().Elem()
	return destination{typ: typ, take: func(fill func(reflect.Value) error) error {
		row := reflect.New(typ).Elem()
		err := fill(row)
		all.Set(reflect.Append(all, row))
		return err
	}}
}

// one takes the first row into dest, a pointer to a struct or a value; sql.ErrNoRows where there is none.
func one(dest any) destination {
	into, taken := reflect.ValueOf(dest).Elem(), false
	return destination{into.Type(), func(fill func(reflect.Value) error) error {
		if taken {
			return nil
		}
		taken = true
		return fill(into)
	}, sql.ErrNoRows}
}

// reader fills values of one type from rows of the same columns.
type reader struct {
	typ     reflect.Type
	points  bool // whether the type points to a struct that is a row
	targets []target
}

type target struct {
	column string
	path   []int // to its field, through embedded and nested structs; nil where the row is the value
	beside bool  // in a thing that may not be there
	set    setter
}

// setter puts a column's value into a field.
type setter func(field reflect.Value, v value) error

func NewReader(typ reflect.Type, names []string) (*reader, error) {
	r := &reader{typ: typ, targets: make([]target, len(names))}
	row := reflectx.Deref(typ)
	if !isRow(row) {
		r.targets = []target{{column: "of its own", set: setterOf(typ)}}
		return r, nil
	}
	r.points = row != typ
	for i, path := range mapper.TraversalsByName(row, fieldsOf(row, names)) {
		if names[i] == "#id" || strings.HasPrefix(names[i], "along.") {
			r.targets[i] = target{column: names[i], set: skip}
			continue
		}
		if len(path) == 0 {
			return nil, fmt.Errorf("no field of %s for column %s", row, names[i])
		}
		r.targets[i] = target{names[i], path, throughPointer(row, path), setterOf(typeAt(row, path))}
	}
	return r, nil
}

// fieldsOf are the names by which a row's fields are found: those of its columns, but for a row that things came along with.
func fieldsOf(row reflect.Type, columns []string) []string {
	if _, is := reflect.New(row).Interface().(interface{ hasAlong() }); !is {
		return columns
	}
	fields, in := make([]string, len(columns)), "row"
	for i, name := range columns {
		if strings.HasPrefix(name, "along.") {
			in = name
		}
		if fields[i] = in + "." + name; name == "#" {
			fields[i] = name
		}
	}
	return fields
}

func typeAt(t reflect.Type, path []int) reflect.Type {
	for _, i := range path {
		t = reflectx.Deref(t).Field(i).Type
	}
	return t
}

// throughPointer says whether a path leads through a pointer to its field.
func throughPointer(t reflect.Type, path []int) bool {
	for n := 1; n < len(path); n++ {
		if typeAt(t, path[:n]).Kind() == reflect.Pointer {
			return true
		}
	}
	return false
}

func skip(reflect.Value, value) error { return nil }

// isRow says whether a type is read from several columns, and not itself from one.
func isRow(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t != reflect.TypeFor[time.Time]() && !reflect.PointerTo(t).Implements(reflect.TypeFor[sql.Scanner]())
}

// isBelow marks a record of what is below others; that of any other begins with a zero.
const isBelow = 1

// Read gives the rows of an answer, and those that come below them, to their destinations.
func (p *prepared) read(rows driver.Rows, a asked) (err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	row, none := make([]driver.Value, 1), a.into.none
	for {
		switch err := rows.Next(row); {
		case errors.Is(err, io.EOF):
			return none
		case err != nil:
			return err
		}
		raw, is := row[0].([]byte)
		if !is || len(raw) == 0 {
			return fmt.Errorf("a %T for a record", row[0])
		}
		none = nil
		record, reader, into := string(raw), p.into, a.into // one copy for all of its texts: the driver uses its bytes again for the next row
		if raw[0] == isBelow {
			record, reader, into = record[1:], p.below, a.below.into
		}
		if err := into.take(func(v reflect.Value) error { return reader.Fill(v, record) }); err != nil {
			return err
		}
	}
}

// FillHalf puts the columns of a record, each with its type and length, into their fields.
func (r *reader) Fill(v reflect.Value, record string) error {
	if r.points {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	columns, ok := take(&record)
	if !ok || columns != len(r.targets) {
		return fmt.Errorf("%d columns for %d fields of a %s", columns, len(r.targets), r.typ)
	}
	for i := range r.targets {
		to := &r.targets[i]
		value, ok := takeColumn(&record)
		if !ok {
			return fmt.Errorf("column %s: the record ends before", to.column)
		}
		if value.null && to.beside {
			continue // the thing is not there, or this part of it
		}
		if err := to.set(fieldAt(v, to.path), value); err != nil {
			return fmt.Errorf("column %s: %w", to.column, err)
		}
	}
	return nil
}

// fieldAt is the field of a struct at the end of a path, with what lies on the way to it.
func fieldAt(v reflect.Value, path []int) reflect.Value {
	for _, i := range path {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v
}

func orNil(set setter) setter {
	return func(field reflect.Value, v value) error {
		if v.null {
			field.SetZero()
			return nil
		}
		field.Set(reflect.New(field.Type().Elem()))
		return set(field.Elem(), v)
	}
}

func setterOf(t reflect.Type) setter {
	switch {
	case t.Kind() == reflect.Pointer:
		return orNil(setterOf(t.Elem()))
	case t == reflect.TypeFor[uuid.UUID]():
		return setUUID
	case reflect.PointerTo(t).Implements(reflect.TypeFor[sql.Scanner]()):
		return scan
	case t == reflect.TypeFor[time.Time]():
		return only(value.time, setTime)
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
		return setBytes
	case t.Kind() == reflect.Slice && isRow(reflectx.Deref(t.Elem())):
		return setRows
	}
	switch t.Kind() {
	case reflect.String:
		return only(value.text, reflect.Value.SetString)
	case reflect.Bool:
		return only(value.bool, reflect.Value.SetBool)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return only(value.int, reflect.Value.SetInt)
	case reflect.Float64:
		return only(value.float, reflect.Value.SetFloat)
	}
	return func(reflect.Value, value) error { return fmt.Errorf("nothing reads a %s", t) }
}

// only puts what a value holds as V, and nothing that it holds as something else.
func only[V any](of func(value) (V, bool), put func(field reflect.Value, held V)) setter {
	return func(field reflect.Value, v value) error {
		held, is := of(v)
		if !is {
			return v.mismatch(field.Type())
		}
		put(field, held)
		return nil
	}
}

func setTime(field reflect.Value, at time.Time) { *field.Addr().Interface().(*time.Time) = at }

func setUUID(field reflect.Value, v value) error {
	switch {
	case v.null:
		field.SetZero() // as its own Scan does
	case v.typ == oid.T_uuid && len(v.raw) == 16:
		copy(field.Addr().Interface().(*uuid.UUID)[:], v.raw)
	default:
		return v.mismatch(field.Type())
	}
	return nil
}

func scan(field reflect.Value, v value) error {
	held, is := v.plain()
	if !is {
		return v.mismatch(field.Type())
	}
	return field.Addr().Interface().(sql.Scanner).Scan(held)
}

func setBytes(field reflect.Value, v value) error {
	if v.null {
		field.SetZero()
		return nil
	}
	raw, is := v.bytes()
	if !is {
		return v.mismatch(field.Type())
	}
	field.SetBytes(raw)
	return nil
}

// setRows reads rows that a column holds as a JSON array of objects.
func setRows(field reflect.Value, v value) error {
	text, is := v.text()
	if !is {
		return v.mismatch(field.Type())
	}
	return json.Unmarshal([]byte(text), field.Addr().Interface())
}
