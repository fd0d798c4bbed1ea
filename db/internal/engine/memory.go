package engine

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

// rememberRefusal keeps a refusal for its key, in a transaction of its own: that of the change is gone. Between the two a retry
// with the same key may have been answered: then that is the answer.
func (d *DB) rememberRefusal(ctx context.Context, a policy.Actor, m *requestMemory, refusal *market.Refusal) (uuid.UUID, error) {
	if m == nil {
		return uuid.Nil, refusal
	}
	tx, err := d.Begin(ctx, BeginReadWrite, a)
	if err != nil {
		return uuid.Nil, err
	}
	defer tx.Rollback(ctx)
	if id, known, err := m.recallAnswer(ctx, tx); known || err != nil {
		return id, err
	}
	kept, args, err := m.insertStatement(tx, nil, refusal)
	if err != nil {
		return uuid.Nil, err
	}
	if _, err := tx.Exec(ctx, kept, args...); err != nil {
		return uuid.Nil, err
	}
	if err := tx.Commit(ctx); err != nil {
		return uuid.Nil, err
	}
	return uuid.Nil, refusal
}

// requestMemory is what is kept of a request against acting twice; nil for one without a key.
type requestMemory struct {
	organisation uuid.UUID
	person, key  string
	act          policy.Act
	input        []byte
}

func newRequestMemory(a policy.Actor, r Request) (*requestMemory, error) {
	if r.Keyless {
		return nil, nil
	}
	if n := utf8.RuneCountInString(r.Key); n < 8 || n > 100 {
		return nil, market.RefuseField(market.Invalid, "idempotencyKey",
			"Enter a key of 8 to 100 characters, and a new one for each new request.")
	}
	input, err := json.Marshal(r.Input)
	if err != nil {
		return nil, fmt.Errorf("fingerprint of request: %w", err)
	}
	return &requestMemory{a.Organisation, a.Person, r.Key, r.Act, input}, nil
}

// recallAnswer waits for a request under way with the same key, then says what that one answered, if it did.
func (m *requestMemory) recallAnswer(ctx context.Context, t *Tx) (id uuid.UUID, known bool, err error) {
	if m == nil {
		return uuid.Nil, false, nil
	}
	var was struct {
		Request []byte     `db:"request"`
		Result  *uuid.UUID `db:"result_id"`
		Refusal *string    `db:"refusal"`
	}
	err = t.Get(ctx, &was, "SELECT request, result_id, refusal FROM recall($1, $2, $3, $4)", m.organisation, m.person, m.act, m.key)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return uuid.Nil, false, nil
	case err != nil:
		return uuid.Nil, false, err
	case !t.db.keys.MatchesFingerprint(was.Request, m.input):
		return uuid.Nil, true, market.RefuseField(market.KeyReused, "idempotencyKey",
			"This key was used for a different request: choose a new one.")
	case was.Result != nil:
		return *was.Result, true, nil
	}
	refusal := &market.Refusal{}
	if err := json.Unmarshal([]byte(*was.Refusal), refusal); err != nil {
		return uuid.Nil, false, fmt.Errorf("remembered refusal: %w", err)
	}
	return uuid.Nil, true, refusal
}

// insertStatement is the statement, with its arguments, that remembers what the request is answered; none where there is no memory.
func (m *requestMemory) insertStatement(t *Tx, id *uuid.UUID, refusal *market.Refusal) (statement string, args []any, err error) {
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
