package db

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

const panelRows = `SELECT p.need_id, p.decided_on, p.agreed, p.reasons, p.education, p.social_care, p.icb, p.recorded_at FROM panel_decision p`

// PanelsOfNeeds reads what the panel decided about each need.
func (v *View) PanelsOfNeeds(ctx context.Context, needs []uuid.UUID) (map[uuid.UUID]*market.PanelDecision, error) {
	return byID(ctx, v, panelRows, "p.need_id", needs, func(p *market.PanelDecision) uuid.UUID { return p.NeedID })
}

// RecordPanelDecision records what the panel decided; it replaces what was recorded before.
func (d *DB) RecordPanelDecision(ctx context.Context, a policy.Actor, in market.RecordPanelDecisionInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "panel.record", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		need, err := t.lockedNeed(ctx, in.Need.UUID, true)
		if err != nil {
			return Event{}, err
		}
		var live struct {
			Approved bool `db:"approved"`
			Routed   bool `db:"routed"`
		}
		if err := t.get(ctx, &live, `SELECT coalesce(bool_or(approved_at IS NOT NULL), false) AS approved, coalesce(bool_or(route <> 'COMPETITION'), false) AS routed
			FROM award WHERE need_id = $1 AND rejected_at IS NULL AND declined_at IS NULL AND lapsed_at IS NULL`, need.ID); err != nil {
			return Event{}, err
		}
		if err := market.RecordPanelDecision(need, in, live.Approved, live.Routed, need.AsOf); err != nil {
			return Event{}, err
		}
		_, err = t.exec(ctx, `INSERT INTO panel_decision (need_id, authority_id, decided_on, agreed, reasons, education, social_care, icb, recorded_at, recorded_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
			ON CONFLICT (need_id) DO UPDATE SET decided_on = excluded.decided_on, agreed = excluded.agreed, reasons = excluded.reasons, education = excluded.education,
				social_care = excluded.social_care, icb = excluded.icb, recorded_at = excluded.recorded_at, recorded_by = excluded.recorded_by`,
			need.ID, need.AuthorityID, in.DecidedOn.Time, in.Agreed, in.Reasons, in.Education, in.SocialCare, in.ICB, need.AsOf, a.Person)
		return about(need.ID, need.AuthorityID, "panel"), err
	})
}

// agreedByPanel refuses, under the need's lock, an award that the panel has not agreed to.
func (t *Tx) agreedByPanel(ctx context.Context, a market.Award) error {
	var found []market.PanelDecision
	if err := t.all(ctx, &found, panelRows+" WHERE p.need_id = $1", a.NeedID); err != nil {
		return err
	}
	if len(found) == 0 {
		return market.CheckPanel(nil, a.Route)
	}
	return market.CheckPanel(&found[0], a.Route)
}
