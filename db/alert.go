package db

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// moment is what can come due: what it is called, who is alerted to it, where it stands, and when. From and where give the row
// itself, as x, while it still waits; authority is the column that says whose it is, source the row's key.
type moment struct {
	kind      market.AlertKind
	capacity  policy.Role
	authority string
	source    string
	ofKind    string // what it is about, as clients name it
	of        string
	words     string
	due       string
	from      string
	waits     string
}

// moments is everything that somebody is alerted to. What else the clock does when a time has come stands in Work.
var moments = append([]moment{
	{market.ApplicationOverdue, policy.MarketManager, "x.authority_id", "x.id", "application", "x.id", "p.name", "x.decide_by",
		"application x JOIN provider p ON p.id = x.provider_id", "x.decision IS NULL"},
	{market.ApplicantSilent, policy.MarketManager, "x.authority_id", "x.id", "application", "x.application_id", "p.name", "x.answer_by",
		"application_question x JOIN application a ON a.id = x.application_id JOIN provider p ON p.id = x.provider_id", "x.answered_at IS NULL AND a.decision IS NULL"},
	{market.AppealOverdue, policy.MarketManager, "x.authority_id", "x.application_id", "application", "x.application_id", "p.name", "x.decide_by",
		"application_appeal x JOIN provider p ON p.id = x.provider_id", "x.decided_at IS NULL"},
	{market.RemovalToDecide, policy.MarketManager, "x.authority_id", "x.id", "membership", "x.membership_id", "p.name", "x.until",
		"membership_step x JOIN membership m ON m.id = x.membership_id JOIN provider p ON p.id = x.provider_id",
		"x.kind = 'REMOVAL_ANNOUNCED' AND m.ended_at IS NULL AND NOT EXISTS (SELECT FROM membership_step n WHERE n.membership_id = m.id AND n.number > x.number AND n.kind IN ('KEPT', 'REMOVED'))"},
	{market.RenewalOverdue, policy.MarketManager, "x.authority_id", "x.id", "provider", "x.provider_id", "p.name || ', ' || k.name", "x.answer_by",
		"renewal x JOIN provider p ON p.id = x.provider_id JOIN evidence_kind k ON k.code = x.kind",
		"NOT EXISTS (SELECT FROM evidence e WHERE e.provider_id = x.provider_id AND e.kind = x.kind AND e.recorded_at >= x.asked_at AND e.rejected_at IS NULL AND " + whole("e") + ")"},
	{market.SuspensionEnded, policy.MarketManager, "l.authority_id", "x.id", "membership", "x.id", "p.name", "x.suspended_until",
		"membership x JOIN lot l ON l.id = x.lot_id JOIN provider p ON p.id = x.provider_id", "x.ended_at IS NULL"},
	{market.OffersToOpen, policy.OpeningOfficer, "x.authority_id", "x.id", "need", "x.id", "x.reference", "x.deadline",
		"need x", "x.published_at IS NOT NULL AND x.opened_at IS NULL AND x.withdrawn_at IS NULL"},
	{market.StandstillEnded, policy.Commissioner, "x.authority_id", "x.id", "award", "x.id", "n.reference", "x.standstill_ends",
		"award x JOIN need n ON n.id = x.need_id", "x.accepted_at IS NULL AND x.declined_at IS NULL AND x.lapsed_at IS NULL"},
	{market.AwardUnanswered, policy.Commissioner, "x.authority_id", "x.id", "award", "x.id", "n.reference", "x.accept_by",
		"award x JOIN need n ON n.id = x.need_id", "x.lapsed_at IS NOT NULL"},
	{market.PriceUnexplained, policy.Commissioner, "x.authority_id", "x.id", "offer", "x.offer_id", "n.reference", "x.answer_by",
		"price_query x JOIN need n ON n.id = x.need_id", "x.answered_at IS NULL AND x.decided_at IS NULL"},
	{market.FirstDayUnrecorded, policy.Commissioner, "x.authority_id", "x.id", "placement", "x.id", "n.reference", "(x.starts_on + 1)::timestamp AT TIME ZONE 'Europe/London'",
		"placement x JOIN need n ON n.id = x.need_id", "x.started_at IS NULL AND x.ended_on IS NULL"},
	{market.InspectionBelowStandard, policy.Commissioner, "x.authority_id", "x.id", "placement", "x.id", "s.name || ': ' || i.value", "i.inspected_on::timestamp AT TIME ZONE 'Europe/London'",
		"placement x JOIN need n ON n.id = x.need_id JOIN setting s ON s.id = x.setting_id JOIN inspection i ON i.setting_id = s.id JOIN below_standard b ON b.scale = i.scale AND b.value = i.value",
		"x.started_at IS NOT NULL AND i.inspected_on >= x.starts_on AND coalesce(x.ended_on, 'infinity') > " + today},
	{market.AreaUntold, policy.Commissioner, "x.authority_id", "x.need_id", "need", "x.need_id", "n.reference", "x.told_by",
		"area_approval x JOIN need n ON n.id = x.need_id", "n.withdrawn_at IS NULL"},
	{market.WordsUnread, policy.SafeguardingLead, "x.authority_id", "x.words_id", "words", "x.words_id", "'words'", "x.read_by", "words_waiting x", "true"},
}, ofPlans()...)

