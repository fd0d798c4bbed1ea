package tendering_test

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/db/dbtest"
)

func TestCloseNeedOnceAtTheDeadline(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	need := f.PublishNeed(f.Kent)
	if done := f.RunWorker(); done.Closed != 0 {
		t.Fatalf("closed %d before the deadline", done.Closed)
	}
	f.Advance(t, 12*24*time.Hour)
	if done := f.RunWorkers("need:"+need.String(), 4); done.Closed != 1 || f.CountRows("need WHERE id = $1 AND closed_at > deadline",
		need) != 1 {
		t.Errorf("four workers at once closed %d times", done.Closed)
	}
	if n := f.CountRows("event WHERE act = 'need.close' AND object_id = $1 AND person = 'system' AND capacity = 'worker' AND authority_id = "+
		"$2 AND chain_id = $2", need, f.Kent); n != 1 {
		t.Errorf("%d events of the close", n)
	}
}
