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

// chaseInterval is how long a provider is left in peace. It is the market's own rule.
const chaseInterval = 24 * time.Hour

// SilentInvitations are the invitations that were not answered. A sealed offer is no answer, because nobody may know of it.
func SilentInvitations(all []*market.Invitation) []*market.Invitation {
	silent := []*market.Invitation{}
	for _, i := range all {
		if i.Answer == nil {
			silent = append(silent, i)
		}
	}
	return silent
}

// ChasesOf are those of one invitation among a need's.
func ChasesOf(i market.Invitation, all []*market.Chase) []*market.Chase {
	own := []*market.Chase{}
	for _, c := range all {
		if c.ProviderID == i.ProviderID {
			own = append(own, c)
		}
	}
	return own
}

// ChaseInvitations checks the chasing of silent providers: while they can still answer, and not every hour. last is when
// they were chased before.
func ChaseInvitations(n market.Need, in ChaseInvitationsInput, last *time.Time, now time.Time) error {
	words := market.InputText{Field: "words", Value: in.Words, Limit: 1000}
	switch err := market.CheckTexts(words); {
	case err != nil:
		return err
	case n.WithdrawnAt != nil:
		return market.RequireNotWithdrawn(n)
	case n.Deadline == nil:
		return market.Refuse(market.WrongState, "This need is not published, so nobody is invited.")
	case now.After(*n.Deadline):
		return market.Refuse(market.DeadlinePassed, "The deadline has passed.")
	case last != nil && now.Before(last.Add(chaseInterval)):
		return market.Refuse(market.TooEarly, "You chased these providers in the last day: you can chase them again from %s.",
			last.Add(chaseInterval).In(market.London).Format("2 January 2006 15:04"))
	}
	return market.CheckAnonymous(words)
}
