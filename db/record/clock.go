package record

import (
	"context"
	"errors"
	"time"

	voicerules "github.com/southeasttogether/dps/market/voice"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/award"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/ledger"
	"github.com/southeasttogether/dps/db/partnership"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/db/voice"
)

// WorkSummary counts what one round of the clock worker did.
type WorkSummary struct {
	Closed int // needs
	Lapsed int // awards
	Mixed  int // batches of ratings
	Sealed int // events

	Succeeded int // authorities

	Evidence int // memberships suspended or restored because of it, and warnings given
	Alerted  int // alerts raised
}

// Work does everything that is due, once. This is all that the clock worker does:
//   - needs of a succession are handed over on its day (WorkOnSuccessions)
//   - a need closes at its deadline (CloseNeed)
//   - an award lapses if nobody accepted it in time (LapseAward)
//   - ratings are mixed once there are enough, or they have waited long enough (MixRatings)
//   - a provider is warned 60, 30 and 7 days before evidence lapses (WorkOnEvidence)
//   - a member is suspended when essential evidence has lapsed, and restored when it is renewed (WorkOnEvidence)
//   - people are alerted to what has come due, and again while nobody does it (MakeAlert): the list is moments_due() in the
//     database, and Duties in market/record says whose each duty is
//   - the log is sealed (SealEvents)
//
// What ends by time alone needs no work: a standstill, a suspension with an end, an invitation of a family, a period to ask
// or to answer. What is due follows only from the rows and the database's clock, so nothing is missed when no worker ran.
// Each piece of work is a transaction under the lock or the key that decides, so several instances never act twice. If one
// fails, the others are still tried. It needs the login dps_worker.
func Work(ctx context.Context, d *engine.DB) (WorkSummary, error) {
	var done WorkSummary
	due, err := FindDueWork(ctx, d)
	if err != nil {
		return done, err
	}
	var errs [7]error
	done.Succeeded, errs[6] = partnership.WorkOnSuccessions(ctx, d)
	done.Closed, errs[0] = engine.DoEach(ctx, d, due.needs, tendering.CloseNeed)
	done.Lapsed, errs[1] = engine.DoEach(ctx, d, due.awards, award.LapseAward)
	done.Mixed, errs[2] = engine.DoEach(ctx, d, due.batches, voice.MixRatings)
	done.Evidence, errs[4] = admission.WorkOnEvidence(ctx, d)
	done.Alerted, errs[5] = engine.DoEach(ctx, d, due.Alerts, MakeAlert)
	done.Sealed, errs[3] = ledger.SealEvents(ctx, d)
	return done, errors.Join(errs[:]...)
}

// Run works at intervals until ctx ends. It logs an error and goes on: the work stays due.
func Run(ctx context.Context, d *engine.DB, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	last := ""
	for {
		_, err := Work(ctx, d)
		if ctx.Err() != nil {
			return
		}
		last = engine.LogOnce(err, last)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// dueWork is what there is to do.
type dueWork struct {
	needs   []uuid.UUID
	awards  []uuid.UUID
	batches []voicerules.RatingBatch
	Alerts  []dueAlert
}

// FindDueWork looks without a lock. A round with nothing to do costs only these statements, whatever the size of the
// market.
func FindDueWork(ctx context.Context, d *engine.DB) (found dueWork, err error) {
	v := d.View(engine.SystemActor)
	defer func() { err = errors.Join(err, v.End(ctx)) }()
	if err := v.All(ctx, &found.needs,
		`SELECT id FROM need WHERE published_at IS NOT NULL AND closed_at IS NULL AND withdrawn_at IS NULL AND deadline < (SELECT dps.now())
		ORDER BY deadline LIMIT $1`, engine.WorkBatchSize); err != nil {
		return found, err
	}
	if err := v.All(ctx, &found.awards, `SELECT id FROM award WHERE accepted_at IS NULL AND declined_at IS NULL AND lapsed_at IS NULL
		AND accept_by < (SELECT dps.now()) ORDER BY accept_by LIMIT $1`, engine.WorkBatchSize); err != nil {
		return found, err
	}
	if err := v.All(ctx, &found.Alerts, `SELECT kind, capacity, authority_id, provider_id, source_id, of_id, due, alert_id, over
		FROM moments_due() ORDER BY due LIMIT $1`,
		engine.WorkBatchSize); err != nil {
		return found, err
	}
	found.batches, err = voice.BatchesToMix(ctx, v.All)
	return found, err
}
