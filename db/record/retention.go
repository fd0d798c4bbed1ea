package record

import (
	"cmp"
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	rules "github.com/southeasttogether/dps/market/record"
	"github.com/southeasttogether/dps/policy"
)

// removal is how things of one kind are removed, a bounded number at a time. The row-level security of the worker lets it remove what has
// been kept for long enough, and nothing else (the scope "served" in policy/scopes.go).
type removal struct {
	act  policy.Act
	says string // the event
	// find finds things that belong to an authority or to a provider, which their own chains tell of; "" where there are none.
	find   string
	remove string // those of an array of ids or, without find, that many
}

var removals = []removal{
	{
		act: "idempotency.remove", says: "removed",
		remove: `DELETE FROM idempotency WHERE ctid = ANY (ARRAY(SELECT ctid FROM idempotency WHERE at < (SELECT kept_since('RETRY')) LIMIT $1))`,
	},
	{
		act: "event.thin", says: "heads",
		remove: "SELECT generate_series(1, thin_heads($1))", // a row for each
	},
	{
		act: "family_invitation.remove", says: "removed",
		find: `SELECT id, authority_id AS authority FROM family_invitation
			WHERE used_at IS NULL AND least(expires_at, replaced_at) < (SELECT kept_since('INVITATION')) LIMIT $1`,
		remove: "DELETE FROM family_invitation WHERE id = ANY ($1)",
	},
	{
		act: "evidence.remove", says: "removed",
		find: `SELECT f.evidence_id AS id, f.provider_id AS provider FROM evidence_file f
			WHERE f.removed_at IS NULL AND document_has_served(f.evidence_id) LIMIT $1`,
		remove: `UPDATE evidence_file SET content = '', name = 'removed', removed_at = dps.now()
			WHERE evidence_id = ANY ($1) AND removed_at IS NULL`,
	},
}

// ownedThing is what is removed of an authority or of a provider.
type ownedThing struct {
	ID        uuid.UUID  `db:"id"`
	Authority *uuid.UUID `db:"authority"`
	Provider  *uuid.UUID `db:"provider"`
}

// RemoveServed removes what has been kept for as long as the table retention says, at most engine.WorkBatchSize of each kind at a time, and
// gives their number. It is on record: once a kind, and for each invitation and each document in the chain of whose it was.
func RemoveServed(ctx context.Context, d *engine.DB) (removed int, err error) {
	for _, r := range removals {
		for {
			n, err := r.removeBatch(ctx, d)
			removed += n
			if err != nil {
				return removed, err
			}
			if n < engine.WorkBatchSize {
				break
			}
		}
	}
	return removed, nil
}

func (r removal) removeBatch(ctx context.Context, d *engine.DB) (removed int, err error) {
	_, err = d.Change(ctx, engine.SystemActor, engine.Request{Act: r.act, Keyless: true}, func(t *engine.Tx) (engine.Event, error) {
		events, n, err := r.removeIn(ctx, t)
		if err != nil || n == 0 {
			return engine.Event{}, cmp.Or(err, engine.ErrAlreadyDone)
		}
		if err := t.RecordEvent(ctx, events...); err != nil {
			return engine.Event{}, err
		}
		removed = int(n)
		lead, err := directory.ReadLead(ctx, t)
		return engine.AuthorityEvent(uuid.New(), lead, r.says), err
	})
	if errors.Is(err, engine.ErrAlreadyDone) {
		return 0, nil
	}
	return removed, err
}

// removeIn removes things in a transaction, and gives what their own chains say of it.
func (r removal) removeIn(ctx context.Context, t *engine.Tx) (events []engine.Event, removed int64, err error) {
	if r.find == "" {
		removed, err = t.Exec(ctx, r.remove, engine.WorkBatchSize)
		return nil, removed, err
	}
	var found []ownedThing
	if err := t.SelectRows(ctx, &found, r.find, engine.WorkBatchSize); err != nil || len(found) == 0 {
		return nil, 0, err
	}
	ids := make([]uuid.UUID, len(found))
	for i, thing := range found {
		ids[i] = thing.ID
		if thing.Authority != nil {
			events = append(events, engine.AuthorityEvent(thing.ID, *thing.Authority, r.says))
		} else {
			events = append(events, engine.ProviderEvent(thing.ID, *thing.Provider, r.says))
		}
	}
	removed, err = t.Exec(ctx, r.remove, rowset.IDs(ids))
	return events, removed, err
}

// ReadRetention reads how long things of each kind are kept.
func ReadRetention(ctx context.Context, o engine.Operator) (all []rules.Retention, err error) {
	err = engine.Operate(ctx, o, func(t *engine.Tx) error {
		return t.SelectRows(ctx, &all, "SELECT kind, days, least_days, reason FROM retention ORDER BY kind")
	})
	return all, err
}

// SetRetention changes how long things of a kind are kept, in days, with the reason. It is on record.
func SetRetention(ctx context.Context, o engine.Operator, kind rules.RetentionKind, days int, reason string) error {
	return engine.Operate(ctx, o, func(t *engine.Tx) error {
		return t.Record(ctx, "retention.set", func() (engine.Event, error) {
			var r rules.Retention
			if err := t.Lock(ctx, engine.LockRegion()); err != nil {
				return engine.Event{}, err
			}
			if err := t.Get(ctx, &r, "SELECT kind, days, least_days, reason FROM retention WHERE kind = $1", kind); err != nil {
				return engine.Event{}, engine.AbsentIfNoRows(err, "kind of retention")
			}
			if err := r.Set(days, reason); err != nil {
				return engine.Event{}, err
			}
			if _, err := t.Exec(ctx, "UPDATE retention SET days = $2, reason = $3 WHERE kind = $1", r.Kind, r.Days, r.Reason); err != nil {
				return engine.Event{}, err
			}
			lead, err := directory.ReadLead(ctx, t)
			return engine.AuthorityEvent(uuid.New(), lead, "days", string(r.Kind)), err
		})
	})
}
