package rowset

import (
	"errors"
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
	columns           []column
	parents           []parent
	children          []child
	elsewhere         []string // fields in Go that no column fills
	follow            []string // fields of the schema that follow from columns which are always read
	key               []int    // to the id; nil where rows have none
	remember          func(v *View, rows reflect.Value)
}

// column is one column of a table.
type column struct {
	name, sql string
	computed  bool     // sql is no column of the database
	fields    []string // of the schema that need it; it is always read where there are none
	figure    bool     // read for its fields alone, and never else
	act       policy.Act
	otherwise string // in place of sql where the act is not granted
}

// parent is a row that another row names by its id, as a field of the schema.
type parent struct {
	field, column string
	path          []int // to the column
	table         *table
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
			t.add(column{name: name})
		}
	}
}

// Column is read for some fields of the schema alone.
func Column(name string, fields ...string) Entry {
	return func(t *table) { t.add(column{name: name, fields: fields}) }
}

// Computed is a column that is an expression; it is always read where it has no fields.
func Computed(name, sql string, fields ...string) Entry {
	return func(t *table) { t.add(column{name: name, sql: sql, computed: true, fields: fields}) }
}

// Figure is an expression that costs: it is read where its field is selected, and is no part of Rows.
func Figure(name, sql, field string) Entry {
	return func(t *table) {
		t.add(column{name: name, sql: sql, computed: true, fields: []string{field}, figure: true})
	}
}

// Granted is an expression for capacities that have an act, and another one for those that have not.
func Granted(act policy.Act, name, sql, otherwise string, fields ...string) Entry {
	return func(t *table) {
		t.add(column{name: name, sql: sql, computed: true, fields: fields, act: act, otherwise: otherwise})
	}
}

