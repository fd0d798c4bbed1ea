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

// RequireInRegion refuses anything new for an organisation that is not in the region today.
func RequireInRegion(o Organisation) error {
	today := o.AsOf.In(London).Format(time.DateOnly)
	switch {
	case o.JoinedOn != nil && today < o.JoinedOn.String():
		return Refuse(TooEarly, "%s joins the region on %s and cannot start anything before then.", o.Name, o.JoinedOn)
	case o.LeftOn != nil && today > o.LeftOn.String():
		return Refuse(WrongState,
			"%s left the region on %s: it can finish what it began, but cannot start anything new.", o.Name, o.LeftOn)
	}
	return nil
}
