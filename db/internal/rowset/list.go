package rowset

import (
	"context"
	"reflect"
	"strings"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/policy"
)

// ByID reads rows by their ids, in one statement for those that the request has not read yet. What is hidden or absent is missing from
// the map.
func (t *Table[T]) ByID(ctx context.Context, v Viewer, ids []uuid.UUID) (map[uuid.UUID]*T, error) {
	view := v.rowsView()
	found, missing := keptRows[T](view, t.table, ids)
	if len(missing) == 0 || !view.can.canRead(t.table) {
		return found, nil
	}
	rows, err := view.readRows(ctx, query{table: t.table, where: t.id.sql + " = ANY ($1)"}, IDs(missing))
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		found[*valueOf[uuid.UUID](row, t.id)] = row.(*T)
	}
	view.Lock()
	defer view.Unlock()
	view.keepMissing(t.table, missing...)
	return found, nil
}

// keptRows are the rows that the request has read, and the ids of which it knows nothing.
func keptRows[T any](v *View, t *table, ids []uuid.UUID) (found map[uuid.UUID]*T, missing []uuid.UUID) {
	found = make(map[uuid.UUID]*T, len(ids))
	v.Lock()
	defer v.Unlock()
	for _, id := range ids {
		row, ok := v.rows[identity{t, id}]
		switch {
		case !ok:
			missing = append(missing, id)
		case row != nil:
			found[id] = row.(*T)
		}
	}
	return found, missing
}

// Where reads the rows of a condition, whose arguments it names.
func (t *Table[T]) Where(ctx context.Context, v Viewer, condition string, args ...any) ([]*T, error) {
	rows, err := v.rowsView().readRows(ctx, query{table: t.table, where: condition}, args...)
	return rowsAs[T](rows), err
}

func rowsAs[T any](rows []any) []*T {
	all := make([]*T, len(rows))
	for i, row := range rows {
		all[i] = row.(*T)
	}
	return all
}

// IDs passes a list of ids to a statement.
func IDs(ids []uuid.UUID) any {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = id.String()
	}
	return "{" + strings.Join(texts, ",") + "}"
}

// List is rows of a table that belong to something, by a column, in an order.
type List[K comparable, T any] struct{ *list }

type list struct {
	table *table
	key   *column
	order []Order
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
	key := t.columnNamed(name)
	if typ := key.field.Field.Type; typ != reflect.TypeFor[K]() && typ != reflect.TypeFor[*K]() {
		t.panicWith("a list by column %s, which is a %s", name, typ)
	}
	return &List[K, T]{&list{table: t.table, key: key, order: order}}
}

// Children makes the list of rows that belong to a row of another table, by a column, as a field of the schema: the list comes with that
// row where the field is selected.
func Children[P, T any](parents *Table[P], field string, t *Table[T], name string, order ...Order) *List[uuid.UUID, T] {
	l := ListOf[uuid.UUID](t, name, order...)
	parents.children = append(parents.children, child{field, l.list})
	return l
}

// orderFor is the order of a list by a capacity's grants.
func (l *list) orderFor(can grants) string {
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
	view := v.rowsView()
	kept, missing := l.keptLists(view, keys)
	if len(missing) == 0 || !view.can.canRead(l.table) {
		return kept, nil
	}
	var arg any = pq.Array(missing)
	if ids, ok := any(missing).([]uuid.UUID); ok {
		arg = IDs(ids)
	}
	rows, err := view.readRows(ctx, query{
		table: l.table, where: l.key.sql + " = ANY ($1)", order: l.orderFor(view.can), keeps: l.key.name + ",",
	}, arg)
	for key, group := range groupBy[K, T](rows, l.key) {
		kept[key] = group
	}
	return kept, err
}

// keptLists are the lists that came with something else, and the keys of those that did not.
func (l *List[K, T]) keptLists(v *View, keys []K) (kept map[K][]*T, missing []K) {
	kept = make(map[K][]*T, len(keys))
	v.Lock()
	defer v.Unlock()
	for _, key := range keys {
		id, _ := any(key).(uuid.UUID)
		if rows, ok := v.lists[listOf{l.list, id}]; ok {
			kept[key] = rowsAs[T](rows)
		} else {
			missing = append(missing, key)
		}
	}
	return kept, missing
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
