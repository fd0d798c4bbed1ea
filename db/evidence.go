package db

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// today is the day in London.
const today = "(SELECT (dps.now() AT TIME ZONE 'Europe/London')::date)"

// counting is the condition of evidence e that counts.
var counting = whole("e") + " AND e.rejected_at IS NULL AND e.valid_from <= " + today + " AND e.valid_until >= " + today

// lacking is the condition of evidence le that a lot asks for and the provider %s has none that counts.
var lacking = "NOT EXISTS (SELECT FROM evidence e WHERE e.kind = le.kind AND " + counting + " AND e.provider_id = %s)"

const kindColumns = `k.code AS "k.code", k.name AS "k.name", k.declaration AS "k.declaration", k.longest_months AS "k.longest_months", k.source AS "k.source"`

var evidenceRows = `SELECT e.id, e.provider_id, e.reference, e.valid_from, e.valid_until, e.recorded_at, e.rejected_at, e.rejection_reason,
	` + today + ` AS today, ` + whole("e") + ` AS complete, ` + kindColumns + ` FROM evidence e JOIN evidence_kind k ON k.code = e.kind`

// EvidenceByID reads evidence.
func (v *View) EvidenceByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*market.Evidence, error) {
	if !v.can("evidence.read") {
		return nil, nil
	}
	return byID(ctx, v, evidenceRows, "e.id", ids, func(e *market.Evidence) uuid.UUID { return e.ID })
}

// EvidenceOfProviders reads the evidence of each provider that the actor may see, by kind, the longest valid first.
func (v *View) EvidenceOfProviders(ctx context.Context, providers []uuid.UUID) (map[uuid.UUID][]*market.Evidence, error) {
	return grouped(ctx, v, evidenceRows, "e.provider_id", "k.name, e.valid_until DESC, e.id", providers, func(e *market.Evidence) uuid.UUID { return e.ProviderID })
}

// WarningsOfEvidence reads the warnings about each piece of evidence.
func (v *View) WarningsOfEvidence(ctx context.Context, evidence []uuid.UUID) (map[uuid.UUID][]*market.EvidenceWarning, error) {
	return grouped(ctx, v, "SELECT w.evidence_id, w.days, w.at FROM evidence_warning w", "w.evidence_id", "w.days DESC", evidence,
		func(w *market.EvidenceWarning) uuid.UUID { return w.EvidenceID })
}

const lotEvidenceRows = `SELECT le.lot_id, le.essential, ` + kindColumns + ` FROM lot_evidence le JOIN evidence_kind k ON k.code = le.kind`

// EvidenceOfLots reads what evidence each lot asks for.
func (v *View) EvidenceOfLots(ctx context.Context, lots []uuid.UUID) (map[uuid.UUID][]*market.LotEvidence, error) {
	return grouped(ctx, v, lotEvidenceRows, "le.lot_id", "k.name", lots, func(e *market.LotEvidence) uuid.UUID { return e.LotID })
}

// EvidenceKinds are all kinds of evidence, by name.
func (v *View) EvidenceKinds(ctx context.Context) (kinds []*market.EvidenceKind, err error) {
	return kinds, v.all(ctx, &kinds, kindRows+" ORDER BY k.name")
}

const kindRows = "SELECT k.code, k.name, k.declaration, k.longest_months, k.source FROM evidence_kind k"

// AskForEvidence asks for a kind of evidence in a lot of the actor's authority; the database refuses it in a published one.
func (d *DB) AskForEvidence(ctx context.Context, a policy.Actor, in market.AskForEvidenceInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "lot.ask", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		lot := in.Lot.UUID
		if err := t.exists(ctx, "lot", "SELECT FROM lot WHERE id = $1 AND authority_id = $2", lot, a.Organisation); err != nil {
			return Event{}, err
		}
		if _, err := t.evidenceKind(ctx, in.Kind); err != nil {
			return Event{}, err
		}
		_, err := t.exec(ctx, "INSERT INTO lot_evidence (lot_id, authority_id, kind, essential) VALUES ($1, $2, $3, $4)", lot, a.Organisation, in.Kind, in.Essential)
		return about(lot, a.Organisation, "evidence"), err
	})
}

func (t *Tx) evidenceKind(ctx context.Context, code string) (market.EvidenceKind, error) {
	var kind market.EvidenceKind
	return kind, absent(t.get(ctx, &kind, kindRows+" WHERE k.code = $1", code), "kind of evidence")
}

// RecordEvidence gives evidence for the actor's provider. What it renews, the clock's hand restores.
func (d *DB) RecordEvidence(ctx context.Context, a policy.Actor, in market.RecordEvidenceInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "evidence.record", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		kind, err := t.evidenceKind(ctx, in.Kind)
		if err != nil {
			return Event{}, err
		}
		now, err := t.now(ctx)
		if err != nil {
			return Event{}, err
		}
		e, err := market.RecordEvidence(in, kind, now)
		if err != nil {
			return Event{}, err
		}
		_, err = t.exec(ctx, `INSERT INTO evidence (id, provider_id, kind, reference, valid_from, valid_until, recorded_at, recorded_by, declared)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, e.ID, a.Organisation, kind.Code, e.Reference, e.ValidFrom.Time, e.ValidUntil.Time, now, a.Person, e.Complete)
		return secret(e.ID, a.Organisation, "recorded"), err
	})
}

// RejectEvidence rejects evidence of a provider that has applied to the actor's authority.
func (d *DB) RejectEvidence(ctx context.Context, a policy.Actor, in market.RejectEvidenceInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "evidence.reject", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		var was market.Evidence
		if err := t.get(ctx, &was, evidenceRows+" WHERE e.id = $1", in.Evidence.UUID); err != nil {
			return Event{}, absent(err, "evidence")
		}
		if err := market.RejectEvidence(was, in); err != nil {
			return Event{}, err
		}
		return about(was.ID, a.Organisation, "rejected_at"), absent(t.must(ctx, `UPDATE evidence SET rejected_at = dps.now(), rejected_by = $2, rejection_reason = $3
			WHERE id = $1 AND rejected_at IS NULL`, was.ID, a.Person, in.Reason), "evidence")
	})
}
