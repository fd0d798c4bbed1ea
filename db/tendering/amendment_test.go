package tendering_test

import (
	"testing"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/policy"
)

// TestAmendNeedVoidsItsOffers: whoever changes it and however. A withdrawn need cannot change.
func TestAmendNeedVoidsItsOffers(t *testing.T) {
	f := dbtest.NewFixture(t, 2, 2)
	need := f.PublishNeed(f.Kent)
	f.SubmitOffer(need, 0)
	f.SubmitOffer(need, 1)
	tx := f.Become(t, dbtest.ActorAs(policy.Commissioner, f.Kent))
	for _, set := range []string{"amended_at = dps.now(), profile = 'other'", "withdrawn_at = dps.now(), withdraw_reason = 'other'"} {
		if _, err := tx.Exec("UPDATE dps.need SET "+set+" WHERE id = $1", need); err != nil {
			t.Fatal(err)
		}
	}
	_, err := tx.Exec("UPDATE dps.need SET amended_at = dps.now(), profile = 'another' WHERE id = $1", need)
	dbtest.RequireSQLState(t, err, "DPS07")
	_ = tx.Rollback()
	f.ExecSQL("UPDATE dps.need SET amended_at = dps.now(), profile = 'other' WHERE id = $1", need)
	if n := f.CountRows("sealed_offer WHERE need_id = $1 AND voided_at = withdrawn_at", need); n != 2 {
		t.Errorf("%d offers are void", n)
	}
	if n := f.CountRows("event WHERE changed = '{voided_at}' AND authority_id IS NULL"); n != 2 {
		t.Errorf("%d bidders have it in their logs", n)
	}
}
