package market

import (
	"time"

	"github.com/google/uuid"
)

// EvidenceKind is a kind of evidence, as data. Declaration holds the words of what is declared; nil for what a document
// shows.
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

// Evidence is what a provider gave once, for all lots and authorities. Complete is what has its document, or needs none
// because it is a declaration. Today is the day in London when it was read.
type Evidence struct {
	ID              uuid.UUID    `db:"id"`
	ProviderID      uuid.UUID    `db:"provider_id"`
	Kind            EvidenceKind `db:"k"`
	Reference       string       `db:"reference"`
	ValidFrom       Date         `db:"valid_from"`
	ValidUntil      Date         `db:"valid_until"`
	RecordedAt      time.Time    `db:"recorded_at"`
	RejectedAt      *time.Time   `db:"rejected_at"`
	RejectionReason *string      `db:"rejection_reason"`
	Complete        bool         `db:"complete"`
	Today           Date         `db:"today"`
}

// Status derives the state from the dates: both the first and the last day count.
func (e Evidence) Status() EvidenceStatus {
	switch {
	case e.RejectedAt != nil:
		return EvidenceRejected
	case e.Today.After(e.ValidUntil.Time):
		return EvidenceLapsed
	case !e.Complete:
		return EvidenceIncomplete
	case e.Today.Before(e.ValidFrom.Time):
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
	Lot            ID
	Kind           string
	Essential      bool
}

// RecordEvidenceInput is evidence to give.
type RecordEvidenceInput struct {
	IdempotencyKey string
	Kind           string
	Reference      string
	ValidFrom      Date
	ValidUntil     Date
	Declared       *bool
}

// RejectEvidenceInput rejects evidence.
type RejectEvidenceInput struct {
	IdempotencyKey string
	Evidence       ID
	Reason         string
}

// RecordEvidence makes evidence. It has to be valid today or later, for no longer than its kind allows; a declaration has
// to be made.
func RecordEvidence(in RecordEvidenceInput, kind EvidenceKind, now time.Time) (Evidence, error) {
	year, month, day := now.In(London).Date()
	today := NewDate(year, month, day)
	switch {
	case in.ValidUntil.Before(in.ValidFrom.Time):
		return Evidence{}, RefuseField(Invalid, "validUntil", "The last day cannot be before the first.")
	case in.ValidUntil.Before(today.Time):
		return Evidence{}, RefuseField(Invalid, "validUntil", "This has lapsed: give what is valid now.")
	case in.ValidUntil.After(in.ValidFrom.AddDate(0, kind.LongestMonths, 0)):
		return Evidence{}, RefuseField(Invalid, "validUntil", "Evidence of this kind is given for at most %d months.", kind.LongestMonths)
	case kind.Declaration != nil && (in.Declared == nil || !*in.Declared):
		return Evidence{}, RefuseField(Invalid, "declared", "A declaration has to be made.")
	}
	return Evidence{ID: uuid.New(), Kind: kind, Reference: in.Reference, ValidFrom: in.ValidFrom, ValidUntil: in.ValidUntil, RecordedAt: now, Complete: kind.Declaration != nil},
		checkTexts(InputText{"reference", in.Reference, 200})
}

// RejectEvidence checks that evidence can be rejected: once, with the reason.
func RejectEvidence(e Evidence, in RejectEvidenceInput) error {
	if e.RejectedAt != nil {
		return Refuse(WrongState, "This was rejected before.")
	}
	return checkTexts(InputText{"reason", in.Reason, 4000})
}
