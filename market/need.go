package market

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Gender is given where it matters to the place.
type Gender string

// LegalBasis of a place.
type LegalBasis string

// NeedStatus is where a need stands, derived from its dates.
type NeedStatus string

// States of a need.
const (
	NeedDraft     NeedStatus = "DRAFT"
	NeedPublished NeedStatus = "PUBLISHED"
	NeedClosed    NeedStatus = "CLOSED"
	NeedOpened    NeedStatus = "OPENED"
	NeedRanked    NeedStatus = "RANKED"
	NeedWithdrawn NeedStatus = "WITHDRAWN"
)

// Need is what one child needs, anonymised. AsOf is the database's clock when the row was read.
type Need struct {
	ID              uuid.UUID  `db:"id"`
	AuthorityID     uuid.UUID  `db:"authority_id"`
	LotID           uuid.UUID  `db:"lot_id"`
	Reference       string     `db:"reference"`
	AgeLow          int        `db:"age_low"`
	AgeHigh         int        `db:"age_high"`
	Gender          *Gender    `db:"gender"`
	PrimaryNeed     string     `db:"primary_need"`
	OtherNeeds      Texts      `db:"other_needs"`
	LegalBasis      LegalBasis `db:"legal_basis"`
	HomeOutcode     string     `db:"home_outcode"`
	TravelMiles     int        `db:"travel_miles"`
	StartFrom       Date       `db:"start_from"`
	StartTo         Date       `db:"start_to"`
	Profile         string     `db:"profile"`
	Outcomes        string     `db:"outcomes"`
	CreatedAt       time.Time  `db:"created_at"`
	PublishedAt     *time.Time `db:"published_at"`
	Deadline        *time.Time `db:"deadline"`
	QuestionsUntil  *time.Time `db:"questions_until"`
	UrgentReason    *string    `db:"urgent_reason"` // nil for a need that is published for competition
	InvitedCount    *int       `db:"invited"`
	Restricted      bool       `db:"restricted"`
	AmendedAt       *time.Time `db:"amended_at"`
	WithdrawnAt     *time.Time `db:"withdrawn_at"`
	WithdrawReason  *string    `db:"withdraw_reason"`
	OpenedAt        *time.Time `db:"opened_at"`
	QualityLockedAt *time.Time `db:"quality_locked_at"`
	PricesOpenedAt  *time.Time `db:"prices_opened_at"`
	RankedAt        *time.Time `db:"ranked_at"`
	Stated          StatedRules     `db:"stated"` // the rules that were in force when it was published
	Joint           bool       `db:"joint"`
	AsOf            time.Time  `db:"as_of"`
}

// Rules are those that were in force in the market when the need was published: they hold for it to its end.
func (n Need) Rules() []*Rule { return n.Stated.rulePointers() }

// Status derives the state from the dates, as of the database's clock.
func (n Need) Status() NeedStatus {
	switch {
	case n.WithdrawnAt != nil:
		return NeedWithdrawn
	case n.RankedAt != nil:
		return NeedRanked
	case n.OpenedAt != nil:
		return NeedOpened
	case n.Deadline == nil:
		return NeedDraft
	case n.AsOf.After(*n.Deadline):
		return NeedClosed
	default:
		return NeedPublished
	}
}

// InvitationAnswer is what a provider says short of an offer.
type InvitationAnswer string

// Answers to an invitation.
const (
	InvitationIntends  InvitationAnswer = "INTENDS"
	InvitationDeclined InvitationAnswer = "DECLINED"
)

// DeclineReason is a coded reason to decline.
type DeclineReason string

// Invitation is a provider's invitation to a need.
type Invitation struct {
	NeedID     uuid.UUID         `db:"need_id"`
	ProviderID uuid.UUID         `db:"provider_id"`
	InvitedAt  time.Time         `db:"invited_at"`
	Answer     *InvitationAnswer `db:"answer"`
	Reason     *DeclineReason    `db:"reason"`
	AnsweredAt *time.Time        `db:"answered_at"`

	Settings IDs `db:"settings"` // that an urgent need was broadcast to
}

