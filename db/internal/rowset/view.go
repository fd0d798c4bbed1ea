package rowset

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/session"
	"github.com/southeasttogether/dps/policy"
)

// View is what one request reads, under its caller's database role: in one snapshot, each row once. Its methods may be called from
// several goroutines; their statements run one after the other. Nobody writes to a row that a view has read.
type View struct {
	reader    Reader
	can       grants
	selection *Selection

	sync.Mutex
	mode  mode
	tx    *session.Tx      // of a snapshot
	rows  map[identity]any // what was read, by its id; nil for what is hidden or absent
	lists map[listOf][]any // that came with the rows that they belong to
	most  int              // rows that may be read; 0 for any number
	read  int              // rows that were
	waste int              // rows that were read before a restart
	kept  bool             // a change has left rows (Keep): the database let its caller in
}

// Reader is who reads, and by what.
type Reader struct {
	Pool    *session.Pool
	Caller  session.Caller
	Context string // who reads, in one text, that cursors are bound to
	Can     func(policy.Act) bool
	Cursors Cursors
	Explain func(error) error // of the database, for those who call
}

// Cursors seals cursors, each bound to a context.
type Cursors interface {
	SealCursor(context string, plain []byte) (string, error)
	OpenCursor(context, cursor string) ([]byte, error)
}

// mode is where a view stands.
type mode int

const (
	idle     mode = iota // nothing was read
	alone                // one statement was read, in a transaction of its own; another one would see another snapshot
	snapshot             // all that is read is read in one transaction, which is open
)

// identity is a row of a table.
type identity struct {
	table *table
	id    uuid.UUID
}

// listOf is a list of what belongs to a row.
type listOf struct {
	list *list
	id   uuid.UUID
}

// Viewer is a view, or what has one.
type Viewer interface{ rowsView() *View }

func (v *View) rowsView() *View { return v }

// ErrOutgrown says that a second statement was to be read after one in a transaction of its own. The request is to be answered again
// (Restart).
var ErrOutgrown = errors.New("the request needs more than one statement")

// TooManyRowsError says that more rows were to be read than a view may: this number.
type TooManyRowsError int

func (n TooManyRowsError) Error() string {
	return fmt.Sprintf("more than %d rows are to be read", int(n))
}

// NewView begins what a request reads. The caller must Close it.
func NewView(r Reader) *View {
	return &View{reader: r, can: r.Can, selection: everything, rows: map[identity]any{}, lists: map[listOf][]any{}}
}

// Select tells the view what is selected. A view that is not told reads every column, and nothing that belongs to its rows.
func (v *View) Select(s *Selection) { v.selection = s }

// Selects says whether one of some fields of a type is selected.
func (v *View) Selects(typ string, fields ...string) bool {
	return v.selection.fields == nil || slices.ContainsFunc(fields, func(field string) bool { return v.selection.fields[typ][field] })
}

// bytesOfLongRow are read with as much work as one row more: rows with long texts count as several.
const bytesOfLongRow = 4096

// Bound sets how many rows the view may read in all; the statement that would read more ends there, with TooManyRowsError.
func (v *View) Bound(rows int) { v.most = rows }

// Rows is how many were read so far.
func (v *View) Rows() int {
	v.Lock()
	defer v.Unlock()
	return v.waste + v.read
}

// Spend counts rows that are looked at and not read.
func (v *View) Spend(rows int) error {
	v.Lock()
	defer v.Unlock()
	return v.countRows(rows)
}

func (v *View) countRows(rows int) error {
	if v.read += rows; v.most > 0 && v.read > v.most {
		return TooManyRowsError(v.most)
	}
	return nil
}

// All reads the rows of a query into dest, a pointer to a slice.
func (v *View) All(ctx context.Context, dest any, text string, args ...any) error {
	if v.most > 0 {
		text = "SELECT * FROM (" + text + ") bounded" + limitClause(v.most+1)
	}
	v.Lock()
	defer v.Unlock()
	if err := v.runQuery(ctx, session.All(dest, text, args...)); err != nil {
		return err
	}
	return v.countRows(reflect.ValueOf(dest).Elem().Len())
}

