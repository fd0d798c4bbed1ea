package market

import (
	"time"

	"github.com/google/uuid"
)

// FamilyInvitationKind is the purpose of an invitation.
type FamilyInvitationKind string

// Kinds of invitation of a family.
const (
	ForPreference FamilyInvitationKind = "PREFERENCE"
	ForFeedback   FamilyInvitationKind = "FEEDBACK"
)

// FamilyInvitation is a one-time invitation of a family. It does not contain the code: only the code's hash is stored.
type FamilyInvitation struct {
	ID          uuid.UUID            `db:"id"`
	Kind        FamilyInvitationKind `db:"kind"`
	Respondent  Respondent           `db:"respondent"`
	AuthorityID uuid.UUID            `db:"authority_id"`
	NeedID      uuid.UUID            `db:"need_id"`
	PlacementID *uuid.UUID           `db:"placement_id"`
	InvitedAt   time.Time            `db:"invited_at"`
	ExpiresAt   time.Time            `db:"expires_at"`
	UsedAt      *time.Time           `db:"used_at"`
	ReplacedAt  *time.Time           `db:"replaced_at"` // when a newer code was made for the same family
	FoundRoute  *Route               `db:"route"`       // the route to the place, as of the invitation
	AsOf        time.Time            `db:"as_of"`
}

// Used says whether the invitation was used.
func (i FamilyInvitation) Used() bool { return i.UsedAt != nil }

// Replaced says whether a newer code took its place.
func (i FamilyInvitation) Replaced() bool { return i.ReplacedAt != nil }

// Route is how the place was found, in plain words; nil while there is no place.
func (i FamilyInvitation) Route() *string {
	if i.FoundRoute == nil {
		return nil
	}
	return new(RouteWordsForFamily(*i.FoundRoute))
}

// Question is answered from 1 (not at all) to 5 (very much).
type Question struct {
	Respondent Respondent `db:"respondent"`
	Code       string     `db:"code"`
	Words      string     `db:"words"`
}

// FeedbackPromise is what a family is told before writing.
const FeedbackPromise = "Someone whose job is keeping children safe reads this first. If you might not be safe, they must tell " +
	"people who can help. " +
	"Your ratings are mixed with other people's before anyone sees them."

// PreferencePromise is what a family is told before it says what it would like.
const PreferencePromise = "The people who look for the right place read what you would like, and write down what they did with it."

// Promise is what the holder of this invitation is told before writing.
func (i FamilyInvitation) Promise() string {
	if i.Kind == ForPreference {
		return PreferencePromise
	}
	return FeedbackPromise
}

// NamingGround is a ground on which an authority can refuse to name the school that a family asks for.
type NamingGround string

// The grounds of the Children and Families Act 2014, s 39(4): (a), (b)(i) and (b)(ii).
const (
	GroundUnsuitable        NamingGround = "UNSUITABLE"
	GroundEducationOfOthers NamingGround = "EFFICIENT_EDUCATION_OF_OTHERS"
	GroundUseOfResources    NamingGround = "EFFICIENT_USE_OF_RESOURCES"
)

// Naming is a decision on a school that a family asks to have named.
type Naming struct {
	ID           uuid.UUID     `db:"id"`
	PreferenceID uuid.UUID     `db:"preference_id"`
	SettingID    uuid.UUID     `db:"setting_id"`
	Named        bool          `db:"named"`
	Ground       *NamingGround `db:"ground"`
	Reasons      string        `db:"-"`
	ConsultedOn  Date          `db:"consulted_on"`
	DecidedAt    time.Time     `db:"decided_at"`
}

// Respondent is the person who speaks for a family.
type Respondent string

// The people who can speak for a family.
const (
	RespondentParent      Respondent = "PARENT"
	RespondentYoungPerson Respondent = "YOUNG_PERSON"
)

// Preference is what a family would like, and what was done with it.
type Preference struct {
	ID         uuid.UUID  `db:"id"`
	NeedID     uuid.UUID  `db:"need_id"`
	Respondent Respondent `db:"respondent"`
	SettingID  *uuid.UUID `db:"setting_id"`
	Words      string     `db:"-"`
	EnteredFor bool       `db:"entered_for"`
	GivenAt    time.Time  `db:"given_at"`
	Effect     *string    `db:"effect"`
	EffectAt   *time.Time `db:"effect_at"`
}