// Parent is the row of another table that a column names, as a field of the schema. The column is read for that field, unless the table
// has it already.
func Parent[P any](field, name string, of *Table[P]) Entry {
	return func(t *table) {
		if !slices.ContainsFunc(t.columns, func(c column) bool { return c.name == name }) {
			t.add(column{name: name, fields: []string{field}})
		}
		t.parents = append(t.parents, parent{field: field, column: name, table: of.table})
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

func (t *table) add(c column) {
	if slices.ContainsFunc(t.columns, func(other column) bool { return other.name == c.name }) {
		panic(fmt.Sprintf("rowset: table %s: column %s is there twice", t.name, c.name))
	}
	t.columns = append(t.columns, c)
}

// New makes a table. It panics, as the program starts, where a column has no field in Go, or a field no column.
func New[T any](name, alias string, entries ...Entry) *Table[T] {
	t := &Table[T]{&table{name: name, alias: alias, from: name + " " + alias, row: reflect.TypeFor[T]()}}
	for _, entry := range entries {
		entry(t.table)
	}
	for i := range t.columns {
		if c := &t.columns[i]; !c.computed && strings.Contains(c.name, ".") {
			c.sql, c.computed = c.name, true
		} else if !c.computed {
			c.sql = alias + "." + c.name
		}
	}
	t.types = typesOf(t.row)
	t.check()
	t.remember = func(v *View, rows reflect.Value) {
		for _, row := range rows.Interface().([]*T) {
			v.rows[identity{t.table, *keyOf(row, t.key)}] = row
		}
	}
	tables = append(tables, t.table)
	return t
}

// tables are all of the program, for Check.
var tables []*table

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

// check finds the fields of all columns.
func (t *table) check() {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	layout, err := session.NewLayout(t.row, names...)
	if err != nil {
		panic(fmt.Sprintf("rowset: table %s: %v", t.name, err))
	}
	for _, name := range layout.Unfilled() {
		if !slices.ContainsFunc(t.elsewhere, func(other string) bool { return name == other || strings.HasPrefix(name, other+".") }) {
			panic(fmt.Sprintf("rowset: table %s: nothing fills %s of a %s", t.name, name, t.row))
		}
	}
	if path := layout.Path("id"); path != nil && session.TypeAt(t.row, path) == reflect.TypeFor[uuid.UUID]() {
		t.key = path
	}
	for i := range t.parents {
		t.parents[i].path = layout.Path(t.parents[i].column)
	}
}

// column finds a column by its name.
func (t *table) column(name string) *column {
	for i := range t.columns {
		if t.columns[i].name == name {
			return &t.columns[i]
		}
	}
	panic(fmt.Sprintf("rowset: table %s has no column %s", t.name, name))
}

// path leads to the field of a column.
func (t *table) path(name string) []int {
	layout, err := session.NewLayout(t.row, t.column(name).name)
	if err != nil {
		panic(err) // New found a field for each
	}
	return layout.Path(name)
}

// rank is one more than that of each parent: a row's parents have lower ones.
func (t *table) rank() (rank int) {
	for _, p := range t.parents {
		rank = max(rank, 1+p.table.rank())
	}
	return rank
}

// Rows is a query of all columns but figures, for a change, which goes on with its conditions.
func (t *Table[T]) Rows() string {
	columns, _ := t.choose(func(c *column) bool { return !c.figure }, func(policy.Act) bool { return true })
	return "SELECT " + columns + " FROM " + t.from
}

// choose lists the columns that are wanted, in SQL, with the layout of their rows.
func (t *table) choose(wanted func(*column) bool, can grants) (string, *session.Layout) {
	var texts, names []string
	for i := range t.columns {
		c := &t.columns[i]
		if !wanted(c) {
			continue
		}
		names = append(names, c.name)
		switch {
		case !c.computed:
			texts = append(texts, c.sql)
		case c.act != "" && !can(c.act):
			texts = append(texts, c.otherwise+` AS "`+c.name+`"`)
		default:
			texts = append(texts, c.sql+` AS "`+c.name+`"`)
		}
	}
	layout, err := session.NewLayout(t.row, names...)
	if err != nil {
		panic(err) // New found a field for each
	}
	return strings.Join(texts, ", "), layout
}

// keyOf is the id, or another column of such a type, at the end of a path; nil where there is none.
func keyOf(row any, path []int) *uuid.UUID { return at[uuid.UUID](reflect.ValueOf(row).Elem(), path) }

// at is what lies at the end of a path in a row; nil where it is null.
func at[K any](row reflect.Value, path []int) *K {
	for _, i := range path {
		row = row.Field(i)
	}
	if row.Kind() == reflect.Pointer {
		return row.Interface().(*K)
	}
	return row.Addr().Interface().(*K)
}

// Describe tells Check of a type of the schema: its fields, and of each whether a resolver answers it; nil for no type of it.
type Describe func(typ string) map[string]bool

// Check says where tables and schema do not fit: a column is read for a field that the schema does not have, or a field of a table with
// columns that are not always read follows from none that is read for it, and so would be null without a word.
func Check(describe Describe) error {
	faults := make([]error, len(tables))
	for i, t := range tables {
		faults[i] = t.fits(describe)
	}
	return errors.Join(faults...)
}

func (t *table) fits(describe Describe) error {
	has, named := map[string]bool{}, map[string]bool{}
	for _, typ := range t.types {
		for field, resolved := range describe(typ) {
			has[field] = resolved
		}
	}
	if len(has) == 0 {
		return nil // the rows are of no type of the schema
	}
	for _, c := range t.columns {
		for _, field := range c.fields {
			if _, ok := has[field]; !ok {
				return fmt.Errorf("table %s: column %s is read for %q, which is no field of %v", t.name, c.name, field, t.types)
			}
			named[field] = true
		}
	}
	for _, field := range t.follow {
		named[field] = true
	}
	selects := slices.ContainsFunc(t.columns, func(c column) bool { return c.fields != nil })
	for field, resolved := range has {
		if selects && !resolved && !named[field] && !t.reads(field) {
			return fmt.Errorf("table %s: nothing is read for the field %s of %v: name it with its columns, or as one that follows from those "+
				"always read",
				t.name, field, t.types)
		}
	}
	return nil
}

// reads says whether a field of the schema is a field in Go that a column fills which is always read.
func (t *table) reads(field string) bool {
	for _, c := range t.columns {
		layout, err := session.NewLayout(t.row, c.name)
		if err != nil || c.fields != nil {
			continue
		}
		path := layout.Path(c.name)
		if outer := reflectx.Deref(session.TypeAt(t.row, path[:len(path)-1])); strings.EqualFold(outer.Field(path[len(path)-1]).Name, field) {
			return true
		}
	}
	return false
}
