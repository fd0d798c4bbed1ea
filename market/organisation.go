package market

import (
	"time"

	"github.com/google/uuid"
)

// OrganisationKind is a kind of buying organisation.
type OrganisationKind string

// Kinds of buying organisation, as the schema explains them.
const (
	OrganisationKindPartner    OrganisationKind = "PARTNER"
	OrganisationKindConsortium OrganisationKind = "CONSORTIUM"
	OrganisationKindBorough    OrganisationKind = "BOROUGH"
)

// Organisation is an authority that buys, or a consortium. AsOf is the database's clock when the row was read.
type Organisation struct {
	ID           uuid.UUID        `db:"id"`
	Kind         OrganisationKind `db:"kind"`
	Name         string           `db:"name"`
	DfeCode      *string          `db:"dfe_code"`
	Lead         bool             `db:"lead"`
	ConsortiumID *uuid.UUID       `db:"consortium_id"`
	JoinedOn     *Date            `db:"joined_on"`
	LeftOn       *Date            `db:"left_on"`
	AsOf         time.Time        `db:"as_of"`
}

// DelegatedAct is what a borough may let its consortium do.
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

// GiveDelegationInput says what to delegate.
type GiveDelegationInput struct {
	IdempotencyKey string
	Act            DelegatedAct
}

// GiveDelegation checks that the authority is a borough of a consortium, and in the region.
func GiveDelegation(o Organisation) error {
	if o.ConsortiumID == nil {
		return Refuse(WrongState, "Only a borough that belongs to a consortium can delegate.")
	}
	return RequireInRegion(o)
}

// WithdrawDelegationInput says which delegation to take back.
type WithdrawDelegationInput struct {
	IdempotencyKey string
	Delegation     ID
}
