// Package evaluation has the rules between opening and award: suitability, scores, rankings, price queries, preferences.
package evaluation

import (
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// InviteFamilyInput says whom to invite, and for what.
type InviteFamilyInput struct {
	IdempotencyKey string
	Kind           market.FamilyInvitationKind
	Respondent     market.Respondent
	Need           market.ID
	Placement      *market.ID
}

// FamilyInvitationDays is for how many days a family can use its code.
const FamilyInvitationDays = 60

// InviteFamily makes an invitation: feedback is about a placement, a preference about a need.
func InviteFamily(in InviteFamilyInput, n market.Need, now time.Time) (market.FamilyInvitation, error) {
	if (in.Kind == market.ForFeedback) != (in.Placement != nil) {
		return market.FamilyInvitation{}, market.RefuseField(market.Invalid, "placement",
			"Choose a placement when you ask for feedback, and leave it out otherwise.")
	}
	i := market.FamilyInvitation{
		ID: uuid.New(), Kind: in.Kind, Respondent: in.Respondent, NeedID: n.ID, InvitedAt: now,
		ExpiresAt: market.AddDays(now, FamilyInvitationDays),
	}
	if in.Placement != nil {
		i.PlacementID = &in.Placement.UUID
	}
	return i, nil
}

// RequireUsableInvitation checks that an invitation is for this, not used, and not expired.
func RequireUsableInvitation(i market.FamilyInvitation, kind market.FamilyInvitationKind, now time.Time) error {
	switch {
	case i.Kind != kind:
		return market.Refuse(market.WrongState, "You cannot use this code here. Check what you were asked to do with it.")
	case i.Used():
		return market.Refuse(market.WrongState, "This code has already been used. Ask for a new one if you would like to say more.")
	case now.After(i.ExpiresAt):
		return market.Refuse(market.DeadlinePassed, "This code has expired. Ask for a new one.")
	}
	return nil
}
