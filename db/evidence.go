package db

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// TodaySQL is the day in London.
const TodaySQL = "(SELECT (dps.now() AT TIME ZONE 'Europe/London')::date)"

// evidenceCountsSQL is the condition of evidence e that counts.
var evidenceCountsSQL = EvidenceCompleteSQL("e") + " AND e.rejected_at IS NULL AND e.valid_from <= " + TodaySQL + " AND e.valid_until >= " + TodaySQL

// EvidenceLackingSQL is the condition of evidence le that a lot asks for and the provider %s has none that counts.
var EvidenceLackingSQL = "NOT EXISTS (SELECT FROM evidence e WHERE e.kind = le.kind AND " + evidenceCountsSQL + " AND e.provider_id = %s)"

const evidenceKindColumns = `k.code AS "k.code", k.name AS "k.name", k.declaration AS "k.declaration", k.longest_months AS "k.longest_months", k.source AS "k.source"`

var evidenceRows = `SELECT e.id, e.provider_id, e.reference, e.valid_from, e.valid_until, e.recorded_at, e.rejected_at, e.rejection_reason,
	` + TodaySQL + ` AS today, ` + EvidenceCompleteSQL("e") + ` AS complete, ` + evidenceKindColumns + ` FROM evidence e JOIN evidence_kind k ON k.code = e.kind`

// EvidenceByID reads evidence.
func EvidenceByID(ctx context.Context, v *View, ids []uuid.UUID) (map[uuid.UUID]*market.Evidence, error) {
	if !v.Can("evidence.read") {
		return nil, nil
	}
	return ByID(ctx, v, evidenceRows, "e.id", ids, func(e *market.Evidence) uuid.UUID { return e.ID })
}

// EvidenceOfProviders reads the evidence of each provider that the actor may see, by kind, the longest valid first.
func EvidenceOfProviders(ctx context.Context, v *View, providers []uuid.UUID) (map[uuid.UUID][]*market.Evidence, error) {
	return Grouped(ctx, v, evidenceRows, "e.provider_id", "k.name, e.valid_until DESC, e.id", providers, func(e *market.Evidence) uuid.UUID { return e.ProviderID })
}

// WarningsOfEvidence reads the warnings about each piece of evidence.
func WarningsOfEvidence(ctx context.Context, v *View, evidence []uuid.UUID) (map[uuid.UUID][]*market.EvidenceWarning, error) {
	return Grouped(ctx, v, "SELECT w.evidence_id, w.days, w.at FROM evidence_warning w", "w.evidence_id", "w.days DESC", evidence,
		func(w *market.EvidenceWarning) uuid.UUID { return w.EvidenceID })
}

const lotEvidenceRows = `SELECT le.lot_id, le.essential, ` + evidenceKindColumns + ` FROM lot_evidence le JOIN evidence_kind k ON k.code = le.kind`

// EvidenceOfLots reads what evidence each lot asks for.
func EvidenceOfLots(ctx context.Context, v *View, lots []uuid.UUID) (map[uuid.UUID][]*market.LotEvidence, error) {
	return Grouped(ctx, v, lotEvidenceRows, "le.lot_id", "k.name", lots, func(e *market.LotEvidence) uuid.UUID { return e.LotID })
}

// EvidenceKinds are all kinds of evidence, by name.
func EvidenceKinds(ctx context.Context, v *View) (kinds []*market.EvidenceKind, err error) {
	return kinds, v.All(ctx, &kinds, evidenceKindRows+" ORDER BY k.name")
}

const evidenceKindRows = "SELECT k.code, k.name, k.declaration, k.longest_months, k.source FROM evidence_kind k"

// AskForEvidence asks for a kind of evidence in a lot of the actor's authority; the database refuses it in a published one.
func AskForEvidence(ctx context.Context, d *DB, a policy.Actor, in market.AskForEvidenceInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "lot.ask", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		lot := in.Lot.UUID
		if err := t.RequireExists(ctx, "lot", "SELECT FROM lot WHERE id = $1 AND authority_id = $2", lot, a.Organisation); err != nil {
			return Event{}, err
		}
		if _, err := readEvidenceKind(ctx, t, in.Kind); err != nil {
			return Event{}, err
		}
		_, err := t.Exec(ctx, "INSERT INTO lot_evidence (lot_id, authority_id, kind, essential) VALUES ($1, $2, $3, $4)", lot, a.Organisation, in.Kind, in.Essential)
		return AuthorityEvent(lot, a.Organisation, "evidence"), err
	})
}

func readEvidenceKind(ctx context.Context, t *Tx, code string) (market.EvidenceKind, error) {
	var kind market.EvidenceKind
	return kind, AbsentIfNoRows(t.Get(ctx, &kind, evidenceKindRows+" WHERE k.code = $1", code), "kind of evidence")
}

// RecordEvidence gives evidence for the actor's provider. What it renews, the clock's hand restores.
func RecordEvidence(ctx context.Context, d *DB, a policy.Actor, in market.RecordEvidenceInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "evidence.record", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		kind, err := readEvidenceKind(ctx, t, in.Kind)
		if err != nil {
			return Event{}, err
		}
		now, err := MarketNow(ctx, t)
		if err != nil {
			return Event{}, err
		}
		e, err := market.RecordEvidence(in, kind, now)
		if err != nil {
			return Event{}, err
		}
		_, err = t.Exec(ctx, `INSERT INTO evidence (id, provider_id, kind, reference, valid_from, valid_until, recorded_at, recorded_by, declared)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, e.ID, a.Organisation, kind.Code, e.Reference, e.ValidFrom.Time, e.ValidUntil.Time, now, a.Person, e.Complete)
		return ProviderEvent(e.ID, a.Organisation, "recorded"), err
	})
}

// RejectEvidence rejects evidence of a provider that has applied to the actor's authority.
func RejectEvidence(ctx context.Context, d *DB, a policy.Actor, in market.RejectEvidenceInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "evidence.reject", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		var was market.Evidence
		if err := t.Get(ctx, &was, evidenceRows+" WHERE e.id = $1", in.Evidence.UUID); err != nil {
			return Event{}, AbsentIfNoRows(err, "evidence")
		}
		if err := market.RejectEvidence(was, in); err != nil {
			return Event{}, err
		}
		return AuthorityEvent(was.ID, a.Organisation, "rejected_at"), AbsentIfNoRows(t.ExecAtLeastOne(ctx, `UPDATE evidence SET rejected_at = dps.now(), rejected_by = $2, rejection_reason = $3
			WHERE id = $1 AND rejected_at IS NULL`, was.ID, a.Person, in.Reason), "evidence")
	})
}
