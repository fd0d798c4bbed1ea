package partnership

import "github.com/southeasttogether/dps/market"

// GiveDelegationInput says what to delegate.
type GiveDelegationInput struct {
	IdempotencyKey string
	Act            market.DelegatedAct
}

// GiveDelegation checks that the authority is a borough of a consortium, and in the region.
func GiveDelegation(o market.Organisation) error {
	if o.ConsortiumID == nil {
		return market.Refuse(market.WrongState, "Only a borough that belongs to a consortium can delegate.")
	}
	return market.RequireInRegion(o)
}

// WithdrawDelegationInput says which delegation to take back.
type WithdrawDelegationInput struct {
	IdempotencyKey string
	Delegation     market.ID
}