// CreateNeedInput is a need to draft.
type CreateNeedInput struct {
	IdempotencyKey string
	Authority      *ID
	Lot            ID
	AgeLow         int
	AgeHigh        int
	Gender         *Gender
	PrimaryNeed    string
	OtherNeeds     []string
	LegalBasis     LegalBasis
	HomeOutcode    string
	TravelMiles    int
	StartFrom      Date
	StartTo        Date
	Profile        string
	Outcomes       string
	CeilingWeekly  *Decimal
}

// PublishNeedInput publishes a need until a deadline.
type PublishNeedInput struct {
	IdempotencyKey string
	Need           ID
	Deadline       time.Time
	QuestionsUntil *time.Time
	UniqueReason   *string

	Recipients       []ID
	RecipientsReason *string
}

// AnswerInvitationInput is a provider's answer to an invitation.
type AnswerInvitationInput struct {
	IdempotencyKey string
	Need           ID
	Answer         InvitationAnswer
	Reason         *DeclineReason
}

// Identity is who a child is: personal data, never logged.
type Identity struct {
	Name        string
	DateOfBirth Date
}

// RecordIdentityInput records who a child is.
type RecordIdentityInput struct {
	IdempotencyKey string
	Need           ID
	Name           string
	DateOfBirth    Date
}

// IdentityPurpose is why an identity is looked at.
type IdentityPurpose string

// ViewIdentityInput says whose identity to see, and why.
type ViewIdentityInput struct {
	Need    ID
	Purpose IdentityPurpose
}

// DraftNeed makes a draft that refines the lot and does not name the child.
func DraftNeed(in CreateNeedInput, lot Lot) (Need, error) {
	if err := checkNeed(in, lot); err != nil {
		return Need{}, err
	}
	return Need{
		ID: uuid.New(), LotID: lot.ID, Reference: newReference(), AgeLow: in.AgeLow, AgeHigh: in.AgeHigh, Gender: in.Gender,
		PrimaryNeed: in.PrimaryNeed, OtherNeeds: in.OtherNeeds, LegalBasis: in.LegalBasis, HomeOutcode: in.HomeOutcode,
		TravelMiles: in.TravelMiles, StartFrom: in.StartFrom, StartTo: in.StartTo, Profile: in.Profile, Outcomes: in.Outcomes,
	}, nil
}

var outcodePattern = regexp.MustCompile(`^[A-Z]{1,2}[0-9][A-Z0-9]?$`)

func checkNeed(in CreateNeedInput, lot Lot) error {
	profile, outcomes := InputText{"profile", in.Profile, 4000}, InputText{"outcomes", in.Outcomes, 4000}
	if err := checkTexts(profile, outcomes); err != nil {
		return err
	}
	if err := checkNeedTypes("primaryNeed", append([]string{in.PrimaryNeed}, in.OtherNeeds...)); err != nil {
		return err
	}
	switch {
	case in.AgeLow > in.AgeHigh || in.AgeLow < lot.AgeLow || in.AgeHigh > lot.AgeHigh:
		return RefuseField(Invalid, "ageHigh", "The age band lies inside the lot's, %d to %d, the lower age first.", lot.AgeLow, lot.AgeHigh)
	case !slices.Contains(lot.Needs, in.PrimaryNeed):
		return RefuseField(Invalid, "primaryNeed", "The primary need is one of the lot's.")
	case !outcodePattern.MatchString(in.HomeOutcode):
		return RefuseField(Invalid, "homeOutcode", "Give only the first part of the postcode, in capitals, for example BN11.")
	case in.TravelMiles < 0 || in.TravelMiles > 500:
		return RefuseField(Invalid, "travelMiles", "Give miles from 0 to 500.")
	case in.StartTo.Before(in.StartFrom.Time):
		return RefuseField(Invalid, "startTo", "The latest start is not before the earliest.")
	case in.CeilingWeekly != nil && (!in.CeilingWeekly.IsPositive() || in.CeilingWeekly.GreaterThan(mostWeeklyPounds.Decimal)):
		return RefuseField(Invalid, "ceilingWeekly", "A ceiling is above zero and at most %s pounds a week.", mostWeeklyPounds.Text())
	}
	return CheckAnonymous(profile, outcomes)
}

