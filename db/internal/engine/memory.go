package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/session"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/seal"
)

// passingRefusals are the kinds of refusal that can pass without the person changing what they ask for. They are not kept: a
// retry with the same key asks again. Nothing was done, so that nothing can be done twice.
var passingRefusals = map[market.Code]string{
	market.TooEarly:           "a period ends, or the step before is taken",
	market.NoCapacity:         "a place becomes free",
	market.NotAdmitted:        "a suspension ends, or the provider is admitted",
	market.ConflictOfInterest: "the person declares that they have no interest",
	market.UniqueProfile:      "another need like it is published",
	market.NotFound:           "the thing is made, or access to it is given",
}

// decidedRefusals are the other kinds. They are kept for the key, so that a retry is answered as the request was.
var decidedRefusals = map[market.Code]string{
	market.Invalid:         "the same input stays as it is",
	market.IdentifiesChild: "the same text stays as it is",
	market.SamePerson:      "who took the first step stays the same person",
	market.DeadlinePassed:  "what came late stays late, even if more time is given afterwards",
	market.WrongState:      "the record was in another state when it was asked, and whoever asks again later means another state",
	market.AlreadyExists:   "the other record came first, and whoever asks again after it is gone means another thing",
	market.MaterialChange:  "the same input changes the same things",
	market.KeyReused:       "the key belongs to another request",
}

func canPass(refusal *market.Refusal) bool { return passingRefusals[refusal.Code] != "" }

// rememberRefusal keeps a refusal for its key, in a transaction of its own: that of the change is gone. Between the two a retry
// with the same key may have been answered: then that is the answer.
func (d *DB) rememberRefusal(ctx context.Context, a policy.Actor, m *requestMemory, refusal market.ProblemErrors) (uuid.UUID, error) {
	if m == nil {
		return uuid.Nil, refusal
	}
	tx, known, err := d.beginRemembering(ctx, a, m)
	if err != nil {
		return uuid.Nil, err
	}
	defer tx.Rollback(ctx)
	if known != nil {
		return m.answerRetry(ctx, tx, known)
	}
	kept, err := m.rows(tx, nil, refusal)
	if err != nil {
		return uuid.Nil, err
	}
	if err := tx.Write(ctx, kept...); err != nil {
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

// remembered is what a request with the same key was answered.
type remembered struct {
	Request []byte     `db:"request"`
	Result  *uuid.UUID `db:"result_id"`
	Refusal *string    `db:"refusal"`
}

// beginRemembering opens the transaction of a change, waits for a request under way with the same key, reads what that one was answered,
// if it was, and what else the change reads first: all in one round trip.
func (d *DB) beginRemembering(ctx context.Context, a policy.Actor, m *requestMemory, reads ...session.Query) (*Tx, *remembered, error) {
	var known *remembered
	if m != nil {
		recall := session.Optional(&known, "SELECT request, result_id, refusal FROM recall($1, $2, $3, $4)", m.organisation, m.person, m.act,
			m.key)
		reads = append([]session.Query{recall}, reads...)
	}
	tx, err := d.pool.BeginWith(ctx, BeginReadWrite, callerOf(a), reads...)
	if err != nil {
		return nil, nil, translateError(err)
	}
	return &Tx{session: tx, db: d, actor: a}, known, nil
}

// answerRetry answers a retry with what is remembered, once that is durable. The first attempt may have been committed by the primary
// alone, if somebody ended its wait for the standby: what is committed after it waits for both.
func (m *requestMemory) answerRetry(ctx context.Context, t *Tx, known *remembered) (uuid.UUID, error) {
	mark := session.Call("SELECT pg_logical_emit_message(true, 'dps', 'retry')::text") // the least that a COMMIT waits for
	if err := t.NoteFailure(t.session.Query(ctx, mark)); err != nil {
		return uuid.Nil, err
	}
	if err := t.Commit(ctx); err != nil {
		return uuid.Nil, err
	}
	return m.answer(t.db.keys, known)
}

// answer answers a retry with what is remembered.
func (m *requestMemory) answer(keys *seal.Keyring, was *remembered) (uuid.UUID, error) {
	if !keys.MatchesFingerprint(was.Request, m.input) {
		return uuid.Nil, market.RefuseField(market.KeyReused, "idempotencyKey", "This key was used for a different request: choose a new one.")
	}
	if was.Result != nil {
		return *was.Result, nil
	}
	refusal, err := recallRefusal([]byte(*was.Refusal))
	if err != nil {
		return uuid.Nil, fmt.Errorf("remembered refusal: %w", err)
	}
	return uuid.Nil, market.All(refusal)
}

// recallRefusal reads a list of problems, or one alone as they were kept before there were lists.
func recallRefusal(kept []byte) (all market.ProblemErrors, err error) {
	if kept[0] == '[' {
		return all, json.Unmarshal(kept, &all)
	}
	one := &market.Refusal{}
	return market.ProblemErrors{one}, json.Unmarshal(kept, one)
}

// rows are what remembers the answer to the request: its result or its refusal. None where there is no memory.
func (m *requestMemory) rows(t *Tx, result *uuid.UUID, refusal market.ProblemErrors) ([]Row, error) {
	if m == nil {
		return nil, nil
	}
	var said *string
	if refusal != nil {
		raw, err := json.Marshal(refusal)
		if err != nil {
			return nil, fmt.Errorf("refusal: %w", err)
		}
		said = new(string(raw))
	}
	request, err := t.db.keys.Fingerprint(m.input)
	row := Write(`INSERT INTO idempotency (organisation_id, person, act, key, request, result_id, refusal)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`, m.organisation, m.person, m.act, m.key, request, result, said)
	row.orNone = true
	return []Row{row}, err
}
