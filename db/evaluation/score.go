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

var (
	scoreTable = rowset.New[rules.Score]("score", "s",
		rowset.Columns("offer_id", "criterion_id", "person", "points", "comment"))
	scoreRows = scoreTable.Rows()
)

var scoresOfOffers = rowset.ListOf[uuid.UUID](scoreTable, "offer_id", rowset.By("s.offer_id", "s.person", "s.criterion_id")...)

// ScoresOfOffers reads the scores that the actor can see: evaluators see their own, others see all once every sheet is
// locked.
func ScoresOfOffers(ctx context.Context, v *engine.View, offers []uuid.UUID) (map[uuid.UUID][]*rules.Score, error) {
	return scoresOfOffers.Read(ctx, v, offers)
}

var (
	// ModeratedScoreTable is how agreed points are read.
	ModeratedScoreTable = rowset.New[rules.ModeratedScore]("moderation", "m",
		rowset.Columns("offer_id", "criterion_id", "points", "reason"))
	// ModeratedScoreRows selects these rows; a condition follows.
	ModeratedScoreRows = ModeratedScoreTable.Rows()
)

var moderationOfOffers = rowset.ListOf[uuid.UUID](ModeratedScoreTable, "offer_id", rowset.By("m.offer_id", "m.criterion_id")...)

// ModerationOfOffers reads the agreed scores of each offer.
func ModerationOfOffers(ctx context.Context, v *engine.View, offers []uuid.UUID) (map[uuid.UUID][]*rules.ModeratedScore, error) {
	return moderationOfOffers.Read(ctx, v, offers)
}

// ScoreOffer records the actor's scores of an offer. They replace earlier ones until the sheet is locked.
func ScoreOffer(ctx context.Context, d *engine.DB, a policy.Actor, in rules.ScoreOfferInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "score.give", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		return evaluateOffer(ctx, t, in.Offer.UUID, func(e evaluationFacts) (engine.Event, error) {
			if err := requireEvaluator(t, e.terms.Lot.Procedure); err != nil {
				return engine.Event{}, err
			}
			if err := rules.ScoreOffer(e.need, e.criteria, in); err != nil {
				return engine.Event{}, err
			}
			if err := openScoreSheet(ctx, t, e.need, a.Person); err != nil {
				return engine.Event{}, err
			}
			for _, s := range in.Scores {
				if _, err := t.Exec(ctx, `INSERT INTO score (offer_id, criterion_id, person, need_id, authority_id, points, comment)
					VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (offer_id, criterion_id, person) DO UPDATE
					SET points = excluded.points, comment = excluded.comment`,
					e.offer.ID, s.Criterion.UUID, a.Person, e.need.ID, e.need.AuthorityID, s.Points, s.Comment); err != nil {
					return engine.Event{}, err
				}
			}
			return engine.AuthorityEvent(e.offer.ID, e.need.AuthorityID, "score"), tendering.RequireNoConflict(ctx, t, e.need, in.DeclareNoInterest)
		})
	})
}

// openScoreSheet makes the evaluator's sheet with its first score, and refuses a locked sheet.
func openScoreSheet(ctx context.Context, t *engine.Tx, n market.Need, person string) error {
	if _, err := t.Exec(ctx, "INSERT INTO score_sheet (need_id, authority_id, person) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
		n.ID, n.AuthorityID, person); err != nil {
		return err
	}
	var locked bool
	err := t.Get(ctx, &locked, "SELECT locked_at IS NOT NULL FROM score_sheet WHERE need_id = $1 AND person = $2", n.ID, person)
	if err == nil && locked {
		return market.Refuse(market.WrongState, "Your scores are locked and cannot be changed.")
	}
	return err
}

// LockScores locks the actor's sheet. If it was the last one and there is no moderation, quality is locked with it.
func LockScores(ctx context.Context, d *engine.DB, a policy.Actor, in rules.LockScoresInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "score.lock", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		return evaluateNeed(ctx, t, in.Need.UUID, func(e evaluationFacts) (engine.Event, error) {
			if err := requireEvaluator(t, e.terms.Lot.Procedure); err != nil {
				return engine.Event{}, err
			}
			if err := lockScoreSheet(ctx, t, e, a.Person); err != nil {
				return engine.Event{}, err
			}
			if err := tendering.RequireNoConflict(ctx, t, e.need, in.DeclareNoInterest); err != nil {
				return engine.Event{}, err
			}
			done := engine.AuthorityEvent(e.need.ID, e.need.AuthorityID, "locked_at")
			var all bool
			if err := t.Get(ctx, &all, "SELECT dps.scores_locked($1)", e.need.ID); err != nil || !all || e.terms.Lot.Procedure.Moderated {
				return done, err
			}
			return done, lockNeedQuality(ctx, t, e)
		})
	})
}

func lockScoreSheet(ctx context.Context, t *engine.Tx, e evaluationFacts, person string) error {
	// This comes first, so that a person who cannot have a sheet learns nothing about the offers. If no offer is
	// suitable, nothing was scored and there is no sheet yet.
	if err := openScoreSheet(ctx, t, e.need, person); err != nil {
		return err
	}
	var own []*rules.Score
	if err := t.SelectRows(ctx, &own, scoreRows+" WHERE s.need_id = $1 AND s.person = $2", e.need.ID, person); err != nil {
		return err
	}
	suitable, err := suitableOffers(ctx, t, e.need)
	if err != nil {
		return err
	}
	if err := rules.LockScores(e.need, e.criteria, suitable, own); err != nil {
		return err
	}
	return t.ExecAtLeastOne(ctx, "UPDATE score_sheet SET locked_at = $3 WHERE need_id = $1 AND person = $2 AND locked_at IS NULL",
		e.need.ID, person, e.need.AsOf)
}

