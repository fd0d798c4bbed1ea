package admission

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/admission"
	"github.com/southeasttogether/dps/policy"
)

// evidenceCountsSQL is the condition that evidence e counts.
var evidenceCountsSQL = EvidenceCompleteSQL("e") + " AND e.rejected_at IS NULL AND e.valid_from <= " + engine.TodaySQL +
	" AND e.valid_until >= " + engine.TodaySQL

// EvidenceLackingSQL is the condition that a lot asks for evidence le and that the provider %s has none that counts.
var EvidenceLackingSQL = "NOT EXISTS (SELECT FROM evidence e WHERE e.kind = le.kind AND " + evidenceCountsSQL + " AND e.provider_id = %s)"

// evidenceKindColumns are the columns of the kind k of a piece of evidence.
var evidenceKindColumns = rowset.Columns("k.code", "k.name", "k.declaration", "k.longest_months", "k.source")

var (
	evidenceTable = rowset.New[rules.Evidence]("evidence", "e", rowset.Act("evidence.read"),
		rowset.Columns("id", "provider_id", "reference", "valid_from", "valid_until", "recorded_at", "rejected_at"),
		rowset.Computed("today", engine.TodaySQL),
		rowset.Computed("complete", "(e.declared OR dps.has_document(e.id))"), // also for those who do not see the document
		evidenceKindColumns,
		rowset.Join("JOIN evidence_kind k ON k.code = e.kind"),
		rowset.Parent("provider", "provider_id", directory.ProviderTable))
	evidenceRows = evidenceTable.Rows()
)

// EvidenceByID reads evidence.
func EvidenceByID(ctx context.Context, v *engine.View, ids []uuid.UUID) (map[uuid.UUID]*rules.Evidence, error) {
	return evidenceTable.ByID(ctx, v, ids)
}

var evidenceOfProviders = rowset.ListOf[uuid.UUID](evidenceTable, "provider_id", rowset.By("k.name", "e.valid_until DESC", "e.id")...)

// EvidenceOfProviders reads the evidence of each provider, as far as the actor can see it, by kind, the longest valid
// first.
func EvidenceOfProviders(ctx context.Context, v *engine.View, providers []uuid.UUID) (map[uuid.UUID][]*rules.Evidence, error) {
	return evidenceOfProviders.Read(ctx, v, providers)
}

// RejectionReasons reads why evidence was rejected: for its provider and the lead authority.
func RejectionReasons(ctx context.Context, v *engine.View, evidence []uuid.UUID) (map[uuid.UUID]*string, error) {
	var rows []struct {
		Evidence uuid.UUID `db:"evidence_id"`
		Reason   string    `db:"reason"`
	}
	err := v.All(ctx, &rows, "SELECT evidence_id, reason FROM evidence_rejection WHERE evidence_id = ANY ($1)", pq.Array(evidence))
	all := map[uuid.UUID]*string{}
	for _, row := range rows {
		all[row.Evidence] = &row.Reason
	}
	return all, err
}

var evidenceWarningTable = rowset.New[rules.EvidenceWarning]("evidence_warning", "w",
	rowset.Columns("evidence_id", "days", "at"))

var warningsOfEvidence = rowset.ListOf[uuid.UUID](evidenceWarningTable, "evidence_id", rowset.By("w.days DESC")...)

// WarningsOfEvidence reads the warnings about each piece of evidence.
func WarningsOfEvidence(ctx context.Context, v *engine.View, evidence []uuid.UUID) (map[uuid.UUID][]*rules.EvidenceWarning, error) {
	return warningsOfEvidence.Read(ctx, v, evidence)
}

var lotEvidenceTable = rowset.New[rules.LotEvidence]("lot_evidence", "le",
	rowset.Columns("lot_id", "essential"),
	evidenceKindColumns,
	rowset.Join("JOIN evidence_kind k ON k.code = le.kind"))

var evidenceOfLots = rowset.ListOf[uuid.UUID](lotEvidenceTable, "lot_id", rowset.By("k.name")...)

// EvidenceOfLots reads what evidence each lot asks for.
func EvidenceOfLots(ctx context.Context, v *engine.View, lots []uuid.UUID) (map[uuid.UUID][]*rules.LotEvidence, error) {
	return evidenceOfLots.Read(ctx, v, lots)
}

// EvidenceKinds are all kinds of evidence, by name.
func EvidenceKinds(ctx context.Context, v *engine.View) (kinds []*rules.EvidenceKind, err error) {
	return kinds, v.All(ctx, &kinds, evidenceKindRows+" ORDER BY k.name")
}

const evidenceKindRows = "SELECT k.code, k.name, k.declaration, k.longest_months, k.source FROM evidence_kind k"

