package db

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

const appointmentRows = `SELECT a.id, a.need_id, a.organisation_id, a.person, a.capacity, a.made_at, a.ended_at FROM appointment a`

// AppointmentsOfNeeds reads who of other authorities takes part in the evaluation of each need.
func (v *View) AppointmentsOfNeeds(ctx context.Context, needs []uuid.UUID) (map[uuid.UUID][]*market.Appointment, error) {
	return grouped(ctx, v, appointmentRows, "a.need_id", "a.made_at, a.id", needs, func(a *market.Appointment) uuid.UUID { return a.NeedID })
}

// Appoint lets somebody of another authority take part in the evaluation of a need.
func (d *DB) Appoint(ctx context.Context, a policy.Actor, in market.AppointInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "appointment.make", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		need, err := t.lockedNeed(ctx, in.Need.UUID, true)
		if err != nil {
			return Event{}, err
		}
		whose, err := t.organisation(ctx, in.Organisation.UUID)
		if err != nil {
			return Event{}, err
		}
		if err := market.Appoint(need, whose, in); err != nil {
			return Event{}, err
		}
		_, err = t.exec(ctx, `INSERT INTO appointment (id, need_id, authority_id, organisation_id, person, capacity, made_at, made_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, uuid.New(), need.ID, need.AuthorityID, whose.ID, in.Person, in.Capacity, need.AsOf, a.Person)
		return about(need.ID, need.AuthorityID, "appointment", string(in.Capacity)), err
	})
}

// EndAppointment ends an appointment, from this moment.
func (d *DB) EndAppointment(ctx context.Context, a policy.Actor, in market.EndAppointmentInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "appointment.end", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		var appointment market.Appointment
		if err := t.get(ctx, &appointment, appointmentRows+" WHERE a.id = $1", in.Appointment.UUID); err != nil {
			return Event{}, absent(err, "appointment")
		}
		need, err := t.lockedNeed(ctx, appointment.NeedID, true)
		if err != nil {
			return Event{}, err
		}
		if err := t.get(ctx, &appointment, appointmentRows+" WHERE a.id = $1", in.Appointment.UUID); err != nil {
			return Event{}, err
		}
		if err := market.EndAppointment(appointment); err != nil {
			return Event{}, err
		}
		err = t.must(ctx, "UPDATE appointment SET ended_at = $2, ended_by = $3 WHERE id = $1", appointment.ID, need.AsOf, a.Person)
		return about(need.ID, need.AuthorityID, "appointment", "ended_at"), err
	})
}
