package record_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

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
	if n := idle(); n > 24 { // nine of them look for what is removed, a few times a day
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
		pace := record.Pace{End: time.Millisecond, Warn: time.Millisecond, Seal: time.Millisecond, Remove: time.Millisecond}
		record.Run(ctx, f.Worker, pace, record.NewBeat())
		close(ended)
	}()
	f.ExecSQL("GRANT INSERT ON dps.event TO dps_worker")
	for f.CountRows("need WHERE id = $1 AND closed_at IS NOT NULL", need) == 0 {
	}
	end()
	<-ended
}

// TestClockHandsWorkApart: what holds one hand up does not keep the others from their work.
func TestClockHandsWorkApart(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	var needs []uuid.UUID
	for range 3 {
		needs = append(needs, f.PublishNeed(f.Kent))
	}
	f.Advance(t, 12*24*time.Hour)
	held, err := f.Admin.Begin()
	dbtest.RequireNoError(t, err)
	defer held.Rollback() //nolint:errcheck // after the end of the test it does nothing

	_, err = held.Exec("SELECT FROM dps.need WHERE id = $1 FOR UPDATE", needs[0]) // whoever closes it waits
	dbtest.RequireNoError(t, err)
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		pace := record.Pace{End: time.Millisecond, Warn: time.Millisecond, Seal: time.Millisecond, Remove: time.Millisecond}
		record.Run(ctx, f.Worker, pace, record.NewBeat())
		close(ended)
	}()
	for f.CountRows("event e WHERE NOT EXISTS (SELECT FROM dps.event_seal s WHERE s.event_id = e.id)") > 0 {
	}
	if f.CountRows("event_seal") == 0 {
		t.Error("nothing was sealed while a need was held")
	}
	dbtest.RequireNoError(t, held.Rollback())
	for f.CountRows("need WHERE closed_at IS NULL AND published_at IS NOT NULL") > 0 {
	}
	end()
	<-ended
}