// ofPlans are the times of plans, which follow from their dates.
func ofPlans() (all []moment) {
	for _, of := range (market.EhcDates{}).Alerts() {
		all = append(all, moment{of.Kind, policy.Commissioner, "x.authority_id", "x.need_id", "need", "x.need_id", "n.reference", "x.due",
			"ehc_alert x JOIN need n ON n.id = x.need_id", fmt.Sprintf("x.kind = '%s' AND n.withdrawn_at IS NULL", of.Kind)})
	}
	return all
}

// overdue are the moments that have come and that nobody was alerted to yet, one line a kind.
var overdue = func() string {
	lines := make([]string, len(moments))
	for i, m := range moments {
		lines[i] = fmt.Sprintf(`SELECT '%s' AS kind, '%s' AS capacity, %s AS authority_id, %s AS source_id, '%s' AS of_kind, %s AS of_id, %s AS words, %s AS due FROM %s WHERE %[8]s < (SELECT dps.now()) AND %[10]s`,
			m.kind, m.capacity, m.authority, m.source, m.ofKind, m.of, m.words, m.due, m.from, m.waits)
	}
	return "SELECT d.* FROM (" + strings.Join(lines, "\nUNION ALL ") + ") d WHERE NOT EXISTS (SELECT FROM alert a WHERE a.kind = d.kind AND a.source_id = d.source_id AND a.due = d.due)"
}()

// woken is an alert that is to be made.
type woken struct {
	Kind      market.AlertKind `db:"kind"`
	Authority uuid.UUID        `db:"authority_id"`
	Source    uuid.UUID        `db:"source_id"`
	About     uuid.UUID        `db:"of_id"`
}

// wake alerts somebody, unless another instance did, or it waits no more.
func (d *DB) wake(ctx context.Context, w woken) error {
	_, err := d.Change(ctx, system, Request{Act: "alert.wake", Keyless: true}, func(t *Tx) (uuid.UUID, Event, error) {
		return w.About, about(w.About, w.Authority, string(w.Kind)), t.claim(ctx, `INSERT INTO alert (authority_id, capacity, kind, source_id, of_kind, of_id, words, due, at)
			SELECT o.authority_id, o.capacity, o.kind, o.source_id, o.of_kind, o.of_id, o.words, o.due, dps.now() FROM (`+overdue+`) o WHERE o.kind = $1 AND o.source_id = $2
			ORDER BY o.due DESC LIMIT 1 ON CONFLICT DO NOTHING`, w.Kind, w.Source)
	})
	return err
}

var alerts = listing[market.Alert]{
	name: "alerts", rows: "SELECT a.id, a.kind, a.due, a.at, a.words, a.of_kind, a.of_id FROM alert a", keys: "a.at, a.id", desc: true,
	key: func(a *market.Alert) []any { return []any{a.At.Format(time.RFC3339Nano), a.ID} },
}

// Alerts is a page of what has come due for the actor, newest first.
func (v *View) Alerts(ctx context.Context, p market.Page) (*market.AlertConnection, error) {
	return page(ctx, v, alerts, p)
}
