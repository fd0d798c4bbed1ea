package ledger_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/ledger"
	"github.com/southeasttogether/dps/policy"
)

// TestSealEventsBySeveralSequencers: several at once seal each event once, in one chain without gaps.
func TestSealEventsBySeveralSequencers(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	errs := dbtest.AtOnce(8, func(int) error {
		f.DraftNeed(f.Kent)
		_, err := ledger.SealEvents(t.Context(), f.Worker)
		return err
	})
	if n := dbtest.CountSucceeded(t, errs); n != 8 {
		t.Errorf("%d of 8 sealed without an error", n)
	}
	sealLog(f)
	if got := verifyLog(f); got.Faults != nil || got.Events != int64(f.CountRows("event")) {
		t.Errorf("got %+v", got)
	}
}

// TestSealEventsWaitsForALateCommit: an event with an older number and transaction, which is committed after others,
// holds those back until it is committed, and is sealed before them.
func TestSealEventsWaitsForALateCommit(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	sealLog(f)
	late := f.Become(t, dbtest.ActorAs(policy.Commissioner, f.Kent))
	object := uuid.New()
	if _, err := late.Exec(`INSERT INTO dps.event (person, capacity, organisation_id, act, object_id, authority_id, chain_id)
		VALUES ('synthetic-commissioner', 'commissioner', $1, 'need.create', $2, $1, $1)`, f.Kent, object); err != nil {
		t.Fatal(err)
	}
	f.DraftNeed(f.Kent)
	if n, err := ledger.SealEvents(t.Context(), f.Worker); err != nil || n != 0 {
		t.Fatalf("sealed %d events past one that was not committed yet (%v)", n, err)
	}
	if err := late.Commit(); err != nil {
		t.Fatal(err)
	}
	sealLog(f)
	var first uuid.UUID
	f.QueryValue(&first, "SELECT e.object_id FROM dps.event_seal s JOIN dps.event e ON e.id = s.event_id WHERE s.chain_id = $1 ORDER BY "+
		"s.position OFFSET 1 LIMIT 1", f.Kent) // after its founding
	if got := verifyLog(f); got.Faults != nil || first != object {
		t.Errorf("the late event is not first after what was sealed before it; %+v", got)
	}
}
