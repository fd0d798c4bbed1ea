package tendering

import (
	"time"

	"github.com/southeasttogether/dps/market"
)

// ChaseInvitationsInput says which need's silent providers to chase, and how.
type ChaseInvitationsInput struct {
	IdempotencyKey string
	Need           market.ID
	Words          string
}

// chaseInterval is the least time between two chases of a provider. It is the market's own rule.
const chaseInterval = 24 * time.Hour

// SilentInvitations are the invitations without an answer. A sealed offer does not count as an answer, because nobody
// must know about it.
func SilentInvitations(all []*market.Invitation) []*market.Invitation {
	silent := []*market.Invitation{}
	for _, i := range all {
		if i.Answer == nil {
			silent = append(silent, i)
		}
	}
	return silent
}

// ChasesOf are the chases of one invitation among those of a need.
func ChasesOf(i market.Invitation, all []*market.Chase) []*market.Chase {
	own := []*market.Chase{}
	for _, c := range all {
		if c.ProviderID == i.ProviderID {
			own = append(own, c)
		}
	}
	return own
}

// ChaseInvitations checks a chase of silent providers: they must still be able to answer, and must not have been chased
// too recently. last is when they were last chased.
func ChaseInvitations(n market.Need, in ChaseInvitationsInput, last *time.Time, now time.Time) error {
	words := market.InputText{Field: "words", Value: in.Words, Limit: 1000}
	switch err := market.CheckTexts(words); {
	case err != nil:
		return err
	case n.WithdrawnAt != nil:
		return market.RequireNotWithdrawn(n)
	case n.Deadline == nil:
		return market.Refuse(market.WrongState, "This need is not published, so nobody is invited.")
	case n.HasClosed(now):
		return market.ErrDeadlinePassed
	case last != nil && now.Before(last.Add(chaseInterval)):
		return market.Refuse(market.TooEarly, "You chased these providers in the last day: you can chase them again from %s.",
			last.Add(chaseInterval).In(market.London).Format("2 January 2006 15:04"))
	}
	return market.CheckAnonymous(words)
}
