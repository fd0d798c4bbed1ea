package rowset

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/internal/session"
	"github.com/southeasttogether/dps/policy"
)

// ByID reads rows by their ids, in one statement for those that the request has not read yet. What is hidden or absent is missing from
// the map.
func (t *Table[T]) ByID(ctx context.Context, v Viewer, ids []uuid.UUID) (map[uuid.UUID]*T, error) {
	view := v.view()
	all, missing := known[T](view, t.table, ids)
	if len(missing) == 0 || !view.can.reads(t.table) {
		return all, nil
	}
	rows, err := read[T](ctx, view, query{table: t.table, where: t.column("id").sql + " = ANY ($1)"}, IDs(missing))
	for _, row := range rows {
		all[*keyOf(row, t.key)] = row
	}
	if err == nil {
		view.missAll(t.table, missing)
	}
	return all, err
}

// known are the rows that the request has read, and the ids of which it knows nothing.
func known[T any](v *View, t *table, ids []uuid.UUID) (all map[uuid.UUID]*T, missing []uuid.UUID) {
	all = make(map[uuid.UUID]*T, len(ids))
	v.Lock()
	defer v.Unlock()
	for _, id := range ids {
		row, ok := v.rows[identity{t, id}]
		switch {
		case !ok:
			missing = append(missing, id)
		case row != nil:
			all[id] = row.(*T)
		}
	}
	return all, missing
}

// read reads rows of a query with all that they bring.
func read[T any](ctx context.Context, v *View, q query, args ...any) ([]*T, error) {
	rows, err := v.rowsOf(ctx, q, args)
	if err != nil {
		return nil, err
	}
	return rows.Interface().([]*T), nil
}

// IDs passes a list of ids to a statement.
func IDs(ids []uuid.UUID) any {
	text := make([]byte, 0, 2+37*len(ids))
	for i, id := range ids {
		text = append(text, "{,"[min(i, 1)])
		text = append(text, id.String()...)
	}
	if len(ids) == 0 {
		text = append(text, '{')
	}
	return string(append(text, '}'))
}

// List is rows of a table that belong to something, by a column, in an order.
type List[K comparable, T any] struct {
	*list
	path []int // to the column
}

type list struct {
	table    *table
	key      *column
	order    []Order
	remember func(v *View, keys []uuid.UUID, rows reflect.Value) // as the lists of these
}

// Order is an expression that orders a list.
type Order struct {
	SQL string
	Act policy.Act // that it needs; "" for none
}

// By are expressions that order a list.
func By(all ...string) []Order {
	order := make([]Order, len(all))
	for i, sql := range all {
		order[i] = Order{SQL: sql}
	}
	return order
}

// ListOf makes the list of rows that belong to a K by a column.
func ListOf[K comparable, T any](t *Table[T], name string, order ...Order) *List[K, T] {
	l := &List[K, T]{&list{table: t.table, key: t.column(name), order: order}, t.path(name)}
	if typ := session.TypeAt(t.row, l.path); typ != reflect.TypeFor[K]() && typ != reflect.TypeFor[*K]() {
		panic(fmt.Sprintf("rowset: list of table %s: column %s is a %s", t.name, name, typ))
	}
	return l
}

// Children makes the list of rows that belong to a row of another table, by a column, as a field of the schema: the list comes with that
// row where the field is selected.
func Children[P, T any](parents *Table[P], field string, t *Table[T], name string, order ...Order) *List[uuid.UUID, T] {
	l := ListOf[uuid.UUID](t, name, order...)
	l.remember = func(v *View, keys []uuid.UUID, rows reflect.Value) {
		all, _ := v.lists[l.list].(map[uuid.UUID][]*T)
		if all == nil {
			all = make(map[uuid.UUID][]*T, len(keys))
			v.lists[l.list] = all
		}
		for _, key := range keys {
			all[key] = []*T{}
		}
		for _, row := range rows.Interface().([]*T) {
			key := *keyOf(row, l.path)
			all[key] = append(all[key], row)
		}
	}
	parents.children = append(parents.children, child{field, l.list})
	return l
}

// ordered is the order of a list by a capacity's grants.
func (l *list) ordered(can grants) string {
	var all []string
	for _, o := range l.order {
		if o.Act == "" || can(o.Act) {
			all = append(all, o.SQL)
		}
	}
	return strings.Join(all, ", ")
}

// Read reads the lists of keys, in one statement for those that have not come with something else.
func (l *List[K, T]) Read(ctx context.Context, v Viewer, keys []K) (map[K][]*T, error) {
	view := v.view()
	all, missing := l.came(view, keys)
	if len(missing) == 0 || !view.can.reads(l.table) {
		return all, nil
	}
	rows, err := read[T](ctx, view, query{
		table: l.table, where: l.key.sql + " = ANY ($1)", order: l.ordered(view.can),
		keeps: l.key.name + ",",
	}, keysOf(missing))
	for _, row := range rows {
		key := *at[K](reflect.ValueOf(row).Elem(), l.path)
		all[key] = append(all[key], row)
	}
	return all, err
}

// came are the lists that came with something else, and the keys of those that did not.
func (l *List[K, T]) came(v *View, keys []K) (all map[K][]*T, missing []K) {
	all = make(map[K][]*T, len(keys))
	v.Lock()
	defer v.Unlock()
	came, _ := v.lists[l.list].(map[K][]*T)
	for _, key := range keys {
		if rows, ok := came[key]; ok {
			all[key] = rows
		} else {
			missing = append(missing, key)
		}
	}
	return all, missing
}

// One reads lists of one row at most: the row of each key.
func (l *List[K, T]) One(ctx context.Context, v Viewer, keys []K) (map[K]*T, error) {
	lists, err := l.Read(ctx, v, keys)
	all := make(map[K]*T, len(lists))
	for key, rows := range lists {
		if len(rows) > 0 {
			all[key] = rows[len(rows)-1]
		}
	}
	return all, err
}

func keysOf[K comparable](keys []K) any {
	if ids, ok := any(keys).([]uuid.UUID); ok {
		return IDs(slices.Clip(ids))
	}
	return pq.Array(keys)
}

// Where reads the rows of a condition, whose arguments it names.
func (t *Table[T]) Where(ctx context.Context, v Viewer, condition string, args ...any) ([]*T, error) {
	return read[T](ctx, v.view(), query{table: t.table, where: condition}, args...)
}
