package engine

import (
	"context"
	"database/sql"
	"errors"
	"slices"

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

// Change makes a change. It checks that the actor's capacity has the act, opens the transaction under its
// database role, answers a retry with what was answered before, runs fn, records the event that fn must return, and
// commits. A refusal of fn changes nothing and is remembered for the key, unless it can pass. It returns the id of the result.
// Change and Decide are the only ways to write.
func (d *DB) Change(ctx context.Context, a policy.Actor, r Request, change func(*Tx) (Event, error)) (uuid.UUID, error) {
	memory, err := d.admit(a, r)
	if err != nil {
		return uuid.Nil, err
	}
	tx, known, err := d.beginRemembering(ctx, a, memory)
	if err != nil {
		return uuid.Nil, err
	}
	defer tx.Rollback(ctx)
	if known != nil {
		return memory.answerRetry(ctx, tx, known)
	}
	tx.act, tx.input = r.Act, r.Input
	event, err := change(tx)
	if err == nil {
		err = tx.commitWith(ctx, memory, nil, event)
	}
	if err != nil {
		tx.Rollback(ctx)
		return d.settleFailure(ctx, a, r, memory, err)
	}
	return event.Object, nil
}

// admit checks that the actor's capacity has the act, and what the request is remembered by.
func (d *DB) admit(a policy.Actor, r Request) (*requestMemory, error) {
	if !d.policy.Can(a.Role, r.Act) {
		return nil, ErrForbidden
	}
	return newRequestMemory(a, r)
}

// settleFailure is what a change answers that left nothing. A refusal is remembered, unless it can pass.
func (d *DB) settleFailure(ctx context.Context, a policy.Actor, r Request, m *requestMemory, err error) (uuid.UUID, error) {
	if errors.Is(err, sql.ErrNoRows) {
		err = market.Absent("record")
	}
	err = nameAbsentField(err, r.Input)
	problems := market.ProblemsOf(err)
	if problems == nil || slices.ContainsFunc(problems, canPass) {
		return uuid.Nil, err
	}
	return d.rememberRefusal(ctx, a, m, problems)
}
