package market

import (
	"time"

	"github.com/google/uuid"
)

// Renewal is a request to renew evidence. RenewedAt is when the provider gave evidence of the kind after it was asked.
type Renewal struct {
	ID         uuid.UUID    `db:"id"`
	ProviderID uuid.UUID    `db:"provider_id"`
	Kind       EvidenceKind `db:"k"`
	Reason     string       `db:"reason"`
	AskedAt    time.Time    `db:"asked_at"`
	AnswerBy   time.Time    `db:"answer_by"`
	RenewedAt  *time.Time   `db:"renewed_at"`
}

// AskForRenewalInput asks a member to renew evidence.
type AskForRenewalInput struct {
	IdempotencyKey string
	Membership     ID
	Kind           string
	Reason         string
}

// AskForRenewal asks a member to give evidence of a kind anew, one request at a time. Admitted participants may be asked at
// any time, and have five working days (PCR 2015 reg 34(22) and (23) (check)).
func AskForRenewal(m Membership, earlier []Renewal, kind EvidenceKind, in AskForRenewalInput, terms AdmissionTerms, now time.Time) (Renewal, error) {
	if m.Status() == MembershipEnded {
		return Renewal{}, Refuse(WrongState, "This membership has ended.")
	}
	for _, r := range earlier {
		if r.Kind.Code == kind.Code && r.RenewedAt == nil {
			return Renewal{}, Refuse(AlreadyExists, "The provider was asked for this, until %s.", r.AnswerBy.In(London).Format("2 January 2006, 15:04:05"))
		}
	}
	return Renewal{
		ID: uuid.New(), ProviderID: m.ProviderID, Kind: kind, Reason: in.Reason, AskedAt: now, AnswerBy: AddWorkingDays(now, terms.RenewDays),
	}, checkTexts(InputText{"reason", in.Reason, 4000})
}
