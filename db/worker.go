package db

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// WorkSummary counts what one round of the clock worker did.
type WorkSummary struct {
	Closed int // needs
	Lapsed int // awards
	Mixed  int // batches of ratings
	Sealed int // events

	Succeeded int // authorities

	Evidence int // memberships suspended or restored for it, and warnings given
	Alerted  int // times that have come and that somebody is alerted to
}

// SystemActor is who acts when the clock does. No token can carry the name.
var SystemActor = policy.Actor{Person: "system", Role: policy.Worker}

// WorkBatchSize is how many needs, awards and so on are done in one round; the rest is for the next.
const WorkBatchSize = 100

// ErrAlreadyDone says that another instance did it first, or that it is due no more.
var ErrAlreadyDone = errors.New("done already")

// Work does once everything that is due, which is all that the clock does:
//   - what is succeeded is handed over on its day (WorkOnSuccessions);
//   - a need closes at its deadline (CloseNeed);
//   - an award lapses that nobody accepted in time (LapseAward);
//   - ratings are mixed once there are enough, or they have waited long enough (MixRatings);
//   - a provider is warned 60, 30 and 7 days before evidence lapses (warn);
//   - a member is suspended when essential evidence has lapsed, and restored when it is renewed (lapseOrRestoreMembership);
//   - somebody is alerted to a time that has come (wake): the list is moments_due() in the database;
//   - the log is sealed (Seal).
//
// What ends by its time alone needs no hand: a standstill, a suspension until an instant, an invitation of a family, a
// period to ask or to answer. What is due follows from the rows and the database's clock alone, so nothing is missed because
// no worker ran; each happening is a transaction of its own under the lock or the key that decides, so several instances
// never act twice. A failure does not keep the other happenings from being tried. It needs the login dps_worker.
func Work(ctx context.Context, d *DB) (WorkSummary, error) {
	var done WorkSummary
	due, err := FindDueWork(ctx, d)
	if err != nil {
		return done, err
	}
	var errs [7]error
	done.Succeeded, errs[6] = WorkOnSuccessions(ctx, d)
	done.Closed, errs[0] = DoEach(ctx, d, due.needs, CloseNeed)
	done.Lapsed, errs[1] = DoEach(ctx, d, due.awards, LapseAward)
	done.Mixed, errs[2] = DoEach(ctx, d, due.batches, MixRatings)
	done.Evidence, errs[4] = WorkOnEvidence(ctx, d)
	done.Alerted, errs[5] = DoEach(ctx, d, due.Alerts, MakeAlert)
	done.Sealed, errs[3] = SealEvents(ctx, d)
	return done, errors.Join(errs[:]...)
}

// Run works every so often until ctx ends. An error is logged, and the work goes on: it stays due.
func Run(ctx context.Context, d *DB, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	last := ""
	for {
		_, err := Work(ctx, d)
		if ctx.Err() != nil {
			return
		}
		last = LogOnce(err, last)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// LogOnce logs an error unless it is the one of the round before: a database that is away is not news each time.
func LogOnce(err error, last string) string {
	switch {
	case err == nil && last != "":
		DbLogger().Info("the clock worker goes on")
		return ""
	case err == nil:
		return ""
	case err.Error() != last:
		DbLogger().Error("the clock worker could not do everything", "error", err)
	}
	return err.Error()
}

// DoEach does all that is due of one kind and counts what was done here.
func DoEach[T any](ctx context.Context, d *DB, due []T, do func(context.Context, *DB, T) error) (int, error) {
	done, errs := 0, []error(nil)
	for _, one := range due {
		switch err := do(ctx, d, one); {
		case err == nil:
			done++
		case !errors.Is(err, ErrAlreadyDone):
			errs = append(errs, err)
		}
	}
	return done, errors.Join(errs...)
}

// FindDueWork is what there is to do.
type dueWork struct {
	needs   []uuid.UUID
	awards  []uuid.UUID
	batches []market.RatingBatch
	Alerts  []dueAlert
}

// FindDueWork looks without a lock: a round with nothing to do costs these few statements, whatever the size of the market.
func FindDueWork(ctx context.Context, d *DB) (found dueWork, err error) {
	v := d.View(SystemActor)
	defer func() { err = errors.Join(err, v.End(ctx)) }()
	if err := v.All(ctx, &found.needs, `SELECT id FROM need WHERE published_at IS NOT NULL AND closed_at IS NULL AND withdrawn_at IS NULL AND deadline < (SELECT dps.now())
		ORDER BY deadline LIMIT $1`, WorkBatchSize); err != nil {
		return found, err
	}
	if err := v.All(ctx, &found.awards, `SELECT id FROM award WHERE accepted_at IS NULL AND declined_at IS NULL AND lapsed_at IS NULL
		AND accept_by < (SELECT dps.now()) ORDER BY accept_by LIMIT $1`, WorkBatchSize); err != nil {
		return found, err
	}
	if err := v.All(ctx, &found.Alerts, "SELECT kind, authority_id, source_id, of_id, due FROM moments_due() ORDER BY due LIMIT $1", WorkBatchSize); err != nil {
		return found, err
	}
	return found, v.Read(ctx, func(t *Tx) error {
		found.batches, err = BatchesToMix(ctx, t)
		return err
	})
}

// CloseNeed records that a need's deadline has passed. The exclusive lock waits for offers that are on their way.
func CloseNeed(ctx context.Context, d *DB, id uuid.UUID) error {
	_, err := d.Change(ctx, SystemActor, Request{Act: "need.close", Keyless: true}, func(t *Tx) (Event, error) {
		need, err := LockNeed(ctx, t, id, true)
		if err != nil {
			return Event{}, err
		}
		return AuthorityEvent(need.ID, need.AuthorityID, "closed_at"),
			ExecOnce(ctx, t, "UPDATE need SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL AND deadline < $2", need.ID, need.AsOf)
	})
	return err
}

// LapseAward records that nobody accepted in time, so that the next offer may be awarded.
func LapseAward(ctx context.Context, d *DB, id uuid.UUID) error {
	_, err := d.Change(ctx, SystemActor, Request{Act: "award.lapse", Keyless: true}, func(t *Tx) (Event, error) {
		award, err := LockAward(ctx, t, id)
		if err != nil {
			return Event{}, err
		}
		return AuthorityEvent(award.ID, award.AuthorityID, "lapsed_at"), ExecOnce(ctx, t, `UPDATE award SET lapsed_at = $2
			WHERE id = $1 AND accepted_at IS NULL AND declined_at IS NULL AND lapsed_at IS NULL AND accept_by < $2`, award.ID, award.AsOf)
	})
	return err
}

// ExecOnce is exec for what only one may do: ErrAlreadyDone where somebody did.
func ExecOnce(ctx context.Context, t *Tx, query string, args ...any) error {
	n, err := t.Exec(ctx, query, args...)
	if err == nil && n == 0 {
		return ErrAlreadyDone
	}
	return err
}
