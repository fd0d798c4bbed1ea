package tendering_test

import (
	"testing"

	rules "github.com/southeasttogether/dps/market/tendering"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/policy"
)

// TestViewIdentityFailsWithoutItsEvent: a view of an identity fails if its event cannot be written, and each view is an
// event.
func TestViewIdentityFailsWithoutItsEvent(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	commissioner := dbtest.ActorAs(policy.Commissioner, f.Kent)
	need := f.DraftNeed(f.Kent)
	f.RequireDone(tendering.RecordIdentity(t.Context(), f.API, commissioner, rules.RecordIdentityInput{
		IdempotencyKey: dbtest.NewKey(),
		Need:           dbtest.IDOf(need), Name: "Synthetic Child", DateOfBirth: f.DayFromNow(-4000),
	}))
	remembered := f.CountRows("idempotency")
	for range 2 {
		seen, err := tendering.ViewIdentity(t.Context(), f.API, commissioner, rules.ViewIdentityInput{
			Need:    dbtest.IDOf(need),
			Purpose: "PLACEMENT",
		})
		if err != nil || seen.Name != "Synthetic Child" {
			t.Fatalf("seen %v, %v", seen, err)
		}
	}
	if n := f.CountRows("event WHERE act = 'identity.read' AND 'PLACEMENT' = ANY (changed)"); n != 2 ||
		f.CountRows("idempotency") != remembered {
		t.Errorf("%d events of two looks, %d rows of memory more", n, f.CountRows("idempotency")-remembered)
	}
	f.ExecSQL("REVOKE INSERT ON dps.event FROM dps_commissioner")
	if seen, err := tendering.ViewIdentity(t.Context(), f.API, commissioner, rules.ViewIdentityInput{
		Need:    dbtest.IDOf(need),
		Purpose: "PLACEMENT",
	}); err == nil || seen != nil {
		t.Error("an identity was seen without its event")
	}
}
