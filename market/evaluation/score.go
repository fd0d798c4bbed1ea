package evaluation

import (
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/idkind"
)

// Score is one evaluator's points for an offer on a criterion.
type Score struct {
	OfferID     uuid.UUID `db:"offer_id"`
	CriterionID uuid.UUID `db:"criterion_id"`
	Evaluator   string    `db:"person"`
	Points      int       `db:"points"`
	Comment     string    `db:"comment"`
}

// ModeratedScore is the agreed points for an offer on a criterion.
type ModeratedScore struct {
	OfferID     uuid.UUID      `db:"offer_id"`
	CriterionID uuid.UUID      `db:"criterion_id"`
	Points      market.Decimal `db:"points"`
	Reason      string         `db:"reason"`
}

// ScoreOfferInput is an evaluator's scores of one offer.
type ScoreOfferInput struct {
	IdempotencyKey string
	Offer          market.ID
	Scores         []ScoreInput

	DeclareNoInterest bool `json:",omitempty"`
}

// ScoreInput is one score.
type ScoreInput struct {
	Criterion market.ID
	Points    int
	Comment   string
}

// LockScoresInput says for which need an evaluator locks their sheet.
type LockScoresInput struct {
	IdempotencyKey string
	Need           market.ID

	DeclareNoInterest bool `json:",omitempty"`
}

// ModerateOfferInput is the agreed scores of one offer.
type ModerateOfferInput struct {
	IdempotencyKey string
	Offer          market.ID
	Scores         []ModeratedScoreInput

	DeclareNoInterest bool `json:",omitempty"`
}

// ModeratedScoreInput is one agreed score.
type ModeratedScoreInput struct {
	Criterion market.ID
	Points    market.Decimal
	Reason    string
}

// LockQualityInput says which need's quality to lock.
type LockQualityInput struct {
	IdempotencyKey string
	Need           market.ID

	DeclareNoInterest bool `json:",omitempty"`
}

// requireUnderEvaluation refuses work on a need's quality before its offers are open or after quality is locked.
func requireUnderEvaluation(n market.Need) error {
	if n.OpenedAt == nil {
		return market.Refuse(market.TooEarly, "The offers of this need are not open yet.")
	}
	if n.QualityLockedAt != nil {
		return market.Refuse(market.WrongState, "Quality scores are locked and cannot be changed.")
	}
	return nil
}

// ScoreOffer checks an evaluator's scores: each criterion of quality once, points within its top score, and a comment
// for each.
func ScoreOffer(n market.Need, criteria []market.Criterion, in ScoreOfferInput) error {
	if err := requireUnderEvaluation(n); err != nil {
		return err
	}
	given, comments := make([]givenPoints, len(in.Scores)), error(nil)
	for i, s := range in.Scores {
		comments = market.All(comments, market.CheckTexts(market.InputText{Field: scorePath(i) + "comment", Value: s.Comment, Limit: 4000}))
		given[i] = givenPoints{s.Criterion.UUID, decimal.NewFromInt(int64(s.Points))}
	}
	return market.All(comments, checkPoints(criteria, given))
}

// givenPoints are the points that somebody gives on one criterion.
type givenPoints struct {
	criterion uuid.UUID
	points    decimal.Decimal
}

func scorePath(i int) string { return fmt.Sprintf("scores.%d.", i) }

// checkPoints refuses points unless every criterion of quality, and no other, has points from 0 to its top score, once.
func checkPoints(criteria []market.Criterion, given []givenPoints) error {
	wanted, refused := 0, error(nil)
	for _, c := range criteria {
		if c.Kind != market.CriterionQuality {
			continue
		}
		wanted++
		at := slices.IndexFunc(given, func(g givenPoints) bool { return g.criterion == c.ID })
		if at < 0 {
			refused = market.All(refused, market.RefuseField(market.Invalid, "scores", "Score every criterion of quality once: %q is missing.",
				c.Name))
			continue
		}
		points := given[at].points
		refused = market.All(refused, market.RefuseIf(points.IsNegative() || points.GreaterThan(decimal.NewFromInt(int64(c.TopScore))),
			scorePath(at)+"points", "Points for %q must be between 0 and %d.", c.Name, c.TopScore))
	}
	if refused != nil {
		return refused
	}
	return market.RefuseIf(len(given) != wanted, "scores", "Score every criterion of quality once, and no others.")
}

// LockScores checks that a sheet is complete: every suitable offer has a score for every criterion of quality.
func LockScores(n market.Need, criteria []market.Criterion, suitable []uuid.UUID, own []*Score) error {
	if err := requireUnderEvaluation(n); err != nil {
		return err
	}
	scored := map[scoreCell]bool{}
	for _, s := range own {
		scored[scoreCell{s.OfferID, s.CriterionID}] = true
	}
	return requireAllScored(criteria, suitable, scored)
}

type scoreCell struct{ offer, criterion uuid.UUID }

func requireAllScored(criteria []market.Criterion, suitable []uuid.UUID, scored map[scoreCell]bool) error {
	for _, offer := range suitable {
		for _, c := range criteria {
			if c.Kind == market.CriterionQuality && !scored[scoreCell{offer, c.ID}] {
				return market.Refuse(market.TooEarly, "The suitable offer %s has no score for %q yet.", market.ID{
					Kind: idkind.Offer,
					UUID: offer,
				}, c.Name)
			}
		}
	}
	return nil
}

// ModerateOffer checks the agreed scores of an offer, where the procedure has moderation.
func ModerateOffer(n market.Need, p market.Procedure, criteria []market.Criterion, in ModerateOfferInput) error {
	if err := RequireModeration(n, p); err != nil {
		return err
	}
	given, reasons := make([]givenPoints, len(in.Scores)), error(nil)
	for i, s := range in.Scores {
		reasons = market.All(reasons, market.CheckTexts(market.InputText{Field: scorePath(i) + "reason", Value: s.Reason, Limit: 4000}))
		given[i] = givenPoints{s.Criterion.UUID, s.Points.Decimal}
	}
	return market.All(reasons, checkPoints(criteria, given))
}

// RequireModeration refuses moderation if the procedure has none, or if the need is not under evaluation.
func RequireModeration(n market.Need, p market.Procedure) error {
	if !p.Moderated {
		return market.Refuse(market.WrongState, "Scores in this lot are not moderated.")
	}
	return requireUnderEvaluation(n)
}

// LockQuality checks that every suitable offer has an agreed score for every criterion of quality.
func LockQuality(n market.Need, p market.Procedure, criteria []market.Criterion, suitable []uuid.UUID,
	agreed []*ModeratedScore,
) error {
	if err := RequireModeration(n, p); err != nil {
		return err
	}
	scored := map[scoreCell]bool{}
	for _, s := range agreed {
		scored[scoreCell{s.OfferID, s.CriterionID}] = true
	}
	return requireAllScored(criteria, suitable, scored)
}
