package db

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// SuitabilityOfOffers reads the checks of each offer.
func SuitabilityOfOffers(ctx context.Context, v *View, offers []uuid.UUID) (map[uuid.UUID][]*market.SuitabilityCheck, error) {
	return Grouped(ctx, v, `SELECT s.offer_id, s.check_code, s.passed, s.reason, s.at FROM suitability s`, "s.offer_id", "s.offer_id, s.check_code",
		offers, func(s *market.SuitabilityCheck) uuid.UUID { return s.OfferID })
}

const scoreRows = `SELECT s.offer_id, s.criterion_id, s.person, s.points, s.comment FROM score s`

// ScoresOfOffers reads the scores that the actor may see: an evaluator its own, others once every sheet is locked.
func ScoresOfOffers(ctx context.Context, v *View, offers []uuid.UUID) (map[uuid.UUID][]*market.Score, error) {
	return Grouped(ctx, v, scoreRows, "s.offer_id", "s.offer_id, s.person, s.criterion_id", offers, func(s *market.Score) uuid.UUID { return s.OfferID })
}

const ModeratedScoreRows = `SELECT m.offer_id, m.criterion_id, m.points, m.reason FROM moderation m`

// ModerationOfOffers reads the agreed scores of each offer.
func ModerationOfOffers(ctx context.Context, v *View, offers []uuid.UUID) (map[uuid.UUID][]*market.ModeratedScore, error) {
	return Grouped(ctx, v, ModeratedScoreRows, "m.offer_id", "m.offer_id, m.criterion_id", offers, func(m *market.ModeratedScore) uuid.UUID { return m.OfferID })
}

const rankingColumns = "SELECT r.offer_id, r.need_id, r.provider_id, r.rank, r.quality, r.price, r.total, r.arithmetic, r.tie_break, r.reckoned_at, r.superseded_at"

// The places in the orders that hold, and those in orders that were reckoned again since.
const (
	RankingRows        = rankingColumns + " FROM (SELECT * FROM ranking WHERE superseded_at IS NULL) r"
	earlierRankingRows = rankingColumns + " FROM (SELECT * FROM ranking WHERE superseded_at IS NOT NULL) r"
)

// EarlierRankingsOfOffers reads the ranks that each offer had before the order was reckoned again, the latest first.
func EarlierRankingsOfOffers(ctx context.Context, v *View, offers []uuid.UUID) (map[uuid.UUID][]*market.Ranking, error) {
	return Grouped(ctx, v, earlierRankingRows, "r.offer_id", "r.offer_id, r.superseded_at DESC", offers, func(r *market.Ranking) uuid.UUID { return r.OfferID })
}

// RankingsOfOffers reads the rank of each offer.
func RankingsOfOffers(ctx context.Context, v *View, offers []uuid.UUID) (map[uuid.UUID]*market.Ranking, error) {
	return ByID(ctx, v, RankingRows, "r.offer_id", offers, func(r *market.Ranking) uuid.UUID { return r.OfferID })
}

// readEvaluationFacts is an opened offer, its need under the exclusive lock, and the terms of its lot.
type evaluationFacts struct {
	offer    market.Offer
	need     market.Need
	terms    MarketTerms
	criteria []market.Criterion
}

// evaluateOffer takes the lock of the offer's need, reads what every step of an evaluation works on, and takes the step: for an offer
// to a joint call, on each of its copies.
func evaluateOffer(ctx context.Context, t *Tx, offer uuid.UUID, step func(evaluationFacts) (Event, error)) (Event, error) {
	var o market.Offer
	if err := t.Get(ctx, &o, OpenedOfferRows+" WHERE o.id = $1", offer); err != nil {
		return Event{}, AbsentIfNoRows(err, "offer")
	}
	return ForEachJointNeed(ctx, t, o.NeedID, true, func(need market.Need) (Event, error) {
		e, err := readEvaluationFacts(ctx, t, need)
		if err != nil {
			return Event{}, err
		}
		if e.offer, err = CounterpartOffer(ctx, t, o, need); err != nil {
			return Event{}, err
		}
		return step(e)
	})
}

// evaluateNeed is evaluate for a step that is about a need as a whole.
func evaluateNeed(ctx context.Context, t *Tx, need uuid.UUID, step func(evaluationFacts) (Event, error)) (Event, error) {
	return ForEachJointNeed(ctx, t, need, true, func(n market.Need) (Event, error) {
		e, err := readEvaluationFacts(ctx, t, n)
		if err != nil {
			return Event{}, err
		}
		return step(e)
	})
}

