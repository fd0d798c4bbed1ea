package tendering_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/policy"
)

// TestSubmitOfferCommittedAfterTheDeadline: an attacker with the provider's role begins a transaction before the
// deadline and commits it after.
func TestSubmitOfferCommittedAfterTheDeadline(t *testing.T) {
	for name, write := range map[string]string{
		"new": `INSERT INTO dps.sealed_offer (id, need_id, authority_id, provider_id, setting_id, version, received_at, receipt)
			SELECT gen_random_uuid(), $1, authority_id, $2, $3, 1, dps.now(), 'synthetic' FROM dps.need WHERE id = $1`,
		"amended":   `UPDATE dps.sealed_offer SET version = version + 1 WHERE need_id = $1 AND provider_id = $2 AND setting_id <> $3`,
		"withdrawn": `UPDATE dps.sealed_offer SET withdrawn_at = dps.now() WHERE need_id = $1 AND provider_id = $2 AND setting_id <> $3`,
	} {
		t.Run(name, func(t *testing.T) {
			f := dbtest.NewFixture(t, 2, 2)
			need := f.PublishNeed(f.Kent)
			setting := f.Settings[0]
			if name != "new" {
				f.SubmitOffer(need, 0)
				setting = f.Settings[1]
			}
			tx := f.Become(t, f.BidderActor(0))
			done, err := tx.Exec(write, need, f.Providers[0], setting)
			if err != nil {
				t.Fatal(err)
			}
			if n, _ := done.RowsAffected(); n != 1 {
				t.Fatalf("wrote %d rows in time", n)
			}
			f.Advance(t, 12*24*time.Hour)
			dbtest.RequireSQLState(t, tx.Commit(), "DPS05")
		})
	}
}

// TestSubmitOfferIsReadByItsProviderAlone: with each role that has anything to do with the need, before the deadline.
func TestSubmitOfferIsReadByItsProviderAlone(t *testing.T) {
	f := dbtest.NewFixture(t, 2, 2)
	need := f.PublishNeed(f.Kent)
	f.SubmitOffer(need, 0)
	for _, role := range policy.Roles {
		organisation := f.Kent
		if role == policy.BidsManager {
			organisation = f.Providers[1] // the rival
		}
		for _, from := range []string{"sealed_offer", "sealed_part", "offer", "offer_price", "event WHERE act = 'offer.submit'"} {
			if role == policy.Worker && strings.HasPrefix(from, "event") {
				continue // it seals the log, with a login that no request has
			}
			var n int
			err := f.Become(t, dbtest.ActorAs(role, organisation)).QueryRow("SELECT count(*) FROM dps." + from).Scan(&n)
			var pqErr *pq.Error
			if n != 0 || err != nil && (!errors.As(err, &pqErr) || pqErr.Code != "42501") {
				t.Errorf("%s reads %d rows of %s (%v)", role, n, from, err)
			}
		}
	}
	var n int
	if err := f.Become(t, f.BidderActor(0)).QueryRow("SELECT count(*) FROM dps.sealed_part").Scan(&n); err != nil || n != 2 {
		t.Errorf("its own provider reads %d parts (%v)", n, err)
	}
}
