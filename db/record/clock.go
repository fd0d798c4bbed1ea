package record

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
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
	Removed  int // things that were kept for long enough
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
//   - what has been kept for long enough is removed (RemoveServed)
//
// What ends by time alone needs no work: a standstill, a suspension with an end, an invitation of a family, a period to ask
// or to answer. What is due follows only from the rows and the database's clock, so nothing is missed when no worker ran.
// Each piece of work is a transaction under the lock or the key that decides, so several instances never act twice. If one
// fails, the others are still tried. It needs the login dps_worker.
func Work(ctx context.Context, d *engine.DB) (done WorkSummary, err error) {
	err = errors.Join(done.end(ctx, d), done.warn(ctx, d), done.seal(ctx, d), done.remove(ctx, d))
	return done, err
}

// end does what ends at a moment that others wait for.
func (done *WorkSummary) end(ctx context.Context, d *engine.DB) error {
	due, err := findEnding(ctx, d)
	if err != nil {
		return err
	}
	var errs [4]error
	done.Succeeded, errs[0] = partnership.WorkOnSuccessions(ctx, d)
	done.Closed, errs[1] = engine.DoEach(ctx, d, due.needs, tendering.CloseNeed)
	done.Lapsed, errs[2] = engine.DoEach(ctx, d, due.awards, award.LapseAward)
	done.Mixed, errs[3] = engine.DoEach(ctx, d, due.batches, voice.MixRatings)
	return errors.Join(errs[:]...)
}

// warn tells people what is due. To find it, every duty that is open and all evidence is looked at.
func (done *WorkSummary) warn(ctx context.Context, d *engine.DB) error {
	alerts, err := findDueAlerts(ctx, d)
	if err != nil {
		return err
	}
	var errs [2]error
	done.Evidence, errs[0] = admission.WorkOnEvidence(ctx, d)
	done.Alerted, errs[1] = engine.DoEach(ctx, d, alerts, MakeAlert)
	return errors.Join(errs[:]...)
}

func (done *WorkSummary) seal(ctx context.Context, d *engine.DB) (err error) {
	done.Sealed, err = ledger.SealEvents(ctx, d)
	return err
}

func (done *WorkSummary) remove(ctx context.Context, d *engine.DB) (err error) {
	done.Removed, err = RemoveServed(ctx, d)
	return err
}

// Pace is how long the clock worker rests between the rounds of each of its hands.
type Pace struct {
	End  time.Duration // of what ends at a moment: needs, awards, successions, ratings that wait
	Warn time.Duration // of evidence and alerts: what is due at midnight is told of some seconds later
	Seal time.Duration // of the log

	Remove time.Duration // of what has been kept for long enough
}

// Run works until ctx ends. Its hands work apart, so that however much is due of one kind, the log is sealed, and the other way about. It
// logs an error and goes on: the work stays due.
func Run(ctx context.Context, d *engine.DB, pace Pace, beat *Beat) {
	var hands sync.WaitGroup
	for number, hand := range []struct {
		every time.Duration
		work  func(*WorkSummary, context.Context, *engine.DB) error
	}{
		{pace.End, (*WorkSummary).end},
		{pace.Warn, (*WorkSummary).warn},
		{pace.Seal, (*WorkSummary).seal},
		{pace.Remove, (*WorkSummary).remove},
	} {
		hands.Go(func() {
			runHand(ctx, hand.every, func() error {
				err := hand.work(new(WorkSummary), ctx, d)
				if err == nil && number < len(beat.last) {
					beat.mark(number)
				}
				return err
			})
		})
	}
	hands.Wait()
}

// Beat is when each hand of a clock worker last did all that was due, but for the one that removes. It is safe for concurrent use.
type Beat struct{ last [3]atomic.Int64 }

// NewBeat begins now, as if everything had just been done.
func NewBeat() *Beat {
	b := &Beat{}
	for hand := range b.last {
		b.mark(hand)
	}
	return b
}

func (b *Beat) mark(hand int) { b.last[hand].Store(time.Now().UnixNano()) }

// Age is for how long one of the hands has not done all that was due.
func (b *Beat) Age() time.Duration {
	oldest := b.last[0].Load()
	for hand := range b.last {
		oldest = min(oldest, b.last[hand].Load())
	}
	return time.Since(time.Unix(0, oldest))
}

func runHand(ctx context.Context, every time.Duration, work func() error) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	last := ""
	for {
		err := work()
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

// endingWork is what has come to its end.
type endingWork struct {
	needs   []uuid.UUID
	awards  []uuid.UUID
	batches []voicerules.RatingBatch
}

// findEnding looks without a lock. A round with nothing to do costs only these statements, whatever the size of the market.
func findEnding(ctx context.Context, d *engine.DB) (found endingWork, err error) {
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
	found.batches, err = voice.BatchesToMix(ctx, v.All)
	return found, err
}

// findDueAlerts looks without a lock.
func findDueAlerts(ctx context.Context, d *engine.DB) (due []dueAlert, err error) {
	v := d.View(engine.SystemActor)
	defer func() { err = errors.Join(err, v.End(ctx)) }()
	err = v.All(ctx, &due, `SELECT kind, capacity, authority_id, provider_id, source_id, of_id, due, alert_id, over
		FROM moments_due() ORDER BY due LIMIT $1`, engine.WorkBatchSize)
	return due, err
}
