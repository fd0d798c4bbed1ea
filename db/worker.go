package db

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// Worked counts what one round of the clock worker did.
type Worked struct {
	Closed int // needs
	Lapsed int // awards
	Mixed  int // batches of ratings
	Sealed int // events

	Succeeded int // authorities

	Evidence int // memberships suspended or restored for it, and warnings given
	Alerted  int // times that have come and that somebody is alerted to
}

// system is who acts when the clock does. No token can carry the name.
var system = policy.Actor{Person: "system", Role: policy.Worker}

// round is how many needs, awards and so on are done in one round; the rest is for the next.
const round = 100

// errDone says that another instance did it first, or that it is due no more.
var errDone = errors.New("done already")

// Work does once everything that is due, which is all that the clock does:
//   - what is succeeded is handed over on its day (workOnSuccessions);
//   - a need closes at its deadline (closeNeed);
//   - an award lapses that nobody accepted in time (lapseAward);
//   - ratings are mixed once there are enough, or they have waited long enough (mixRatings);
//   - a provider is warned 60, 30 and 7 days before evidence lapses (warn);
//   - a member is suspended when essential evidence has lapsed, and restored when it is renewed (turnMembership);
//   - somebody is alerted to a time that has come (wake): the list is moments_due() in the database;
//   - the log is sealed (Seal).
//
// What ends by its time alone needs no hand: a standstill, a suspension until an instant, an invitation of a family, a
// period to ask or to answer. What is due follows from the rows and the database's clock alone, so nothing is missed because
// no worker ran; each happening is a transaction of its own under the lock or the key that decides, so several instances
// never act twice. A failure does not keep the other happenings from being tried. It needs the login dps_worker.
func (d *DB) Work(ctx context.Context) (Worked, error) {
	var done Worked
	due, err := d.due(ctx)
	if err != nil {
		return done, err
	}
	var errs [7]error
	done.Succeeded, errs[6] = d.workOnSuccessions(ctx)
	done.Closed, errs[0] = each(ctx, due.needs, d.closeNeed)
	done.Lapsed, errs[1] = each(ctx, due.awards, d.lapseAward)
	done.Mixed, errs[2] = each(ctx, due.batches, d.mixRatings)
	done.Evidence, errs[4] = d.workOnEvidence(ctx)
	done.Alerted, errs[5] = each(ctx, due.moments, d.wake)
	done.Sealed, errs[3] = d.Seal(ctx)
	return done, errors.Join(errs[:]...)
}

// Run works every so often until ctx ends. An error is logged, and the work goes on: it stays due.
func (d *DB) Run(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	last := ""
	for {
		_, err := d.Work(ctx)
		if ctx.Err() != nil {
			return
		}
		last = logOnce(err, last)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// logOnce logs an error unless it is the one of the round before: a database that is away is not news each time.
func logOnce(err error, last string) string {
	switch {
	case err == nil && last != "":
		logger().Info("the clock worker goes on")
		return ""
	case err == nil:
		return ""
	case err.Error() != last:
		logger().Error("the clock worker could not do everything", "error", err)
	}
	return err.Error()
}

// each does all that is due of one kind and counts what was done here.
func each[T any](ctx context.Context, due []T, do func(context.Context, T) error) (int, error) {
	done, errs := 0, []error(nil)
	for _, one := range due {
		switch err := do(ctx, one); {
		case err == nil:
			done++
		case !errors.Is(err, errDone):
			errs = append(errs, err)
		}
	}
	return done, errors.Join(errs...)
}

// due is what there is to do.
type due struct {
	needs   []uuid.UUID
	awards  []uuid.UUID
	batches []market.Batch
	moments []woken
}

// due looks without a lock: a round with nothing to do costs these few statements, whatever the size of the market.
func (d *DB) due(ctx context.Context) (found due, err error) {
	v := d.View(system)
	defer func() { err = errors.Join(err, v.End(ctx)) }()
	if err := v.all(ctx, &found.needs, `SELECT id FROM need WHERE published_at IS NOT NULL AND closed_at IS NULL AND withdrawn_at IS NULL AND deadline < (SELECT dps.now())
		ORDER BY deadline LIMIT $1`, round); err != nil {
		return found, err
	}
	if err := v.all(ctx, &found.awards, `SELECT id FROM award WHERE accepted_at IS NULL AND declined_at IS NULL AND lapsed_at IS NULL
		AND accept_by < (SELECT dps.now()) ORDER BY accept_by LIMIT $1`, round); err != nil {
		return found, err
	}
	if err := v.all(ctx, &found.moments, "SELECT kind, authority_id, source_id, of_id, due FROM moments_due() ORDER BY due LIMIT $1", round); err != nil {
		return found, err
	}
	return found, v.read(ctx, func(t *Tx) error {
		found.batches, err = t.batches(ctx)
		return err
	})
}

// closeNeed records that a need's deadline has passed. The exclusive lock waits for offers that are on their way.
func (d *DB) closeNeed(ctx context.Context, id uuid.UUID) error {
	_, err := d.Change(ctx, system, Request{Act: "need.close", Keyless: true}, func(t *Tx) (Event, error) {
		need, err := t.lockedNeed(ctx, id, true)
		if err != nil {
			return Event{}, err
		}
		return about(need.ID, need.AuthorityID, "closed_at"),
			t.claim(ctx, "UPDATE need SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL AND deadline < $2", need.ID, need.AsOf)
	})
	return err
}

// lapseAward records that nobody accepted in time, so that the next offer may be awarded.
func (d *DB) lapseAward(ctx context.Context, id uuid.UUID) error {
	_, err := d.Change(ctx, system, Request{Act: "award.lapse", Keyless: true}, func(t *Tx) (Event, error) {
		award, err := t.lockedAward(ctx, id)
		if err != nil {
			return Event{}, err
		}
		return about(award.ID, award.AuthorityID, "lapsed_at"), t.claim(ctx, `UPDATE award SET lapsed_at = $2
			WHERE id = $1 AND accepted_at IS NULL AND declined_at IS NULL AND lapsed_at IS NULL AND accept_by < $2`, award.ID, award.AsOf)
	})
	return err
}

// claim is exec for what only one may do: errDone where somebody did.
func (t *Tx) claim(ctx context.Context, query string, args ...any) error {
	n, err := t.exec(ctx, query, args...)
	if err == nil && n == 0 {
		return errDone
	}
	return err
}
