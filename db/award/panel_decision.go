package award

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/award"
	"github.com/southeasttogether/dps/policy"
)

var (
	panelDecisionTable = rowset.New[rules.PanelDecision]("panel_decision", "p",
		rowset.Columns("need_id", "decided_on", "agreed", "reasons", "education", "social_care", "icb", "recorded_at"))
	panelDecisionRows = panelDecisionTable.Rows()
)

var panelDecisionsOfNeeds = rowset.ListOf[uuid.UUID](panelDecisionTable, "need_id")

// PanelDecisionsOfNeeds reads what the panel decided about each need.
func PanelDecisionsOfNeeds(ctx context.Context, v *engine.View, needs []uuid.UUID) (map[uuid.UUID]*rules.PanelDecision, error) {
	return panelDecisionsOfNeeds.One(ctx, v, needs)
}

// RecordPanelDecision records what the panel decided. It replaces an earlier record.
func RecordPanelDecision(ctx context.Context, d *engine.DB, a policy.Actor, in rules.RecordPanelDecisionInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "panel.record", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		need, err := tendering.LockNeed(ctx, t, in.Need.UUID, true)
		if err != nil {
			return engine.Event{}, err
		}
		var live struct {
			Approved bool `db:"approved"`
			Routed   bool `db:"routed"`
		}
		if err := t.Get(ctx, &live, `SELECT coalesce(bool_or(approved_at IS NOT NULL), false) AS approved,
			coalesce(bool_or(route <> 'COMPETITION'), false) AS routed
			FROM award WHERE need_id = $1 AND rejected_at IS NULL AND declined_at IS NULL AND lapsed_at IS NULL
				AND cancelled_at IS NULL`, need.ID); err != nil {
			return engine.Event{}, err
		}
		if err := rules.RecordPanelDecision(need, in, live.Approved, live.Routed, need.AsOf); err != nil {
			return engine.Event{}, err
		}
		_, err = t.Exec(ctx, `INSERT INTO panel_decision (need_id, authority_id, decided_on, agreed, reasons, education, social_care, icb,
			recorded_at, recorded_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
			ON CONFLICT (need_id) DO UPDATE SET decided_on = excluded.decided_on, agreed = excluded.agreed, reasons = excluded.reasons, education =
			excluded.education,
				social_care = excluded.social_care, icb = excluded.icb, recorded_at = excluded.recorded_at, recorded_by = excluded.recorded_by`,
			need.ID, need.AuthorityID, in.DecidedOn.Time, in.Agreed, in.Reasons, in.Education, in.SocialCare, in.ICB, need.AsOf, a.Person)
		return engine.AuthorityEvent(need.ID, need.AuthorityID, "panel"), err
	})
}

// requirePanelAgreement refuses, under the need's lock, an award that the panel did not agree to.
func requirePanelAgreement(ctx context.Context, t *engine.Tx, a market.Award) error {
	var found []rules.PanelDecision
	if err := t.SelectRows(ctx, &found, panelDecisionRows+" WHERE p.need_id = $1", a.NeedID); err != nil {
		return err
	}
	if len(found) == 0 {
		return rules.RequirePanelAgreement(nil, a.Route)
	}
	return rules.RequirePanelAgreement(&found[0], a.Route)
}
