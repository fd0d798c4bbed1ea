package db

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// SuitabilityOfOffers reads the checks of each offer.
func (v *View) SuitabilityOfOffers(ctx context.Context, offers []uuid.UUID) (map[uuid.UUID][]*market.SuitabilityCheck, error) {
	return grouped(ctx, v, `SELECT s.offer_id, s.check_code, s.passed, s.reason, s.at FROM suitability s`, "s.offer_id", "s.offer_id, s.check_code",
		offers, func(s *market.SuitabilityCheck) uuid.UUID { return s.OfferID })
}

const scoreRows = `SELECT s.offer_id, s.criterion_id, s.person, s.points, s.comment FROM score s`

// ScoresOfOffers reads the scores that the actor may see: an evaluator its own, others once every sheet is locked.
func (v *View) ScoresOfOffers(ctx context.Context, offers []uuid.UUID) (map[uuid.UUID][]*market.Score, error) {
	return grouped(ctx, v, scoreRows, "s.offer_id", "s.offer_id, s.person, s.criterion_id", offers, func(s *market.Score) uuid.UUID { return s.OfferID })
}

const moderationRows = `SELECT m.offer_id, m.criterion_id, m.points, m.reason FROM moderation m`

// ModerationOfOffers reads the agreed scores of each offer.
func (v *View) ModerationOfOffers(ctx context.Context, offers []uuid.UUID) (map[uuid.UUID][]*market.ModeratedScore, error) {
	return grouped(ctx, v, moderationRows, "m.offer_id", "m.offer_id, m.criterion_id", offers, func(m *market.ModeratedScore) uuid.UUID { return m.OfferID })
}

const rankingColumns = "SELECT r.offer_id, r.need_id, r.provider_id, r.rank, r.quality, r.price, r.total, r.arithmetic, r.tie_break, r.reckoned_at, r.superseded_at"

// The places in the orders that hold, and those in orders that were reckoned again since.
const (
	rankingRows        = rankingColumns + " FROM (SELECT * FROM ranking WHERE superseded_at IS NULL) r"
	earlierRankingRows = rankingColumns + " FROM (SELECT * FROM ranking WHERE superseded_at IS NOT NULL) r"
)

// EarlierRankingsOfOffers reads the ranks that each offer had before the order was reckoned again, the latest first.
func (v *View) EarlierRankingsOfOffers(ctx context.Context, offers []uuid.UUID) (map[uuid.UUID][]*market.Ranking, error) {
	return grouped(ctx, v, earlierRankingRows, "r.offer_id", "r.offer_id, r.superseded_at DESC", offers, func(r *market.Ranking) uuid.UUID { return r.OfferID })
}

// RankingsOfOffers reads the rank of each offer.
func (v *View) RankingsOfOffers(ctx context.Context, offers []uuid.UUID) (map[uuid.UUID]*market.Ranking, error) {
	return byID(ctx, v, rankingRows, "r.offer_id", offers, func(r *market.Ranking) uuid.UUID { return r.OfferID })
}

// evaluated is an opened offer, its need under the exclusive lock, and the terms of its lot.
type evaluated struct {
	offer    market.Offer
	need     market.Need
	terms    terms
	criteria []market.Criterion
}

// evaluate takes the lock of the offer's need, reads what every step of an evaluation works on, and takes the step: for an offer
// to a joint call, on each of its copies.
func (t *Tx) evaluate(ctx context.Context, offer uuid.UUID, step func(evaluated) (Event, error)) (Event, error) {
	var o market.Offer
	if err := t.get(ctx, &o, openedRows+" WHERE o.id = $1", offer); err != nil {
		return Event{}, absent(err, "offer")
	}
	return t.together(ctx, o.NeedID, true, func(need market.Need) (Event, error) {
		e, err := t.evaluated(ctx, need)
		if err != nil {
			return Event{}, err
		}
		if e.offer, err = t.twin(ctx, o, need); err != nil {
			return Event{}, err
		}
		return step(e)
	})
}

// evaluateNeed is evaluate for a step that is about a need as a whole.
func (t *Tx) evaluateNeed(ctx context.Context, need uuid.UUID, step func(evaluated) (Event, error)) (Event, error) {
	return t.together(ctx, need, true, func(n market.Need) (Event, error) {
		e, err := t.evaluated(ctx, n)
		if err != nil {
			return Event{}, err
		}
		return step(e)
	})
}

