package db

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx/reflectx"
)

// This file reads rows into Go values, straight from the driver: database/sql would look at each value several times and copy
// it once more, which is a third of what an answer costs. Columns find their fields by sqlx's rules.

var mapper = reflectx.NewMapperFunc("db", strings.ToLower)

// read reads all rows of a labelled query into dest, a pointer to a slice of structs, of pointers to structs, or of values of
// one column.
func (s *session) read(ctx context.Context, query string, args []any, dest any) error {
	list := reflect.ValueOf(dest).Elem()
	return s.rows(ctx, query, args, list.Type().Elem(), func(next func(reflect.Value) error) error {
		for {
			row := reflect.New(list.Type().Elem()).Elem()
			if err := next(row); err != nil {
				return err
			}
			list.Set(reflect.Append(list, row))
		}
	})
}

// readOne reads the first row of a labelled query into dest, a pointer to a struct or a value; sql.ErrNoRows where there is none.
func (s *session) readOne(ctx context.Context, query string, args []any, dest any) error {
	found := false
	err := s.rows(ctx, query, args, reflect.TypeOf(dest).Elem(), func(next func(reflect.Value) error) error {
		err := next(reflect.ValueOf(dest).Elem())
		found = err == nil
		return err
	})
	if err == nil && !found {
		return sql.ErrNoRows
	}
	return err
}

// rows runs a query and lets each read its rows, one after the other, until there are no more: io.EOF.
func (s *session) rows(ctx context.Context, query string, args []any, typ reflect.Type, each func(next func(reflect.Value) error) error) (err error) {
	values, err := s.values(args)
	if err != nil {
		return err
	}
	p, err := s.statement(ctx, query)
	if err != nil {
		return err
	}
	rows, err := p.Stmt.(driver.StmtQueryContext).QueryContext(ctx, values)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	into, err := p.reader(typ, rows.Columns())
	if err != nil {
		return err
	}
	row := make([]driver.Value, len(into.targets))
	err = each(func(v reflect.Value) error {
		if err := rows.Next(row); err != nil {
			return err
		}
		return into.fill(v, row)
	})
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
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

// setter puts a driver's value into a field. The driver uses the value's bytes again for the next row.
type setter func(field reflect.Value, value driver.Value) error

func newReader(typ reflect.Type, names []string) (*reader, error) {
	r := &reader{typ: typ, targets: make([]target, len(names))}
	row := typ
	if typ.Kind() == reflect.Pointer {
		row = typ.Elem()
	}
	if !isRow(row) {
		if len(names) != 1 {
			return nil, fmt.Errorf("%d columns for one %s", len(names), typ)
		}
		r.targets[0] = target{column: names[0], set: setterOf(typ)}
		return r, nil
	}
	r.points = row != typ
	for i, path := range mapper.TraversalsByName(row, fieldsOf(row, names)) {
		if names[i] == "#" || strings.HasPrefix(names[i], "along.") {
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
		fields[i] = in + "." + name
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

func skip(reflect.Value, driver.Value) error { return nil }

// isRow says whether a type is read from several columns, and not itself from one.
func isRow(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t != reflect.TypeFor[time.Time]() && !reflect.PointerTo(t).Implements(reflect.TypeFor[sql.Scanner]())
}

func (r *reader) fill(v reflect.Value, row []driver.Value) error {
	if r.points {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	for i := range r.targets {
		to := &r.targets[i]
		if row[i] == nil && to.beside {
			continue // the thing is not there, or this part of it
		}
		if err := to.set(fieldAt(v, to.path), row[i]); err != nil {
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
	return func(field reflect.Value, value driver.Value) error {
		if value == nil {
			field.SetZero()
			return nil
		}
		field.Set(reflect.New(field.Type().Elem()))
		return set(field.Elem(), value)
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
		return only(setTime)
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
		return setBytes
	case t.Kind() == reflect.Slice && isRow(reflectx.Deref(t.Elem())):
		return setRows
	}
	switch t.Kind() {
	case reflect.String:
		return setText
	case reflect.Bool:
		return only(reflect.Value.SetBool)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return setInt
	case reflect.Float64:
		return only(reflect.Value.SetFloat)
	}
	return func(reflect.Value, driver.Value) error { return fmt.Errorf("nothing reads a %s", t) }
}

func mismatch(field reflect.Value, value driver.Value) error {
	return fmt.Errorf("a %T for a %s", value, field.Type())
}

func setUUID(field reflect.Value, value driver.Value) error {
	if value == nil {
		field.SetZero() // as its own Scan does
		return nil
	}
	text, is := value.([]byte)
	if !is {
		return mismatch(field, value)
	}
	id, err := uuid.ParseBytes(text)
	*field.Addr().Interface().(*uuid.UUID) = id
	return err
}

func scan(field reflect.Value, value driver.Value) error {
	if raw, is := value.([]byte); is {
		value = bytes.Clone(raw)
	}
	return field.Addr().Interface().(sql.Scanner).Scan(value)
}

// only takes values of one type and no others.
func only[V any](put func(field reflect.Value, value V)) setter {
	return func(field reflect.Value, value driver.Value) error {
		v, is := value.(V)
		if !is {
			return mismatch(field, value)
		}
		put(field, v)
		return nil
	}
}

func setTime(field reflect.Value, at time.Time) { *field.Addr().Interface().(*time.Time) = at }

func setBytes(field reflect.Value, value driver.Value) error {
	switch raw := value.(type) {
	case nil:
		field.SetZero()
	case []byte:
		field.SetBytes(bytes.Clone(raw))
	case string:
		field.SetBytes([]byte(raw))
	default:
		return mismatch(field, value)
	}
	return nil
}

// setRows reads rows that a column holds as a JSON array of objects.
func setRows(field reflect.Value, value driver.Value) error {
	text, is := value.([]byte)
	if !is {
		return mismatch(field, value)
	}
	return json.Unmarshal(text, field.Addr().Interface())
}

func setText(field reflect.Value, value driver.Value) error {
	switch text := value.(type) {
	case string:
		field.SetString(text)
	case []byte:
		field.SetString(string(text))
	default:
		return mismatch(field, value)
	}
	return nil
}

func setInt(field reflect.Value, value driver.Value) error {
	switch n := value.(type) {
	case int64:
		field.SetInt(n)
		return nil
	case []byte: // numeric
		whole, err := strconv.ParseInt(string(n), 10, 64)
		field.SetInt(whole)
		return err
	}
	return mismatch(field, value)
}
