package admission

import (
	"context"
	"errors"
	"fmt"

	rules "github.com/southeasttogether/dps/market/admission"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
)

// dueWarning is a warning that is due.
type dueWarning struct {
	Evidence uuid.UUID `db:"id"`
	Days     int       `db:"days"`
}

// WorkOnEvidence does everything that is due, and counts it.
func WorkOnEvidence(ctx context.Context, d *engine.DB) (int, error) {
	memberships, warnings, err := findDueEvidence(ctx, d)
	if err != nil {
		return 0, err
	}
	turned, failed := engine.DoEach(ctx, d, memberships, lapseOrRestoreMembership)
	warned, also := engine.DoEach(ctx, d, warnings, warnProvider)
	return turned + warned, errors.Join(failed, also)
}

// findDueEvidence looks without a lock. It finds memberships whose state differs from their evidence, and evidence that
// lapses within one of its kind's numbers of days, has no later evidence and no such warning yet.
func findDueEvidence(ctx context.Context, d *engine.DB) (memberships []uuid.UUID, warnings []dueWarning, err error) {
	v := d.View(engine.SystemActor)
	defer func() { err = errors.Join(err, v.End(ctx)) }()
	if err := v.All(ctx, &memberships, `SELECT m.id FROM membership m WHERE m.ended_at IS NULL AND (m.lapsed_at IS NOT NULL) <>
		EXISTS (SELECT FROM lot_evidence le WHERE le.lot_id = m.lot_id AND le.essential AND `+fmt.Sprintf(EvidenceLackingSQL, "m.provider_id")+
		`) ORDER BY m.id LIMIT $1`, engine.WorkBatchSize); err != nil {
		return nil, nil, err
	}
	err = v.All(ctx, &warnings, `SELECT x.id, x.days FROM (
		SELECT e.id, min(d.days) AS days FROM evidence e JOIN evidence_kind k ON k.code = e.kind CROSS JOIN unnest(k.warn_days) AS d(days)
		WHERE e.rejected_at IS NULL AND e.valid_until BETWEEN `+engine.TodaySQL+` AND `+engine.TodaySQL+` + d.days
		AND NOT EXISTS (SELECT FROM evidence n WHERE n.provider_id = e.provider_id AND n.kind = e.kind AND n.rejected_at IS NULL AND
			`+EvidenceCompleteSQL("n")+` AND n.valid_until > e.valid_until)
		GROUP BY e.id) x WHERE NOT EXISTS (SELECT FROM evidence_warning w WHERE w.evidence_id = x.id AND w.days <= x.days) ORDER BY x.id
			LIMIT $1`, engine.WorkBatchSize)
	return memberships, warnings, err
}

// lapseOrRestoreMembership suspends a membership whose essential evidence has lapsed, or restores one whose evidence
// counts again.
func lapseOrRestoreMembership(ctx context.Context, d *engine.DB, id uuid.UUID) error {
	_, err := d.Change(ctx, engine.SystemActor, engine.Request{Act: "membership.lapse", Keyless: true},
		func(t *engine.Tx) (engine.Event, error) {
			s, err := lockMembership(ctx, t, id)
			if err != nil {
				return engine.Event{}, err
			}
			missing, err := missingEvidence(ctx, t, s.LotID, s.ProviderID)
			if err != nil {
				return engine.Event{}, err
			}
			step, at, due := rules.LapseOrRestoreMembership(s.Membership, missing, s.now)
			if !due {
				return engine.Event{}, engine.ErrAlreadyDone
			}
			if err := engine.ExecOnce(ctx, t, "UPDATE membership SET lapsed_at = $2 WHERE id = $1", id, at); err != nil {
				return engine.Event{}, err
			}
			return engine.AuthorityEvent(id, s.authorityID, "lapsed_at"), addMembershipStep(ctx, t, s, step)
		})
	return err
}

// warnProvider records that a provider was warned. Only the provider can see it, in its own chain.
func warnProvider(ctx context.Context, d *engine.DB, w dueWarning) error {
	_, err := d.Change(ctx, engine.SystemActor, engine.Request{Act: "evidence.warn", Keyless: true}, func(t *engine.Tx) (engine.Event, error) {
		var provider uuid.UUID
		if err := t.Get(ctx, &provider, "SELECT provider_id FROM evidence WHERE id = $1", w.Evidence); err != nil {
			return engine.Event{}, err
		}
		return engine.ProviderEvent(w.Evidence, provider, fmt.Sprintf("%d days", w.Days)),
			engine.ExecOnce(ctx, t, "INSERT INTO evidence_warning (evidence_id, days, provider_id, at) VALUES ($1, $2, $3, dps.now()) ON CONFLICT "+
				"DO NOTHING", w.Evidence, w.Days, provider)
	})
	return err
}
