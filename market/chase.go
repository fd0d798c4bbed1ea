package market

import (
	"time"

	"github.com/google/uuid"
)

// Chase is a reminder of an invitation that was not answered.
type Chase struct {
	NeedID     uuid.UUID `db:"need_id"`
	ProviderID uuid.UUID `db:"provider_id"`
	Words      string    `db:"words"`
	SentAt     time.Time `db:"sent_at"`
}

// ChaseInvitationsInput says which need's silent providers to chase, and how.
type ChaseInvitationsInput struct {
	IdempotencyKey string
	Need           ID
	Words          string
}

// chaseInterval is how long a provider is left in peace. It is the market's own rule.
const chaseInterval = 24 * time.Hour

// SilentInvitations are the invitations that were not answered. A sealed offer is no answer, because nobody may know of it.
func SilentInvitations(all []*Invitation) []*Invitation {
	silent := []*Invitation{}
	for _, i := range all {
		if i.Answer == nil {
			silent = append(silent, i)
		}
	}
	return silent
}

// ChasesOf are those of one invitation among a need's.
func ChasesOf(i Invitation, all []*Chase) []*Chase {
	own := []*Chase{}
	for _, c := range all {
		if c.ProviderID == i.ProviderID {
			own = append(own, c)
		}
	}
	return own
}

// ChaseInvitations checks the chasing of silent providers: while they can still answer, and not every hour. last is when
// they were chased before.
func ChaseInvitations(n Need, in ChaseInvitationsInput, last *time.Time, now time.Time) error {
	words := InputText{"words", in.Words, 1000}
	switch err := checkTexts(words); {
	case err != nil:
		return err
	case n.WithdrawnAt != nil:
		return requireNotWithdrawn(n)
	case n.Deadline == nil:
		return Refuse(WrongState, "This need is not published: nobody is invited.")
	case now.After(*n.Deadline):
		return Refuse(DeadlinePassed, "The deadline has passed.")
	case last != nil && now.Before(last.Add(chaseInterval)):
		return Refuse(TooEarly, "They were chased within the last day: chase again from %s.", last.Add(chaseInterval).In(London).Format("2 January 2006 15:04"))
	}
	return CheckAnonymous(words)
}
