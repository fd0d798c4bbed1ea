package ledger_test

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/db/dbtest"
)

// TestVerifyLogTellsThatTheClockWentBack, once for each chain that was written afterwards, and calls nothing a fault.
func TestVerifyLogTellsThatTheClockWentBack(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	f.Advance(t, 3*time.Hour)
	f.DraftNeed(f.Kent)
	sealLog(f)
	if got := verifyLog(f); got.StepsBack != nil {
		t.Fatalf("before: %v", got.StepsBack)
	}
	f.TurnClockBack(time.Hour)
	f.DraftNeed(f.Kent)
	f.DraftNeed(f.Kent)
	sealLog(f)
	got := verifyLog(f)
	if len(got.StepsBack) != 1 || got.StepsBack[0].Chain != f.Kent || got.StepsBack[0].By.Round(time.Minute) != time.Hour {
		t.Errorf("told: %v", got.StepsBack)
	}
	if got.Faults != nil {
		t.Errorf("faults: %v", got.Faults)
	}
}
