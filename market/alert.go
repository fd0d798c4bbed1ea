package market

import (
	"time"

	"github.com/google/uuid"
)

// AlertKind is what can come due, and somebody is alerted to.
type AlertKind string

// What can come due.
const (
	ApplicationOverdue      AlertKind = "APPLICATION_OVERDUE"
	ApplicantSilent         AlertKind = "APPLICANT_SILENT"
	AppealOverdue           AlertKind = "APPEAL_OVERDUE"
	RemovalToDecide         AlertKind = "REMOVAL_TO_DECIDE"
	RenewalOverdue          AlertKind = "RENEWAL_OVERDUE"
	SuspensionEnded         AlertKind = "SUSPENSION_ENDED"
	OffersToOpen            AlertKind = "OFFERS_TO_OPEN"
	StandstillEnded         AlertKind = "STANDSTILL_ENDED"
	AwardUnanswered         AlertKind = "AWARD_UNANSWERED"
	PriceUnexplained        AlertKind = "PRICE_UNEXPLAINED"
	FirstDayUnrecorded      AlertKind = "FIRST_DAY_UNRECORDED"
	InspectionBelowStandard AlertKind = "INSPECTION_BELOW_STANDARD"
	AreaUntold              AlertKind = "AREA_UNTOLD"
	SchoolsSilent           AlertKind = "SCHOOLS_SILENT"
	FamilyHeard             AlertKind = "FAMILY_HEARD"
	PlanDue                 AlertKind = "PLAN_DUE"
	PlanOverdue             AlertKind = "PLAN_OVERDUE"
	ReviewDue               AlertKind = "REVIEW_DUE"
	TransferDue             AlertKind = "TRANSFER_DUE"
	TribunalNear            AlertKind = "TRIBUNAL_NEAR"
	WordsUnread             AlertKind = "WORDS_UNREAD"
)

// AlertKinds are all of them.
var AlertKinds = []AlertKind{
	ApplicationOverdue, ApplicantSilent, AppealOverdue, RemovalToDecide, RenewalOverdue, SuspensionEnded, OffersToOpen, StandstillEnded, AwardUnanswered,
	PriceUnexplained, FirstDayUnrecorded, InspectionBelowStandard, AreaUntold, SchoolsSilent, FamilyHeard, PlanDue, PlanOverdue, ReviewDue, TransferDue,
	TribunalNear, WordsUnread,
}

// Alert is a time that has come, and that the clock has woken.
type Alert struct {
	ID     uuid.UUID `db:"id"`
	Kind   AlertKind `db:"kind"`
	Due    time.Time `db:"due"`
	At     time.Time `db:"at"`
	Words  string    `db:"words"`
	OfKind string    `db:"of_kind"`
	Of     uuid.UUID `db:"of_id"`
}

// GlobalID is its id to clients.
func (a Alert) GlobalID() ID { return ID{KindAlert, a.ID} }

// About is the id of what it is about.
func (a Alert) About() ID { return ID{a.OfKind, a.Of} }

// How long before a date of a plan somebody is alerted to it. The market's own figures.
const (
	weeksBeforePlan     = 4
	weeksBeforeReview   = 8
	weeksBeforeTransfer = 8
	weeksBeforeTribunal = 4
)

// EhcTime is when somebody is alerted to something about a plan; At is nil where there is nothing to be alerted to.
type EhcTime struct {
	Kind AlertKind
	At   *time.Time
}

// Alerts are the times of a plan: what is over when a day ends, what is near when a day begins.
func (d EhcDates) Alerts() []EhcTime {
	open, drafted := d.FinalisedOn == nil, d.DraftSentOn != nil
	return []EhcTime{
		{SchoolsSilent, when(!drafted && open, d.SchoolsAnswerBy(), over)},
		{FamilyHeard, when(open, d.FamilyHeardUntil(), over)},
		{PlanDue, when(open, new(d.PlanDue()), before(weeksBeforePlan))},
		{PlanOverdue, when(open, new(d.PlanDue()), over)},
		{ReviewDue, when(true, d.ReviewDue(), before(weeksBeforeReview))},
		{TransferDue, when(true, d.TransferDue(), before(weeksBeforeTransfer))},
		{TribunalNear, when(true, d.TribunalOn, before(weeksBeforeTribunal))},
	}
}

// when is an instant on a date; nil for none, or where it does not matter.
func when(matters bool, date *Date, at func(Date) time.Time) *time.Time {
	if !matters || date == nil {
		return nil
	}
	return new(at(*date))
}

// over is when the day of a date is.
func over(d Date) time.Time { return EndOfDay(d.Time) }

// before is the beginning of the day so many weeks before a date.
func before(weeks int) func(Date) time.Time {
	return func(d Date) time.Time {
		return time.Date(d.Year(), d.Month(), d.Day()-7*weeks, 0, 0, 0, 0, London)
	}
}
