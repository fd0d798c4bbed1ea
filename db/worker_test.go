package db_test

import (
	"context"
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
)

func TestWorkerClosesWhatIsDueOnce(t *testing.T) {
	f := newFixture(t, 1, 2)
	need := f.need(f.kent)
	if done := f.work(); done.Closed != 0 {
		t.Fatalf("closed %d before the deadline", done.Closed)
	}
	f.Advance(t, 12*24*time.Hour)
	if done := f.workers("need:"+need.String(), 4); done.Closed != 1 || f.count("need WHERE id = $1 AND closed_at > deadline", need) != 1 {
		t.Errorf("four workers at once closed %d times", done.Closed)
	}
	if n := f.count("event WHERE act = 'need.close' AND object_id = $1 AND person = 'system' AND capacity = 'worker' AND authority_id = $2 AND chain_id = $2", need, f.kent); n != 1 {
		t.Errorf("%d events of the close", n)
	}
}

func TestWorkerLapsesAnAwardNobodyAccepted(t *testing.T) {
	f := newFixture(t, 1, 2)
	need, award := f.awarded(f.kent, 0)
	if done := f.work(); done.Lapsed != 0 {
		t.Fatalf("lapsed %d in time", done.Lapsed)
	}
	f.Advance(t, 40*24*time.Hour)
	if done := f.workers("need:"+need.String(), 4); done.Lapsed != 1 {
		t.Errorf("four workers at once lapsed %d times", done.Lapsed)
	}
	if done := f.work(); done.Lapsed != 0 || f.count("event WHERE act = 'award.lapse' AND object_id = $1", award) != 1 {
		t.Error("lapsed again")
	}
	_, err := f.API.AcceptAward(t.Context(), f.bidder(0), market.AcceptAwardInput{IdempotencyKey: key(), Award: id(award)})
	refused(t, err, market.DeadlinePassed)
}

// TestWorkerIdles: a round with nothing to do costs the same few statements in a full market as in an empty one.
func TestWorkerIdles(t *testing.T) {
	f := newFixture(t, 1, 2)
	f.work()
	idle := func() int64 {
		before := f.Statements()
		f.work()
		return f.Statements() - before
	}
	if n := idle(); n > 13 {
		t.Errorf("an idle round costs %d statements", n)
	}
	before := idle()
	for range 5 {
		f.need(f.kent)
	}
	f.work()
	if after := idle(); after != before {
		t.Errorf("an idle round costs %d statements with needs that are not due, %d without", after, before)
	}
}

// TestRunGoesOnUntilItIsEnded: it works, survives a round that fails, and ends with its context.
func TestRunGoesOnUntilItIsEnded(t *testing.T) {
	f := newFixture(t, 1, 2)
	need := f.need(f.kent)
	f.Advance(t, 12*24*time.Hour)
	f.run("REVOKE INSERT ON dps.event FROM dps_worker")
	if _, err := f.Worker.Work(t.Context()); err == nil || f.count("need WHERE id = $1 AND closed_at IS NOT NULL", need) != 0 {
		t.Fatalf("closed without an event: %v", err)
	}
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		f.Worker.Run(ctx, time.Millisecond)
		close(ended)
	}()
	f.run("GRANT INSERT ON dps.event TO dps_worker")
	for f.count("need WHERE id = $1 AND closed_at IS NOT NULL", need) == 0 {
	}
	end()
	<-ended
}
