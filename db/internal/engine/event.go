package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/market"
)

// Event is what a change says of itself: which object, whose data, and the names of what changed. Who, in which
// capacity, by which act and when are added where it is recorded. Authority is nil while only a provider may know of it; Chain is the
// authority or provider in whose chain it is hashed.
type Event struct {
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

// RecordEvent inserts an event. Change does so for the one that each change gives; a change with more than one happening calls it
// itself for the others.
func (t *Tx) RecordEvent(ctx context.Context, e Event) error {
	return t.recordEventWith(ctx, e, "", nil)
}

// recordEventWith inserts an event behind the beginning of a statement that has arguments of its own.
func (t *Tx) recordEventWith(ctx context.Context, e Event, beginning string, args []any) error {
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
	values := []any{person, t.actor.Role, organisation, t.act, e.Object, e.Authority, e.Chain, pq.Array(e.Changed), once}
	n, err := t.Exec(ctx, beginning+
		`INSERT INTO event (person, capacity, organisation_id, act, object_id, authority_id, chain_id, changed, once)
		VALUES (`+argumentPlaceholders(len(args), len(values))+`) ON CONFLICT DO NOTHING`, append(args, values...)...)
	// A wall around the log, or a database that took the event and did not write it, is a fault of ours: no refusal that is
	// remembered, and no change without its event.
	var refusal *market.Refusal
	if errors.As(err, &refusal) || err == nil && n == 0 && once == nil {
		t.failed = errEventNotWritten
		return errEventNotWritten
	}
	return err
}

// argumentPlaceholders are the placeholders of a number of arguments that follow a number of others.
func argumentPlaceholders(before, count int) string {
	all := make([]string, count)
	for i := range all {
		all[i] = fmt.Sprintf("$%d", before+i+1)
	}
	return strings.Join(all, ", ")
}

var errEventNotWritten = errors.New("the event was not written")
