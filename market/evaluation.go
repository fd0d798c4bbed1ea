package market

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// SuitabilityCode names a check of suitability.
type SuitabilityCode string

// ImpactOnChildren is the check that is a judgement of what a place would mean for the children already there.
const ImpactOnChildren SuitabilityCode = "IMPACT_ON_CHILDREN"

// SuitabilityCodes are all checks; every one must be made, and pass.
var SuitabilityCodes = []SuitabilityCode{"MEMBERSHIP", "REGISTRATION", "AGE", "NEEDS_MET", "VACANCY", "INSPECTION", ImpactOnChildren}

// SuitabilityCheck is one check of one offer.
type SuitabilityCheck struct {
	OfferID uuid.UUID       `db:"offer_id"`
	Check   SuitabilityCode `db:"check_code"`
	Passed  bool            `db:"passed"`
	Reason  string          `db:"reason"`
	At      time.Time       `db:"at"`
}

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
	OfferID     uuid.UUID `db:"offer_id"`
	CriterionID uuid.UUID `db:"criterion_id"`
	Points      Decimal   `db:"points"`
	Reason      string    `db:"reason"`
}

// Ranking is an offer's place in the order, out of 100, with its arithmetic in words.
type Ranking struct {
	OfferID    uuid.UUID `db:"offer_id"`
	NeedID     uuid.UUID `db:"need_id"`
	ProviderID uuid.UUID `db:"provider_id"`
	Rank       int       `db:"rank"`
	Quality    Decimal   `db:"quality"`
	Price      Decimal   `db:"price"`
	Total      Decimal   `db:"total"`
	Arithmetic string    `db:"arithmetic"`

	ReckonedAt   time.Time  `db:"reckoned_at"`
	SupersededAt *time.Time `db:"superseded_at"` // when the order was reckoned again, because an offer fell for its price

	TieBreak *TieBreakRule `db:"tie_break"` // by which it came behind the one before it of the same total
}

// AssessSuitabilityInput is the checks of one offer.
type AssessSuitabilityInput struct {
	IdempotencyKey string
	Offer          ID
	Checks         []SuitabilityCheckInput
}

// SuitabilityCheckInput is one check.
type SuitabilityCheckInput struct {
	Check  SuitabilityCode
	Passed bool
	Reason string
}

// ScoreOfferInput is an evaluator's scores of one offer.
type ScoreOfferInput struct {
	IdempotencyKey string
	Offer          ID
	Scores         []ScoreInput
}

// ScoreInput is one score.
type ScoreInput struct {
	Criterion ID
	Points    int
	Comment   string
}

// LockScoresInput says which need's own sheet to lock.
type LockScoresInput struct {
	IdempotencyKey string
	Need           ID
}

// ModerateOfferInput is the agreed scores of one offer.
type ModerateOfferInput struct {
	IdempotencyKey string
	Offer          ID
	Scores         []ModeratedScoreInput
}

// ModeratedScoreInput is one agreed score.
type ModeratedScoreInput struct {
	Criterion ID
	Points    Decimal
	Reason    string
}

// LockQualityInput says which need's quality to lock.
type LockQualityInput struct {
	IdempotencyKey string
	Need           ID
}

// requireUnderEvaluation refuses when a need's quality cannot be worked on: not opened yet, or locked.
func requireUnderEvaluation(n Need) error {
	if n.OpenedAt == nil {
		return Refuse(TooEarly, "The offers of this need are not open yet.")
	}
	if n.QualityLockedAt != nil {
		return Refuse(WrongState, "Quality is locked.")
	}
	return nil
}

// AssessSuitability checks a set of checks: every code once, a reason for each fail.
func AssessSuitability(n Need, in AssessSuitabilityInput) error {
	if err := requireUnderEvaluation(n); err != nil {
		return err
	}
	seen := map[SuitabilityCode]bool{}
	for _, c := range in.Checks {
		if !slices.Contains(SuitabilityCodes, c.Check) {
			return RefuseField(Invalid, "checks.check", "There is no such check of suitability.")
		}
		if err := checkLengths(InputText{"checks.reason", c.Reason, 4000}); err != nil {
			return err
		}
		if err := checkJudgement(c); err != nil {
			return err
		}
		seen[c.Check] = true
	}
	if len(seen) != len(SuitabilityCodes) || len(in.Checks) != len(SuitabilityCodes) {
		return RefuseField(Invalid, "checks", "Make each of the %d checks once.", len(SuitabilityCodes))
	}
	return nil
}

