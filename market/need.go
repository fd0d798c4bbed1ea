package market

import (
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market/course"
)

// NeedChange is a change of a published need.
type NeedChange struct {
	NeedID uuid.UUID `db:"need_id"`
	At     time.Time `db:"changed_at"`
	Reason string    `db:"reason"`
	Fields Texts     `db:"fields"`

	OffersVoided bool `db:"offers_voided"`
}

// RequireNotWithdrawn refuses what cannot be done to a withdrawn need.
func RequireNotWithdrawn(n Need) error {
	if n.WithdrawnAt != nil {
		return Refuse(WrongState, "This need has been withdrawn.")
	}
	return nil
}

// AreaDistance is how far away a place outside the authority's area is.
type AreaDistance string

// AreaApprover is the person who approves it.
type AreaApprover string

// The distances, and the approvers.
const (
	AreaNeighbouring           AreaDistance = "NEIGHBOURING"
	AreaDistant                AreaDistance = "DISTANT"
	ApprovedByNominatedOfficer AreaApprover = "NOMINATED_OFFICER"
	ApprovedByDirector         AreaApprover = "DIRECTOR"
)

// AreaApproval is the approval of a place outside the authority's area.
type AreaApproval struct {
	NeedID     uuid.UUID    `db:"need_id"`
	SettingID  *uuid.UUID   `db:"setting_id"`
	AreaCode   *string      `db:"area_code"`
	Distance   AreaDistance `db:"distance"`
	ApprovedBy AreaApprover `db:"approved_by"`
	Grounds    string       `db:"grounds"`
	Emergency  bool         `db:"emergency"`
	AreaToldOn *Date        `db:"area_told_on"`
	ApprovedAt time.Time    `db:"approved_at"`
}

// areaToldWorkingDays after an emergency the area's authority is told: Care Planning, Placement and Case Review (England)
// Regulations 2010 (SI 2010/959), reg 13 (check).
const areaToldWorkingDays = 5

// ToldBy is the time by which the area's authority must be told after an emergency; nil if it was told before.
func (a AreaApproval) ToldBy() *time.Time {
	if !a.Emergency || a.AreaToldOn != nil {
		return nil
	}
	return new(AddWorkingDays(a.ApprovedAt, areaToldWorkingDays))
}

// AreaToldBy is the day of ToldBy.
func (a AreaApproval) AreaToldBy() *Date {
	by := a.ToldBy()
	if by == nil {
		return nil
	}
	return new(NewDate(by.Year(), by.Month(), by.Day()))
}

// Joint is the call for places of several boroughs that a need is part of.
type Joint struct {
	NeedID    uuid.UUID `db:"need_id"`
	ID        uuid.UUID `db:"joint_id"`
	Reference string    `db:"reference"`
}

// LegalBasisEhcPlan is the legal basis of a place that is named in an education, health and care plan.
const LegalBasisEhcPlan LegalBasis = "EHC_PLAN"

// Gender is given where it matters to the place.
type Gender string

// LegalBasis of a place.
type LegalBasis string

// NeedStatus is the state of a need, derived from its dates.
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
	ID              uuid.UUID     `db:"id"`
	AuthorityID     uuid.UUID     `db:"authority_id"`
	LotID           uuid.UUID     `db:"lot_id"`
	Reference       string        `db:"reference"`
	AgeLow          int           `db:"age_low"`
	AgeHigh         int           `db:"age_high"`
	Gender          *Gender       `db:"gender"`
	PrimaryNeed     string        `db:"primary_need"`
	OtherNeeds      Texts         `db:"other_needs"`
	LegalBasis      LegalBasis    `db:"legal_basis"`
	HomeOutcode     string        `db:"home_outcode"`
	TravelMiles     int           `db:"travel_miles"`
	StartFrom       Date          `db:"start_from"`
	StartTo         Date          `db:"start_to"`
	Profile         string        `db:"profile"`
	Outcomes        string        `db:"outcomes"`
	CreatedAt       time.Time     `db:"created_at"`
	PublishedAt     *time.Time    `db:"published_at"`
	Deadline        *time.Time    `db:"deadline"`
	QuestionsUntil  *time.Time    `db:"questions_until"`
	UrgentReason    *string       `db:"urgent_reason"` // nil for a need that is published for competition
	InvitedCount    *int          `db:"invited"`
	Restricted      bool          `db:"restricted"`
	AmendedAt       *time.Time    `db:"amended_at"`
	WithdrawnAt     *time.Time    `db:"withdrawn_at"`
	WithdrawReason  *string       `db:"withdraw_reason"`
	ClosedAt        *time.Time    `db:"closed_at"` // when the clock worker recorded the close, some time after the deadline
	OpenedAt        *time.Time    `db:"opened_at"`
	QualityLockedAt *time.Time    `db:"quality_locked_at"`
	PricesOpenedAt  *time.Time    `db:"prices_opened_at"`
	RankedAt        *time.Time    `db:"ranked_at"`
	Stated          StatedRules   `db:"stated"` // the rules in force when it was published
	Joint           bool          `db:"joint"`
	AsOf            time.Time     `db:"as_of"`
	Course          course.Course `db:"course"` // with its reader; filled where the stage or the next acts are selected
}

// Stage is what is left to do, as its reader can know it.
func (n Need) Stage() course.NeedStage { return n.Course.Stage() }

// NextActs is what comes next, and who does it.
func (n Need) NextActs() []*course.NextAct { return n.Course.NextActs() }

// Rules are the rules that were in force in the market when the need was published. They apply to it until its end.
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
	case n.HasClosed(n.AsOf):
		return NeedClosed
	default:
		return NeedPublished
	}
}

// HasClosed says whether a need takes no more offers: its deadline has passed, or it was closed or opened. What was closed stays closed,
// even if a machine whose clock is behind takes over. A draft has not closed.
func (n Need) HasClosed(now time.Time) bool {
	return n.Deadline != nil && (n.ClosedAt != nil || n.OpenedAt != nil || now.After(*n.Deadline))
}

// Identity is who a child is: personal data, never logged.
type Identity struct {
	Name        string
	DateOfBirth Date
	OtherNames  []string
}

// IdentityPurpose is the reason for viewing an identity.
type IdentityPurpose string

// RequireNotUrgent refuses, for an urgent need, what belongs to a competition.
func RequireNotUrgent(n Need) error {
	if n.UrgentReason != nil {
		return Refuse(WrongState,
			"This need is urgent, so it has no sealed offers: use enterTelephoneOffer to enter what providers offer by telephone.")
	}
	return nil
}
