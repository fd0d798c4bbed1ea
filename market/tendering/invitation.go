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

// AnswerInvitation checks a provider's answer other than an offer. Only an active member can intend to offer; who is
// suspended or has left can still decline. A provider with a sealed offer cannot decline: it must withdraw the offer.
func AnswerInvitation(n market.Need, in AnswerInvitationInput, live *market.Membership, liveOffers int, now time.Time) error {
	switch {
	case n.WithdrawnAt != nil:
		return market.RequireNotWithdrawn(n)
	case n.Deadline == nil || n.HasClosed(now):
		return market.ErrDeadlinePassed
	case (in.Answer == market.InvitationDeclined) != (in.Reason != nil):
		return market.RefuseField(market.Invalid, "reason", "Give a reason when you decline, and leave it out otherwise.")
	case in.Answer == market.InvitationIntends && !market.IsActiveMember(live):
		return market.Refuse(market.NotAdmitted, "You can only say that you intend to offer if you are an active member of the lot.")
	case in.Answer == market.InvitationDeclined && liveOffers > 0:
		return market.Refuse(market.WrongState, "You have made an offer for this need: withdraw it first.")
	}
	return nil
}

// InvitationFacts are what there is to know when a provider answers an invitation, read under the locks of the needs.
type InvitationFacts struct {
	Call        []market.Need       // the need, then the others of its joint call
	Memberships []market.Membership // of the provider, that have not ended
	Live        []market.Offer      // of the provider to these needs, not withdrawn
}

// AnswerInvitations gives the needs whose invitations the answer is for.
func AnswerInvitations(in AnswerInvitationInput, f InvitationFacts) ([]market.Need, error) {
	if len(f.Call) == 0 {
		return nil, market.Absent("need")
	}
	needs := NeedsAtOneStage(f.Call)
	for _, need := range needs {
		live := 0
		for _, offer := range f.Live {
			if offer.NeedID == need.ID {
				live++
			}
		}
		if err := AnswerInvitation(need, in, membershipOf(f.Memberships, need.LotID), live, need.AsOf); err != nil {
			return nil, err
		}
	}
	return needs, nil
}
