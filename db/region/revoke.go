package region

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/market"
)

// Revocation takes access away from a person: all of it, or one capacity.
type Revocation struct {
	Person   string
	Capacity string // "" for all
	Reason   string
	LeastNew int // the lowest epoch that new tokens of the person can have; the issuer's own number, 0 where it is not known
}

// Revoke takes access away from now on, on record. It says the lowest epoch that new tokens of the person need.
func Revoke(ctx context.Context, o Operator, in Revocation) (epoch int, err error) {
	if err := market.CheckTexts(market.InputText{Field: "reason", Value: in.Reason, Limit: 4000}); err != nil {
		return 0, errors.New("say why, in at most 4,000 characters: the reason is on record")
	}
	err = engine.Operate(ctx, o, func(t *engine.Tx) error {
		return t.Record(ctx, "access.end", func() (engine.Event, error) {
			if epoch, err = endAccess(ctx, t, in); err != nil {
				return engine.Event{}, err
			}
			made := uuid.New()
			var capacity *string
			if in.Capacity != "" {
				capacity = &in.Capacity
			}
			if _, err := t.Exec(ctx, "INSERT INTO access_end (id, person, capacity, epoch, reason, ended_by) VALUES ($1, $2, $3, $4, $5, $6)", made,
				in.Person, capacity, epoch, in.Reason, o.Person); err != nil {
				return engine.Event{}, err
			}
			lead, err := directory.ReadLead(ctx, t)
			return engine.AuthorityEvent(made, lead, "revoked"), err
		})
	})
	if refusal := (*market.Refusal)(nil); errors.As(err, &refusal) {
		err = errors.New(refusal.Message) // for the person at the terminal
	}
	return epoch, err
}

// endAccess is the next epoch of a person, written for all of their tokens unless one capacity alone ends.
func endAccess(ctx context.Context, t *engine.Tx, in Revocation) (epoch int, err error) {
	if err := t.Lock(ctx, engine.LockRegion()); err != nil {
		return 0, err
	}
	if err := t.Get(ctx, &epoch, `SELECT 1 + greatest($2 - 1, (SELECT coalesce(max(epoch), 0) FROM revocation WHERE person = $1),
		(SELECT coalesce(max(epoch), 0) FROM access_end WHERE person = $1))`, in.Person, in.LeastNew); err != nil || in.Capacity != "" {
		return epoch, err
	}
	_, err = t.Exec(ctx, `INSERT INTO revocation (person, epoch) VALUES ($1, $2)
		ON CONFLICT (person) DO UPDATE SET epoch = excluded.epoch, at = dps.now()`, in.Person, epoch)
	return epoch, err
}
