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

// PartnershipStepKind is a kind of step of an organisation in the region.
type PartnershipStepKind string

// Steps of an organisation in the region.
const (
	PartnershipJoined   PartnershipStepKind = "JOINED"
	PartnershipLeft     PartnershipStepKind = "LEFT"
	PartnershipMovedIn  PartnershipStepKind = "MOVED_IN"
	PartnershipMovedOut PartnershipStepKind = "MOVED_OUT"
)

// PartnershipStep is one step of an organisation in the region.
type PartnershipStep struct {
	OrganisationID uuid.UUID           `db:"organisation_id"`
	Kind           PartnershipStepKind `db:"kind"`
	OnDay          Date                `db:"on_day"`
	ConsortiumID   *uuid.UUID          `db:"consortium_id"`
	Words          string              `db:"words"`
	At             time.Time           `db:"at"`
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

// PartnershipSucceeded is the step of an authority that others succeed.
const PartnershipSucceeded PartnershipStepKind = "SUCCEEDED"

// Succession records that other authorities succeed an authority on a day.
type Succession struct {
	ID            uuid.UUID  `db:"id"`
	PredecessorID uuid.UUID  `db:"authority_id"`
	OnDay         Date       `db:"on_day"`
	SuccessorIDs  IDs        `db:"successors"`
	RemainderID   uuid.UUID  `db:"remainder_id"`
	Words         string     `db:"words"`
	AnnouncedAt   time.Time  `db:"announced_at"`
	AllocatedAt   *time.Time `db:"allocated_at"`
	CompletedAt   *time.Time `db:"completed_at"`
	Cases         *int       `db:"cases"`
	AsOf          time.Time  `db:"as_of"`
}

// Allocation says which successor takes over a need.
type Allocation struct {
	SuccessionID uuid.UUID `db:"succession_id"`
	NeedID       uuid.UUID `db:"need_id"`
	SuccessorID  uuid.UUID `db:"successor_id"`
}
