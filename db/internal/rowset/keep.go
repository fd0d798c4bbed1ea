package rowset

import "github.com/google/uuid"

// Keep gives a view rows that a change has written whole, or has read under its locks: an answer that selects no more is not read again.
// Rows of which a figure is selected are read again: a change does not have it. Keep panics where some readers get something else than all
// columns of a row.
func (t *Table[T]) Keep(v Viewer, rows ...*T) {
	for _, c := range t.columns {
		if c.act != "" {
			panic("rowset: rows of table " + t.name + " are not the same for all who read them: column " + c.name)
		}
	}
	view := v.rowsView()
	for _, c := range t.columns {
		if c.figure && view.selection.selectsAny(t.table, c.fields...) {
			return
		}
	}
	if !view.can.canRead(t.table) {
		return
	}
	view.Lock()
	defer view.Unlock()
	view.kept = true
	for _, row := range rows {
		view.rows[identity{t.table, *valueOf[uuid.UUID](row, t.id)}] = row
	}
}
