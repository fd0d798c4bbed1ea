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

// missing are the names of the essential evidence that a lot asks for and the provider has none of that counts.
func (t *Tx) missing(ctx context.Context, lot, provider uuid.UUID) (names []string, err error) {
	return names, t.all(ctx, &names, "SELECT k.name FROM lot_evidence le JOIN evidence_kind k ON k.code = le.kind WHERE le.lot_id = $1 AND le.essential AND "+
		fmt.Sprintf(lacking, "$2")+" ORDER BY k.name", lot, provider)
}

// warning is one that is due.
type warning struct {
	Evidence uuid.UUID `db:"id"`
	Days     int       `db:"days"`
}

// workOnEvidence does all that is due, and counts it.
func (d *DB) workOnEvidence(ctx context.Context) (int, error) {
	memberships, warnings, err := d.dueOfEvidence(ctx)
	if err != nil {
		return 0, err
	}
	turned, failed := each(ctx, memberships, d.turnMembership)
	warned, also := each(ctx, warnings, d.warn)
	return turned + warned, errors.Join(failed, also)
}

// dueOfEvidence looks without a lock: memberships whose evidence says otherwise than they do, and evidence that lapses within
// one of the numbers of days of its kind, with no later one and no such warning yet.
func (d *DB) dueOfEvidence(ctx context.Context) (memberships []uuid.UUID, warnings []warning, err error) {
	v := d.View(system)
	defer func() { err = errors.Join(err, v.End(ctx)) }()
	if err := v.all(ctx, &memberships, `SELECT m.id FROM membership m WHERE m.ended_at IS NULL AND (m.lapsed_at IS NOT NULL) <>
		EXISTS (SELECT FROM lot_evidence le WHERE le.lot_id = m.lot_id AND le.essential AND `+fmt.Sprintf(lacking, "m.provider_id")+`) ORDER BY m.id LIMIT $1`, round); err != nil {
		return nil, nil, err
	}
	return memberships, warnings, v.all(ctx, &warnings, `SELECT x.id, x.days FROM (
		SELECT e.id, min(d.days) AS days FROM evidence e JOIN evidence_kind k ON k.code = e.kind CROSS JOIN unnest(k.warn_days) AS d(days)
		WHERE e.rejected_at IS NULL AND e.valid_until BETWEEN `+today+` AND `+today+` + d.days
		AND NOT EXISTS (SELECT FROM evidence n WHERE n.provider_id = e.provider_id AND n.kind = e.kind AND n.rejected_at IS NULL AND `+whole("n")+` AND n.valid_until > e.valid_until)
		GROUP BY e.id) x WHERE NOT EXISTS (SELECT FROM evidence_warning w WHERE w.evidence_id = x.id AND w.days <= x.days) ORDER BY x.id LIMIT $1`, round)
}

// turnMembership suspends a membership whose essential evidence has lapsed, or restores one where it counts again.
func (d *DB) turnMembership(ctx context.Context, id uuid.UUID) error {
	_, err := d.Change(ctx, system, Request{Act: "membership.lapse", Keyless: true}, func(t *Tx) (Event, error) {
		s, err := t.locked(ctx, id)
		if err != nil {
			return Event{}, err
		}
		missing, err := t.missing(ctx, s.LotID, s.ProviderID)
		if err != nil {
			return Event{}, err
		}
		step, at, due := market.TurnMembership(s.Membership, missing, s.now)
		if !due {
			return Event{}, errDone
		}
		if err := t.claim(ctx, "UPDATE membership SET lapsed_at = $2 WHERE id = $1", id, at); err != nil {
			return Event{}, err
		}
		return about(id, s.authority, "lapsed_at"), t.addStep(ctx, s, step)
	})
	return err
}

// warn records that a provider was warned. Only the provider learns of it, in its own chain.
func (d *DB) warn(ctx context.Context, w warning) error {
	_, err := d.Change(ctx, system, Request{Act: "evidence.warn", Keyless: true}, func(t *Tx) (Event, error) {
		var provider uuid.UUID
		if err := t.get(ctx, &provider, "SELECT provider_id FROM evidence WHERE id = $1", w.Evidence); err != nil {
			return Event{}, err
		}
		return secret(w.Evidence, provider, fmt.Sprintf("%d days", w.Days)),
			t.claim(ctx, "INSERT INTO evidence_warning (evidence_id, days, provider_id, at) VALUES ($1, $2, $3, dps.now()) ON CONFLICT DO NOTHING", w.Evidence, w.Days, provider)
	})
	return err
}

// complete refuses to admit a provider that lacks essential evidence.
func (t *Tx) complete(ctx context.Context, lot, provider uuid.UUID) error {
	missing, err := t.missing(ctx, lot, provider)
	if err == nil && len(missing) > 0 {
		return market.Refuse(market.WrongState, "Essential evidence is missing, without its document, or not valid today: %s.", strings.Join(missing, ", "))
	}
	return err
}
