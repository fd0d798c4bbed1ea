package admission_test

import (
	"testing"

	rules "github.com/southeasttogether/dps/market/admission"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

func TestPublishLotFreezesTheLot(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	for _, statement := range []string{
		"UPDATE dps.lot SET name = 'other' WHERE id = $1", "DELETE FROM dps.lot WHERE id = $1",
		"UPDATE dps.criterion SET weight = 50 WHERE lot_id = $1", "DELETE FROM dps.criterion WHERE lot_id = $1",
		"INSERT INTO dps.criterion SELECT gen_random_uuid(), authority_id, lot_id, 9, kind, name, description, weight, top_score FROM " +
			"dps.criterion WHERE lot_id = $1",
	} {
		_, err := f.Admin.Exec(statement, f.Lot)
		dbtest.RequireSQLState(t, err, "DPS03")
	}
	draft := f.DraftLot(market.ProcedureScored)
	f.ExecSQL("DELETE FROM dps.criterion WHERE lot_id = $1 AND kind = 'PRICE'", draft)
	_, err := admission.PublishLot(t.Context(), f.API, dbtest.ActorAs(policy.MarketManager, f.Lead),
		rules.PublishLotInput{IdempotencyKey: dbtest.NewKey(), Lot: dbtest.IDOf(draft)})
	dbtest.RequireRefused(t, err, market.Invalid)
}

// TestPublishLotCountsACriterionOnItsWay: a criterion that is being inserted while the lot is published is counted.
func TestPublishLotCountsACriterionOnItsWay(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	draft := f.DraftLot(market.ProcedureMatching)
	slow, err := f.Admin.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Rollback() //nolint:errcheck // after a commit it does nothing
	if _, err := slow.Exec(`INSERT INTO dps.criterion SELECT gen_random_uuid(), authority_id, lot_id, 9, kind, name, description, 1, top_score
		FROM dps.criterion WHERE lot_id = $1 AND kind = 'QUALITY'`, draft); err != nil {
		t.Fatal(err)
	}
	published := make(chan error)
	go func() {
		_, err := f.Admin.Exec("UPDATE dps.lot SET published_at = dps.now() WHERE id = $1", draft)
		published <- err
	}()
	for f.CountWaiting("transactionid") == 0 {
		select {
		case err := <-published:
			t.Fatalf("published past a criterion on its way: %v", err)
		default:
		}
	}
	if err := slow.Commit(); err != nil {
		t.Fatal(err)
	}
	dbtest.RequireSQLState(t, <-published, "DPS04")
}
