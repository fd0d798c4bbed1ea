package tendering

import (
	"time"

	"github.com/southeasttogether/dps/market"
)

// AnswerInvitationInput is a provider's answer to an invitation.
type AnswerInvitationInput struct {
	IdempotencyKey string
	Need           market.ID
	Answer         market.InvitationAnswer
	Reason         *market.DeclineReason
}

// AnswerInvitation checks a provider's answer other than an offer. A provider with a sealed offer cannot decline: it
// must withdraw the offer.
func AnswerInvitation(n market.Need, in AnswerInvitationInput, liveOffers int, now time.Time) error {
	switch {
	case n.WithdrawnAt != nil:
		return market.RequireNotWithdrawn(n)
	case n.Deadline == nil || now.After(*n.Deadline):
		return market.Refuse(market.DeadlinePassed, "The deadline has passed.")
	case (in.Answer == market.InvitationDeclined) != (in.Reason != nil):
		return market.RefuseField(market.Invalid, "reason", "Give a reason when you decline, and leave it out otherwise.")
	case in.Answer == market.InvitationDeclined && liveOffers > 0:
		return market.Refuse(market.WrongState, "You have made an offer for this need: withdraw it first.")
	}
	return nil
}
