package session

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx/reflectx"
	"github.com/lib/pq/oid"
)

// Layout says into which type a record goes, and where in it each of its columns. Columns find their fields by sqlx's rules: `db:"name"`,
// or "outer.name" for a field of a nested struct.
type Layout struct {
	typ     reflect.Type // a struct, or a single value
	columns []column
}

type column struct {
	name     string
	path     []int // to its field, through embedded and nested structs; nil where the record is one value
	optional bool  // in a nested struct that is absent where all its columns are null
	decode   decoder
}

// decoder puts a value where it belongs.
type decoder func(into reflect.Value, v value) error

var mapper = reflectx.NewMapperFunc("db", strings.ToLower)

// NewLayout is the layout of a record with columns of these names in a type. A column without a field is an error.
func NewLayout(typ reflect.Type, names ...string) (*Layout, error) {
	if !isRow(typ) {
		return &Layout{typ, []column{{name: "of the value", decode: decoderOf(typ)}}}, nil
	}
	l := &Layout{typ, make([]column, len(names))}
	for i, path := range mapper.TraversalsByName(typ, names) {
		if len(path) == 0 {
			return nil, fmt.Errorf("no field of %s for column %s", typ, names[i])
		}
		l.columns[i] = column{names[i], path, throughPointer(typ, path), decoderOf(TypeAt(typ, path))}
	}
	return l, nil
}

// TypeAt is the type of the field of a struct at the end of a path.
func TypeAt(t reflect.Type, path []int) reflect.Type {
	for _, i := range path {
		t = reflectx.Deref(t).Field(i).Type
	}
	return t
}

// Path leads to the field of a column; nil where there is none.
func (l *Layout) Path(name string) []int {
	for i := range l.columns {
		if l.columns[i].name == name {
			return l.columns[i].path
		}
	}
	return nil
}

// Unfilled are the fields, by their names in records, that no column fills, and in which none fills another.
func (l *Layout) Unfilled() (names []string) {
	for _, field := range mapper.TypeMap(l.typ).Index {
		if !field.Embedded && !slices.ContainsFunc(l.columns,
			func(c column) bool { return within(field.Path, c.name) || within(c.name, field.Path) }) {
			names = append(names, field.Path)
		}
	}
	return names
}

// within says whether a field is another one or a part of it.
func within(field, of string) bool { return field == of || strings.HasPrefix(field, of+".") }

// throughPointer says whether a path leads through a pointer to its field.
func throughPointer(t reflect.Type, path []int) bool {
	for n := 1; n < len(path); n++ {
		if TypeAt(t, path[:n]).Kind() == reflect.Pointer {
			return true
		}
	}
	return false
}

// isRow says whether a type is read from several columns, and not itself from one.
func isRow(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t != reflect.TypeFor[time.Time]() && !reflect.PointerTo(t).Implements(reflect.TypeFor[sql.Scanner]())
}

// decode puts the columns of a record, each with its type and length, into their fields.
func (l *Layout) decode(into reflect.Value, record string) error {
	count, ok := takeNumber(&record)
	if !ok || count != len(l.columns) {
		return fmt.Errorf("%d columns for %d fields of a %s", count, len(l.columns), l.typ)
	}
	for i := range l.columns {
		column := &l.columns[i]
		typ, _ := takeNumber(&record)
		v, ok := takeValue(oid.Oid(typ), &record) //nolint:gosec // PostgreSQL counts types with 32 bits
		if !ok {
			return fmt.Errorf("column %s: the record ends before it does", column.name)
		}
		if v.null && column.optional {
			continue
		}
		if err := column.decode(fieldAt(into, column.path), v); err != nil {
			return fmt.Errorf("column %s: %w", column.name, err)
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

func decoderOf(t reflect.Type) decoder {
	switch {
	case t.Kind() == reflect.Pointer:
		return orNil(decoderOf(t.Elem()))
	case t == reflect.TypeFor[uuid.UUID]():
		return decodeUUID
	case reflect.PointerTo(t).Implements(reflect.TypeFor[sql.Scanner]()):
		return scan
	case t == reflect.TypeFor[time.Time]():
		return only(value.time, func(field reflect.Value, at time.Time) { *field.Addr().Interface().(*time.Time) = at })
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
		return decodeBytes
	case t.Kind() == reflect.Slice && isRow(reflectx.Deref(t.Elem())):
		return decodeJSON
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

// only puts what a value holds as a V, and nothing that it holds as something else.
func only[V any](of func(value) (V, bool), put func(field reflect.Value, held V)) decoder {
	return func(field reflect.Value, v value) error {
		held, ok := of(v)
		if !ok {
			return v.mismatch(field.Type())
		}
		put(field, held)
		return nil
	}
}

func orNil(decode decoder) decoder {
	return func(field reflect.Value, v value) error {
		if v.null {
			field.SetZero()
			return nil
		}
		field.Set(reflect.New(field.Type().Elem()))
		return decode(field.Elem(), v)
	}
}

func decodeUUID(field reflect.Value, v value) error {
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
	held, ok := v.plain()
	if !ok {
		return v.mismatch(field.Type())
	}
	return field.Addr().Interface().(sql.Scanner).Scan(held)
}

func decodeBytes(field reflect.Value, v value) error {
	if v.null {
		field.SetZero()
		return nil
	}
	raw, ok := v.bytes()
	if !ok {
		return v.mismatch(field.Type())
	}
	field.SetBytes(raw)
	return nil
}

// decodeJSON reads rows that a column holds as a JSON array of objects.
func decodeJSON(field reflect.Value, v value) error {
	text, ok := v.text()
	if !ok {
		return v.mismatch(field.Type())
	}
	return json.Unmarshal([]byte(text), field.Addr().Interface())
}
