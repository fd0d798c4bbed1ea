package evaluation

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// SuitabilityCheck is one check of one offer.
type SuitabilityCheck struct {
	OfferID uuid.UUID              `db:"offer_id"`
	Check   market.SuitabilityCode `db:"check_code"`
	Passed  bool                   `db:"passed"`
	Reason  string                 `db:"reason"`
	At      time.Time              `db:"at"`
}

// AssessSuitabilityInput is the checks of one offer.
type AssessSuitabilityInput struct {
	IdempotencyKey string
	Offer          market.ID
	Checks         []SuitabilityCheckInput

	DeclareNoInterest bool `json:",omitempty"`
}

// SuitabilityCheckInput is one check.
type SuitabilityCheckInput struct {
	Check  market.SuitabilityCode
	Passed bool
	Reason string
}

// AssessSuitability checks a set of checks: every code once, a reason for each fail.
func AssessSuitability(n market.Need, in AssessSuitabilityInput) error {
	if err := requireUnderEvaluation(n); err != nil {
		return err
	}
	seen, refused := map[market.SuitabilityCode]bool{}, error(nil)
	for i, c := range in.Checks {
		path := fmt.Sprintf("checks.%d.", i)
		refused = market.All(refused,
			market.RefuseIf(!slices.Contains(market.SuitabilityCodes, c.Check), path+"check", "This is not one of the suitability checks."),
			market.CheckLengths(market.InputText{Field: path + "reason", Value: c.Reason, Limit: 4000}),
			checkJudgement(path, c))
		seen[c.Check] = true
	}
	all := len(market.SuitabilityCodes)
	return market.All(refused, market.RefuseIf(len(seen) != all || len(in.Checks) != all, "checks", "Make each of the %d checks once.", all))
}

// checkJudgement requires a reason for each check that fails. The impact on the children already there needs a reason
// whether it passes or fails: it is a judgement, not a fact, and is recorded with its reasons (Children's Homes
// (England) Regulations 2015, reg 14, the care planning standard (check)). They are other people's children, so the
// reason must not identify them.
func checkJudgement(path string, c SuitabilityCheckInput) error {
	silent := strings.TrimSpace(c.Reason) == ""
	switch {
	case c.Check == market.ImpactOnChildren && silent:
		return market.RefuseField(market.Invalid, path+"reason",
			"Say how the place would affect the children already there, whether the check passes or fails.")
	case c.Check == market.ImpactOnChildren:
		return market.CheckAnonymous(market.InputText{Field: path + "reason", Value: c.Reason, Limit: 4000})
	case !c.Passed && silent:
		return market.RefuseField(market.Invalid, path+"reason", "Give a reason for each check that fails: the bidder will see it.")
	}
	return nil
}

// SuitableOffers are the offers that passed every check. It refuses while any offer is not fully assessed.
func SuitableOffers(all []market.AssessedOffer) ([]uuid.UUID, error) {
	suitable := []uuid.UUID{}
	for _, a := range all {
		if a.Checks != len(market.SuitabilityCodes) {
			return nil, market.Refuse(market.TooEarly, "Finish the suitability checks of every offer first.")
		}
		if a.Passed {
			suitable = append(suitable, a.OfferID)
		}
	}
	return suitable, nil
}