// evaluated reads the terms of a locked need.
func (t *Tx) evaluated(ctx context.Context, n market.Need) (e evaluated, err error) {
	e.need = n
	if e.terms, err = t.termsOf(ctx, n); err != nil {
		return e, err
	}
	return e, t.all(ctx, &e.criteria, criterionRows+" WHERE c.lot_id = $1 ORDER BY c.position", n.LotID)
}

// AssessSuitability records the checks of an opened offer, in place of earlier ones, until quality is locked.
func (d *DB) AssessSuitability(ctx context.Context, a policy.Actor, in market.AssessSuitabilityInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "suitability.assess", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		return t.evaluate(ctx, in.Offer.UUID, func(e evaluated) (Event, error) {
			if err := market.AssessSuitability(e.need, in); err != nil {
				return Event{}, err
			}
			for _, c := range in.Checks {
				if _, err := t.exec(ctx, `INSERT INTO suitability (offer_id, check_code, need_id, authority_id, passed, reason, person, at)
					VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (offer_id, check_code) DO UPDATE
					SET passed = excluded.passed, reason = excluded.reason, person = excluded.person, at = excluded.at`,
					e.offer.ID, c.Check, e.need.ID, e.need.AuthorityID, c.Passed, c.Reason, a.Person, e.need.AsOf); err != nil {
					return Event{}, err
				}
			}
			return about(e.offer.ID, e.need.AuthorityID, "suitability"), t.disinterested(ctx, e.need.ID)
		})
	})
}

// ScoreOffer records the actor's own scores of an offer, in place of earlier ones, until the sheet is locked.
func (d *DB) ScoreOffer(ctx context.Context, a policy.Actor, in market.ScoreOfferInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "score.give", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		return t.evaluate(ctx, in.Offer.UUID, func(e evaluated) (Event, error) {
			if err := market.ScoreOffer(e.need, e.criteria, in); err != nil {
				return Event{}, err
			}
			if err := t.openSheet(ctx, e.need, a.Person); err != nil {
				return Event{}, err
			}
			for _, s := range in.Scores {
				if _, err := t.exec(ctx, `INSERT INTO score (offer_id, criterion_id, person, need_id, authority_id, points, comment)
					VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (offer_id, criterion_id, person) DO UPDATE
					SET points = excluded.points, comment = excluded.comment`,
					e.offer.ID, s.Criterion.UUID, a.Person, e.need.ID, e.need.AuthorityID, s.Points, s.Comment); err != nil {
					return Event{}, err
				}
			}
			return about(e.offer.ID, e.need.AuthorityID, "score"), t.disinterested(ctx, e.need.ID)
		})
	})
}

// openSheet makes the evaluator's sheet at its first score and refuses one that is locked.
func (t *Tx) openSheet(ctx context.Context, n market.Need, person string) error {
	if _, err := t.exec(ctx, "INSERT INTO score_sheet (need_id, authority_id, person) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
		n.ID, n.AuthorityID, person); err != nil {
		return err
	}
	var locked bool
	err := t.get(ctx, &locked, "SELECT locked_at IS NOT NULL FROM score_sheet WHERE need_id = $1 AND person = $2", n.ID, person)
	if err == nil && locked {
		return market.Refuse(market.WrongState, "Your sheet is locked.")
	}
	return err
}

// LockScores locks the actor's own sheet. Where no moderation follows and it was the last one, quality is locked with it.
func (d *DB) LockScores(ctx context.Context, a policy.Actor, in market.LockScoresInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "score.lock", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		return t.evaluateNeed(ctx, in.Need.UUID, func(e evaluated) (Event, error) {
			if err := t.lockSheet(ctx, e, a.Person); err != nil {
				return Event{}, err
			}
			if err := t.disinterested(ctx, e.need.ID); err != nil {
				return Event{}, err
			}
			done := about(e.need.ID, e.need.AuthorityID, "locked_at")
			var all bool
			if err := t.get(ctx, &all, "SELECT dps.scores_locked($1)", e.need.ID); err != nil || !all || e.terms.lot.Procedure.Moderated {
				return done, err
			}
			return done, t.lockQuality(ctx, e)
		})
	})
}

