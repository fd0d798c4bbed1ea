package market

import "github.com/google/uuid"

// SuitabilityCode names a check of suitability.
type SuitabilityCode string

// ImpactOnChildren is the check that is a judgement: what a place would mean for the children already there.
const ImpactOnChildren SuitabilityCode = "IMPACT_ON_CHILDREN"

// SuitabilityCodes are all checks; every one must be made, and pass.
var SuitabilityCodes = []SuitabilityCode{"MEMBERSHIP", "REGISTRATION", "AGE", "NEEDS_MET", "VACANCY", "INSPECTION", ImpactOnChildren}

// AssessedOffer is an offer with how many checks were made, and whether all of them passed.
type AssessedOffer struct {
	OfferID    uuid.UUID `db:"offer_id"`
	ProviderID uuid.UUID `db:"provider_id"`
	Checks     int       `db:"checks"`
	Passed     bool      `db:"passed"`
	Reasons    Texts     `db:"reasons"`
}
