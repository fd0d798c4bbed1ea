package db_test

import (
	"context"
	"testing"
	"time"

	"github.com/southeasttogether/dps/db/record"
	"github.com/southeasttogether/dps/market"
)

func TestCloseNeedOnceAtTheDeadline(t *testing.T) {
	f := newFixture(t, 1, 2)
	need := f.publishNeed(f.kent)
	if done := f.runWorker(); done.Closed != 0 {
		t.Fatalf("closed %d before the deadline", done.Closed)
	}
	f.Advance(t, 12*24*time.Hour)
	if done := f.runWorkers("need:"+need.String(), 4); done.Closed != 1 || f.countRows("need WHERE id = $1 AND closed_at > deadline", need) != 1 {
		t.Errorf("four workers at once closed %d times", done.Closed)
	}
	if n := f.countRows("event WHERE act = 'need.close' AND object_id = $1 AND person = 'system' AND capacity = 'worker' AND authority_id = $2 AND chain_id = $2", need, f.kent); n != 1 {
		t.Errorf("%d events of the close", n)
	}
}

func TestLapseAwardThatNobodyAccepted(t *testing.T) {
	f := newFixture(t, 1, 2)
	need, award := f.awardNeed(f.kent, 0)
	if done := f.runWorker(); done.Lapsed != 0 {
		t.Fatalf("lapsed %d in time", done.Lapsed)
	}
	f.Advance(t, 40*24*time.Hour)
	if done := f.runWorkers("need:"+need.String(), 4); done.Lapsed != 1 {
		t.Errorf("four workers at once lapsed %d times", done.Lapsed)
	}
	if done := f.runWorker(); done.Lapsed != 0 || f.countRows("event WHERE act = 'award.lapse' AND object_id = $1", award) != 1 {
		t.Error("lapsed again")
	}
	_, err := award.AcceptAward(t.Context(), f.API, f.bidderActor(0), market.AcceptAwardInput{IdempotencyKey: newKey(), Award: idOf(award)})
	requireRefused(t, err, market.DeadlinePassed)
}

// TestClockIdleRoundCostsFewStatements: a round with nothing to do costs the same few statements in a full market as in an empty one.
func TestClockIdleRoundCostsFewStatements(t *testing.T) {
	f := newFixture(t, 1, 2)
	f.runWorker()
	idle := func() int64 {
		before := f.Statements()
		f.runWorker()
		return f.Statements() - before
	}
	if n := idle(); n > 13 {
		t.Errorf("an idle round costs %d statements", n)
	}
	before := idle()
	for range 5 {
		f.publishNeed(f.kent)
	}
	f.runWorker()
	if after := idle(); after != before {
		t.Errorf("an idle round costs %d statements with needs that are not due, %d without", after, before)
	}
}

// TestClockRunsUntilItIsEnded: it works, survives a round that fails, and ends with its context.
func TestClockRunsUntilItIsEnded(t *testing.T) {
	f := newFixture(t, 1, 2)
	need := f.publishNeed(f.kent)
	f.Advance(t, 12*24*time.Hour)
	f.execSQL("REVOKE INSERT ON dps.event FROM dps_worker")
	if _, err := record.Work(t.Context(), f.Worker); err == nil || f.countRows("need WHERE id = $1 AND closed_at IS NOT NULL", need) != 0 {
		t.Fatalf("closed without an event: %v", err)
	}
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		record.Run(ctx, f.Worker, time.Millisecond)
		close(ended)
	}()
	f.execSQL("GRANT INSERT ON dps.event TO dps_worker")
	for f.countRows("need WHERE id = $1 AND closed_at IS NOT NULL", need) == 0 {
	}
	end()
	<-ended
}
