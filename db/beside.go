package db

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// EhcOfNeeds reads the calendar of each child's plan.
func (v *View) EhcOfNeeds(ctx context.Context, needs []uuid.UUID) (map[uuid.UUID]*market.EhcCalendar, error) {
	return byID(ctx, v, `SELECT c.need_id, c.requested_on, c.consulted_on, c.draft_sent_on, c.finalised_on, c.transfer_on, c.post_sixteen, c.tribunal_on
		FROM ehc_calendar c`, "c.need_id", needs, func(c *market.EhcCalendar) uuid.UUID { return c.NeedID })
}

// AreaApprovalsOfNeeds reads the approvals of places outside the area.
func (v *View) AreaApprovalsOfNeeds(ctx context.Context, needs []uuid.UUID) (map[uuid.UUID]*market.AreaApproval, error) {
	return byID(ctx, v, `SELECT p.need_id, p.distance, p.approved_by, p.grounds, p.emergency, p.area_told_on, p.approved_at FROM area_approval p`,
		"p.need_id", needs, func(p *market.AreaApproval) uuid.UUID { return p.NeedID })
}

// RecordEhcDates records the dates of a child's plan, whole.
func (d *DB) RecordEhcDates(ctx context.Context, a policy.Actor, in market.RecordEhcDatesInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "ehc.record", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		need, err := t.lockedNeed(ctx, in.Need.UUID, true)
		if err != nil {
			return Event{}, err
		}
		if err := market.RecordEhcDates(need, in, need.AsOf); err != nil {
			return Event{}, err
		}
		if err := t.alertToPlan(ctx, need, in.EhcDates); err != nil {
			return Event{}, err
		}
		_, err = t.exec(ctx, `INSERT INTO ehc_calendar (need_id, authority_id, requested_on, consulted_on, draft_sent_on, finalised_on, transfer_on, post_sixteen, tribunal_on)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (need_id) DO UPDATE SET requested_on = excluded.requested_on, consulted_on = excluded.consulted_on,
				draft_sent_on = excluded.draft_sent_on, finalised_on = excluded.finalised_on, transfer_on = excluded.transfer_on, post_sixteen = excluded.post_sixteen,
				tribunal_on = excluded.tribunal_on`, need.ID, need.AuthorityID, in.RequestedOn.Time, day(in.ConsultedOn), day(in.DraftSentOn), day(in.FinalisedOn),
			day(in.TransferOn), in.PostSixteen, day(in.TribunalOn))
		return about(need.ID, need.AuthorityID, "ehc"), err
	})
}

// alertToPlan keeps when the clock is to alert somebody to a plan, in place of what was kept before.
func (t *Tx) alertToPlan(ctx context.Context, n market.Need, dates market.EhcDates) error {
	for _, a := range dates.Alerts() {
		if _, err := t.exec(ctx, `INSERT INTO ehc_alert (need_id, authority_id, kind, due) VALUES ($1, $2, $3, $4)
			ON CONFLICT (need_id, kind) DO UPDATE SET due = excluded.due`, n.ID, n.AuthorityID, a.Kind, a.At); err != nil {
			return err
		}
	}
	return nil
}

// ApproveOutOfArea records the approval of a place outside the area, whole.
func (d *DB) ApproveOutOfArea(ctx context.Context, a policy.Actor, in market.ApproveOutOfAreaInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "area.approve", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		need, err := t.lockedNeed(ctx, in.Need.UUID, true)
		if err != nil {
			return Event{}, err
		}
		if err := market.ApproveOutOfArea(need, in, need.AsOf); err != nil {
			return Event{}, err
		}
		told := market.AreaApproval{Emergency: in.Emergency, AreaToldOn: in.AreaToldOn, ApprovedAt: need.AsOf}.ToldBy()
		_, err = t.exec(ctx, `INSERT INTO area_approval (need_id, authority_id, distance, approved_by, grounds, emergency, area_told_on, approved_at, person, told_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (need_id) DO UPDATE SET distance = excluded.distance, approved_by = excluded.approved_by,
				grounds = excluded.grounds, emergency = excluded.emergency, area_told_on = excluded.area_told_on, approved_at = excluded.approved_at, person = excluded.person,
				told_by = excluded.told_by`, need.ID, need.AuthorityID, in.Distance, in.ApprovedBy, in.Grounds, in.Emergency, day(in.AreaToldOn), need.AsOf, a.Person, told)
		return about(need.ID, need.AuthorityID, "area_approval"), err
	})
}

// day is a date for a statement; nil for none.
func day(d *market.Date) any {
	if d == nil {
		return nil
	}
	return d.Time
}
