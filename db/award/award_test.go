package award_test

import (
	"testing"
	"time"

	rules "github.com/southeasttogether/dps/market/award"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/award"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

func TestProposeAwardFiftyAtOnce(t *testing.T) {
	f := dbtest.NewFixture(t, 2, 2)
	need := f.PublishNeed(f.Kent)
	offers := []uuid.UUID{f.SubmitOffer(need, 0), f.SubmitOffer(need, 1)}
	f.Advance(t, 12*24*time.Hour)
	f.RankOffers(f.Kent, need, offers...)
	errs := dbtest.AtOnce(50, func(i int) error {
		_, err := award.ProposeAward(t.Context(), f.API, dbtest.ActorAs(policy.Commissioner, f.Kent), rules.ProposeAwardInput{
			IdempotencyKey: dbtest.NewKey(), Offer: dbtest.IDOf(offers[i%2]), Reason: "A reason that is long enough for either of the two offers",
		})
		return err
	})
	if n := dbtest.CountSucceeded(t, errs, market.AlreadyExists); n != 1 || f.CountRows("award") != 1 {
		t.Errorf("%d of 50 proposals succeeded, %d awards", n, f.CountRows("award"))
	}
}

// TestProposeAwardIndexAllowsOneLiveAward: the same without the program, its lock and its rule.
func TestProposeAwardIndexAllowsOneLiveAward(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	_, award := f.AwardNeed(f.Kent, 0)
	again := `INSERT INTO dps.award (id, need_id, authority_id, offer_id, provider_id, setting_id, reason, proposed_at, proposed_by)
		SELECT gen_random_uuid(), need_id, authority_id, offer_id, provider_id, setting_id, 'again', dps.now(), 'synthetic' FROM dps.award
		WHERE id = $1`
	_, err := f.Admin.Exec(again, award)
	dbtest.RequireSQLState(t, err, "23505")
	f.ExecSQL("UPDATE dps.award SET declined_at = dps.now() WHERE id = $1", award)
	f.ExecSQL(again, award)
}
