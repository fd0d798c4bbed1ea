package market

import (
	"time"

	"github.com/google/uuid"
)

// PlacementStatus is the state of a placement, derived from its dates.
type PlacementStatus string

// States of a placement.
const (
	PlacementAgreed PlacementStatus = "AGREED"
	PlacementSigned PlacementStatus = "SIGNED"
	PlacementActive PlacementStatus = "ACTIVE"
	PlacementEnded  PlacementStatus = "ENDED"
)

// Placement is a child's place, agreed or in use. Signed says whether both sides have signed its agreement; AsOf is the
// database's clock when the row was read.
type Placement struct {
	ID          uuid.UUID  `db:"id"`
	AwardID     uuid.UUID  `db:"award_id"`
	NeedID      uuid.UUID  `db:"need_id"`
	AuthorityID uuid.UUID  `db:"authority_id"`
	ProviderID  uuid.UUID  `db:"provider_id"`
	SettingID   uuid.UUID  `db:"setting_id"`
	Route       Route      `db:"route"`
	StartsOn    Date       `db:"starts_on"`
	StartedAt   *time.Time `db:"started_at"`
	EndedOn     *Date      `db:"ended_on"`
	Signed      bool       `db:"signed"`
	AsOf        time.Time  `db:"as_of"`
}

// Status derives the state from the dates.
func (p Placement) Status() PlacementStatus {
	switch {
	case p.EndedOn != nil && p.AsOf.After(EndOfDay(p.EndedOn.Time)):
		return PlacementEnded
	case p.StartedAt != nil:
		return PlacementActive
	case p.Signed:
		return PlacementSigned
	default:
		return PlacementAgreed
	}
}

// Agreement is the individual placement agreement: pounds a week, weeks a year.
type Agreement struct {
	ID                uuid.UUID  `db:"id"`
	PlacementID       uuid.UUID  `db:"placement_id"`
	AuthorityID       uuid.UUID  `db:"authority_id"`
	PredecessorID     *uuid.UUID `db:"predecessor_id"`
	SucceededOn       *Date      `db:"succeeded_on"`
	Contract          string     `db:"contract"`
	ContractVersion   string     `db:"contract_version"`
	Weekly            Decimal    `db:"weekly"`
	Weeks             int        `db:"weeks"`
	AuthoritySignedAt *time.Time `db:"authority_signed_at"`
	ProviderSignedAt  *time.Time `db:"provider_signed_at"`
}
