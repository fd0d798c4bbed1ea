package market

import (
	"time"

	"github.com/google/uuid"
)

// AppointedCapacity is what somebody of another authority can be appointed to do.
type AppointedCapacity string

// Appointment is the appointment of a person of another authority to a need's evaluation.
type Appointment struct {
	ID             uuid.UUID         `db:"id"`
	NeedID         uuid.UUID         `db:"need_id"`
	OrganisationID uuid.UUID         `db:"organisation_id"`
	Person         string            `db:"person"`
	Capacity       AppointedCapacity `db:"capacity"`
	MadeAt         time.Time         `db:"made_at"`
	EndedAt        *time.Time        `db:"ended_at"`
}

// Interest is a person's declaration about their own interest in the outcome of a need that they act on.
type Interest struct {
	ID       uuid.UUID `db:"id"`
	NeedID   uuid.UUID `db:"need_id"`
	Person   string    `db:"person"`
	Conflict bool      `db:"conflict"`
	Nature   *string   `db:"-"`
	At       time.Time `db:"at"`
	Opened   Stages    `db:"opened"` // what had been opened with this person's part before
}
