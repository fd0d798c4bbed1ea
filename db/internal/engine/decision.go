package engine

import (
	"context"
	"database/sql"
	"slices"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/session"
	"github.com/southeasttogether/dps/policy"
)

// Decision is a change in one read and one write, for what many do at the same moment. The database is asked three times: to begin, lock
// and read; to write rows, events and the memory of the key; to commit.
//
//	var facts rules.OfferFacts
//	d.Decide(ctx, actor, request, engine.Decision{
//		Locks: engine.ShareCall(need),
//		Facts: []engine.Fact{engine.List(&facts.Needs, NeedRows+" WHERE n.id = $1", need), ...},
//		Decide: func() (engine.Outcome, error) {
//			offers, err := rules.SubmitOffers(in, facts) // pure
//			...
//			return engine.Outcome{Rows: ..., Events: ...}, err
//		},
//	})
//
// PostgreSQL writes the text of a statement that fails into its log, with its arguments: facts and rows take ids, numbers, choices and
// sealed bytes. What a person wrote, or what must not be told apart, is a row that goes Apart.
type Decision struct {
	Locks  []Lock // in the order of locks.go
	Facts  []Fact // read after the locks, in this order
	Decide func() (Outcome, error)
}

// Fact is a query, and where its rows go.
type Fact = session.Query

// List reads all rows of a query.
func List[T any](into *[]T, text string, args ...any) Fact { return session.All(into, text, args...) }

// Optional reads the first row of a query; into stays nil where there is none.
func Optional[T any](into **T, text string, args ...any) Fact {
	return session.Optional(into, text, args...)
}

// Outcome is what a decision writes.
type Outcome struct {
	Rows   []Row
	Events []Event     // the first one's object is the result
	Answer func(*View) // gives the view of the request what was written; nil where all of an answer is read
}

// Row is a statement that writes. It touches at least one row: none means that the row is hidden or gone.
type Row struct {
	text   string
	args   []any
	orNone bool // it may touch none
	apart  bool // its arguments must not be in a text
}

// Write is a statement that writes; it has no RETURNING.
func Write(text string, args ...any) Row { return Row{text: text, args: args} }

// Apart is a row with arguments that must not be in PostgreSQL's log: it has a round trip of its own.
func (r Row) Apart() Row {
	r.apart = true
	return r
}

// Answering is the database for one request, whose view is given what decisions write.
func (d *DB) Answering(v *View) *DB {
	answering := *d
	answering.answer = v
	return &answering
}

// Decide makes a change as Change does, by a Decision.
func (d *DB) Decide(ctx context.Context, a policy.Actor, r Request, decision Decision) (uuid.UUID, error) {
	memory, err := d.admit(a, r)
	if err != nil {
		return uuid.Nil, err
	}
	tx, known, err := d.beginRemembering(ctx, a, memory, decision.reads()...)
	if err != nil {
		return d.settleFailure(ctx, a, r, memory, err)
	}
	defer tx.Rollback(ctx)
	if known != nil {
		return memory.answerRetry(ctx, tx, known)
	}
	tx.act = r.Act
	outcome, err := decision.Decide()
	if err == nil {
		err = tx.commitWith(ctx, memory, outcome.Rows, outcome.Events...)
	}
	if err != nil {
		tx.Rollback(ctx)
		return d.settleFailure(ctx, a, r, memory, err)
	}
	if outcome.Answer != nil && d.answer != nil {
		outcome.Answer(d.answer)
	}
	return outcome.Events[0].Object, nil
}

// reads are the locks, then the facts.
func (d Decision) reads() []session.Query {
	all := make([]session.Query, 0, len(d.Locks)+len(d.Facts))
	for _, l := range d.Locks {
		all = append(all, session.Call(l.text, l.args...))
	}
	return append(all, d.Facts...)
}

// commitWith writes rows, the memory of the key and events in one round trip, and commits. The first event's object is the result.
func (t *Tx) commitWith(ctx context.Context, m *requestMemory, rows []Row, events ...Event) error {
	if len(events) == 0 {
		return errEventNotWritten
	}
	kept, err := m.rows(t, &events[0].Object, nil)
	if err != nil {
		return err
	}
	all := append(slices.Clip(rows), kept...)
	for _, e := range events {
		row, err := t.eventRow(e)
		if err != nil {
			return err
		}
		all = append(all, row)
	}
	if done, err := t.writeRows(ctx, all); err != nil && done >= len(rows) {
		return t.eventFailure(err)
	} else if err != nil {
		return err
	}
	return t.Commit(ctx)
}

// Write writes rows in one round trip. One that touches nothing is sql.ErrNoRows.
func (t *Tx) Write(ctx context.Context, rows ...Row) error {
	_, err := t.writeRows(ctx, rows)
	return err
}

// writeRows writes rows in one round trip. Done is how many were written: where there is an error, it is of the next one.
func (t *Tx) writeRows(ctx context.Context, rows []Row) (done int, err error) {
	touched, queries := make([]int, len(rows)), make([]session.Query, len(rows))
	for i, row := range rows {
		queries[i] = session.Write(&touched[i], row.text, row.args...)
	}
	for from := 0; from < len(rows); {
		to := endOfMessage(rows, from)
		send := t.session.Send
		if rows[from].apart {
			send = t.session.SendOneByOne
		}
		if done, err := send(ctx, queries[from:to]...); err != nil {
			return from + done, t.NoteFailure(err)
		}
		from = to
	}
	for i, row := range rows {
		if touched[i] == 0 && !row.orNone {
			return i, sql.ErrNoRows
		}
	}
	return len(rows), nil
}

// endOfMessage is behind the rows that go together with the one at from.
func endOfMessage(rows []Row, from int) int {
	to := from + 1
	for to < len(rows) && rows[to].apart == rows[from].apart {
		to++
	}
	return to
}
