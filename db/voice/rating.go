package voice

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	rules "github.com/southeasttogether/dps/market/voice"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
)

// ratingCohortRow is the waiting ratings of one setting by one kind of respondent.
type ratingCohortRow struct {
	Market     uuid.UUID         `db:"market_id"`
	Provider   uuid.UUID         `db:"provider_id"`
	Setting    uuid.UUID         `db:"setting_id"`
	Respondent market.Respondent `db:"respondent"`
	Term       market.Date       `db:"term"`
	Minimum    int               `db:"feedback_k"`
	Answers    string            `db:"answers"`
	Oldest     market.Date       `db:"oldest"`
	AsOf       market.Date       `db:"as_of"`
}

// termOfMonth is the first day of the term of a waiting rating: market.TermOf.
const termOfMonth = `(date_trunc('year', month) + (extract(month FROM month)::integer - 1) / 4 * interval '4 months')::date`

const ratingCohortRows = `SELECT w.market_id, w.provider_id, w.setting_id, w.respondent, w.term, m.feedback_k, json_object_agg(w.question,
	w.answers) AS answers,
		min(w.oldest) AS oldest, (SELECT dps.now() AT TIME ZONE 'Europe/London')::date AS as_of
	FROM (SELECT market_id, provider_id, setting_id, respondent, ` + termOfMonth + ` AS term, question, count(*) AS answers,
			min(month) AS oldest
		FROM rating_waiting GROUP BY 1, 2, 3, 4, 5, 6) w JOIN market m ON m.id = w.market_id
	GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5`

// BatchesToMix says which waiting ratings can be mixed now.
func BatchesToMix(ctx context.Context, read func(ctx context.Context, dest any, query string, args ...any) error) ([]rules.RatingBatch,
	error,
) {
	var rows []ratingCohortRow
	if err := read(ctx, &rows, ratingCohortRows); err != nil || len(rows) == 0 {
		return nil, err
	}
	waiting := make([]rules.RatingCohort, 0, len(rows))
	for _, r := range rows {
		c := rules.RatingCohort{
			MarketID: r.Market, ProviderID: r.Provider, SettingID: r.Setting, Respondent: r.Respondent, Term: r.Term,
			Minimum: r.Minimum, Oldest: r.Oldest,
		}
		if err := json.Unmarshal([]byte(r.Answers), &c.Answers); err != nil {
			return nil, fmt.Errorf("waiting ratings: %w", err)
		}
		waiting = append(waiting, c)
	}
	return rules.BatchesToMix(waiting, rows[0].AsOf.Time), nil
}

// MixRatings mixes one batch. The waiting ratings are removed and come back with new ids, in a random order, all with
// the month of the mixing, in one statement. The event contains no count, and says no more about whose ratings they are
// than the figures will.
func MixRatings(ctx context.Context, d *engine.DB, b rules.RatingBatch) error {
	_, err := d.Change(ctx, engine.SystemActor, engine.Request{Act: "rating.mix", Keyless: true}, func(t *engine.Tx) (engine.Event, error) {
		if err := requireBatchDue(ctx, t, b); err != nil {
			return engine.Event{}, err
		}
		var lead uuid.UUID
		if err := t.Get(ctx, &lead, "SELECT authority_id FROM market WHERE id = $1", b.MarketID); err != nil {
			return engine.Event{}, err
		}
		return engine.AuthorityEvent(b.Subject(), lead, "rating"), engine.ExecOnce(ctx, t, `WITH taken AS (
				DELETE FROM rating_waiting WHERE market_id = $1 AND respondent = $2 AND setting_id = ANY ($3)
					AND `+termOfMonth+` = $6 RETURNING question, value)
			INSERT INTO rating (id, market_id, provider_id, setting_id, respondent, question, value, month)
			SELECT gen_random_uuid(), $1, $4::uuid, $5::uuid, $2, question, value, date_trunc('month', dps.now() AT TIME ZONE 'Europe/London')
			FROM taken ORDER BY random()`, b.MarketID, b.Respondent, rowset.IDs(b.Settings), b.ProviderID, b.SettingID, b.Term.Time)
	})
	return err
}

// requireBatchDue takes the lock of the market's mixing, and only then looks again. Another instance may have mixed the
// batch or a part of it, and ratings that came since may have changed it.
func requireBatchDue(ctx context.Context, t *engine.Tx, b rules.RatingBatch) error {
	if err := t.Lock(ctx, engine.LockMixing(b.MarketID)); err != nil {
		return err
	}
	now, err := BatchesToMix(ctx, t.SelectRows)
	if err != nil {
		return err
	}
	same := func(other rules.RatingBatch) bool {
		return other.Subject() == b.Subject() && other.Respondent == b.Respondent && other.Term.Equal(b.Term) &&
			slices.Equal(other.Settings, b.Settings)
	}
	if !slices.ContainsFunc(now, same) {
		return engine.ErrAlreadyDone
	}
	return nil
}
