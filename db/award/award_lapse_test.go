package award_test

import (
	"testing"
	"time"

	rules "github.com/southeasttogether/dps/market/award"

	"github.com/southeasttogether/dps/db/award"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/market"
)

func TestLapseAwardThatNobodyAccepted(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	need, awardID := f.AwardNeed(f.Kent, 0)
	if done := f.RunWorker(); done.Lapsed != 0 {
		t.Fatalf("lapsed %d in time", done.Lapsed)
	}
	f.Advance(t, 40*24*time.Hour)
	if done := f.RunWorkers("need:"+need.String(), 4); done.Lapsed != 1 {
		t.Errorf("four workers at once lapsed %d times", done.Lapsed)
	}
	if done := f.RunWorker(); done.Lapsed != 0 || f.CountRows("event WHERE act = 'award.lapse' AND object_id = $1", awardID) != 1 {
		t.Error("lapsed again")
	}
	_, err := award.AcceptAward(t.Context(), f.API, f.BidderActor(0), rules.AcceptAwardInput{
		IdempotencyKey: dbtest.NewKey(),
		Award:          dbtest.IDOf(awardID),
	})
	dbtest.RequireRefused(t, err, market.DeadlinePassed)
}
