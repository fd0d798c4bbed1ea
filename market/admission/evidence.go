package admission

import (
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

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
func RecordEvidence(in RecordEvidenceInput, kind market.EvidenceKind, now time.Time) (market.Evidence, error) {
	year, month, day := now.In(market.London).Date()
	today := market.NewDate(year, month, day)
	switch {
	case in.ValidUntil.Before(in.ValidFrom.Time):
		return market.Evidence{}, market.RefuseField(market.Invalid, "validUntil",
			"The last day must be the same as or after the first day.")
	case in.ValidUntil.Before(today.Time):
		return market.Evidence{}, market.RefuseField(market.Invalid, "validUntil",
			"This evidence has expired: enter evidence that is valid today.")
	case in.ValidUntil.After(in.ValidFrom.AddDate(0, kind.LongestMonths, 0)):
		return market.Evidence{}, market.RefuseField(market.Invalid, "validUntil",
			"Evidence of this kind can be valid for at most %d months.",
			kind.LongestMonths)
	case kind.Declaration != nil && (in.Declared == nil || !*in.Declared):
		return market.Evidence{}, market.RefuseField(market.Invalid, "declared", "Confirm the declaration to record this evidence.")
	}
	return market.Evidence{
			ID: uuid.New(), Kind: kind, Reference: in.Reference, ValidFrom: in.ValidFrom, ValidUntil: in.ValidUntil,
			RecordedAt: now, Complete: kind.Declaration != nil,
		},
		market.CheckTexts(market.InputText{Field: "reference", Value: in.Reference, Limit: 200})
}

// RejectEvidence checks that evidence can be rejected: once, with a reason.
func RejectEvidence(e market.Evidence, in RejectEvidenceInput) error {
	if e.RejectedAt != nil {
		return market.Refuse(market.WrongState, "This evidence has already been rejected.")
	}
	return market.CheckTexts(market.InputText{Field: "reason", Value: in.Reason, Limit: 4000})
}
