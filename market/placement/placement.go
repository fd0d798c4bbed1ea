// Package placement has the rules of placements and their agreements.
package placement

import (
	"time"

	"github.com/southeasttogether/dps/market"
)

// SignAgreementInput says which placement's agreement to sign.
type SignAgreementInput struct {
	IdempotencyKey string
	Placement      market.ID
}

// StartPlacementInput says which placement starts.
type StartPlacementInput struct {
	IdempotencyKey string
	Placement      market.ID
}

// StartPlacement checks that a placement can start: both sides have signed, and the first day has come.
func StartPlacement(p market.Placement, now time.Time) error {
	switch {
	case p.StartedAt != nil || p.EndedOn != nil:
		return market.Refuse(market.WrongState, "This placement has already started.")
	case !p.Signed:
		return market.Refuse(market.TooEarly, "Both sides must sign the agreement before the placement starts.")
	case now.In(market.London).Format(time.DateOnly) < p.StartsOn.String():
		return market.Refuse(market.TooEarly, "This placement cannot start before its first day, %s.", p.StartsOn)
	}
	return nil
}
