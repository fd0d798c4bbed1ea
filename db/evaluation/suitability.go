package evaluation

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/evaluation"
	"github.com/southeasttogether/dps/policy"
)

var suitabilityCheckTable = rowset.New[rules.SuitabilityCheck]("suitability", "s",
	rowset.Columns("offer_id", "check_code", "passed", "reason", "at"))

var suitabilityOfOffers = rowset.ListOf[uuid.UUID](suitabilityCheckTable, "offer_id", rowset.By("s.offer_id", "s.check_code")...)

// SuitabilityOfOffers reads the checks of each offer.
func SuitabilityOfOffers(ctx context.Context, v *engine.View, offers []uuid.UUID) (map[uuid.UUID][]*rules.SuitabilityCheck, error) {
	return suitabilityOfOffers.Read(ctx, v, offers)
}

// AssessSuitability records the checks of an opened offer. They replace earlier ones until quality is locked.
func AssessSuitability(ctx context.Context, d *engine.DB, a policy.Actor, in rules.AssessSuitabilityInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "suitability.assess", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			return evaluateOffer(ctx, t, in.Offer.UUID, func(e evaluationFacts) (engine.Event, error) {
				if err := rules.AssessSuitability(e.need, in); err != nil {
					return engine.Event{}, err
				}
				for _, c := range in.Checks {
					if _, err := t.Exec(ctx, `INSERT INTO suitability (offer_id, check_code, need_id, authority_id, passed, reason, person, at)
					VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (offer_id, check_code) DO UPDATE
					SET passed = excluded.passed, reason = excluded.reason, person = excluded.person, at = excluded.at`,
						e.offer.ID, c.Check, e.need.ID, e.need.AuthorityID, c.Passed, c.Reason, a.Person, e.need.AsOf); err != nil {
						return engine.Event{}, err
					}
				}
				return engine.AuthorityEvent(e.offer.ID, e.need.AuthorityID, "suitability"),
					tendering.RequireNoConflict(ctx, t, e.need, in.DeclareNoInterest)
			})
		})
}

// suitableOffers are the offers that passed every check. It refuses while an offer is not fully assessed.
func suitableOffers(ctx context.Context, t *engine.Tx, n market.Need) ([]uuid.UUID, error) {
	rows, err := AssessedOffers(ctx, t, n)
	if err != nil {
		return nil, err
	}
	return rules.SuitableOffers(rows)
}

// AssessedOffers are the opened offers of a need, each with the outcome of its checks.
func AssessedOffers(ctx context.Context, t *engine.Tx, n market.Need) ([]market.AssessedOffer, error) {
	var rows []market.AssessedOffer
	err := t.SelectRows(ctx, &rows,
		`SELECT o.id AS offer_id, o.provider_id, count(s.check_code) AS checks, coalesce(bool_and(s.passed), false) AS passed,
			coalesce(json_agg(s.reason ORDER BY s.check_code) FILTER (WHERE NOT s.passed), '[]') AS reasons
		FROM offer o LEFT JOIN suitability s ON s.offer_id = o.id WHERE o.need_id = $1 GROUP BY o.id ORDER BY o.id`, n.ID)
	return rows, err
}
