// Package partnership has the rules of who joins, leaves and succeeds, and of what is delegated.
package partnership

import (
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/idkind"
)

// DelegatedAct is an act that a borough can delegate to its consortium.
type DelegatedAct string

// Delegation is one act that a borough delegated.
type Delegation struct {
	ID           uuid.UUID    `db:"id"`
	AuthorityID  uuid.UUID    `db:"authority_id"`
	ConsortiumID uuid.UUID    `db:"consortium_id"`
	Act          DelegatedAct `db:"act"`
	GivenAt      time.Time    `db:"given_at"`
	WithdrawnAt  *time.Time   `db:"withdrawn_at"`
}

// GlobalID is its id to clients.
func (d Delegation) GlobalID() market.ID {
	return market.ID{Kind: idkind.Delegation, UUID: d.ID}
}

// GiveDelegationInput says what to delegate.
type GiveDelegationInput struct {
	IdempotencyKey string
	Act            DelegatedAct
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
