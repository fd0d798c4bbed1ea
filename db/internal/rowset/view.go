package rowset

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/session"
	"github.com/southeasttogether/dps/policy"
)

// View is what one request reads, under its caller's database role: in one snapshot, each row once. Its methods may be called from
// several goroutines; their statements run one after the other.
type View struct {
	reader    Reader
	can       grants
	selection *Selection

	sync.Mutex
	mode  mode
	tx    *session.Tx      // of a snapshot
	rows  map[identity]any // what was read, by its id; nil for what is hidden or absent
	lists map[*list]any    // that came with the rows that they belong to
	most  int              // rows that may be read; 0 for any number
	read  int              // rows that were
	waste int              // rows that were read before a restart
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
	alone                // one statement was read, in a transaction of its own
	outgrown             // another one was to follow it
	snapshot             // all that is read is read in one transaction, which is open
)

// identity is a row of a table.
type identity struct {
	table *table
	id    uuid.UUID
}

// Viewer is a view, or what has one.
type Viewer interface{ view() *View }

func (v *View) view() *View { return v }

// ErrOutgrown says that a second statement was to be read after one in a transaction of its own: it would see another snapshot. The
// request is to be answered again (Restart).
var ErrOutgrown = errors.New("the request needs more than one statement")

// TooManyRows says that more rows were to be read than a view may: this number.
type TooManyRows int

func (n TooManyRows) Error() string { return fmt.Sprintf("more than %d rows are to be read", int(n)) }

// NewView begins what a request reads. The caller must Close it.
func NewView(r Reader) *View {
	return &View{reader: r, can: r.Can, selection: everything, rows: map[identity]any{}, lists: map[*list]any{}}
}

// Select tells the view what is selected. A view that is not told reads every column, and nothing that belongs to its rows.
func (v *View) Select(s *Selection) { v.selection = s }

// Selects says whether one of some fields of a type is selected.
func (v *View) Selects(typ string, fields ...string) bool { return v.selection.has(typ, fields...) }

// Bound sets how many rows the view may read in all; the statement that would read more ends there, with TooManyRows.
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
	return v.spend(rows)
}

func (v *View) spend(rows int) error {
	if v.read += rows; v.most > 0 && v.read > v.most {
		return TooManyRows(v.most)
	}
	return nil
}

// All reads the rows of a query into dest, a pointer to a slice.
func (v *View) All(ctx context.Context, dest any, text string, args ...any) error {
	if v.most > 0 {
		text = "SELECT * FROM (" + text + ") bounded" + limit(v.most+1)
	}
	v.Lock()
	defer v.Unlock()
	if err := v.run(ctx, session.All(dest, text, args...)); err != nil {
		return err
	}
	return v.spend(reflect.ValueOf(dest).Elem().Len())
}

// rowsOf reads the rows of a query, and keeps what they bring.
func (v *View) rowsOf(ctx context.Context, q query, args []any) (rows reflect.Value, err error) {
	st := v.selection.statement(q, v.can, v.reader.Caller.Role, v.most)
	v.Lock()
	defer v.Unlock()
	var lists []reflect.Value
	if err := v.run(ctx, session.Lists(st.layouts, &lists, st.text, args...)); err != nil {
		return rows, err
	}
	return lists[0], v.spend(st.take(v, lists))
}

// miss keeps that a row which was named did not come.
func (v *View) miss(id identity) {
	if _, ok := v.rows[id]; !ok {
		v.rows[id] = nil
	}
}

// missAll keeps which of the rows that were asked for did not come.
func (v *View) missAll(t *table, ids []uuid.UUID) {
	v.Lock()
	defer v.Unlock()
	for _, id := range ids {
		v.miss(identity{t, id})
	}
}

// run reads what is asked: alone, where the request may be one statement, and else in the snapshot. The lock is held.
func (v *View) run(ctx context.Context, q session.Query) error {
	if err := v.spend(0); err != nil {
		return err // another part of the request met the bound
	}
	if v.mode == idle && v.selection.single() {
		if answered, err := v.reader.Pool.Ask(ctx, v.reader.Caller, q); answered || err != nil {
			if err == nil {
				v.mode = alone
			}
			return v.reader.Explain(err)
		}
	}
	if err := v.enter(ctx); err != nil {
		return err
	}
	return v.reader.Explain(v.tx.Query(ctx, q))
}

// enter opens the snapshot, where it is not open; the lock is held.
func (v *View) enter(ctx context.Context) error {
	if v.mode != idle {
		v.selection.Several()
	}
	switch v.mode {
	case alone, outgrown:
		v.mode = outgrown
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

// Restart says whether a request that was taken for one statement needs a second one: what it has read is then to be thrown away, and the
// request answered again, in one snapshot. The selection is remembered as one of several statements.
func (v *View) Restart(ctx context.Context) bool {
	v.Lock()
	restart := v.mode == outgrown
	v.Unlock()
	if restart {
		v.Renew(ctx)
		v.waste, v.read = v.waste+v.read, 0
	}
	return restart
}

// Admit says whether the database would let the caller in, where nothing was read yet.
func (v *View) Admit(ctx context.Context) error {
	v.Lock()
	defer v.Unlock()
	if v.mode != idle {
		return nil
	}
	return v.enter(ctx)
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
	v.mode = idle
	clear(v.rows)
	clear(v.lists)
}
