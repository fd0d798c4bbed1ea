package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/market"
)

// Listing is a list that is read in pages: its name (bound into its cursors), its rows without order, the columns that
// order it (the last one unique), and their values in a row.
type Listing[T any] struct {
	Name   string
	Rows   string
	Where  string // a condition of the list itself; "" for none
	Args   []any  // that rows, where and keys name
	Keys   string // "n.created_at, n.id"
	First  string // of the keys the one by which an index gives the rows, where it does not know the others; "" where it does
	Desc   bool
	Key    func(*T) []any
	Parent string             // column of a nested list: "l.market_id"
	Of     func(*T) uuid.UUID // its value in a row
}

// Page reads one page of a list, in one statement.
func Page[T any](ctx context.Context, v *View, l Listing[T], p market.Page) (*market.Connection[T], error) {
	after, args, err := l.after(v, uuid.Nil, p, l.Args)
	if err != nil {
		return nil, err
	}
	l.Rows = v.selection.Narrow(reflect.TypeFor[T](), l.Rows, l.Keys)
	rows, err := RowsOf[T](ctx, v, p.First, l.query(after, p.First+1), args...)
	if err != nil {
		return nil, err
	}
	return l.connection(v, uuid.Nil, rows, p), nil
}

// Pages reads one page for each parent, in one statement for all of them.
func Pages[T any](ctx context.Context, v *View, l Listing[T], parents []uuid.UUID, p market.Page) (map[uuid.UUID]*market.Connection[T], error) {
	if len(parents) == 0 {
		return nil, nil
	}
	if p.After != "" && len(parents) > 1 {
		return nil, noCursor() // it belongs to one of them
	}
	after, args, err := l.after(v, parents[0], p, []any{pq.Array(parents)})
	if err != nil {
		return nil, err
	}
	l.Rows = v.selection.Narrow(reflect.TypeFor[T](), l.Rows, l.Keys)
	query := "SELECT x.* FROM unnest($1::uuid[]) AS parent(id) CROSS JOIN LATERAL (" + l.Rows +
		Conditions(l.Where, l.Parent+" = parent.id", after) + l.order() + fmt.Sprintf(" LIMIT %d) x", p.First+1)
	rows, err := RowsOf[T](ctx, v, 0, v.bounded(query), args...)
	if err != nil {
		return nil, err
	}
	grouped := map[uuid.UUID][]*T{}
	for _, row := range rows {
		grouped[l.Of(row)] = append(grouped[l.Of(row)], row)
	}
	all := map[uuid.UUID]*market.Connection[T]{}
	for _, parent := range parents {
		all[parent] = l.connection(v, parent, grouped[parent], p)
	}
	return all, nil
}

// queryRows reads so many rows behind a cursor. An index on distance gives rows in no order where they are equally far: then
// all that are as far as the last are read, and put in order.
func (l Listing[T]) query(after string, rows int) string {
	from := l.Rows + Conditions(l.Where, after)
	if l.First == "" {
		return from + l.order() + fmt.Sprintf(" LIMIT %d", rows)
	}
	return fmt.Sprintf("SELECT * FROM (%s ORDER BY %s FETCH FIRST %d ROWS WITH TIES) found ORDER BY metres, id LIMIT %[3]d", from, l.First, rows)
}

func Conditions(all ...string) string {
	var real []string
	for _, c := range all {
		if c != "" {
			real = append(real, c)
		}
	}
	if real == nil {
		return ""
	}
	return " WHERE " + strings.Join(real, " AND ")
}

func (l Listing[T]) order() string {
	if !l.Desc {
		return " ORDER BY " + l.Keys
	}
	return " ORDER BY " + strings.ReplaceAll(l.Keys, ",", " DESC,") + " DESC"
}

