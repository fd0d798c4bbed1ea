package engine

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/seal"
)

// View is what one request reads: a single read-only snapshot under the actor's database role, opened at the first
// read. A request that is one statement is a transaction of one round trip. Its methods may be called from several goroutines;
// their statements run one after the other.
type View struct {
	db    *DB
	actor policy.Actor

	mu    sync.Mutex
	tx    *Tx
	early map[uuid.UUID]uuid.UUID       // unopened needs whose offers were asked for, with their authority
	needs map[uuid.UUID]*market.Need    // that were read
	known map[uuid.UUID]any             // what came along with something else, nil where it is hidden
	below map[uuid.UUID][]*market.Offer // offers that came below needs, by these

	selection *Selection // nil for everything

	Asked bool // a statement in a transaction of its own
	torn  bool // another statement followed it
	whole bool // from now on all in one transaction

	most, rows int // that may be read, 0 for any number; that were
	before     int // rows that were read and thrown away
}

// ErrTorn says that a second statement was to be read after one in a transaction of its own: it would see another snapshot.
var ErrTorn = errors.New("read in two snapshots")

// TooManyRows says that more rows were to be read than a view may: so many.
type TooManyRows int

func (n TooManyRows) Error() string { return fmt.Sprintf("more than %d rows are to be read", int(n)) }

// View begins what a request reads. The caller must End it.
func (d *DB) View(a policy.Actor) *View {
	return &View{db: d, actor: a, early: map[uuid.UUID]uuid.UUID{}, needs: map[uuid.UUID]*market.Need{}, known: map[uuid.UUID]any{}}
}

// Actor is who reads.
func (v *View) Actor() policy.Actor { return v.actor }

// Keys are the keys of the program.
func (v *View) Keys() *seal.Keyring { return v.db.keys }

// Can says whether the reader's capacity has an act at all: what it has not, it is not even asked of the database.
func (v *View) Can(act policy.Act) bool { return v.db.policy.Can(v.actor.Role, act) }

// Bound sets how many rows the view may read in all; the statement that would read more ends there, with TooManyRows.
func (v *View) Bound(rows int) { v.most = rows }

// Rows is how many were read so far.
func (v *View) Rows() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.before + v.rows
}

// Read runs fn in the view's transaction.
func (v *View) Read(ctx context.Context, fn func(*Tx) error) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.readLocked(ctx, fn)
}

func (v *View) readLocked(ctx context.Context, fn func(*Tx) error) error {
	if v.Asked || v.tx != nil {
		v.selection.Several()
	}
	if v.Asked {
		v.torn = true
		return ErrTorn
	}
	if v.tx == nil {
		tx, err := v.db.Begin(ctx, beginReadOnly, v.actor)
		if err != nil {
			return err
		}
		v.tx = tx
	}
	return fn(v.tx)
}

// dumpImported reads rows into dest, a pointer to a slice. It ends the statement where the view's bound does.
func (v *View) All(ctx context.Context, dest any, query string, args ...any) error {
	return v.Some(ctx, dest, v.bounded(query), args...)
}

// bounded ends a statement where the view's bound does; always there, so that the statement is prepared once.
func (v *View) bounded(query string) string {
	if v.most > 0 {
		query += fmt.Sprintf(" LIMIT %d", v.most+1)
	}
	return query
}

// Some is all for a statement that has an end of its own.
func (v *View) Some(ctx context.Context, dest any, query string, args ...any) error {
	return v.count(ctx, dest, asked{query: query, args: args, into: list(dest)})
}

// countRows reads what is asked, and counts the rows that come into dest.
func (v *View) count(ctx context.Context, dest any, a asked) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.most > 0 && v.rows > v.most {
		return TooManyRows(v.most) // another part of the request met the bound
	}
	if err := v.put(ctx, a); err != nil {
		return err
	}
	v.rows += reflect.ValueOf(dest).Elem().Len()
	if v.most > 0 && v.rows > v.most {
		return TooManyRows(v.most)
	}
	return nil
}

// put reads what is asked, in a transaction of its own where the request may be one statement; the lock is held.
func (v *View) put(ctx context.Context, a asked) error {
	if v.tx == nil && !v.Asked && !v.whole && v.selection.single() {
		if done, err := v.db.askInOneRoundTrip(ctx, v.actor, a); done || err != nil {
			v.Asked = err == nil
			return err
		}
	}
	return v.readLocked(ctx, func(t *Tx) error { return t.queryRows(ctx, a) })
}

// Torn says whether a request that was taken for one statement came to a second one: what it has read is then to be thrown away,
// and the request answered anew. The view begins again, in one transaction. An early look stays on record.
func (v *View) Torn(ctx context.Context) bool {
	v.mu.Lock()
	torn := v.torn
	v.mu.Unlock()
	if torn {
		v.Renew(ctx)
		v.whole, v.before, v.rows = true, v.before+v.rows, 0
	}
	return torn
}

// Spend counts rows that are looked at, or come along with others.
func (v *View) Spend(rows int) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.rows += rows
	if v.most > 0 && v.rows > v.most {
		return TooManyRows(v.most)
	}
	return nil
}

// Admit says whether the database would let the reader in, where nothing was read yet: ErrRevoked when its token was
// taken back.
func (v *View) Admit(ctx context.Context) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.Asked || v.tx != nil {
		return nil
	}
	return v.readLocked(ctx, func(*Tx) error { return nil })
}

// Renew gives the snapshot back, so that the next read sees what is committed until then: called before each change.
func (v *View) Renew(ctx context.Context) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.tx != nil {
		v.tx.Rollback(ctx)
		v.tx = nil
	}
	v.Asked, v.torn = false, false
	clear(v.known)
	clear(v.needs)
	v.below = nil
}

// ChainEnd closes the snapshot, then records what was asked too early, in a transaction of its own. An error means that
// the record could not be written: the caller must then not answer.
func (v *View) End(ctx context.Context) error {
	v.Renew(ctx)
	return v.recordPrematureLooks(ctx)
}
