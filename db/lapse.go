package db

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// This file is the clock's work on evidence: warnings before it lapses, suspension when what is essential has lapsed,
// restoration when it is renewed.

// missingEvidence are the names of the essential evidence that a lot asks for and the provider has none of that counts.
func (t *Tx) missingEvidence(ctx context.Context, lot, provider uuid.UUID) (names []string, err error) {
	return names, t.selectRows(ctx, &names, "SELECT k.name FROM lot_evidence le JOIN evidence_kind k ON k.code = le.kind WHERE le.lot_id = $1 AND le.essential AND "+
		fmt.Sprintf(evidenceLackingSQL, "$2")+" ORDER BY k.name", lot, provider)
}

// dueWarning is one that is due.
type dueWarning struct {
	Evidence uuid.UUID `db:"id"`
	Days     int       `db:"days"`
}

// workOnEvidence does all that is due, and counts it.
func (d *DB) workOnEvidence(ctx context.Context) (int, error) {
	memberships, warnings, err := d.findDueEvidence(ctx)
	if err != nil {
		return 0, err
	}
	turned, failed := doEach(ctx, memberships, d.lapseOrRestoreMembership)
	warned, also := doEach(ctx, warnings, d.warnProvider)
	return turned + warned, errors.Join(failed, also)
}

// findDueEvidence looks without a lock: memberships whose evidence says otherwise than they do, and evidence that lapses within
// one of the numbers of days of its kind, with no later one and no such warning yet.
func (d *DB) findDueEvidence(ctx context.Context) (memberships []uuid.UUID, warnings []dueWarning, err error) {
	v := d.View(systemActor)
	defer func() { err = errors.Join(err, v.End(ctx)) }()
	if err := v.all(ctx, &memberships, `SELECT m.id FROM membership m WHERE m.ended_at IS NULL AND (m.lapsed_at IS NOT NULL) <>
		EXISTS (SELECT FROM lot_evidence le WHERE le.lot_id = m.lot_id AND le.essential AND `+fmt.Sprintf(evidenceLackingSQL, "m.provider_id")+`) ORDER BY m.id LIMIT $1`, workBatchSize); err != nil {
		return nil, nil, err
	}
	return memberships, warnings, v.all(ctx, &warnings, `SELECT x.id, x.days FROM (
		SELECT e.id, min(d.days) AS days FROM evidence e JOIN evidence_kind k ON k.code = e.kind CROSS JOIN unnest(k.warn_days) AS d(days)
		WHERE e.rejected_at IS NULL AND e.valid_until BETWEEN `+todaySQL+` AND `+todaySQL+` + d.days
		AND NOT EXISTS (SELECT FROM evidence n WHERE n.provider_id = e.provider_id AND n.kind = e.kind AND n.rejected_at IS NULL AND `+evidenceCompleteSQL("n")+` AND n.valid_until > e.valid_until)
		GROUP BY e.id) x WHERE NOT EXISTS (SELECT FROM evidence_warning w WHERE w.evidence_id = x.id AND w.days <= x.days) ORDER BY x.id LIMIT $1`, workBatchSize)
}

// lapseOrRestoreMembership suspends a membership whose essential evidence has lapsed, or restores one where it counts again.
func (d *DB) lapseOrRestoreMembership(ctx context.Context, id uuid.UUID) error {
	_, err := d.Change(ctx, systemActor, Request{Act: "membership.lapse", Keyless: true}, func(t *Tx) (Event, error) {
		s, err := t.lockMembership(ctx, id)
		if err != nil {
			return Event{}, err
		}
		missing, err := t.missingEvidence(ctx, s.LotID, s.ProviderID)
		if err != nil {
			return Event{}, err
		}
		step, at, due := market.LapseOrRestoreMembership(s.Membership, missing, s.now)
		if !due {
			return Event{}, errAlreadyDone
		}
		if err := t.execOnce(ctx, "UPDATE membership SET lapsed_at = $2 WHERE id = $1", id, at); err != nil {
			return Event{}, err
		}
		return authorityEvent(id, s.authorityID, "lapsed_at"), t.addMembershipStep(ctx, s, step)
	})
	return err
}

// warnProvider records that a provider was warned. Only the provider learns of it, in its own chain.
func (d *DB) warnProvider(ctx context.Context, w dueWarning) error {
	_, err := d.Change(ctx, systemActor, Request{Act: "evidence.warn", Keyless: true}, func(t *Tx) (Event, error) {
		var provider uuid.UUID
		if err := t.get(ctx, &provider, "SELECT provider_id FROM evidence WHERE id = $1", w.Evidence); err != nil {
			return Event{}, err
		}
		return providerEvent(w.Evidence, provider, fmt.Sprintf("%d days", w.Days)),
			t.execOnce(ctx, "INSERT INTO evidence_warning (evidence_id, days, provider_id, at) VALUES ($1, $2, $3, dps.now()) ON CONFLICT DO NOTHING", w.Evidence, w.Days, provider)
	})
	return err
}

// requireEssentialEvidence refuses to admit a provider that lacks essential evidence.
func (t *Tx) requireEssentialEvidence(ctx context.Context, lot, provider uuid.UUID) error {
	missing, err := t.missingEvidence(ctx, lot, provider)
	if err == nil && len(missing) > 0 {
		return market.Refuse(market.WrongState, "Essential evidence is missing, without its document, or not valid today: %s.", strings.Join(missing, ", "))
	}
	return err
}
