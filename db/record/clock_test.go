package record_test

import (
	"context"
	"testing"
	"time"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/record"
)

// TestClockIdleRoundCostsFewStatements: a round with nothing to do costs the same few statements in a full market as in
// an empty one.
func TestClockIdleRoundCostsFewStatements(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	f.RunWorker()
	idle := func() int64 {
		before := f.Statements()
		f.RunWorker()
		return f.Statements() - before
	}
	if n := idle(); n > 13 {
		t.Errorf("an idle round costs %d statements", n)
	}
	before := idle()
	for range 5 {
		f.PublishNeed(f.Kent)
	}
	f.RunWorker()
	if after := idle(); after != before {
		t.Errorf("an idle round costs %d statements with needs that are not due, %d without", after, before)
	}
}

// TestClockRunsUntilItIsEnded: it works, survives a failed round, and ends with its context.
func TestClockRunsUntilItIsEnded(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	need := f.PublishNeed(f.Kent)
	f.Advance(t, 12*24*time.Hour)
	f.ExecSQL("REVOKE INSERT ON dps.event FROM dps_worker")
	if _, err := record.Work(t.Context(), f.Worker); err == nil || f.CountRows("need WHERE id = $1 AND closed_at IS NOT NULL", need) != 0 {
		t.Fatalf("closed without an event: %v", err)
	}
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		record.Run(ctx, f.Worker, time.Millisecond)
		close(ended)
	}()
	f.ExecSQL("GRANT INSERT ON dps.event TO dps_worker")
	for f.CountRows("need WHERE id = $1 AND closed_at IS NOT NULL", need) == 0 {
	}
	end()
	<-ended
}
