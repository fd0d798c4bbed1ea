package evaluation

import (
	"time"

	"github.com/southeasttogether/dps/market"
)

// OpenOffersInput says which need's offers to open.
type OpenOffersInput struct {
	IdempotencyKey string
	Need           market.ID

	DeclareNoInterest bool `json:",omitempty"`
}

// RequireOneEvaluator refuses a commissioner who opens or scores where the procedure asks for several evaluators, who do not
// see the prices. In a matching lot one commissioner does it all, and an approver decides.
func RequireOneEvaluator(p market.Procedure) error {
	if p.Evaluators == 1 {
		return nil
	}
	return market.Refuse(market.WrongState,
		"In this lot opening officers open the offers and evaluators score them: a commissioner does both only where the procedure is MATCHING.")
}

// OpeningStage says what an officer who says "open" now would open: nothing before the deadline, then the offers and,
// if prices come last, the prices once quality is locked.
func OpeningStage(n market.Need, p market.Procedure, now time.Time) (market.Stage, error) {
	switch {
	case n.WithdrawnAt != nil:
		return "", market.RequireNotWithdrawn(n)
	case n.UrgentReason != nil:
		return "", market.RequireNotUrgent(n)
	case n.Deadline == nil:
		return "", market.Refuse(market.WrongState, "This need is not published.")
	case !now.After(*n.Deadline):
		return "", market.Refuse(market.TooEarly, "Offers stay sealed until the deadline, %s.",
			n.Deadline.In(market.London).Format("2 January 2006 15:04:05 MST"))
	case n.OpenedAt == nil:
		return market.StageQuality, nil
	case n.PricesOpenedAt != nil || !p.PriceLast:
		return "", market.Refuse(market.WrongState, "The offers of this need are already open.")
	case n.QualityLockedAt == nil:
		return "", market.Refuse(market.TooEarly, "Prices stay sealed until quality scores are locked.")
	default:
		return market.StagePrice, nil
	}
}
