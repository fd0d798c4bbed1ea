package db_test

import (
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/db/internal/engine"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/evaluation"
	"github.com/southeasttogether/dps/db/voice"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/seal"
)

// startPlacement brings a child of an authority into the home of provider i, and returns its need and placement.
func (f *fixture) startPlacement(authority uuid.UUID, i int) (need, placement uuid.UUID) {
	f.t.Helper()
	ctx := f.t.Context()
	need, award := f.awardNeed(authority, i)
	f.requireDone(award.AcceptAward(ctx, f.API, f.bidderActor(i), market.AcceptAwardInput{IdempotencyKey: newKey(), Award: idOf(award)}))
	f.queryValue(&placement, "SELECT id FROM dps.placement WHERE award_id = $1", award)
	for _, side := range []policy.Actor{f.bidderActor(i), actorAs(policy.Commissioner, authority)} {
		f.requireDone(placement.SignAgreement(ctx, f.API, side, market.SignAgreementInput{IdempotencyKey: newKey(), Placement: idOf(placement)}))
	}
	f.Advance(f.t, 40*24*time.Hour)
	f.requireDone(placement.StartPlacement(ctx, f.API, actorAs(policy.Commissioner, authority), market.StartPlacementInput{IdempotencyKey: newKey(), Placement: idOf(placement)}))
	return need, placement
}

// giveFeedback gives feedback of a parent about a placement, the same value for each question.
func (f *fixture) giveFeedback(authority, need, placement uuid.UUID, value int) {
	f.t.Helper()
	to := idOf(placement)
	_, code, err := evaluation.InviteFamily(f.t.Context(), f.API, actorAs(policy.Commissioner, authority), market.InviteFamilyInput{
		IdempotencyKey: newKey(), Kind: market.ForFeedback, Respondent: market.RespondentParent, Need: idOf(need), Placement: &to,
	})
	if err != nil {
		f.t.Fatal(err)
	}
	var ratings []market.RatingInput
	for _, q := range []string{"WELCOME", "SAFE", "PROGRESS", "TOLD"} {
		ratings = append(ratings, market.RatingInput{Question: q, Value: value})
	}
	f.requireDone(voice.GiveFeedback(f.t.Context(), f.API, policy.Actor{Role: policy.Family, Invitation: seal.HashCode(code)}, market.GiveFeedbackInput{Ratings: ratings}))
}

// figuresOfSetting are what everybody is told of a setting.
func (f *fixture) figuresOfSetting(i int) []*market.Figure {
	f.t.Helper()
	v := f.API.View(policy.Actor{Role: policy.Public})
	found, err := directory.SettingsByID(f.t.Context(), v, []uuid.UUID{f.settings[i]})
	if err := errors.Join(err, v.End(f.t.Context())); err != nil {
		f.t.Fatal(err)
	}
	return found[f.settings[i]].Figures
}

// TestMixRatingsAtTheMinimum: below three sheets no figure; with the third all of them at once, whole and once, with
// nothing in the mixed rows that tells one sheet from another.
func TestMixRatingsAtTheMinimum(t *testing.T) {
	f := newFixture(t, 1, 2)
	need, placement := f.startPlacement(f.kent, 0)
	f.runWorker()
	f.giveFeedback(f.kent, need, placement, 2)
	f.Advance(t, 32*24*time.Hour)
	f.giveFeedback(f.kent, need, placement, 3)
	if done := f.runWorker(); done.Mixed != 0 || len(f.figuresOfSetting(0)) > 0 {
		t.Fatalf("mixed %d batches of two sheets", done.Mixed)
	}
	f.giveFeedback(f.kent, need, placement, 4)
	mixed := f.runWorkers("mix:"+f.market.String(), 4).Mixed
	if mixed != 1 || f.countRows("rating_waiting") != 0 || f.countRows("rating") != 12 {
		t.Fatalf("mixed %d batches; %d answers wait, %d are mixed", mixed, f.countRows("rating_waiting"), f.countRows("rating"))
	}
	v := f.API.View(policy.Actor{Role: policy.Public})
	compared, err := directory.ComparePlaces(t.Context(), v, f.settings[:1], nil)
	if err := errors.Join(err, v.End(t.Context())); err != nil || len(compared[f.settings[0]].Figures) != 4 {
		t.Errorf("compared: %+v, %v", compared[f.settings[0]], err)
	}
	told := f.figuresOfSetting(0)
	if len(told) != 4 {
		t.Errorf("%d figures on four questions", len(told))
	}
	for _, fig := range told {
		if fig.Answers != 3 || fig.Mean.Text() != "3.00" {
			t.Errorf("figure %+v", fig)
		}
	}
	var months int
	if f.queryValue(&months, "SELECT count(DISTINCT month) FROM dps.rating"); months != 1 {
		t.Errorf("the batch has %d months: a sheet can be told apart", months)
	}
	if n := f.countRows("event WHERE act = 'rating.mix' AND object_id = $1 AND authority_id = $2", f.settings[0], f.lead); n != 1 {
		t.Errorf("%d events of the mixing", n)
	}
}

