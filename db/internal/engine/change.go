package engine

import (
	"context"
	"database/sql"
	"errors"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// Request is a change that a caller asks for: the act, the caller's key against acting twice, and the whole input, of
// which only a fingerprint is kept. Keyless are those that need no memory: where the rows themselves say that it was done (the
// clock's work, a one-time invitation), or where each time is a happening of its own (a look at an identity).
type Request struct {
	Act     policy.Act
	Key     string
	Input   any
	Keyless bool
}

// Change is the only way to write. It checks that the actor's capacity has the act, opens the transaction under its
// database role, answers a retry with what was answered before, runs fn, records the event that fn must return, and
// commits. A *market.Refusal of fn changes nothing and is remembered for the key. It returns the id of the result.
func (d *DB) Change(ctx context.Context, a policy.Actor, r Request, change func(*Tx) (Event, error)) (uuid.UUID, error) {
	if !d.policy.Can(a.Role, r.Act) {
		return uuid.Nil, ErrForbidden
	}
	memory, err := newRequestMemory(a, r)
	if err != nil {
		return uuid.Nil, err
	}
	tx, err := d.Begin(ctx, BeginReadWrite, a)
	if err != nil {
		return uuid.Nil, err
	}
	defer tx.Rollback(ctx)
	if id, known, err := memory.recallAnswer(ctx, tx); known || err != nil {
		return id, err
	}
	tx.act = r.Act
	event, err := change(tx)
	if errors.Is(err, sql.ErrNoRows) {
		err = market.Absent("record")
	}
	if err == nil {
		err = tx.commitWithEvent(ctx, event, memory)
	}
	if refusal := (*market.Refusal)(nil); errors.As(err, &refusal) {
		tx.Rollback(ctx)
		return d.rememberRefusal(ctx, a, memory, refusal)
	}
	return event.Object, err
}

// commitWithEvent records the event and the result, in one statement, and commits.
func (t *Tx) commitWithEvent(ctx context.Context, e Event, m *requestMemory) error {
	kept, args, err := m.insertStatement(t, &e.Object, nil)
	if err != nil {
		return err
	}
	if m != nil {
		kept = "WITH kept AS (" + kept + ") "
	}
	if err := t.recordEventWith(ctx, e, kept, args); err != nil {
		return err
	}
	return t.Commit(ctx)
}
