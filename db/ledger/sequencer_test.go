package ledger_test

import (
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/ledger"
	"github.com/southeasttogether/dps/db/region"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/postgres/postgrestest"
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

// TestSealEventsDoesNotWaitForStrangers: a transaction that writes in another database, or past the API in this one, holds nothing back.
// One that has entered is waited for, even if it has not written its event yet.
func TestSealEventsDoesNotWaitForStrangers(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	sealLog(f)
	for name, url := range map[string]string{
		"another database": postgrestest.Server(t).URL("postgres", "postgres"), "this database": f.AdminURL,
	} {
		stranger, err := sql.Open("postgres", url)
		if err != nil {
			t.Fatal(err)
		}
		defer stranger.Close()
		tx, err := stranger.Begin()
		if err == nil {
			_, err = tx.Exec("CREATE TEMPORARY TABLE stranger AS SELECT pg_current_xact_id()")
		}
		if err != nil {
			t.Fatal(err)
		}
		f.DraftNeed(f.Kent)
		requireSealed(t, f, name)
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
	}
	writer := f.Become(t, dbtest.ActorAs(policy.Commissioner, f.Kent))
	if _, err := writer.Exec("SELECT pg_current_xact_id()"); err != nil {
		t.Fatal(err)
	}
	f.DraftNeed(f.Kent)
	if n, err := ledger.SealEvents(t.Context(), f.Worker); err != nil || n != 0 {
		t.Errorf("sealed %d events past a writer that has not written its event yet (%v)", n, err)
	}
}

// requireSealed seals what is there, and fails if something is left. A transaction that another test has just begun holds a round up.
func requireSealed(t *testing.T, f *dbtest.Fixture, while string) {
	t.Helper()
	var got ledger.Report
	for range 50 {
		if _, err := ledger.SealEvents(t.Context(), f.Worker); err != nil {
			t.Fatal(err)
		}
		if got = verifyLog(f); got.Unsealed == 0 {
			break
		}
	}
	if got.Unsealed != 0 || got.Faults != nil {
		t.Errorf("with a stranger's transaction in %s: %d events are not sealed, faults %v", while, got.Unsealed, got.Faults)
	}
}

// TestLogIsResumedWhereItsRowsWereCopied: in a cluster whose transactions have lower numbers than those of the log nothing is sealed, and
// the check says so, until the log is taken up again, once and on record.
func TestLogIsResumedWhereItsRowsWereCopied(t *testing.T) {
	f := newSealedFixture(t)
	operator := region.Operator{AdminURL: f.AdminURL, Person: "synthetic.operator"}
	if err := region.ResumeLog(t.Context(), operator, "Synthetic: nothing happened"); !errors.Is(err, region.ErrLogGoesOn) {
		t.Errorf("a log that goes on was resumed: %v", err)
	}
	// As a copy of the rows is: every number is of a cluster that is further on.
	f.TamperWith(`INSERT INTO dps.event (tx, at, person, capacity, act, object_id, chain_id)
		SELECT '900000000000', dps.now(), 'synthetic', 'commissioner', 'need.create', id, id FROM dps.organisation LIMIT 1`)
	f.DraftNeed(f.Kent)
	if _, err := ledger.SealEvents(t.Context(), f.Worker); err != nil {
		t.Fatal(err)
	}
	if got := verifyLog(f); len(got.Faults) != 1 || !strings.Contains(got.Faults[0].What, "dps audit resume") {
		t.Errorf("before: %+v", got.Faults)
	}
	if err := region.ResumeLog(t.Context(), operator, "Synthetic: a dump was restored"); err != nil {
		t.Fatal(err)
	}
	f.DraftNeed(f.Kent)
	sealLog(f)
	if got := verifyLog(f); got.Faults != nil || got.Unsealed != 0 {
		t.Errorf("after: %+v", got)
	}
	if n := f.CountRows("event WHERE act = 'log.resume' AND person = 'synthetic.operator'"); n != 1 {
		t.Errorf("the resumption is on record %d times", n)
	}
	if err := region.ResumeLog(t.Context(), operator, "Synthetic: twice"); !errors.Is(err, region.ErrLogGoesOn) {
		t.Errorf("a second time: %v", err)
	}
}
