package tendering

import (
	"context"

	rules "github.com/southeasttogether/dps/market/tendering"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

var (
	appointmentTable = rowset.New[market.Appointment]("appointment", "a",
		rowset.Columns("id", "need_id", "organisation_id", "person", "capacity", "made_at", "ended_at"))
	appointmentRows = appointmentTable.Rows()
)

var appointmentsOfNeeds = rowset.ListOf[uuid.UUID](appointmentTable, "need_id", rowset.By("a.made_at", "a.id")...)

// AppointmentsOfNeeds reads the people of other authorities who take part in the evaluation of each need.
func AppointmentsOfNeeds(ctx context.Context, v *engine.View, needs []uuid.UUID) (map[uuid.UUID][]*market.Appointment, error) {
	return appointmentsOfNeeds.Read(ctx, v, needs)
}

// Appoint lets a person of another authority take part in the evaluation of a need.
func Appoint(ctx context.Context, d *engine.DB, a policy.Actor, in rules.AppointInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "appointment.make", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			need, err := LockNeed(ctx, t, in.Need.UUID, true)
			if err != nil {
				return engine.Event{}, err
			}
			whose, err := directory.ReadOrganisation(ctx, t, in.Organisation.UUID)
			if err != nil {
				return engine.Event{}, err
			}
			if err := rules.Appoint(need, whose, in); err != nil {
				return engine.Event{}, err
			}
			_, err = t.Exec(ctx, `INSERT INTO appointment (id, need_id, authority_id, organisation_id, person, capacity, made_at, made_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, uuid.New(), need.ID, need.AuthorityID, whose.ID, in.Person, in.Capacity, need.AsOf, a.Person)
			return engine.AuthorityEvent(need.ID, need.AuthorityID, "appointment", string(in.Capacity)), err
		})
}

// EndAppointment ends an appointment, from this moment.
func EndAppointment(ctx context.Context, d *engine.DB, a policy.Actor, in rules.EndAppointmentInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "appointment.end", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			var appointment market.Appointment
			if err := t.Get(ctx, &appointment, appointmentRows+" WHERE a.id = $1", in.Appointment.UUID); err != nil {
				return engine.Event{}, engine.AbsentIfNoRows(err, "appointment")
			}
			need, err := LockNeed(ctx, t, appointment.NeedID, true)
			if err != nil {
				return engine.Event{}, err
			}
			if err := t.Get(ctx, &appointment, appointmentRows+" WHERE a.id = $1", in.Appointment.UUID); err != nil {
				return engine.Event{}, err
			}
			if err := rules.EndAppointment(appointment); err != nil {
				return engine.Event{}, err
			}
			err = t.ExecAtLeastOne(ctx, "UPDATE appointment SET ended_at = $2, ended_by = $3 WHERE id = $1", appointment.ID, need.AsOf, a.Person)
			return engine.AuthorityEvent(need.ID, need.AuthorityID, "appointment", "ended_at"), err
		})
}