// readRows reads the rows of a query, pointers, and keeps them with all that they bring.
func (v *View) readRows(ctx context.Context, q query, args ...any) ([]any, error) {
	st := v.statementFor(q)
	v.Lock()
	defer v.Unlock()
	var lists [][]any
	size := 0
	reading := session.Lists(st.layouts, &lists, st.text, args...)
	reading.Size = &size
	if err := v.runQuery(ctx, reading); err != nil {
		return nil, err
	}
	count := size / bytesOfLongRow
	for i, s := range st.sources {
		count += len(lists[i])
		v.keepRows(s, lists[i])
		if s.list != nil {
			v.keepLists(s, lists[s.of.number], lists[i], s.of.shownRows(st.shown))
		}
	}
	for _, s := range st.sources {
		for _, n := range s.named {
			v.keepNamed(s.table, lists[n.by.number], n.column)
		}
	}
	return lists[0], v.countRows(count)
}

// keepRows keeps rows by their ids.
func (v *View) keepRows(s *source, rows []any) {
	if s.table.id == nil {
		return
	}
	for _, row := range rows {
		v.rows[identity{s.table, *valueOf[uuid.UUID](row, s.table.id)}] = row
	}
}

// keepLists keeps rows as the lists of those that they belong to, which have them as far as they are shown.
func (v *View) keepLists(s *source, owners, rows []any, shown int) {
	if shown > 0 && shown < len(owners) {
		owners = owners[:shown]
	}
	for _, owner := range owners {
		v.lists[listOf{s.list, *valueOf[uuid.UUID](owner, s.of.table.id)}] = nil
	}
	for _, row := range rows {
		of := listOf{s.list, *valueOf[uuid.UUID](row, s.list.key)}
		v.lists[of] = append(v.lists[of], row)
	}
}

// keepNamed keeps that of the rows of a table which others name by a column, some did not come.
func (v *View) keepNamed(t *table, by []any, c *column) {
	for _, row := range by {
		if id := valueOf[uuid.UUID](row, c); id != nil {
			v.keepMissing(t, *id)
		}
	}
}

// keepMissing keeps that rows did not come, unless they did.
func (v *View) keepMissing(t *table, ids ...uuid.UUID) {
	for _, id := range ids {
		if _, ok := v.rows[identity{t, id}]; !ok {
			v.rows[identity{t, id}] = nil
		}
	}
}

// runQuery reads what is asked: alone, where the request may be one statement, and else in the snapshot. The lock is held.
func (v *View) runQuery(ctx context.Context, q session.Query) error {
	if err := v.countRows(0); err != nil {
		return err // another part of the request met the bound
	}
	if v.mode == idle && !v.selection.several.Load() {
		if answered, err := v.reader.Pool.Ask(ctx, v.reader.Caller, q); answered || err != nil {
			if err == nil {
				v.mode = alone
			}
			return v.reader.Explain(err)
		}
	}
	if err := v.openSnapshot(ctx); err != nil {
		return err
	}
	return v.reader.Explain(v.tx.Query(ctx, q))
}

// openSnapshot opens the snapshot, unless it is open; the lock is held.
func (v *View) openSnapshot(ctx context.Context) error {
	if v.mode != idle {
		v.selection.Several()
	}
	switch v.mode {
	case alone:
		return ErrOutgrown
	case snapshot:
		return nil
	}
	tx, err := v.reader.Pool.Begin(ctx, session.ReadOnly, v.reader.Caller)
	if err == nil {
		v.tx, v.mode = tx, snapshot
	}
	return v.reader.Explain(err)
}

// Restart says whether a request that was taken for one statement needs a second one: what it has read is then thrown away, and the
// request is to be answered again, in one snapshot.
func (v *View) Restart(ctx context.Context) bool {
	v.Lock()
	outgrown := v.mode == alone && v.selection.several.Load()
	v.Unlock()
	if outgrown {
		v.Renew(ctx)
		v.waste, v.read = v.waste+v.read, 0
	}
	return outgrown
}

// Admit says whether the database would let the caller in, where nothing was read yet.
func (v *View) Admit(ctx context.Context) error {
	v.Lock()
	defer v.Unlock()
	if v.mode != idle || v.kept {
		return nil
	}
	return v.openSnapshot(ctx)
}

// Renew gives the snapshot back and forgets what was read, so that the next read sees what is committed until then: called before each
// change, and at the end.
func (v *View) Renew(ctx context.Context) {
	v.Lock()
	defer v.Unlock()
	if v.mode == snapshot {
		v.tx.Rollback(ctx)
		v.tx = nil
	}
	v.mode, v.kept = idle, false
	clear(v.rows)
	clear(v.lists)
}