// readEvaluationFacts reads the terms of a locked need.
func readEvaluationFacts(ctx context.Context, t *Tx, n market.Need) (e evaluationFacts, err error) {
	e.need = n
	if e.terms, err = NeedTerms(ctx, t, n); err != nil {
		return e, err
	}
	return e, t.SelectRows(ctx, &e.criteria, CriterionRows+" WHERE c.lot_id = $1 ORDER BY c.position", n.LotID)
}

// AssessSuitability records the checks of an opened offer, in place of earlier ones, until quality is locked.
func AssessSuitability(ctx context.Context, d *DB, a policy.Actor, in market.AssessSuitabilityInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "suitability.assess", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		return evaluateOffer(ctx, t, in.Offer.UUID, func(e evaluationFacts) (Event, error) {
			if err := market.AssessSuitability(e.need, in); err != nil {
				return Event{}, err
			}
			for _, c := range in.Checks {
				if _, err := t.Exec(ctx, `INSERT INTO suitability (offer_id, check_code, need_id, authority_id, passed, reason, person, at)
					VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (offer_id, check_code) DO UPDATE
					SET passed = excluded.passed, reason = excluded.reason, person = excluded.person, at = excluded.at`,
					e.offer.ID, c.Check, e.need.ID, e.need.AuthorityID, c.Passed, c.Reason, a.Person, e.need.AsOf); err != nil {
					return Event{}, err
				}
			}
			return AuthorityEvent(e.offer.ID, e.need.AuthorityID, "suitability"), RequireNoConflict(ctx, t, e.need.ID)
		})
	})
}

// ScoreOffer records the actor's own scores of an offer, in place of earlier ones, until the sheet is locked.
func ScoreOffer(ctx context.Context, d *DB, a policy.Actor, in market.ScoreOfferInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "score.give", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		return evaluateOffer(ctx, t, in.Offer.UUID, func(e evaluationFacts) (Event, error) {
			if err := market.ScoreOffer(e.need, e.criteria, in); err != nil {
				return Event{}, err
			}
			if err := openScoreSheet(ctx, t, e.need, a.Person); err != nil {
				return Event{}, err
			}
			for _, s := range in.Scores {
				if _, err := t.Exec(ctx, `INSERT INTO score (offer_id, criterion_id, person, need_id, authority_id, points, comment)
					VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (offer_id, criterion_id, person) DO UPDATE
					SET points = excluded.points, comment = excluded.comment`,
					e.offer.ID, s.Criterion.UUID, a.Person, e.need.ID, e.need.AuthorityID, s.Points, s.Comment); err != nil {
					return Event{}, err
				}
			}
			return AuthorityEvent(e.offer.ID, e.need.AuthorityID, "score"), RequireNoConflict(ctx, t, e.need.ID)
		})
	})
}

// openScoreSheet makes the evaluator's sheet at its first score and refuses one that is locked.
func openScoreSheet(ctx context.Context, t *Tx, n market.Need, person string) error {
	if _, err := t.Exec(ctx, "INSERT INTO score_sheet (need_id, authority_id, person) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
		n.ID, n.AuthorityID, person); err != nil {
		return err
	}
	var locked bool
	err := t.Get(ctx, &locked, "SELECT locked_at IS NOT NULL FROM score_sheet WHERE need_id = $1 AND person = $2", n.ID, person)
	if err == nil && locked {
		return market.Refuse(market.WrongState, "Your sheet is locked.")
	}
	return err
}

// LockScores locks the actor's own sheet. Where no moderation follows and it was the last one, quality is locked with it.
func LockScores(ctx context.Context, d *DB, a policy.Actor, in market.LockScoresInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "score.lock", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		return evaluateNeed(ctx, t, in.Need.UUID, func(e evaluationFacts) (Event, error) {
			if err := lockScoreSheet(ctx, t, e, a.Person); err != nil {
				return Event{}, err
			}
			if err := RequireNoConflict(ctx, t, e.need.ID); err != nil {
				return Event{}, err
			}
			done := AuthorityEvent(e.need.ID, e.need.AuthorityID, "locked_at")
			var all bool
			if err := t.Get(ctx, &all, "SELECT dps.scores_locked($1)", e.need.ID); err != nil || !all || e.terms.Lot.Procedure.Moderated {
				return done, err
			}
			return done, lockNeedQuality(ctx, t, e)
		})
	})
}

