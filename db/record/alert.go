// Package record reads alerts, to-do lists and events, and runs the clock worker.
package record

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/record"
	"github.com/southeasttogether/dps/policy"
)

// dueAlert is an alert to raise, to raise again or to close. The function moments_due() in the database lists them.
type dueAlert struct {
	Kind        rules.AlertKind `db:"kind"`
	Capacity    string          `db:"capacity"`
	AuthorityID *uuid.UUID      `db:"authority_id"`
	ProviderID  *uuid.UUID      `db:"provider_id"`
	SourceID    uuid.UUID       `db:"source_id"`
	AboutID     uuid.UUID       `db:"of_id"`
	Due         time.Time       `db:"due"`
	AlertID     *uuid.UUID      `db:"alert_id"` // nil if it is to be raised for the first time
	Over        bool            `db:"over"`     // its duty is done, or nobody's any more
}

// event is what the log says about it.
func (w dueAlert) event() engine.Event {
	if w.ProviderID != nil {
		return engine.ProviderEvent(w.AboutID, *w.ProviderID, string(w.Kind))
	}
	return engine.AuthorityEvent(w.AboutID, *w.AuthorityID, string(w.Kind))
}

// MakeAlert raises an alert, for the first time or again, or closes one whose duty is over, unless another instance did, it is not due
// any more, or its object now belongs to another authority: the next round then alerts that authority.
func MakeAlert(ctx context.Context, d *engine.DB, w dueAlert) error {
	if w.Over {
		return closeAlert(ctx, d, w)
	}
	_, err := d.Change(ctx, engine.SystemActor, engine.Request{Act: "alert.wake", Keyless: true}, func(t *engine.Tx) (engine.Event, error) {
		return w.event(), raiseAlert(ctx, t, w)
	})
	return err
}

// closeAlert says that nothing is left to do.
func closeAlert(ctx context.Context, d *engine.DB, w dueAlert) error {
	_, err := d.Change(ctx, engine.SystemActor, engine.Request{Act: "alert.close", Keyless: true}, func(t *engine.Tx) (engine.Event, error) {
		return w.event(), engine.ExecOnce(ctx, t, "UPDATE alert SET done_at = dps.now() WHERE id = $1 AND done_at IS NULL", *w.AlertID)
	})
	return err
}

// raiseAlert writes the alert with the duty's acts, and when it comes again.
func raiseAlert(ctx context.Context, t *engine.Tx, w dueAlert) error {
	duty := rules.FindDuty(w.Kind, w.Capacity)
	if duty == nil {
		return fmt.Errorf("no duty is called %s of %s", w.Kind, w.Capacity)
	}
	now, err := engine.MarketNow(ctx, t)
	if err != nil {
		return err
	}
	return engine.ExecOnce(ctx, t,
		`INSERT INTO alert AS a (authority_id, provider_id, capacity, delegable, kind, source_id, need_id, of_kind, of_id, words, due, at,
			answered_by, again_at)
		SELECT m.authority_id, m.provider_id, m.capacity, m.delegable, m.kind, m.source_id, m.need_id, m.of_kind, m.of_id, m.words, m.due,
			dps.now(), $5, $6
		FROM moments_due() m WHERE m.kind = $1 AND m.source_id = $2 AND m.due = $3 AND m.capacity = $7 AND NOT m.over
			AND coalesce(m.authority_id, m.provider_id) = $4
		ON CONFLICT (kind, source_id, due, capacity) DO UPDATE SET at = excluded.at, raised = a.raised + 1, done_at = NULL,
			again_at = excluded.again_at, answered_by = excluded.answered_by
		WHERE a.done_at IS NOT NULL OR a.again_at <= excluded.at`,
		w.Kind, w.SourceID, w.Due, firstID(w.AuthorityID, w.ProviderID), pq.Array(duty.AnsweredBy), duty.AgainAt(now), w.Capacity)
}

func firstID(ids ...*uuid.UUID) uuid.UUID {
	for _, id := range ids {
		if id != nil {
			return *id
		}
	}
	return uuid.Nil
}

var alertList = rowset.Pages[rules.Alert]{
	Name: "alerts", Order: []string{"at", "id"}, Desc: true,
	Table: rowset.New[rules.Alert]("alert", "a", rowset.Columns("id", "kind", "due", "at", "words", "of_kind", "of_id", "raised", "done_at")),
}

// alertsInState says which alerts are shown, by their state.
var alertsInState = map[rules.AlertState]string{rules.AlertOpen: "a.done_at IS NULL", rules.AlertDone: "a.done_at IS NOT NULL"}

// waysToAlerts lead to the alerts that a role can see where they are not one organisation's alone. A consortium's officer
// sees those of each borough by what it delegates. A person who can be appointed sees those of their authority, and those
// of needs that they are appointed to.
var waysToAlerts = map[policy.Role][]rowset.Way{
	policy.ConsortiumOfficer: {delegatedAlerts("PUBLISH"), delegatedAlerts("EVALUATE"), delegatedAlerts("AWARD"), delegatedAlerts("MANAGE")},
	policy.OpeningOfficer:    ownOrAppointed(policy.OpeningOfficer),
	policy.Evaluator:         ownOrAppointed(policy.Evaluator),
	policy.Moderator:         ownOrAppointed(policy.Moderator),
}

func delegatedAlerts(act string) rowset.Way {
	return rowset.Way{
		Each: engine.BoroughsOf(act),
		Keys: "SELECT a.at, a.id FROM alert a WHERE a.authority_id = of.id AND a.delegable = '" + act + "'",
	}
}

func ownOrAppointed(capacity policy.Role) []rowset.Way {
	of := "SELECT a.at, a.id FROM alert a WHERE a.capacity = '" + string(capacity) + "' AND "
	return []rowset.Way{
		{Keys: of + "a.authority_id = (SELECT dps.org())"},
		{Keys: of + "a.authority_id <> (SELECT dps.org()) AND a.need_id = ANY ((SELECT dps.appointed('" +
			strings.ToUpper(string(capacity)) + "'))::uuid[])"},
	}
}

// Alerts reads a page of the actor's alerts, last raised first: all, or those in a state.
func Alerts(state *rules.AlertState) func(context.Context, *engine.View, market.Page) (*market.Connection[rules.Alert], error) {
	return func(ctx context.Context, v *engine.View, p market.Page) (*market.Connection[rules.Alert], error) {
		l := alertList
		l.Ways = waysToAlerts[v.Actor().Role]
		if state != nil {
			l.Name, l.Where = "alerts "+string(*state), alertsInState[*state]
			l.Ways = slices.Clone(l.Ways)
			for i := range l.Ways { // those that are shown, and not the last of all
				l.Ways[i].Keys += " AND " + l.Where
			}
		}
		return l.Page(ctx, v, p)
	}
}
