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

// InviteFamily makes an invitation: feedback is about a placement, a preference about a need. answered is the last term in which this
// respondent said how the child is; nil if nobody has. Figures count children, so that one answer a term counts. A new invitation
// replaces one to feedback that was not used.
func InviteFamily(in InviteFamilyInput, n market.Need, answered *market.Date, now time.Time) (market.FamilyInvitation, error) {
	if (in.Kind == market.ForFeedback) != (in.Placement != nil) {
		return market.FamilyInvitation{}, market.RefuseField(market.Invalid, "placement",
			"Choose a placement when you ask for feedback, and leave it out otherwise.")
	}
	if term := market.TermOf(now); in.Kind == market.ForFeedback && answered != nil && answered.Equal(term) {
		return market.FamilyInvitation{}, market.Refuse(market.AlreadyExists,
			"This family has already said how it goes this term. Invite it again from %s.", market.NextTerm(term).Format("2 January 2006"))
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

// ErrNotStartedYet is for feedback about a placement before the child's first day is recorded.
var ErrNotStartedYet = market.Refuse(market.TooEarly,
	"The child has not started there yet: record the first day with startPlacement, and then "+
		"invite the family to say how it goes.")

// RequireUsableInvitation checks that an invitation is for this, not used, and not expired.
func RequireUsableInvitation(i market.FamilyInvitation, kind market.FamilyInvitationKind, now time.Time) error {
	switch {
	case i.Kind != kind:
		return market.Refuse(market.WrongState, "You cannot use this code here. Check what you were asked to do with it.")
	case i.Used():
		return market.Refuse(market.WrongState, "This code has already been used. Ask for a new one if you would like to say more.")
	case i.Replaced():
		return market.Refuse(market.WrongState, "You have been given a newer code. Use that one.")
	case now.After(i.ExpiresAt):
		return market.Refuse(market.DeadlinePassed, "This code has expired. Ask for a new one.")
	}
	return nil
}