// AskForEvidence asks for a kind of evidence in a lot of the actor's authority. The database refuses it for a published
// lot.
func AskForEvidence(ctx context.Context, d *engine.DB, a policy.Actor, in rules.AskForEvidenceInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "lot.ask", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) { return AskForEvidenceIn(ctx, t, a.Organisation, in) })
}

// AskForEvidenceIn asks for a kind of evidence in a lot of an authority, in a transaction that has begun.
func AskForEvidenceIn(ctx context.Context, t *engine.Tx, authority uuid.UUID, in rules.AskForEvidenceInput) (engine.Event, error) {
	lot := in.Lot.UUID
	if err := t.RequireExists(ctx, "lot", "SELECT FROM lot WHERE id = $1 AND authority_id = $2", lot, authority); err != nil {
		return engine.Event{}, err
	}
	if _, err := readEvidenceKind(ctx, t, in.Kind); err != nil {
		return engine.Event{}, err
	}
	_, err := t.Exec(ctx, "INSERT INTO lot_evidence (lot_id, authority_id, kind, essential) VALUES ($1, $2, $3, $4)", lot,
		authority, in.Kind, in.Essential)
	return engine.AuthorityEvent(lot, authority, "evidence"), err
}

func readEvidenceKind(ctx context.Context, t *engine.Tx, code string) (rules.EvidenceKind, error) {
	var kind rules.EvidenceKind
	return kind, engine.AbsentIfNoRows(t.Get(ctx, &kind, evidenceKindRows+" WHERE k.code = $1", code), "kind of evidence")
}

// RecordEvidence gives evidence for the actor's provider. The clock worker restores what it renews.
func RecordEvidence(ctx context.Context, d *engine.DB, a policy.Actor, in rules.RecordEvidenceInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "evidence.record", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			if err := directory.RequireProvider(ctx, t); err != nil {
				return engine.Event{}, err
			}
			kind, err := readEvidenceKind(ctx, t, in.Kind)
			if err != nil {
				return engine.Event{}, err
			}
			now, err := engine.MarketNow(ctx, t)
			if err != nil {
				return engine.Event{}, err
			}
			e, err := rules.RecordEvidence(in, kind, now)
			if err != nil {
				return engine.Event{}, err
			}
			_, err = t.Exec(ctx, `INSERT INTO evidence (id, provider_id, kind, reference, valid_from, valid_until, recorded_at, recorded_by,
				declared)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, e.ID, a.Organisation, kind.Code, e.Reference, e.ValidFrom.Time, e.ValidUntil.Time, now,
				a.Person, e.Complete)
			return engine.ProviderEvent(e.ID, a.Organisation, "recorded"), err
		})
}

// RejectEvidence rejects evidence of a provider that has applied to the actor's authority.
func RejectEvidence(ctx context.Context, d *engine.DB, a policy.Actor, in rules.RejectEvidenceInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "evidence.reject", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			var was rules.Evidence
			if err := t.Get(ctx, &was, evidenceRows+" WHERE e.id = $1", in.Evidence.UUID); err != nil {
				return engine.Event{}, engine.AbsentIfNoRows(err, "evidence")
			}
			if err := rules.RejectEvidence(was, in); err != nil {
				return engine.Event{}, err
			}
			if err := t.ExecAtLeastOne(ctx, "UPDATE evidence SET rejected_at = dps.now(), rejected_by = $2 WHERE id = $1 AND rejected_at IS NULL",
				was.ID, a.Person); err != nil {
				return engine.Event{}, engine.AbsentIfNoRows(err, "evidence")
			}
			_, err := t.Exec(ctx, "INSERT INTO evidence_rejection (evidence_id, provider_id, reason) VALUES ($1, $2, $3)", was.ID, was.ProviderID,
				in.Reason)
			return engine.AuthorityEvent(was.ID, a.Organisation, "rejected_at"), err
		})
}

// This file is the clock worker's part of evidence: it warns before evidence lapses, suspends members whose essential
// evidence has lapsed, and restores them when it is renewed.

// missingEvidence are the names of the essential evidence that a lot asks for and that the provider lacks.
func missingEvidence(ctx context.Context, t *engine.Tx, lot, provider uuid.UUID) (names []string, err error) {
	return names, t.SelectRows(ctx, &names,
		"SELECT k.name FROM lot_evidence le JOIN evidence_kind k ON k.code = le.kind WHERE le.lot_id = $1 AND le.essential AND "+
			fmt.Sprintf(EvidenceLackingSQL, "$2")+" ORDER BY k.name", lot, provider)
}

// requireEssentialEvidence refuses to admit a provider that lacks essential evidence.
func requireEssentialEvidence(ctx context.Context, t *engine.Tx, lot, provider uuid.UUID) error {
	missing, err := missingEvidence(ctx, t, lot, provider)
	if err == nil && len(missing) > 0 {
		return market.Refuse(market.WrongState, "Essential evidence is missing, has no document or is not valid today: %s.",
			strings.Join(missing, ", "))
	}
	return err
}