func lockScoreSheet(ctx context.Context, t *Tx, e evaluationFacts, person string) error {
	// First, so that who may have no sheet is told nothing of the offers. Where none is suitable, nothing was scored, and
	// there is no sheet yet.
	if err := openScoreSheet(ctx, t, e.need, person); err != nil {
		return err
	}
	var own []*market.Score
	if err := t.SelectRows(ctx, &own, scoreRows+" WHERE s.need_id = $1 AND s.person = $2", e.need.ID, person); err != nil {
		return err
	}
	suitable, err := suitableOffers(ctx, t, e.need)
	if err != nil {
		return err
	}
	if err := market.LockScores(e.need, e.criteria, suitable, own); err != nil {
		return err
	}
	return t.ExecAtLeastOne(ctx, "UPDATE score_sheet SET locked_at = $3 WHERE need_id = $1 AND person = $2 AND locked_at IS NULL", e.need.ID, person, e.need.AsOf)
}

// suitableOffers are the offers that passed every check. It refuses while an offer is not fully assessed.
func suitableOffers(ctx context.Context, t *Tx, n market.Need) ([]uuid.UUID, error) {
	rows, err := AssessedOffers(ctx, t, n)
	if err != nil {
		return nil, err
	}
	return market.SuitableOffers(rows)
}

// AssessedOffers are the opened offers of a need, each with the outcome of its checks.
func AssessedOffers(ctx context.Context, t *Tx, n market.Need) ([]market.AssessedOffer, error) {
	var rows []market.AssessedOffer
	err := t.SelectRows(ctx, &rows, `SELECT o.id AS offer_id, o.provider_id, count(s.check_code) AS checks, coalesce(bool_and(s.passed), false) AS passed,
			coalesce(json_agg(s.reason ORDER BY s.check_code) FILTER (WHERE NOT s.passed), '[]') AS reasons
		FROM offer o LEFT JOIN suitability s ON s.offer_id = o.id WHERE o.need_id = $1 GROUP BY o.id ORDER BY o.id`, n.ID)
	return rows, err
}

// ModerateOffer records the agreed scores of an offer, in place of earlier ones, until quality is locked.
func ModerateOffer(ctx context.Context, d *DB, a policy.Actor, in market.ModerateOfferInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "moderation.agree", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		return evaluateOffer(ctx, t, in.Offer.UUID, func(e evaluationFacts) (Event, error) {
			if err := market.ModerateOffer(e.need, e.terms.Lot.Procedure, e.criteria, in); err != nil {
				return Event{}, err
			}
			if err := requireScoresLocked(ctx, t, e.need); err != nil {
				return Event{}, err
			}
			for _, s := range in.Scores {
				if _, err := t.Exec(ctx, `INSERT INTO moderation (offer_id, criterion_id, need_id, authority_id, points, reason, person, at)
					VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (offer_id, criterion_id) DO UPDATE
					SET points = excluded.points, reason = excluded.reason, person = excluded.person, at = excluded.at`,
					e.offer.ID, s.Criterion.UUID, e.need.ID, e.need.AuthorityID, s.Points, s.Reason, a.Person, e.need.AsOf); err != nil {
					return Event{}, err
				}
			}
			return AuthorityEvent(e.offer.ID, e.need.AuthorityID, "moderation"), RequireNoConflict(ctx, t, e.need.ID)
		})
	})
}

func requireScoresLocked(ctx context.Context, t *Tx, n market.Need) error {
	var all bool
	err := t.Get(ctx, &all, "SELECT dps.scores_locked($1)", n.ID)
	if err == nil && !all {
		return market.Refuse(market.TooEarly, "Moderation begins when every evaluator's sheet is locked.")
	}
	return err
}

// LockQuality locks the moderated quality. Prices that come last can be opened from now on.
func LockQuality(ctx context.Context, d *DB, a policy.Actor, in market.LockQualityInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "moderation.lock", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		return evaluateNeed(ctx, t, in.Need.UUID, func(e evaluationFacts) (Event, error) {
			if err := requireModerated(ctx, t, e); err != nil {
				return Event{}, err
			}
			if err := RequireNoConflict(ctx, t, e.need.ID); err != nil {
				return Event{}, err
			}
			return AuthorityEvent(e.need.ID, e.need.AuthorityID, "quality_locked_at"), lockNeedQuality(ctx, t, e)
		})
	})
}

// requireModerated refuses while a suitable offer lacks an agreed score, and where no moderation is due at all.
func requireModerated(ctx context.Context, t *Tx, e evaluationFacts) error {
	if err := market.RequireModeration(e.need, e.terms.Lot.Procedure); err != nil {
		return err
	}
	if err := requireScoresLocked(ctx, t, e.need); err != nil {
		return err
	}
	suitable, err := suitableOffers(ctx, t, e.need)
	if err != nil {
		return err
	}
	var agreed []*market.ModeratedScore
	if err := t.SelectRows(ctx, &agreed, ModeratedScoreRows+" WHERE m.need_id = $1", e.need.ID); err != nil {
		return err
	}
	return market.LockQuality(e.need, e.terms.Lot.Procedure, e.criteria, suitable, agreed)
}
