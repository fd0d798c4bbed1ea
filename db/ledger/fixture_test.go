package ledger_test

import (
	"strconv"
	"testing"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/ledger"
)

// verifyLog audits the log.
func verifyLog(f *dbtest.Fixture) ledger.Report {
	f.T.Helper()
	found, err := ledger.VerifyLog(f.T.Context(), f.AdminURL, f.Keyring.PublicKeys())
	if err != nil {
		f.T.Fatal(err)
	}
	return found
}

// newSealedFixture is a small market with a log of several chains, sealed in several rounds.
func newSealedFixture(t *testing.T) *dbtest.Fixture {
	f := dbtest.NewFixture(t, 2, 2)
	sealLog(f)
	need := f.PublishNeed(f.Kent)
	f.SubmitOffer(need, 0)
	sealLog(f)
	f.SubmitOffer(need, 1)
	f.DraftNeed(f.Kent)
	sealLog(f)
	return f
}

// sealLog seals every event. A transaction of another test on the same server may hold it back for a moment.
func sealLog(f *dbtest.Fixture) {
	f.T.Helper()
	for f.CountRows("event e WHERE NOT EXISTS (SELECT FROM dps.event_seal s WHERE s.event_id = e.id)") > 0 {
		if _, err := ledger.SealEvents(f.T.Context(), f.Worker); err != nil {
			f.T.Fatal(err)
		}
	}
}

func formatInt(n int64) string { return strconv.FormatInt(n, 10) }