// checkJudgement asks for the reason of each check that fails and, pass or fail, for that of the impact on the children
// already there: it is a judgement and not a fact, and is recorded with its reasons (Children's Homes (England) Regulations
// 2015, reg 14, the care planning standard (check)). They are other people's children: nothing that identifies them stands
// in it.
func checkJudgement(c SuitabilityCheckInput) error {
	silent := strings.TrimSpace(c.Reason) == ""
	switch {
	case c.Check == ImpactOnChildren && silent:
		return RefuseField(Invalid, "checks.reason", "Say how the place would affect the children already there, whether this passes or fails.")
	case c.Check == ImpactOnChildren:
		return CheckAnonymous(InputText{"checks.reason", c.Reason, 4000})
	case !c.Passed && silent:
		return RefuseField(Invalid, "checks.reason", "Give a reason for each check that fails: the bidder is told.")
	}
	return nil
}

// AssessedOffer is an offer with how many checks were made, and whether all of them passed.
type AssessedOffer struct {
	OfferID    uuid.UUID `db:"offer_id"`
	ProviderID uuid.UUID `db:"provider_id"`
	Checks     int       `db:"checks"`
	Passed     bool      `db:"passed"`
	Reasons    Texts     `db:"reasons"`
}

// SuitableOffers are the offers that passed every check; it refuses while one is not fully assessed.
func SuitableOffers(all []AssessedOffer) ([]uuid.UUID, error) {
	suitable := []uuid.UUID{}
	for _, a := range all {
		if a.Checks != len(SuitabilityCodes) {
			return nil, Refuse(TooEarly, "Suitability comes first: an offer is not fully assessed.")
		}
		if a.Passed {
			suitable = append(suitable, a.OfferID)
		}
	}
	return suitable, nil
}

// ScoreOffer checks an evaluator's scores: each criterion of quality once, points within its top score, a comment each.
func ScoreOffer(n Need, criteria []Criterion, in ScoreOfferInput) error {
	if err := requireUnderEvaluation(n); err != nil {
		return err
	}
	given := map[uuid.UUID]Decimal{}
	for _, s := range in.Scores {
		if err := checkTexts(InputText{"scores.comment", s.Comment, 4000}); err != nil {
			return err
		}
		given[s.Criterion.UUID] = Decimal{decimal.NewFromInt(int64(s.Points))}
	}
	return checkPoints(criteria, given, len(in.Scores))
}

// checkPoints refuses unless every criterion of quality, and no other, has points from 0 to its top score, once.
func checkPoints(criteria []Criterion, given map[uuid.UUID]Decimal, count int) error {
	wanted := 0
	for _, c := range criteria {
		if c.Kind != CriterionQuality {
			continue
		}
		wanted++
		points, there := given[c.ID]
		if !there {
			return RefuseField(Invalid, "scores", "Score every criterion of quality once; %q is missing.", c.Name)
		}
		if points.IsNegative() || points.GreaterThan(decimal.NewFromInt(int64(c.TopScore))) {
			return RefuseField(Invalid, "scores.points", "Points for %q are from 0 to %d.", c.Name, c.TopScore)
		}
	}
	if count != wanted || len(given) != wanted {
		return RefuseField(Invalid, "scores", "Score every criterion of quality once, and no other.")
	}
	return nil
}

// LockScores checks that a sheet is whole: every suitable offer has a score for every criterion of quality.
func LockScores(n Need, criteria []Criterion, suitable []uuid.UUID, own []*Score) error {
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

func requireAllScored(criteria []Criterion, suitable []uuid.UUID, scored map[scoreCell]bool) error {
	for _, offer := range suitable {
		for _, c := range criteria {
			if c.Kind == CriterionQuality && !scored[scoreCell{offer, c.ID}] {
				return Refuse(TooEarly, "A suitable offer has no score for %q yet.", c.Name)
			}
		}
	}
	return nil
}

// ModerateOffer checks the agreed scores of an offer, where the procedure has moderation.
func ModerateOffer(n Need, p Procedure, criteria []Criterion, in ModerateOfferInput) error {
	if err := RequireModeration(n, p); err != nil {
		return err
	}
	given := map[uuid.UUID]Decimal{}
	for _, s := range in.Scores {
		if err := checkTexts(InputText{"scores.reason", s.Reason, 4000}); err != nil {
			return err
		}
		given[s.Criterion.UUID] = s.Points
	}
	return checkPoints(criteria, given, len(in.Scores))
}

// RequireModeration refuses when there is nothing to moderate: by the procedure, or by where the need stands.
func RequireModeration(n Need, p Procedure) error {
	if !p.Moderated {
		return Refuse(WrongState, "The procedure of this lot has no moderation.")
	}
	return requireUnderEvaluation(n)
}

// LockQuality checks that every suitable offer has an agreed score for every criterion of quality.
func LockQuality(n Need, p Procedure, criteria []Criterion, suitable []uuid.UUID, agreed []*ModeratedScore) error {
	if err := RequireModeration(n, p); err != nil {
		return err
	}
	scored := map[scoreCell]bool{}
	for _, s := range agreed {
		scored[scoreCell{s.OfferID, s.CriterionID}] = true
	}
	return requireAllScored(criteria, suitable, scored)
}