// TestFiguresAreComputedOncePerProvider for each provider, however many rows name it.
func TestFiguresAreComputedOncePerProvider(t *testing.T) {
	f := newFixture(t, 2, 2)
	tx := f.Become(t, policy.Actor{Role: policy.Public})
	// As for one of many providers: each row looks up what it names.
	_, err := tx.Exec("SET LOCAL search_path = dps; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_memoize = off; SET LOCAL enable_material = off")
	requireNoError(t, err)
	rows, err := tx.Query("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) " + engine.ProvidersAlong("SELECT n AS id, p.id AS provider_id FROM provider p, generate_series(1, 20) n LIMIT 1000"))
	requireNoError(t, err)
	defer rows.Close()
	var plan []string
	for rows.Next() {
		var line string
		requireNoError(t, rows.Scan(&line))
		plan = append(plan, line)
	}
	requireNoError(t, rows.Err())
	loops := regexp.MustCompile(`rating r .*loops=(\d+)`).FindStringSubmatch(strings.Join(plan, "\n"))
	if len(loops) != 2 || loops[1] != "2" {
		t.Errorf("the ratings of 2 providers that 40 rows name:\n%s", strings.Join(plan, "\n"))
	}
}

// TestMixRatingsLooksAgainUnderTheLock: a worker that waited for another to mix does not mix what came since, below the minimum.
func TestMixRatingsLooksAgainUnderTheLock(t *testing.T) {
	f := newFixture(t, 1, 2)
	sheet := func(setting uuid.UUID, n int) string {
		return fmt.Sprintf(`INSERT INTO dps.rating_waiting SELECT gen_random_uuid(), '%s', '%s', '%s', 'PARENT', 'SAFE', 3, '2026-01-01' FROM generate_series(1, %d)`,
			f.market, f.providers[0], setting, n)
	}
	f.execSQL(sheet(f.settings[0], 3))
	done := f.runWorkers("mix:"+f.market.String(), 1, "DELETE FROM dps.rating_waiting", sheet(f.settings[0], 1))
	if done.Mixed != 0 || f.countRows("rating") != 0 || f.countRows("rating_waiting") != 1 {
		t.Errorf("mixed %d answers of one sheet", f.countRows("rating"))
	}
}

// TestMixRatingsMergesSmallCohortsUpwards: what two providers' small homes said counts for the market in the end, and for no figure of
// either provider.
func TestMixRatingsMergesSmallCohortsUpwards(t *testing.T) {
	f := newFixture(t, 2, 2)
	needA, placementA := f.startPlacement(f.kent, 0)
	needB, placementB := f.startPlacement(f.lead, 1)
	f.giveFeedback(f.kent, needA, placementA, 2)
	f.giveFeedback(f.lead, needB, placementB, 3)
	f.giveFeedback(f.lead, needB, placementB, 4)
	f.Advance(t, 5*30*24*time.Hour)
	if done := f.runWorker(); done.Mixed != 0 {
		t.Fatalf("mixed %d batches too early", done.Mixed)
	}
	f.Advance(t, 3*30*24*time.Hour)
	if done := f.runWorker(); done.Mixed != 1 || f.countRows("rating WHERE provider_id IS NULL AND setting_id IS NULL") != 12 {
		t.Errorf("mixed %d batches, %d answers for the market", done.Mixed, f.countRows("rating WHERE provider_id IS NULL"))
	}
	if len(f.figuresOfSetting(0)) > 0 || len(f.figuresOfSetting(1)) > 0 {
		t.Error("a home has a figure of less than the minimum")
	}
}

// TestMixRatingsShuffles: the mixed rows do not lie in the order in which they came.
func TestMixRatingsShuffles(t *testing.T) {
	f := newFixture(t, 1, 2)
	f.execSQL(`INSERT INTO dps.rating_waiting SELECT gen_random_uuid(), $1, $2, $3, 'PARENT', 'SAFE', 1 + n / 20, '2026-01-01' FROM generate_series(0, 99) n`,
		f.market, f.providers[0], f.settings[0])
	f.runWorker()
	var values []int
	f.scanRows("SELECT value FROM dps.rating ORDER BY ctid", nil, func(rows *sql.Rows) error {
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
	if len(values) != 100 || rises < 5 { // in the order of arrival there is none
		t.Errorf("%d rows, out of order %d times", len(values), rises)
	}
}
