package voice_test

import (
	"database/sql"
	"errors"
	"fmt"
	"testing"
	"time"

	evaluationrules "github.com/southeasttogether/dps/market/evaluation"
	rules "github.com/southeasttogether/dps/market/voice"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/evaluation"
	"github.com/southeasttogether/dps/db/voice"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/seal"
)

// giveFeedback gives feedback of a parent about a placement, the same value for each question. Each time it counts as another child's.
func giveFeedback(f *dbtest.Fixture, authority, need, placement uuid.UUID, value int) {
	f.T.Helper()
	to := dbtest.IDOf(placement)
	_, code, err := evaluation.InviteFamily(f.T.Context(), f.API, dbtest.ActorAs(policy.Commissioner, authority),
		evaluationrules.InviteFamilyInput{
			IdempotencyKey: dbtest.NewKey(), Kind: market.ForFeedback, Respondent: market.RespondentParent, Need: dbtest.IDOf(need), Placement: &to,
		})
	if err != nil {
		f.T.Fatal(err)
	}
	var ratings []rules.RatingInput
	for _, q := range []string{"WELCOME", "SAFE", "PROGRESS", "TOLD"} {
		ratings = append(ratings, rules.RatingInput{Question: q, Value: value})
	}
	f.RequireDone(voice.GiveFeedback(f.T.Context(), f.API, policy.Actor{Role: policy.Family, Invitation: seal.HashCode(code)},
		rules.GiveFeedbackInput{Ratings: ratings}))
	f.ExecSQL("UPDATE dps.family_invitation SET child_id = gen_random_uuid()")
}

// figuresOfSetting are the public figures of a setting.
func figuresOfSetting(f *dbtest.Fixture, i int) []*market.Figure {
	f.T.Helper()
	v := f.API.View(policy.Actor{Role: policy.Public})
	found, err := directory.SettingsByID(f.T.Context(), v, []uuid.UUID{f.Settings[i]})
	if err := errors.Join(err, v.End(f.T.Context())); err != nil {
		f.T.Fatal(err)
	}
	return found[f.Settings[i]].Figures
}

// TestMixRatingsAtTheMinimum: below three sheets there is no figure. With the third all of them count at once, whole
// and once, and nothing in the mixed rows tells one sheet from another.
func TestMixRatingsAtTheMinimum(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	need, placement := dbtest.StartPlacement(f, f.Kent, 0)
	f.RunWorker()
	giveFeedback(f, f.Kent, need, placement, 2)
	f.Advance(t, 32*24*time.Hour)
	giveFeedback(f, f.Kent, need, placement, 3)
	if done := f.RunWorker(); done.Mixed != 0 || len(figuresOfSetting(f, 0)) > 0 {
		t.Fatalf("mixed %d batches of two sheets", done.Mixed)
	}
	giveFeedback(f, f.Kent, need, placement, 4)
	mixed := f.RunWorkers("mix:"+f.Market.String(), 4).Mixed
	if mixed != 1 || f.CountRows("rating_waiting") != 0 || f.CountRows("rating") != 12 {
		t.Fatalf("mixed %d batches; %d answers wait, %d are mixed", mixed, f.CountRows("rating_waiting"), f.CountRows("rating"))
	}
	v := f.API.View(policy.Actor{Role: policy.Public})
	compared, err := directory.ComparePlaces(t.Context(), v, f.Settings[:1], nil)
	if err := errors.Join(err, v.End(t.Context())); err != nil || len(compared[f.Settings[0]].Figures) != 4 {
		t.Errorf("compared: %+v, %v", compared[f.Settings[0]], err)
	}
	told := figuresOfSetting(f, 0)
	if len(told) != 4 {
		t.Errorf("%d figures on four questions", len(told))
	}
	for _, fig := range told {
		if fig.Answers != 3 || fig.Mean.Text() != "3.00" {
			t.Errorf("figure %+v", fig)
		}
	}
	var months int
	if f.QueryValue(&months, "SELECT count(DISTINCT month) FROM dps.rating"); months != 1 {
		t.Errorf("the batch has %d months: a sheet can be told apart", months)
	}
	if n := f.CountRows("event WHERE act = 'rating.mix' AND object_id = $1 AND authority_id = $2", f.Settings[0], f.Lead); n != 1 {
		t.Errorf("%d events of the mixing", n)
	}
}

// TestMixRatingsLooksAgainUnderTheLock: a worker that waited for another to mix does not mix what came since, below the
// minimum.
func TestMixRatingsLooksAgainUnderTheLock(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	sheet := func(setting uuid.UUID, n int) string {
		return fmt.Sprintf(`INSERT INTO dps.rating_waiting SELECT gen_random_uuid(), '%s', '%s', '%s', 'PARENT', 'SAFE', 3, '2026-01-01'
			FROM generate_series(1, %d)`,
			f.Market, f.Providers[0], setting, n)
	}
	f.ExecSQL(sheet(f.Settings[0], 3))
	done := f.RunWorkers("mix:"+f.Market.String(), 1, "DELETE FROM dps.rating_waiting", sheet(f.Settings[0], 1))
	if done.Mixed != 0 || f.CountRows("rating") != 0 || f.CountRows("rating_waiting") != 1 {
		t.Errorf("mixed %d answers of one sheet", f.CountRows("rating"))
	}
}

// TestMixRatingsMergesSmallCohortsUpwards: ratings of two providers' small homes count for the market in the end, and
// for no figure of either provider.
func TestMixRatingsMergesSmallCohortsUpwards(t *testing.T) {
	f := dbtest.NewFixture(t, 2, 2)
	needA, placementA := dbtest.StartPlacement(f, f.Kent, 0)
	needB, placementB := dbtest.StartPlacement(f, f.Lead, 1)
	giveFeedback(f, f.Kent, needA, placementA, 2)
	giveFeedback(f, f.Lead, needB, placementB, 3)
	giveFeedback(f, f.Lead, needB, placementB, 4)
	f.Advance(t, 5*30*24*time.Hour)
	if done := f.RunWorker(); done.Mixed != 0 {
		t.Fatalf("mixed %d batches too early", done.Mixed)
	}
	f.Advance(t, 3*30*24*time.Hour)
	if done := f.RunWorker(); done.Mixed != 1 || f.CountRows("rating WHERE provider_id IS NULL AND setting_id IS NULL") != 12 {
		t.Errorf("mixed %d batches, %d answers for the market", done.Mixed, f.CountRows("rating WHERE provider_id IS NULL"))
	}
	if len(figuresOfSetting(f, 0)) > 0 || len(figuresOfSetting(f, 1)) > 0 {
		t.Error("a home has a figure of less than the minimum")
	}
}

// TestMixRatingsShuffles: the mixed rows are not in the order in which they came.
func TestMixRatingsShuffles(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	f.ExecSQL(`INSERT INTO dps.rating_waiting SELECT gen_random_uuid(), $1, $2, $3, 'PARENT', 'SAFE', 1 + n / 20, '2026-01-01'
		FROM generate_series(0, 99) n`,
		f.Market, f.Providers[0], f.Settings[0])
	f.RunWorker()
	var values []int
	f.ScanRows("SELECT value FROM dps.rating ORDER BY ctid", nil, func(rows *sql.Rows) error {
		var v int
		err := rows.Scan(&v)
		values = append(values, v)
		return err
	})
	rises := 0
	for i := 1; i < len(values); i++ {
		if values[i] < values[i-1] {
			rises++
		}
	}
	if len(values) != 100 || rises < 5 { // there is none if they are in the order of arrival
		t.Errorf("%d rows, out of order %d times", len(values), rises)
	}
}
