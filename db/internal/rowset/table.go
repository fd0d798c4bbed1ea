package rowset

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx/reflectx"

	"github.com/southeasttogether/dps/db/internal/session"
	"github.com/southeasttogether/dps/policy"
)

// Table says how the rows of one entity are read into a T: its columns, and which fields of the schema need each.
type Table[T any] struct{ *table }

type table struct {
	name, alias, from string
	act               policy.Act // that a capacity needs to read the rows; "" for none
	row               reflect.Type
	types             []string // of the schema, whose fields the rows have: the row's own and those embedded in it
	columns           []*column
	parents           []parent
	children          []child
	elsewhere         []string // fields in Go that no column fills
	follow            []string // fields of the schema that follow from columns which are always read
	id                *column  // nil where rows have none
}

// column is one column of a table.
type column struct {
	name, sql string
	fields    []string   // of the schema that need it; it is always read where there are none
	figure    bool       // read for its fields alone, and never else
	act       policy.Act // that sql needs; "" for none
	otherwise string     // in place of sql for a capacity without the act
	field     *reflectx.FieldInfo
}

// parent is a row that another row names by its id, as a field of the schema.
type parent struct {
	field  string
	column *column
	table  *table
}

// child is a list that belongs to a row, as a field of the schema.
type child struct {
	field string
	list  *list
}

// Entry is one line of a table.
type Entry func(*table)

// Columns are always read. One named "x.y" is that of a joined table x, and goes into a nested struct.
func Columns(names ...string) Entry {
	return func(t *table) {
		for _, name := range names {
			t.addColumn(column{name: name})
		}
	}
}

// Column is read for some fields of the schema alone.
func Column(name string, fields ...string) Entry {
	return func(t *table) { t.addColumn(column{name: name, fields: fields}) }
}

// Computed is a column that is an expression; it is always read where it has no fields.
func Computed(name, sql string, fields ...string) Entry {
	return func(t *table) { t.addColumn(column{name: name, sql: sql, fields: fields}) }
}

// Figure is an expression that costs: it is read where one of its fields is selected, and is no part of Rows.
func Figure(name, sql string, fields ...string) Entry {
	return func(t *table) { t.addColumn(column{name: name, sql: sql, fields: fields, figure: true}) }
}

// Granted is an expression for capacities that have an act, and another one for those that have not.
func Granted(act policy.Act, name, sql, otherwise string, fields ...string) Entry {
	return func(t *table) {
		t.addColumn(column{name: name, sql: sql, fields: fields, act: act, otherwise: otherwise})
	}
}

// Parent is the row of another table that a column names, as a field of the schema. The column is read for that field, unless the table
// has it already.
func Parent[P any](field, name string, of *Table[P]) Entry {
	return func(t *table) {
		if t.findColumn(name) == nil {
			t.addColumn(column{name: name, fields: []string{field}})
		}
		t.parents = append(t.parents, parent{field, t.findColumn(name), of.table})
	}
}

// From reads the columns, under their alias, from something else than the table.
func From(sql string) Entry { return func(t *table) { t.from = sql } }

// Join adds a join.
func Join(sql string) Entry { return func(t *table) { t.from += " " + sql } }

// Act is what a capacity needs to read the rows. One that has it not reads none, and the database is not asked.
func Act(act policy.Act) Entry { return func(t *table) { t.act = act } }

// Elsewhere names fields in Go, as columns are named, that no column fills, but who reads the rows, or nobody.
func Elsewhere(names ...string) Entry {
	return func(t *table) { t.elsewhere = append(t.elsewhere, names...) }
}

// Follow names fields of the schema that follow from columns which are always read.
func Follow(fields ...string) Entry { return func(t *table) { t.follow = append(t.follow, fields...) } }

// All are several entries in one.
func All(entries ...Entry) Entry {
	return func(t *table) {
		for _, entry := range entries {
			entry(t)
		}
	}
}

