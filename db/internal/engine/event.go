package engine

import (
	"cmp"
	"context"
	"database/sql"
	"errors"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// Event is what a change says of itself: which object, whose data, and the names of what changed, of those that eventKinds lists for its
// act. Who, in which capacity, by which act and when are added where it is recorded. Authority is nil while only a provider may know of
// it; Chain is the authority or provider in whose chain it is hashed.
type Event struct {
	Act       policy.Act // empty for the act of the change itself
	Object    uuid.UUID
	Authority *uuid.UUID
	Chain     uuid.UUID
	Changed   []string
	Once      string // set where a happening is recorded once, however often it is tried
}

// AuthorityEvent is an event in an authority's chain.
func AuthorityEvent(object, authority uuid.UUID, changed ...string) Event {
	return Event{Object: object, Authority: &authority, Chain: authority, Changed: changed}
}

// ProviderEvent is an event that only a provider may know of, in its own chain.
func ProviderEvent(object, provider uuid.UUID, changed ...string) Event {
	return Event{Object: object, Chain: provider, Changed: changed}
}

// RecordEvent inserts events, in one message. Change does so for the one that each change gives; a change with more than one happening
// calls it itself for the others.
func (t *Tx) RecordEvent(ctx context.Context, events ...Event) error {
	rows := make([]Row, len(events))
	for i, e := range events {
		var err error
		if rows[i], err = t.eventRow(e); err != nil {
			return t.NoteFailure(err)
		}
	}
	return t.eventFailure(t.Write(ctx, rows...))
}

// eventRow is the row of an event.
func (t *Tx) eventRow(e Event) (Row, error) {
	act := cmp.Or(e.Act, t.act)
	if err := requireDeclared(act, e.Changed); err != nil {
		return Row{}, err
	}
	person, organisation := t.actor.Person, (*uuid.UUID)(nil)
	if person == "" {
		person = string(t.actor.Role)
	}
	if t.actor.Organisation != uuid.Nil {
		organisation = &t.actor.Organisation
	}
	if e.Changed == nil {
		e.Changed = []string{}
	}
	var once *string
	if e.Once != "" {
		once = &e.Once
	}
	row := Write(`INSERT INTO event (person, capacity, organisation_id, act, object_id, authority_id, chain_id, changed, once)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
		person, t.actor.Role, organisation, act, e.Object, e.Authority, e.Chain, pq.Array(e.Changed), once)
	row.orNone = once != nil
	return row, nil
}

// eventFailure is what it means that an event, or the memory that goes with it, could not be written. A wall around the log, or a database
// that took the event and did not write it, is a fault of ours: no refusal that is remembered, and no change without its event.
func (t *Tx) eventFailure(err error) error {
	if refusal := (*market.Refusal)(nil); errors.As(err, &refusal) || errors.Is(err, sql.ErrNoRows) {
		t.failed = errEventNotWritten
		return errEventNotWritten
	}
	return err
}

var errEventNotWritten = errors.New("the event was not written")
