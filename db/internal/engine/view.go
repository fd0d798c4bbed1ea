package engine

import (
	"context"
	"reflect"

	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/seal"
)

// View is what one request reads (rowset.View), and what its features keep until it ends.
type View struct {
	*rowset.View
	db    *DB
	actor policy.Actor
	kept  map[reflect.Type]Ender
}

// Ender is what a feature keeps with a request. It outlives a restart and a change, and hears of the end.
type Ender interface {
	End(ctx context.Context, v *View) error
}

// View begins what a request reads. The caller must End it.
func (d *DB) View(a policy.Actor) *View {
	return &View{db: d, actor: a, kept: map[reflect.Type]Ender{}, View: rowset.NewView(rowset.Reader{
		Pool: d.pool, Caller: callerOf(a), Context: a.Context(), Cursors: d.keys, Explain: translateError,
		Can: func(act policy.Act) bool { return d.policy.Can(a.Role, act) },
	})}
}

// Actor is who reads.
func (v *View) Actor() policy.Actor { return v.actor }

// Keys are the keys of the program.
func (v *View) Keys() *seal.Keyring { return v.db.keys }

// Can says whether the reader's capacity has an act at all: what it has not, it is not even asked of the database.
func (v *View) Can(act policy.Act) bool { return v.db.policy.Can(v.actor.Role, act) }

// Kept is what a feature keeps with a request, by its type, made when it is first asked for.
func Kept[E Ender](v *View, made func() E) E {
	v.Lock()
	defer v.Unlock()
	typ := reflect.TypeFor[E]()
	if _, ok := v.kept[typ]; !ok {
		v.kept[typ] = made()
	}
	return v.kept[typ].(E)
}

// Record runs fn in a transaction of its own, of an act of the reader, which stays whatever becomes of the request.
func (v *View) Record(ctx context.Context, act policy.Act, fn func(*Tx) error) error {
	tx, err := v.db.Begin(ctx, BeginReadWrite, v.actor)
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx)
	tx.act = act
	if err := fn(tx); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

// End closes the view, then lets the features end what they keep. An error means that something could not be recorded: the caller must
// then not answer.
func (v *View) End(ctx context.Context) error {
	v.Renew(ctx)
	for _, kept := range v.kept {
		if err := kept.End(ctx, v); err != nil {
			return err
		}
	}
	return nil
}