func (t *Tx) lockSheet(ctx context.Context, e evaluated, person string) error {
	// First, so that who may have no sheet is told nothing of the offers. Where none is suitable, nothing was scored, and
	// there is no sheet yet.
	if err := t.openSheet(ctx, e.need, person); err != nil {
		return err
	}
	var own []*market.Score
	if err := t.all(ctx, &own, scoreRows+" WHERE s.need_id = $1 AND s.person = $2", e.need.ID, person); err != nil {
		return err
	}
	suitable, err := t.suitable(ctx, e.need)
	if err != nil {
		return err
	}
	if err := market.LockScores(e.need, e.criteria, suitable, own); err != nil {
		return err
	}
	return t.must(ctx, "UPDATE score_sheet SET locked_at = $3 WHERE need_id = $1 AND person = $2 AND locked_at IS NULL", e.need.ID, person, e.need.AsOf)
}

// suitable are the offers that passed every check. It refuses while an offer is not fully assessed.
func (t *Tx) suitable(ctx context.Context, n market.Need) ([]uuid.UUID, error) {
	rows, err := t.assessed(ctx, n)
	if err != nil {
		return nil, err
	}
	return market.Suitable(rows)
}

// assessed are the opened offers of a need, each with the outcome of its checks.
func (t *Tx) assessed(ctx context.Context, n market.Need) ([]market.Assessed, error) {
	var rows []market.Assessed
	err := t.all(ctx, &rows, `SELECT o.id AS offer_id, o.provider_id, count(s.check_code) AS checks, coalesce(bool_and(s.passed), false) AS passed,
			coalesce(json_agg(s.reason ORDER BY s.check_code) FILTER (WHERE NOT s.passed), '[]') AS reasons
		FROM offer o LEFT JOIN suitability s ON s.offer_id = o.id WHERE o.need_id = $1 GROUP BY o.id ORDER BY o.id`, n.ID)
	return rows, err
}

// ModerateOffer records the agreed scores of an offer, in place of earlier ones, until quality is locked.
func (d *DB) ModerateOffer(ctx context.Context, a policy.Actor, in market.ModerateOfferInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "moderation.agree", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		return t.evaluate(ctx, in.Offer.UUID, func(e evaluated) (Event, error) {
			if err := market.ModerateOffer(e.need, e.terms.lot.Procedure, e.criteria, in); err != nil {
				return Event{}, err
			}
			if err := t.scoresLocked(ctx, e.need); err != nil {
				return Event{}, err
			}
			for _, s := range in.Scores {
				if _, err := t.exec(ctx, `INSERT INTO moderation (offer_id, criterion_id, need_id, authority_id, points, reason, person, at)
					VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (offer_id, criterion_id) DO UPDATE
					SET points = excluded.points, reason = excluded.reason, person = excluded.person, at = excluded.at`,
					e.offer.ID, s.Criterion.UUID, e.need.ID, e.need.AuthorityID, s.Points, s.Reason, a.Person, e.need.AsOf); err != nil {
					return Event{}, err
				}
			}
			return about(e.offer.ID, e.need.AuthorityID, "moderation"), t.disinterested(ctx, e.need.ID)
		})
	})
}

func (t *Tx) scoresLocked(ctx context.Context, n market.Need) error {
	var all bool
	err := t.get(ctx, &all, "SELECT dps.scores_locked($1)", n.ID)
	if err == nil && !all {
		return market.Refuse(market.TooEarly, "Moderation begins when every evaluator's sheet is locked.")
	}
	return err
}

// LockQuality locks the moderated quality. Prices that come last can be opened from now on.
func (d *DB) LockQuality(ctx context.Context, a policy.Actor, in market.LockQualityInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "moderation.lock", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		return t.evaluateNeed(ctx, in.Need.UUID, func(e evaluated) (Event, error) {
			if err := t.moderated(ctx, e); err != nil {
				return Event{}, err
			}
			if err := t.disinterested(ctx, e.need.ID); err != nil {
				return Event{}, err
			}
			return about(e.need.ID, e.need.AuthorityID, "quality_locked_at"), t.lockQuality(ctx, e)
		})
	})
}

// moderated refuses while a suitable offer lacks an agreed score, and where no moderation is due at all.
func (t *Tx) moderated(ctx context.Context, e evaluated) error {
	if err := market.Moderating(e.need, e.terms.lot.Procedure); err != nil {
		return err
	}
	if err := t.scoresLocked(ctx, e.need); err != nil {
		return err
	}
	suitable, err := t.suitable(ctx, e.need)
	if err != nil {
		return err
	}
	var agreed []*market.ModeratedScore
	if err := t.all(ctx, &agreed, moderationRows+" WHERE m.need_id = $1", e.need.ID); err != nil {
		return err
	}
	return market.LockQuality(e.need, e.terms.lot.Procedure, e.criteria, suitable, agreed)
}
