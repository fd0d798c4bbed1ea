package rowset

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
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

// Way is how an index leads to the rows that a reader sees, in the order of their list. Without one, row security is asked of
// every row, or all visible rows are read and sorted for a page of twenty.
type Way struct {
	Each string // what the rows belong to, as of(id), where an index has its order for one of these at a time; "" for none
	Keys string // a query of the columns that order the list, of rows that no other way leads to
}

// Page reads one page.
func (l Pages[T]) Page(ctx context.Context, v Viewer, p market.Page) (*market.Connection[T], error) {
	view := v.rowsView()
	after, args, err := l.afterCursor(view, uuid.Nil, p, l.Args)
	if err != nil {
		return nil, err
	}
	q := query{
		table: l.Table.table, where: joinConditions(l.Where, l.reachableRows(after, p.First+1), after),
		order: l.orderBy(l.orderColumns()), keeps: l.orderNames(), limit: p.First + 1, shown: p.First,
	}
	if l.Near {
		q.near, q.order = l.orderColumns()[0], l.orderBy(l.Order)
	}
	rows, err := view.readRows(ctx, q, args...)
	if err != nil {
		return nil, err
	}
	return l.makeConnection(view, uuid.Nil, rowsAs[T](rows), p), nil
}

// Of reads one page for each parent, in one statement for all of them.
func (l Pages[T]) Of(ctx context.Context, v Viewer, parents []uuid.UUID, p market.Page) (map[uuid.UUID]*market.Connection[T], error) {
	view := v.rowsView()
	if len(parents) == 0 {
		return nil, nil
	}
	if p.After != "" && len(parents) > 1 {
		return nil, notACursor() // it belongs to one of them
	}
	after, args, err := l.afterCursor(view, parents[0], p, []any{IDs(parents)})
	if err != nil {
		return nil, err
	}
	parent := l.Table.columnNamed(l.Parent)
	rows, err := view.readRows(ctx, query{
		table: l.Table.table, where: joinConditions(l.Where, after), order: l.orderBy(l.orderColumns()), keeps: l.orderNames() + l.Parent + ",",
		limit: p.First + 1, parent: parent.sql,
	}, args...)
	if err != nil {
		return nil, err
	}
	groups, all := groupBy[uuid.UUID, T](rows, parent), map[uuid.UUID]*market.Connection[T]{}
	for _, id := range parents {
		all[id] = l.makeConnection(view, id, groups[id], p)
	}
	return all, nil
}

// orderColumns are the expressions of the columns that order the list.
func (l Pages[T]) orderColumns() []string {
	all := make([]string, len(l.Order))
	for i, name := range l.Order {
		all[i] = l.Table.columnNamed(name).sql
	}
	return all
}

// orderBy is the order of the list by columns, as they are called at some place.
func (l Pages[T]) orderBy(columns []string) string {
	if l.Desc {
		return strings.Join(columns, " DESC, ") + " DESC"
	}
	return strings.Join(columns, ", ")
}

func (l Pages[T]) orderNames() string { return strings.Join(l.Order, ",") + "," }

// reachableRows is the condition that a row is one of the next rows to which the ways of a list lead, by the last column of its order;
// "" where a list has no ways.
func (l Pages[T]) reachableRows(after string, rows int) string {
	if l.Ways == nil {
		return ""
	}
	columns := l.orderColumns()
	alias, last, _ := strings.Cut(columns[len(columns)-1], ".")
	next := " ORDER BY " + l.orderBy(columns) + limitClause(rows)
	found := make([]string, len(l.Ways))
	for i, w := range l.Ways {
		found[i] = "(SELECT " + strings.Join(columns, ", ") + " FROM (" + w.Keys + ") " + alias + whereClause(after) + next + ")"
		if w.Each != "" {
			found[i] = "(SELECT x.* FROM " + w.Each + " CROSS JOIN LATERAL " + found[i] + " x)"
		}
	}
	all := strings.Join(found, " UNION ALL ")
	return fmt.Sprintf("%s.%s = ANY (ARRAY(SELECT %[1]s.%[2]s FROM (%[3]s) %[1]s%[4]s))", alias, last, all, next)
}

// afterCursor is the condition that continues a list behind a cursor, with its arguments after those given.
func (l Pages[T]) afterCursor(v *View, parent uuid.UUID, p market.Page, args []any) (string, []any, error) {
	if p.After == "" {
		return "", args, nil
	}
	plain, err := v.reader.Cursors.OpenCursor(l.cursorContext(v, parent), p.After)
	if err != nil {
		return "", nil, notACursor()
	}
	var values []any
	decoder := json.NewDecoder(bytes.NewReader(plain))
	decoder.UseNumber() // a large number would come back as 1e+06
	if err := decoder.Decode(&values); err != nil || len(values) != len(l.Order) {
		return "", nil, notACursor()
	}
	places := make([]string, len(values))
	args = args[:len(args):len(args)]
	for i, value := range values {
		args = append(args, fmt.Sprint(value))
		places[i] = fmt.Sprintf("$%d", len(args))
	}
	sign := ">"
	if l.Desc {
		sign = "<"
	}
	return fmt.Sprintf("(%s) %s (%s)", strings.Join(l.orderColumns(), ", "), sign, strings.Join(places, ", ")), args, nil
}

func notACursor() error {
	return market.RefuseField(market.Invalid, "after", "This is not a cursor of this list: leave it out to start again.")
}

// cursorContext binds a cursor to its reader and its list.
func (l Pages[T]) cursorContext(v *View, parent uuid.UUID) string {
	return v.reader.Context + "|" + l.Name + "|" + parent.String()
}

func (l Pages[T]) makeConnection(v *View, parent uuid.UUID, rows []*T, p market.Page) *market.Connection[T] {
	c := &market.Connection[T]{Edges: []*market.Edge[T]{}}
	if len(rows) > p.First {
		rows, c.PageInfo.HasNextPage = rows[:p.First], true
	}
	bound := l.cursorContext(v, parent)
	for _, row := range rows {
		position := &market.Cursor{Encode: func() (string, error) { return l.sealCursor(v, bound, row) }}
		c.Edges = append(c.Edges, &market.Edge[T]{Position: position, Node: row})
	}
	if n := len(c.Edges); n > 0 {
		c.PageInfo.First, c.PageInfo.Last = c.Edges[0].Position, c.Edges[n-1].Position
	}
	return c
}

// sealCursor seals the values that order a list, at one of its rows.
func (l Pages[T]) sealCursor(v *View, bound string, row *T) (string, error) {
	values := make([]any, len(l.Order))
	for i, name := range l.Order {
		values[i] = fieldOf(row, l.Table.columnNamed(name)).Interface()
	}
	plain, err := json.Marshal(values)
	if err != nil {
		return "", fmt.Errorf("cursor: %w", err)
	}
	return v.reader.Cursors.SealCursor(bound, plain)
}
