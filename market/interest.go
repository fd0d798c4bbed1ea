package market

import (
	"time"

	"github.com/google/uuid"
)

// AppointedCapacity is what somebody of another authority can be appointed to do.
type AppointedCapacity string

// Appointment is that somebody of another authority takes part in a need's evaluation.
type Appointment struct {
	ID             uuid.UUID         `db:"id"`
	NeedID         uuid.UUID         `db:"need_id"`
	OrganisationID uuid.UUID         `db:"organisation_id"`
	Person         string            `db:"person"`
	Capacity       AppointedCapacity `db:"capacity"`
	MadeAt         time.Time         `db:"made_at"`
	EndedAt        *time.Time        `db:"ended_at"`
}

// Interest is what somebody who acts on a need has declared about an own interest in its outcome.
type Interest struct {
	ID       uuid.UUID `db:"id"`
	NeedID   uuid.UUID `db:"need_id"`
	Person   string    `db:"person"`
	Conflict bool      `db:"conflict"`
	Nature   *string   `db:"-"`
	At       time.Time `db:"at"`
	Opened   Stages    `db:"opened"` // with the person's word, before
}
