package admission

import (
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/idkind"
)

// EvidenceKind is a kind of evidence, as data. Declaration is the text that is declared; nil for evidence that a
// document shows.
type EvidenceKind struct {
	Code          string  `db:"code"`
	Name          string  `db:"name"`
	Declaration   *string `db:"declaration"`
	LongestMonths int     `db:"longest_months"`
	Source        string  `db:"source"`
}

// LotEvidence is a kind of evidence that a lot asks for.
type LotEvidence struct {
	LotID     uuid.UUID    `db:"lot_id"`
	Kind      EvidenceKind `db:"k"`
	Essential bool         `db:"essential"`
}

// EvidenceStatus is a state of evidence, derived from its dates.
type EvidenceStatus string

// States of evidence.
const (
	EvidenceIncomplete  EvidenceStatus = "INCOMPLETE"
	EvidenceNotYetValid EvidenceStatus = "NOT_YET_VALID"
	EvidenceValid       EvidenceStatus = "VALID"
	EvidenceLapsed      EvidenceStatus = "LAPSED"
	EvidenceRejected    EvidenceStatus = "REJECTED"
)

// Evidence is what a provider gave once, for all lots and authorities. Complete means that it has its document, or
// needs none because it is a declaration. Today is the day in London when it was read.
type Evidence struct {
	ID         uuid.UUID    `db:"id"`
	ProviderID uuid.UUID    `db:"provider_id"`
	Kind       EvidenceKind `db:"k"`
	Reference  string       `db:"reference"`
	ValidFrom  market.Date  `db:"valid_from"`
	ValidUntil market.Date  `db:"valid_until"`
	RecordedAt time.Time    `db:"recorded_at"`
	RejectedAt *time.Time   `db:"rejected_at"`
	Complete   bool         `db:"complete"`
	Today      market.Date  `db:"today"`
}

// GlobalID is its id to clients.
func (e Evidence) GlobalID() market.ID { return market.ID{Kind: idkind.Evidence, UUID: e.ID} }

// IsNode marks what can be fetched again by its id.
func (Evidence) IsNode() {}

// Status derives the state from the dates: both the first and the last day count.
func (e Evidence) Status() EvidenceStatus {
	switch {
	case e.RejectedAt != nil:
		return EvidenceRejected
	case e.Today.After(e.ValidUntil):
		return EvidenceLapsed
	case !e.Complete:
		return EvidenceIncomplete
	case e.Today.Before(e.ValidFrom):
		return EvidenceNotYetValid
	}
	return EvidenceValid
}

// EvidenceWarning is a warning that evidence lapses.
type EvidenceWarning struct {
	EvidenceID uuid.UUID `db:"evidence_id"`
	Days       int       `db:"days"`
	At         time.Time `db:"at"`
}

// AskForEvidenceInput asks for evidence in a lot.
type AskForEvidenceInput struct {
	IdempotencyKey string
	Lot            market.ID
	Kind           string
	Essential      bool
}

// RecordEvidenceInput is evidence to give.
type RecordEvidenceInput struct {
	IdempotencyKey string
	Kind           string
	Reference      string
	ValidFrom      market.Date
	ValidUntil     market.Date
	Declared       *bool
}

// RejectEvidenceInput rejects evidence.
type RejectEvidenceInput struct {
	IdempotencyKey string
	Evidence       market.ID
	Reason         string
}

// RecordEvidence makes evidence. It must be valid today or later, for no longer than its kind allows. A declaration
// must be made.
func RecordEvidence(in RecordEvidenceInput, kind EvidenceKind, now time.Time) (Evidence, error) {
	year, month, day := now.In(market.London).Date()
	today := market.NewDate(year, month, day)
	switch {
	case in.ValidUntil.Before(in.ValidFrom):
		return Evidence{}, market.RefuseField(market.Invalid, "validUntil",
			"The last day must be the same as or after the first day.")
	case in.ValidUntil.Before(today):
		return Evidence{}, market.RefuseField(market.Invalid, "validUntil",
			"This evidence has expired: enter evidence that is valid today.")
	case in.ValidUntil.After(in.ValidFrom.AddMonths(kind.LongestMonths)):
		return Evidence{}, market.RefuseField(market.Invalid, "validUntil",
			"Evidence of this kind can be valid for at most %d months.",
			kind.LongestMonths)
	case kind.Declaration != nil && (in.Declared == nil || !*in.Declared):
		return Evidence{}, market.RefuseField(market.Invalid, "declared", "Confirm the declaration to record this evidence.")
	}
	return Evidence{
			ID: uuid.New(), Kind: kind, Reference: in.Reference, ValidFrom: in.ValidFrom, ValidUntil: in.ValidUntil,
			RecordedAt: now, Complete: kind.Declaration != nil,
		},
		market.CheckTexts(market.InputText{Field: "reference", Value: in.Reference, Limit: 200})
}

// RejectEvidence checks that evidence can be rejected: once, with a reason.
func RejectEvidence(e Evidence, in RejectEvidenceInput) error {
	if e.RejectedAt != nil {
		return market.Refuse(market.WrongState, "This evidence has already been rejected.")
	}
	return market.CheckTexts(market.InputText{Field: "reason", Value: in.Reason, Limit: 4000})
}