// New makes a table. It panics, as the program starts, where a column has no field in Go, or a field no column.
func New[T any](name, alias string, entries ...Entry) *Table[T] {
	t := &table{name: name, alias: alias, from: name + " " + alias, row: reflect.TypeFor[T]()}
	t.types = typesOf(t.row)
	All(entries...)(t)
	layout := t.layoutOf(t.columns)
	for i, field := range layout.Fields() {
		t.columns[i].field = field
	}
	for _, field := range layout.Unfilled() {
		if !slices.ContainsFunc(t.elsewhere, func(other string) bool { return field == other || strings.HasPrefix(field, other+".") }) {
			t.panicWith("nothing fills %s of a %s", field, t.row)
		}
	}
	if id := t.findColumn("id"); id != nil && id.field.Field.Type == reflect.TypeFor[uuid.UUID]() {
		t.id = id
	}
	tables = append(tables, t)
	return &Table[T]{t}
}

// tables are all of the program, for Check.
var tables []*table

func (t *table) panicWith(format string, args ...any) {
	panic(fmt.Sprintf("rowset: table %s: "+format, append([]any{t.name}, args...)...))
}

func (t *table) addColumn(c column) {
	if t.findColumn(c.name) != nil {
		t.panicWith("column %s is there twice", c.name)
	}
	switch {
	case c.sql != "":
	case strings.Contains(c.name, "."):
		c.sql = c.name
	default:
		c.sql = t.alias + "." + c.name
	}
	t.columns = append(t.columns, &c)
}

// findColumn is a column by its name; nil where there is none.
func (t *table) findColumn(name string) *column {
	for _, c := range t.columns {
		if c.name == name {
			return c
		}
	}
	return nil
}

// columnNamed is a column that there has to be.
func (t *table) columnNamed(name string) *column {
	c := t.findColumn(name)
	if c == nil {
		t.panicWith("no column %s", name)
	}
	return c
}

// typesOf are the names of a type and of those that it embeds.
func typesOf(typ reflect.Type) []string {
	all := []string{typ.Name()}
	for i := range typ.NumField() {
		if f := typ.Field(i); f.Anonymous && f.Type.Kind() == reflect.Struct {
			all = append(all, typesOf(f.Type)...)
		}
	}
	return all
}

// parentDepth is one more than that of each parent: a row's parents have lower ones.
func (t *table) parentDepth() (depth int) {
	for _, p := range t.parents {
		depth = max(depth, 1+p.table.parentDepth())
	}
	return depth
}

// Rows is a query of all columns but figures, for a change, which goes on with its conditions.
func (t *Table[T]) Rows() string {
	columns := slices.DeleteFunc(slices.Clone(t.columns), func(c *column) bool { return c.figure })
	return t.selectFrom(columns, func(policy.Act) bool { return true })
}

// selectFrom is the beginning of a query of columns.
func (t *table) selectFrom(columns []*column, can grants) string {
	texts := make([]string, len(columns))
	for i, c := range columns {
		texts[i] = c.sql
		if c.act != "" && !can(c.act) {
			texts[i] = c.otherwise
		}
		texts[i] += ` AS "` + c.name + `"`
	}
	return "SELECT " + strings.Join(texts, ", ") + " FROM " + t.from
}

// layoutOf is the layout of rows of columns.
func (t *table) layoutOf(columns []*column) *session.Layout {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	layout, err := session.NewLayout(t.row, names...)
	if err != nil {
		t.panicWith("%v", err)
	}
	return layout
}

// valueOf is what a row, a pointer, has in a column; nil where it is null.
func valueOf[K any](row any, c *column) *K {
	field := fieldOf(row, c)
	if field.Kind() == reflect.Pointer {
		return field.Interface().(*K)
	}
	return field.Addr().Interface().(*K)
}

func fieldOf(row any, c *column) reflect.Value {
	return reflect.ValueOf(row).Elem().FieldByIndex(c.field.Index)
}

// groupBy are rows by what they have in a column.
func groupBy[K comparable, T any](rows []any, c *column) map[K][]*T {
	groups := map[K][]*T{}
	for _, row := range rows {
		if key := valueOf[K](row, c); key != nil {
			groups[*key] = append(groups[*key], row.(*T))
		}
	}
	return groups
}
