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

// AppointInput says whom to appoint to what.
type AppointInput struct {
	IdempotencyKey string
	Need           ID
	Organisation   ID
	Person         string
	Capacity       AppointedCapacity
}

// EndAppointmentInput says which appointment to end.
type EndAppointmentInput struct {
	IdempotencyKey string
	Appointment    ID
}

// Appoint checks an appointment: to a need that is published and not yet ranked, of somebody else's than its authority's
// people, whose rights there are their own.
func Appoint(n Need, o Organisation, in AppointInput) error {
	switch {
	case n.WithdrawnAt != nil:
		return requireNotWithdrawn(n)
	case n.PublishedAt == nil:
		return Refuse(TooEarly, "This need is not published: there is nothing to evaluate yet.")
	case n.RankedAt != nil:
		return Refuse(WrongState, "The evaluation of this need has ended.")
	case o.ID == n.AuthorityID:
		return RefuseField(Invalid, "organisation", "The need's own people act for it without an appointment.")
	}
	if err := RequireInRegion(o); err != nil {
		return err
	}
	return checkTexts(InputText{"person", in.Person, 200})
}

// EndAppointment checks that an appointment goes on.
func EndAppointment(a Appointment) error {
	if a.EndedAt != nil {
		return Refuse(WrongState, "This appointment was ended before.")
	}
	return nil
}
