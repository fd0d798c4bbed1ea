package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

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
	memory, err := newMemory(a, r)
	if err != nil {
		return uuid.Nil, err
	}
	tx, err := d.begin(ctx, readWrite, a)
	if err != nil {
		return uuid.Nil, err
	}
	defer tx.rollback(ctx)
	if id, known, err := memory.recall(ctx, tx); known || err != nil {
		return id, err
	}
	tx.act = r.Act
	event, err := change(tx)
	if errors.Is(err, sql.ErrNoRows) {
		err = market.Absent("thing")
	}
	if err == nil {
		err = tx.settle(ctx, event, memory)
	}
	if refusal := (*market.Refusal)(nil); errors.As(err, &refusal) {
		tx.rollback(ctx)
		return d.remember(ctx, a, memory, refusal)
	}
	return event.Object, err
}

// settle records the event and the result, in one statement, and commits.
func (t *Tx) settle(ctx context.Context, e Event, m *memory) error {
	kept, args, err := m.insert(t, &e.Object, nil)
	if err != nil {
		return err
	}
	if m != nil {
		kept = "WITH kept AS (" + kept + ") "
	}
	if err := t.recordWith(ctx, e, kept, args); err != nil {
		return err
	}
	return t.commit(ctx)
}

// remember keeps a refusal for its key, in a transaction of its own: that of the change is gone. Between the two a retry
// with the same key may have been answered: then that is the answer.
func (d *DB) remember(ctx context.Context, a policy.Actor, m *memory, refusal *market.Refusal) (uuid.UUID, error) {
	if m == nil {
		return uuid.Nil, refusal
	}
	tx, err := d.begin(ctx, readWrite, a)
	if err != nil {
		return uuid.Nil, err
	}
	defer tx.rollback(ctx)
	if id, known, err := m.recall(ctx, tx); known || err != nil {
		return id, err
	}
	kept, args, err := m.insert(tx, nil, refusal)
	if err != nil {
		return uuid.Nil, err
	}
	if _, err := tx.exec(ctx, kept, args...); err != nil {
		return uuid.Nil, err
	}
	if err := tx.commit(ctx); err != nil {
		return uuid.Nil, err
	}
	return uuid.Nil, refusal
}

// memory is what is kept of a request against acting twice; nil for one without a key.
type memory struct {
	organisation uuid.UUID
	person, key  string
	act          policy.Act
	input        []byte
}

func newMemory(a policy.Actor, r Request) (*memory, error) {
	if r.Keyless {
		return nil, nil
	}
	if n := utf8.RuneCountInString(r.Key); n < 8 || n > 100 {
		return nil, market.RefuseField(market.Invalid, "idempotencyKey", "Choose a key of 8 to 100 characters, new for each new request.")
	}
	input, err := json.Marshal(r.Input)
	if err != nil {
		return nil, fmt.Errorf("fingerprint of request: %w", err)
	}
	return &memory{a.Organisation, a.Person, r.Key, r.Act, input}, nil
}

// recall waits for a request under way with the same key, then says what that one answered, if it did.
func (m *memory) recall(ctx context.Context, t *Tx) (id uuid.UUID, known bool, err error) {
	if m == nil {
		return uuid.Nil, false, nil
	}
	var was struct {
		Request []byte     `db:"request"`
		Result  *uuid.UUID `db:"result_id"`
		Refusal *string    `db:"refusal"`
	}
	err = t.get(ctx, &was, "SELECT request, result_id, refusal FROM recall($1, $2, $3, $4)", m.organisation, m.person, m.act, m.key)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return uuid.Nil, false, nil
	case err != nil:
		return uuid.Nil, false, err
	case !t.db.keys.Matches(was.Request, m.input):
		return uuid.Nil, true, market.RefuseField(market.KeyReused, "idempotencyKey", "This key was used for a different request: choose a new one.")
	case was.Result != nil:
		return *was.Result, true, nil
	}
	refusal := &market.Refusal{}
	if err := json.Unmarshal([]byte(*was.Refusal), refusal); err != nil {
		return uuid.Nil, false, fmt.Errorf("remembered refusal: %w", err)
	}
	return uuid.Nil, true, refusal
}

// insert is the statement, with its arguments, that remembers what the request is answered; none where there is no memory.
func (m *memory) insert(t *Tx, id *uuid.UUID, refusal *market.Refusal) (statement string, args []any, err error) {
	if m == nil {
		return "", nil, nil
	}
	var said *string
	if refusal != nil {
		raw, err := json.Marshal(refusal)
		if err != nil {
			return "", nil, fmt.Errorf("refusal: %w", err)
		}
		said = new(string(raw))
	}
	request, err := t.db.keys.Fingerprint(m.input)
	return `INSERT INTO idempotency (organisation_id, person, act, key, request, result_id, refusal)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`, []any{m.organisation, m.person, m.act, m.key, request, id, said}, err
}