// newReference is a name to say aloud, random so that it reveals no order: no vowels, which make words, and no digits, with
// which it could read as a postcode.
func newReference() string {
	const letters = "BCDFGHJKLMNPQRSTVWXZ"
	raw := uuid.New()
	name := []byte("N-")
	for _, b := range raw[9:16] { // past the bits that say which kind of UUID it is
		name = append(name, letters[int(b)%len(letters)])
	}
	return string(name)
}

// PublishNeed checks the publishing of a draft: not before the regime's first call, with at least its tender period
// (PCR 2015 reg 34(14): ten days; Procurement Act 2023: as stated), inside the market's life, and with a reason where no
// other need of the authority is alike, because such a profile may lead to a child. The hardest-to-place child is
// published all the same.
func PublishNeed(n Need, in PublishNeedInput, m Market, alike int, now time.Time) error {
	first, tender := m.Rule(RuleFirstCallDays), m.Rule(RuleTenderDays)
	firstCall, earliest := AddDays(m.NoticeAt, first.Value), AddDays(now, tender.Value)
	switch {
	case n.WithdrawnAt != nil:
		return requireNotWithdrawn(n)
	case n.PublishedAt != nil:
		return Refuse(WrongState, "This need is published already.")
	case now.Before(firstCall):
		return Refuse(TooEarly, "The first need of this market may be published from %s (%s).", firstCall.In(London).Format("2 January 2006"), first.Source)
	case in.Deadline.Before(earliest):
		return RefuseField(TooEarly, "deadline", "The deadline is at least %d days after publishing: not before %s (%s).", tender.Value,
			earliest.In(London).Format("2 January 2006 15:04"), tender.Source)
	case in.Deadline.After(EndOfDay(n.StartTo.Time)):
		return RefuseField(Invalid, "deadline", "The child is to begin on %s at the latest, which is before the deadline: set it earlier, or amend the need.", n.StartTo)
	case in.Deadline.After(EndOfDay(m.EndsOn.Time)):
		return RefuseField(Invalid, "deadline", "The market ends on %s.", m.EndsOn)
	case alike == 0 && (in.UniqueReason == nil || strings.TrimSpace(*in.UniqueReason) == ""):
		return RefuseField(UniqueProfile, "uniqueReason", "No other need of yours is like this one, so the profile may lead to the child: make it wider, or say why it is published all the same.")
	}
	if err := checkQuestionsUntil(in, now); err != nil {
		return err
	}
	if err := checkRecipients(in, m.Regime, alike); err != nil {
		return err
	}
	return checkPublished(n, in)
}

// checkPublished looks once more for identifiers in all that is kept of a published need in plain.
func checkPublished(n Need, in PublishNeedInput) error {
	texts := []InputText{{"profile", n.Profile, 4000}, {"outcomes", n.Outcomes, 4000}}
	if in.UniqueReason != nil {
		texts = append(texts, InputText{"uniqueReason", *in.UniqueReason, 4000})
	}
	if err := checkLengths(texts...); err != nil {
		return err
	}
	return CheckAnonymous(texts...)
}

// AnswerInvitation checks a provider's answer short of an offer. A provider whose offer is sealed does not decline: it
// withdraws.
func AnswerInvitation(n Need, in AnswerInvitationInput, liveOffers int, now time.Time) error {
	switch {
	case n.WithdrawnAt != nil:
		return requireNotWithdrawn(n)
	case n.Deadline == nil || now.After(*n.Deadline):
		return Refuse(DeadlinePassed, "The deadline has passed.")
	case (in.Answer == InvitationDeclined) != (in.Reason != nil):
		return RefuseField(Invalid, "reason", "Give a reason when you decline, and only then.")
	case in.Answer == InvitationDeclined && liveOffers > 0:
		return Refuse(WrongState, "You have an offer here: withdraw it first.")
	}
	return nil
}

// RecordIdentity checks who a child is.
func RecordIdentity(in RecordIdentityInput, now time.Time) (Identity, error) {
	if err := checkTexts(InputText{"name", in.Name, 200}); err != nil {
		return Identity{}, err
	}
	if in.DateOfBirth.After(now) || in.DateOfBirth.Before(now.AddDate(-26, 0, 0)) {
		return Identity{}, RefuseField(Invalid, "dateOfBirth", "Give the date of birth of a child or young person up to 25.")
	}
	return Identity{Name: in.Name, DateOfBirth: in.DateOfBirth}, nil
}
