package market

import (
	"time"

	"github.com/google/uuid"
)

// SuitabilityCode names a check of suitability.
type SuitabilityCode string

// ImpactOnChildren is the check that is a judgement: what a place would mean for the children already there.
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

// AssessedOffer is an offer with how many checks were made, and whether all of them passed.
type AssessedOffer struct {
	OfferID    uuid.UUID `db:"offer_id"`
	ProviderID uuid.UUID `db:"provider_id"`
	Checks     int       `db:"checks"`
	Passed     bool      `db:"passed"`
	Reasons    Texts     `db:"reasons"`
}
