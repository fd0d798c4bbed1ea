package tendering

import "github.com/southeasttogether/dps/market"

// AppointInput says whom to appoint, and to what.
type AppointInput struct {
	IdempotencyKey string
	Need           market.ID
	Organisation   market.ID
	Person         string
	Capacity       market.AppointedCapacity
}

// EndAppointmentInput says which appointment to end.
type EndAppointmentInput struct {
	IdempotencyKey string
	Appointment    market.ID
}

// Appoint checks an appointment. The need must be published and not yet ranked. The person must be from another
// authority, because people of the need's authority have their own rights there.
func Appoint(n market.Need, o market.Organisation, in AppointInput) error {
	switch {
	case n.WithdrawnAt != nil:
		return market.RequireNotWithdrawn(n)
	case n.PublishedAt == nil:
		return market.Refuse(market.TooEarly, "This need is not published, so there is nothing to evaluate yet.")
	case n.RankedAt != nil:
		return market.Refuse(market.WrongState, "The evaluation of this need has ended.")
	case o.ID == n.AuthorityID:
		return market.RefuseField(market.Invalid, "organisation",
			"Choose another authority: people of the need's own authority can act for it without an appointment.")
	}
	if err := market.RequireInRegion(o); err != nil {
		return err
	}
	return market.CheckTexts(market.InputText{Field: "person", Value: in.Person, Limit: 200})
}

// EndAppointment checks that an appointment has not ended.
func EndAppointment(a market.Appointment) error {
	if a.EndedAt != nil {
		return market.Refuse(market.WrongState, "This appointment has already ended.")
	}
	return nil
}
