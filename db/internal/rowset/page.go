package rowset

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// Pages is a list that is read in pages.
type Pages[T any] struct {
	Table  *Table[T]
	Name   string   // bound into its cursors
	Order  []string // the columns that order it, the last one unique
	Desc   bool     // the other way round
	Parent string   // the column by which rows belong to a parent; "" for none
	Where  string   // a condition of the list itself; "" for none
	Args   []any    // that the table and the condition name
	Ways   []Way    // how an index leads to what the reader sees of it; none where its rows are in the order of one
	Near   bool     // an index gives the rows by the first column of the order, and does not know the others
}

// Page reads one page.
func (l Pages[T]) Page(ctx context.Context, v Viewer, p market.Page) (*market.Connection[T], error) {
	view := v.view()
	after, args, err := l.after(view, uuid.Nil, p, l.Args)
	if err != nil {
		return nil, err
	}
	q := query{
		table: l.Table.table, where: both(both(l.Where, l.led(after, p.First+1)), after), order: l.by(l.sql),
		keeps: l.keeps(), limit: p.First + 1, shown: p.First,
	}
	if l.Near {
		q.near, q.order = l.sql(l.Order[0]), l.by(func(name string) string { return name })
	}
	rows, err := read[T](ctx, view, q, args...)
	if err != nil {
		return nil, err
	}
	return l.connection(view, uuid.Nil, rows, p), nil
}

// Of reads one page for each parent, in one statement for all of them.
func (l Pages[T]) Of(ctx context.Context, v Viewer, parents []uuid.UUID, p market.Page) (map[uuid.UUID]*market.Connection[T], error) {
	view := v.view()
	if len(parents) == 0 {
		return nil, nil
	}
	if p.After != "" && len(parents) > 1 {
		return nil, noCursor() // it belongs to one of them
	}
	after, args, err := l.after(view, parents[0], p, []any{IDs(parents)})
	if err != nil {
		return nil, err
	}
	rows, err := read[T](ctx, view, query{
		table: l.Table.table, where: both(l.Where, after), order: l.by(l.sql), keeps: l.keeps() + l.Parent +
			",", limit: p.First + 1,
		parent: l.sql(l.Parent),
	}, args...)
	if err != nil {
		return nil, err
	}
	path, grouped := l.Table.path(l.Parent), map[uuid.UUID][]*T{}
	for _, row := range rows {
		of := *keyOf(row, path)
		grouped[of] = append(grouped[of], row)
	}
	all := map[uuid.UUID]*market.Connection[T]{}
	for _, parent := range parents {
		all[parent] = l.connection(view, parent, grouped[parent], p)
	}
	return all, nil
}

func both(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " AND " + b
}

// sql is the expression of a column.
func (l Pages[T]) sql(name string) string { return l.Table.column(name).sql }

// by is the order, each column of it as something.
func (l Pages[T]) by(as func(name string) string) string {
	all := make([]string, len(l.Order))
	for i, name := range l.Order {
		if all[i] = as(name); l.Desc {
			all[i] += " DESC"
		}
	}
	return strings.Join(all, ", ")
}

func (l Pages[T]) keeps() string { return strings.Join(l.Order, ",") + "," }

// after is the condition that continues a list behind a cursor, with its arguments after those given.
func (l Pages[T]) after(v *View, parent uuid.UUID, p market.Page, args []any) (string, []any, error) {
	if p.After == "" {
		return "", args, nil
	}
	plain, err := v.reader.Cursors.OpenCursor(l.context(v, parent), p.After)
	if err != nil {
		return "", nil, noCursor()
	}
	var values []any
	decoder := json.NewDecoder(bytes.NewReader(plain))
	decoder.UseNumber() // a large number would come back as 1e+06
	if err := decoder.Decode(&values); err != nil || len(values) != len(l.Order) {
		return "", nil, noCursor()
	}
	columns, places := make([]string, len(values)), make([]string, len(values))
	args = args[:len(args):len(args)]
	for i, value := range values {
		args = append(args, fmt.Sprint(value))
		columns[i], places[i] = l.sql(l.Order[i]), fmt.Sprintf("$%d", len(args))
	}
	sign := ">"
	if l.Desc {
		sign = "<"
	}
	return fmt.Sprintf("(%s) %s (%s)", strings.Join(columns, ", "), sign, strings.Join(places, ", ")), args, nil
}

func noCursor() error {
	return market.RefuseField(market.Invalid, "after", "This is not a cursor of this list: leave it out to start again.")
}

// context binds a cursor to its reader and its list.
func (l Pages[T]) context(v *View, parent uuid.UUID) string {
	return v.reader.Context + "|" + l.Name + "|" + parent.String()
}

func (l Pages[T]) connection(v *View, parent uuid.UUID, rows []*T, p market.Page) *market.Connection[T] {
	c := &market.Connection[T]{Edges: []*market.Edge[T]{}}
	if len(rows) > p.First {
		rows, c.PageInfo.HasNextPage = rows[:p.First], true
	}
	bound := l.context(v, parent)
	for _, row := range rows {
		position := &market.Cursor{Encode: func() (string, error) { return l.cursor(v, bound, row) }}
		c.Edges = append(c.Edges, &market.Edge[T]{Position: position, Node: row})
	}
	if n := len(c.Edges); n > 0 {
		c.PageInfo.First, c.PageInfo.Last = c.Edges[0].Position, c.Edges[n-1].Position
	}
	return c
}

// cursor seals the values that order a list, at one of its rows.
func (l Pages[T]) cursor(v *View, bound string, row *T) (string, error) {
	values := make([]any, len(l.Order))
	for i, name := range l.Order {
		field := reflect.ValueOf(row).Elem()
		for _, at := range l.Table.path(name) {
			field = field.Field(at)
		}
		values[i] = field.Interface()
	}
	plain, err := json.Marshal(values)
	if err != nil {
		return "", fmt.Errorf("cursor: %w", err)
	}
	return v.reader.Cursors.SealCursor(bound, plain)
}
