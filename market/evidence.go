package market

import (
	"time"

	"github.com/google/uuid"
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

// MostFileBytes is how large a document may be.
const MostFileBytes = 10 << 20

// EvidenceFile is the document of evidence, without its content.
type EvidenceFile struct {
	EvidenceID uuid.UUID `db:"evidence_id"`
	Name       string    `db:"name"`
	Media      string    `db:"media"`
	Bytes      int       `db:"bytes"`
	Sha256     string    `db:"sha256"`
	UploadedAt time.Time `db:"uploaded_at"`
}

// Path is where it is downloaded from.
func (f EvidenceFile) Path() string { return "/evidence/" + f.EvidenceID.String() + "/file" }

// UploadLink is where to upload a document to.
type UploadLink struct {
	Path      string
	ExpiresAt time.Time
}

// MostBytes is how many bytes the file may have.
func (UploadLink) MostBytes() int { return MostFileBytes }

// Renewal is a request to renew evidence. RenewedAt is when the provider gave evidence of that kind after the request.
type Renewal struct {
	ID         uuid.UUID    `db:"id"`
	ProviderID uuid.UUID    `db:"provider_id"`
	Kind       EvidenceKind `db:"k"`
	Reason     string       `db:"reason"`
	AskedAt    time.Time    `db:"asked_at"`
	AnswerBy   time.Time    `db:"answer_by"`
	RenewedAt  *time.Time   `db:"renewed_at"`
}