// ModerateOffer records the agreed scores of an offer. They replace earlier ones until quality is locked.
func ModerateOffer(ctx context.Context, d *engine.DB, a policy.Actor, in rules.ModerateOfferInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "moderation.agree", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			return evaluateOffer(ctx, t, in.Offer.UUID, func(e evaluationFacts) (engine.Event, error) {
				if err := rules.ModerateOffer(e.need, e.terms.Lot.Procedure, e.criteria, in); err != nil {
					return engine.Event{}, err
				}
				if err := requireScoresLocked(ctx, t, e.need); err != nil {
					return engine.Event{}, err
				}
				for _, s := range in.Scores {
					if _, err := t.Exec(ctx, `INSERT INTO moderation (offer_id, criterion_id, need_id, authority_id, points, reason, person, at)
					VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (offer_id, criterion_id) DO UPDATE
					SET points = excluded.points, reason = excluded.reason, person = excluded.person, at = excluded.at`,
						e.offer.ID, s.Criterion.UUID, e.need.ID, e.need.AuthorityID, s.Points, s.Reason, a.Person, e.need.AsOf); err != nil {
						return engine.Event{}, err
					}
				}
				return engine.AuthorityEvent(e.offer.ID, e.need.AuthorityID, "moderation"),
					tendering.RequireNoConflict(ctx, t, e.need, in.DeclareNoInterest)
			})
		})
}

func requireScoresLocked(ctx context.Context, t *engine.Tx, n market.Need) error {
	var all bool
	err := t.Get(ctx, &all, "SELECT dps.scores_locked($1)", n.ID)
	if err == nil && !all {
		return market.Refuse(market.TooEarly, "Moderation starts when every evaluator has locked their scores.")
	}
	return err
}

// LockQuality locks the moderated quality. Prices that come last can be opened after that.
func LockQuality(ctx context.Context, d *engine.DB, a policy.Actor, in rules.LockQualityInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "moderation.lock", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			return evaluateNeed(ctx, t, in.Need.UUID, func(e evaluationFacts) (engine.Event, error) {
				if err := requireModerated(ctx, t, e); err != nil {
					return engine.Event{}, err
				}
				if err := tendering.RequireNoConflict(ctx, t, e.need, in.DeclareNoInterest); err != nil {
					return engine.Event{}, err
				}
				return engine.AuthorityEvent(e.need.ID, e.need.AuthorityID, "quality_locked_at"), lockNeedQuality(ctx, t, e)
			})
		})
}

// requireModerated refuses if a suitable offer lacks an agreed score, or if the procedure has no moderation.
func requireModerated(ctx context.Context, t *engine.Tx, e evaluationFacts) error {
	if err := rules.RequireModeration(e.need, e.terms.Lot.Procedure); err != nil {
		return err
	}
	if err := requireScoresLocked(ctx, t, e.need); err != nil {
		return err
	}
	suitable, err := suitableOffers(ctx, t, e.need)
	if err != nil {
		return err
	}
	var agreed []*rules.ModeratedScore
	if err := t.SelectRows(ctx, &agreed, ModeratedScoreRows+" WHERE m.need_id = $1", e.need.ID); err != nil {
		return err
	}
	return rules.LockQuality(e.need, e.terms.Lot.Procedure, e.criteria, suitable, agreed)
}

// AgreedScores are the points of each offer on each criterion, and the words behind them. Scores of a person who
// declared an interest before quality was locked are left out.
func AgreedScores(ctx context.Context, t *engine.Tx, n market.Need, p market.Procedure) (map[uuid.UUID]map[uuid.UUID]market.Decimal,
	map[uuid.UUID]map[uuid.UUID]string, error,
) {
	query := `SELECT s.offer_id, s.criterion_id, avg(s.points) AS points, string_agg(s.comment, ' ' ORDER BY s.person) AS reason
		FROM score s JOIN score_sheet h ON h.need_id = s.need_id AND h.person = s.person AND h.locked_at IS NOT NULL
		JOIN need n ON n.id = s.need_id WHERE s.need_id = $1 AND NOT EXISTS (SELECT FROM interest i WHERE i.need_id = s.need_id
			AND i.person = s.person AND i.conflict AND i.at <= coalesce(n.quality_locked_at, 'infinity')) GROUP BY s.offer_id, s.criterion_id`
	if p.Moderated {
		query = ModeratedScoreRows + " WHERE m.need_id = $1"
	}
	var rows []rules.ModeratedScore
	if err := t.SelectRows(ctx, &rows, query, n.ID); err != nil {
		return nil, nil, err
	}
	points, reasons := map[uuid.UUID]map[uuid.UUID]market.Decimal{}, map[uuid.UUID]map[uuid.UUID]string{}
	for _, row := range rows {
		if points[row.OfferID] == nil {
			points[row.OfferID], reasons[row.OfferID] = map[uuid.UUID]market.Decimal{}, map[uuid.UUID]string{}
		}
		points[row.OfferID][row.CriterionID], reasons[row.OfferID][row.CriterionID] = row.Points, row.Reason
	}
	return points, reasons, nil
}

// lockNeedQuality locks quality, as a role of the market. If prices are already open, the ranking follows at once.
func lockNeedQuality(ctx context.Context, t *engine.Tx, e evaluationFacts) error {
	if err := t.SwitchRole(ctx, policy.Keeper); err != nil {
		return err
	}
	if err := t.ExecAtLeastOne(ctx, "UPDATE need SET quality_locked_at = $2 WHERE id = $1 AND quality_locked_at IS NULL", e.need.ID,
		e.need.AsOf); err != nil {
		return err
	}
	if e.need.PricesOpenedAt == nil {
		return nil
	}
	return rankNeed(ctx, t, e.need, e.terms)
}
