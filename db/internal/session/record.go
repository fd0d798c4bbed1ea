package session

import (
	"database/sql"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jmoiron/sqlx/reflectx"
)

// Layout says into which type a record goes, and into which of its fields each column. Columns find their fields by sqlx's rules:
// `db:"name"`, or "outer.name" for a field of a nested struct.
type Layout struct {
	rowType reflect.Type          // a struct, or a single value
	fields  []*reflectx.FieldInfo // one for each column; nil for a single value
}

var mapper = reflectx.NewMapperFunc("db", strings.ToLower)

// NewLayout is the layout of a record with columns of these names in a type. A column without a field is an error.
func NewLayout(rowType reflect.Type, names ...string) (*Layout, error) {
	if !hasColumns(rowType) {
		return &Layout{rowType, make([]*reflectx.FieldInfo, 1)}, nil
	}
	l := &Layout{rowType, make([]*reflectx.FieldInfo, len(names))}
	for i, name := range names {
		if l.fields[i] = mapper.TypeMap(rowType).GetByPath(name); l.fields[i] == nil {
			return nil, fmt.Errorf("no field of %s for column %s", rowType, name)
		}
	}
	return l, nil
}

// Fields are those of the columns.
func (l *Layout) Fields() []*reflectx.FieldInfo { return l.fields }

// Unfilled are the fields, by their names in records, that no column fills, and in which none fills another.
func (l *Layout) Unfilled() (names []string) {
	for _, f := range mapper.TypeMap(l.rowType).Index {
		fills := func(c *reflectx.FieldInfo) bool { return isWithin(f.Path, c.Path) || isWithin(c.Path, f.Path) }
		if !f.Embedded && !slices.ContainsFunc(l.fields, fills) {
			names = append(names, f.Path)
		}
	}
	return names
}

// isWithin says whether a field is another one or a part of it.
func isWithin(field, of string) bool { return field == of || strings.HasPrefix(field, of+".") }

// hasColumns says whether a type is read from several columns, and not itself from one.
func hasColumns(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t != reflect.TypeFor[time.Time]() && !reflect.PointerTo(t).Implements(reflect.TypeFor[sql.Scanner]())
}

// decodeRecord puts the columns of a record, as record_send writes it, into their fields.
func (l *Layout) decodeRecord(into reflect.Value, types *pgtype.Map, record []byte) error {
	values := pgtype.NewCompositeBinaryScanner(types, record)
	if values.FieldCount() != len(l.fields) {
		return fmt.Errorf("%d columns for %d fields of a %s", values.FieldCount(), len(l.fields), l.rowType)
	}
	for _, f := range l.fields {
		field, name := into, "of the value"
		if f != nil {
			name = f.Path
		}
		switch {
		case !values.Next():
			return fmt.Errorf("column %s: the record ends before it does", name)
		case f == nil:
		case values.Bytes() == nil && isOptional(f):
			continue
		default:
			var err error
			if field, err = into.FieldByIndexErr(f.Index); err != nil { // a nested struct is not there yet
				field = reflectx.FieldByIndexes(into, f.Index)
			}
		}
		if err := decodeValue(field, types, values.OID(), values.Bytes()); err != nil {
			return fmt.Errorf("column %s: %w", name, err)
		}
	}
	return nil
}

// isOptional says whether a field is in a nested struct that is absent where all its columns are null.
func isOptional(f *reflectx.FieldInfo) bool {
	for outer := f.Parent; outer != nil && outer.Field.Type != nil; outer = outer.Parent {
		if outer.Field.Type.Kind() == reflect.Pointer {
			return true
		}
	}
	return false
}

// typeMaps read the types of PostgreSQL, each for one goroutine at a time.
var typeMaps = sync.Pool{New: func() any {
	types := pgtype.NewMap()
	types.RegisterType(&pgtype.Type{Name: "timestamptz", OID: pgtype.TimestamptzOID, Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC}})
	return types
}}

// decodeValue puts a value of a type of PostgreSQL into a field; nil is null. An error says which type was not expected, and not what was
// in it.
func decodeValue(field reflect.Value, types *pgtype.Map, oid uint32, raw []byte) error {
	into := field.Addr().Interface()
	if oid == pgtype.UUIDOID && len(raw) == len(uuid.UUID{}) || raw == nil {
		switch id := into.(type) {
		case *uuid.UUID:
			*id = uuid.Nil // for null, as its own Scan has it
			copy(id[:], raw)
			return nil
		case **uuid.UUID:
			if *id = nil; raw != nil {
				*id = new(uuid.UUID(raw))
			}
			return nil
		}
	}
	if types.Scan(oid, pgtype.BinaryFormatCode, raw, into) == nil {
		return nil
	}
	name := "null"
	if known, ok := types.TypeForOID(oid); ok && raw != nil {
		name = known.Name
	}
	return fmt.Errorf("%s for a %s", name, field.Type())
}
