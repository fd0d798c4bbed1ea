package market

import (
	"strings"
	"time"

	"github.com/google/uuid"
)

// FamilyInvitationKind is what an invitation is for.
type FamilyInvitationKind string

// Kinds of invitation of a family.
const (
	ForPreference FamilyInvitationKind = "PREFERENCE"
	ForFeedback   FamilyInvitationKind = "FEEDBACK"
)

// FamilyInvitation is a one-time invitation of a family. The code is not part of it: only its hash is stored.
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
	FoundRoute       *Route               `db:"route"` // by which the place was, as of the invitation
	AsOf        time.Time            `db:"as_of"`
}

// Used says whether the invitation was used.
func (i FamilyInvitation) Used() bool { return i.UsedAt != nil }

// Route is how the place was found, in plain words; nil while none is.
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

// Figure is what families say on one question, over at least the market's minimum of answers.
type Figure struct {
	Question   string
	Respondent Respondent
	Answers    int
	Mean       Decimal
}

// WordsDecision is what happens with free words.
type WordsDecision string

// Decisions about free words.
const (
	WordsReleased WordsDecision = "RELEASED"
	WordsHeld     WordsDecision = "HELD"
	WordsReferred WordsDecision = "REFERRED"
)

// FeedbackWords is what a family said in free words about a placement.
type FeedbackWords struct {
	ID          uuid.UUID      `db:"id"`
	PlacementID uuid.UUID      `db:"placement_id"`
	AuthorityID uuid.UUID      `db:"authority_id"`
	Respondent  Respondent     `db:"respondent"`
	Words       string         `db:"-"`
	MayContact  bool           `db:"may_contact"`
	ReceivedAt  time.Time      `db:"received_at"`
	ReadBy      time.Time      `db:"read_by"`
	Decision    *WordsDecision `db:"decision"`
}

// InviteFamilyInput says whom to invite to what.
type InviteFamilyInput struct {
	IdempotencyKey string
	Kind           FamilyInvitationKind
	Respondent     Respondent
	Need           ID
	Placement      *ID
}

// GiveFeedbackInput is how it goes, in a family's own hand.
type GiveFeedbackInput struct {
	Ratings    []RatingInput
	Words      *string
	MayContact bool
}

// HasWords says whether there are free words beside the ratings.
func (in GiveFeedbackInput) HasWords() bool {
	return in.Words != nil && strings.TrimSpace(*in.Words) != ""
}

// RatingInput is an answer to one question.
type RatingInput struct {
	Question string
	Value    int
}

// DecideWordsInput is a decision about free words.
type DecideWordsInput struct {
	IdempotencyKey string
	Words          ID
	Decision       WordsDecision
}

// How long an invitation of a family can be used, and how soon free words are read. The market's own rules.
const (
	FamilyInvitationDays       = 60
	ReadWordsWithinHours = 24
)

// FeedbackPromise is what a family is told before writing.
const FeedbackPromise = "Someone whose job is keeping children safe reads this first. If you may not be safe, they must tell people who can help. " +
	"Your ratings are mixed with other people's before anyone sees them."

// PreferencePromise is what a family is told before it says what it would like.
const PreferencePromise = "The people who look for the right place read what you would like, and write down what they did with it."

// FeedbackPromise is what the holder of this invitation is told before writing.
func (i FamilyInvitation) Promise() string {
	if i.Kind == ForPreference {
		return PreferencePromise
	}
	return FeedbackPromise
}

// InviteFamily makes an invitation: feedback is about a placement, a preference about a need.
func InviteFamily(in InviteFamilyInput, n Need, now time.Time) (FamilyInvitation, error) {
	if (in.Kind == ForFeedback) != (in.Placement != nil) {
		return FamilyInvitation{}, RefuseField(Invalid, "placement", "Name the placement for feedback, and only then.")
	}
	i := FamilyInvitation{ID: uuid.New(), Kind: in.Kind, Respondent: in.Respondent, NeedID: n.ID, InvitedAt: now, ExpiresAt: AddDays(now, FamilyInvitationDays)}
	if in.Placement != nil {
		i.PlacementID = &in.Placement.UUID
	}
	return i, nil
}

// RequireUsableInvitation checks that an invitation is for this, not used, and not expired.
func RequireUsableInvitation(i FamilyInvitation, kind FamilyInvitationKind, now time.Time) error {
	switch {
	case i.Kind != kind:
		return Refuse(WrongState, "This code is for something else.")
	case i.Used():
		return Refuse(WrongState, "This code was used. Ask for a new one if you would like to say more.")
	case now.After(i.ExpiresAt):
		return Refuse(DeadlinePassed, "This code has run out. Ask for a new one.")
	}
	return nil
}

// GiveFeedback checks that every question of the set has one answer from 1 to 5.
func GiveFeedback(in GiveFeedbackInput, questions []string) error {
	answered := map[string]bool{}
	for _, r := range in.Ratings {
		if r.Value < 1 || r.Value > 5 {
			return RefuseField(Invalid, "ratings.value", "Answer from 1 (not at all) to 5 (very much).")
		}
		answered[r.Question] = true
	}
	for _, q := range questions {
		if !answered[q] {
			return RefuseField(Invalid, "ratings", "Answer each question once.")
		}
	}
	if len(in.Ratings) != len(questions) {
		return RefuseField(Invalid, "ratings", "Answer each question once.")
	}
	if in.Words != nil {
		return checkLengths(InputText{"words", *in.Words, 4000})
	}
	return nil
}

// ReadWordsBy is until when the safeguarding lead must have read free words: a disclosure cannot wait for a working day.
func ReadWordsBy(received time.Time) time.Time {
	return received.Add(ReadWordsWithinHours * time.Hour)
}
