package tendering

import (
	"context"

	rules "github.com/southeasttogether/dps/market/tendering"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

var ehcCalendarTable = rowset.New[rules.EhcCalendar]("ehc_calendar", "c",
	rowset.Columns("need_id", "requested_on", "consulted_on", "draft_sent_on", "finalised_on", "transfer_on", "post_sixteen",
		"tribunal_on"))

var ehcCalendarsOfNeeds = rowset.ListOf[uuid.UUID](ehcCalendarTable, "need_id")

// EhcCalendarsOfNeeds reads the calendar of each child's plan.
func EhcCalendarsOfNeeds(ctx context.Context, v *engine.View, needs []uuid.UUID) (map[uuid.UUID]*rules.EhcCalendar, error) {
	return ehcCalendarsOfNeeds.One(ctx, v, needs)
}

// RecordEhcDates records all dates of a child's plan. They replace what was recorded before.
func RecordEhcDates(ctx context.Context, d *engine.DB, a policy.Actor, in rules.RecordEhcDatesInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "ehc.record", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		need, err := LockNeed(ctx, t, in.Need.UUID, true)
		if err != nil {
			return engine.Event{}, err
		}
		if err := rules.RecordEhcDates(need, in, need.AsOf); err != nil {
			return engine.Event{}, err
		}
		if err := scheduleEhcAlerts(ctx, t, need, in.EhcDates); err != nil {
			return engine.Event{}, err
		}
		_, err = t.Exec(ctx, `INSERT INTO ehc_calendar (need_id, authority_id, requested_on, consulted_on, draft_sent_on, finalised_on,
			transfer_on, post_sixteen, tribunal_on)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (need_id) DO UPDATE SET requested_on = excluded.requested_on, consulted_on =
			excluded.consulted_on,
				draft_sent_on = excluded.draft_sent_on, finalised_on = excluded.finalised_on, transfer_on = excluded.transfer_on, post_sixteen =
				excluded.post_sixteen,
				tribunal_on = excluded.tribunal_on`, need.ID, need.AuthorityID, in.RequestedOn.Time, engine.DayOrNull(in.ConsultedOn),
			engine.DayOrNull(in.DraftSentOn), engine.DayOrNull(in.FinalisedOn),
			engine.DayOrNull(in.TransferOn), in.PostSixteen, engine.DayOrNull(in.TribunalOn))
		return engine.AuthorityEvent(need.ID, need.AuthorityID, "ehc"), err
	})
}

// scheduleEhcAlerts stores when the clock must raise an alert about a plan. It replaces what was stored before.
func scheduleEhcAlerts(ctx context.Context, t *engine.Tx, n market.Need, dates rules.EhcDates) error {
	for _, a := range dates.Alerts() {
		if _, err := t.Exec(ctx, `INSERT INTO ehc_alert (need_id, authority_id, kind, due) VALUES ($1, $2, $3, $4)
			ON CONFLICT (need_id, kind) DO UPDATE SET due = excluded.due`, n.ID, n.AuthorityID, a.Kind, a.At); err != nil {
			return err
		}
	}
	return nil
}