// after is the condition that continues a list behind a cursor, with its arguments after those given.
func (l Listing[T]) after(v *View, parent uuid.UUID, p market.Page, args []any) (string, []any, error) {
	if p.After == "" {
		return "", args, nil
	}
	plain, err := v.db.keys.OpenCursor(l.context(v, parent), p.After)
	if err != nil {
		return "", nil, noCursor()
	}
	var values []any
	decoder := json.NewDecoder(bytes.NewReader(plain))
	decoder.UseNumber() // a large number would come back as 1e+06
	if err := decoder.Decode(&values); err != nil {
		return "", nil, noCursor()
	}
	var places []string
	for _, value := range values {
		args = append(args, fmt.Sprint(value))
		places = append(places, fmt.Sprintf("$%d", len(args)))
	}
	sign := ">"
	if l.Desc {
		sign = "<"
	}
	return fmt.Sprintf("(%s) %s (%s)", l.Keys, sign, strings.Join(places, ", ")), args, nil
}

func noCursor() error {
	return market.RefuseField(market.Invalid, "after", "This is not a cursor of this list: begin again without it.")
}

// context binds a cursor to its reader and its list.
func (l Listing[T]) context(v *View, parent uuid.UUID) string {
	return v.actor.Context() + "|" + l.Name + "|" + parent.String()
}

func (l Listing[T]) connection(v *View, parent uuid.UUID, rows []*T, p market.Page) *market.Connection[T] {
	c := &market.Connection[T]{Edges: []*market.Edge[T]{}}
	if len(rows) > p.First {
		rows, c.PageInfo.HasNextPage = rows[:p.First], true
	}
	bound := l.context(v, parent)
	for _, row := range rows {
		cut := &market.Cursor{Encode: func() (string, error) { return v.db.cursor(bound, l.Key(row)) }}
		c.Edges = append(c.Edges, &market.Edge[T]{Position: cut, Node: row})
	}
	if n := len(c.Edges); n > 0 {
		c.PageInfo.First, c.PageInfo.Last = c.Edges[0].Position, c.Edges[n-1].Position
	}
	return c
}

// cursor seals the values that order a list, at one of its rows.
func (d *DB) cursor(bound string, key []any) (string, error) {
	plain, err := json.Marshal(key)
	if err != nil {
		return "", fmt.Errorf("cursor: %w", err)
	}
	return d.keys.SealCursor(bound, plain)
}

// ByID reads the rows of a table by id, in one statement; what is hidden or absent is missing from the map.
func ByID[T any](ctx context.Context, v *View, rows, column string, ids []uuid.UUID, of func(*T) uuid.UUID) (map[uuid.UUID]*T, error) {
	shown := 0
	if len(ids) == 1 {
		shown = 1
	}
	found, err := RowsOf[T](ctx, v, shown, v.bounded(v.selection.Narrow(reflect.TypeFor[T](), rows, column)+" WHERE "+column+" = ANY ($1)"), pq.Array(ids))
	if err != nil {
		return nil, err
	}
	all := make(map[uuid.UUID]*T, len(found))
	for _, row := range found {
		all[of(row)] = row
	}
	return all, nil
}

// Grouped reads the rows that belong to each parent, in one statement.
func Grouped[K comparable, T any](ctx context.Context, v *View, rows, column, order string, parents []K, of func(*T) K) (map[K][]*T, error) {
	found, err := RowsOf[T](ctx, v, 0, among[T](v, rows, column, order, "$1"), pq.Array(parents))
	if err != nil {
		return nil, err
	}
	all := make(map[K][]*T, len(parents))
	for _, row := range found {
		all[of(row)] = append(all[of(row)], row)
	}
	return all, nil
}

// among is the query of the rows that belong to some parents.
func among[T any](v *View, rows, column, order, parents string) string {
	return v.bounded(v.selection.Narrow(reflect.TypeFor[T](), rows, order) + " WHERE " + column + " = ANY (" + parents + ") ORDER BY " + order)
}

// Ids passes a list of ids to a statement.
func Ids(list []uuid.UUID) any { return pq.Array(list) }
