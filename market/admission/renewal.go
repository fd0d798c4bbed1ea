package admission

import (
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

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

// AskForRenewalInput asks a member to renew evidence.
type AskForRenewalInput struct {
	IdempotencyKey string
	Membership     market.ID
	Kind           string
	Reason         string
}

// AskForRenewal asks a member to give evidence of a kind again, one request at a time. Admitted participants can be
// asked at any time, and have five working days (PCR 2015 reg 34(22) and (23) (check)).
func AskForRenewal(m market.Membership, earlier []Renewal, kind EvidenceKind, in AskForRenewalInput, terms AdmissionTerms,
	now time.Time,
) (Renewal, error) {
	if m.Status() == market.MembershipEnded {
		return Renewal{}, market.Refuse(market.WrongState, "This membership has ended.")
	}
	for _, r := range earlier {
		if r.Kind.Code == kind.Code && r.RenewedAt == nil {
			return Renewal{}, market.Refuse(market.AlreadyExists,
				"The provider has already been asked to renew this evidence by %s.",
				r.AnswerBy.In(market.London).Format("2 January 2006, 15:04:05"))
		}
	}
	return Renewal{
		ID: uuid.New(), ProviderID: m.ProviderID, Kind: kind, Reason: in.Reason, AskedAt: now,
		AnswerBy: market.AddWorkingDays(now, terms.RenewDays),
	}, market.CheckTexts(market.InputText{Field: "reason", Value: in.Reason, Limit: 4000})
}
