package admission

import (
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// AskForRenewalInput asks a member to renew evidence.
type AskForRenewalInput struct {
	IdempotencyKey string
	Membership     market.ID
	Kind           string
	Reason         string
}

// AskForRenewal asks a member to give evidence of a kind again, one request at a time. Admitted participants can be
// asked at any time, and have five working days (PCR 2015 reg 34(22) and (23) (check)).
func AskForRenewal(m market.Membership, earlier []market.Renewal, kind market.EvidenceKind, in AskForRenewalInput, terms AdmissionTerms,
	now time.Time,
) (market.Renewal, error) {
	if m.Status() == market.MembershipEnded {
		return market.Renewal{}, market.Refuse(market.WrongState, "This membership has ended.")
	}
	for _, r := range earlier {
		if r.Kind.Code == kind.Code && r.RenewedAt == nil {
			return market.Renewal{}, market.Refuse(market.AlreadyExists,
				"The provider has already been asked to renew this evidence by %s.",
				r.AnswerBy.In(market.London).Format("2 January 2006, 15:04:05"))
		}
	}
	return market.Renewal{
		ID: uuid.New(), ProviderID: m.ProviderID, Kind: kind, Reason: in.Reason, AskedAt: now,
		AnswerBy: market.AddWorkingDays(now, terms.RenewDays),
	}, market.CheckTexts(market.InputText{Field: "reason", Value: in.Reason, Limit: 4000})
}
