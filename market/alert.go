package market

import (
	"time"

	"github.com/google/uuid"
)

// AlertKind is what can come due, and somebody is alerted to.
type AlertKind string

// What can come due.
const (
	AlertApplicationOverdue      AlertKind = "APPLICATION_OVERDUE"
	AlertApplicantSilent         AlertKind = "APPLICANT_SILENT"
	AlertAppealOverdue           AlertKind = "APPEAL_OVERDUE"
	AlertRemovalToDecide         AlertKind = "REMOVAL_TO_DECIDE"
	AlertRenewalOverdue          AlertKind = "RENEWAL_OVERDUE"
	AlertSuspensionEnded         AlertKind = "SUSPENSION_ENDED"
	AlertOffersToOpen            AlertKind = "OFFERS_TO_OPEN"
	AlertStandstillEnded         AlertKind = "STANDSTILL_ENDED"
	AlertAwardUnanswered         AlertKind = "AWARD_UNANSWERED"
	AlertPriceUnexplained        AlertKind = "PRICE_UNEXPLAINED"
	AlertFirstDayUnrecorded      AlertKind = "FIRST_DAY_UNRECORDED"
	AlertInspectionBelowStandard AlertKind = "INSPECTION_BELOW_STANDARD"
	AlertAreaUntold              AlertKind = "AREA_UNTOLD"
	AlertSchoolsSilent           AlertKind = "SCHOOLS_SILENT"
	AlertFamilyHeard             AlertKind = "FAMILY_HEARD"
	AlertPlanDue                 AlertKind = "PLAN_DUE"
	AlertPlanOverdue             AlertKind = "PLAN_OVERDUE"
	AlertReviewDue               AlertKind = "REVIEW_DUE"
	AlertTransferDue             AlertKind = "TRANSFER_DUE"
	AlertTribunalNear            AlertKind = "TRIBUNAL_NEAR"
	AlertWordsUnread             AlertKind = "WORDS_UNREAD"
)

// AlertKinds are all of them.
var AlertKinds = []AlertKind{
	AlertApplicationOverdue, AlertApplicantSilent, AlertAppealOverdue, AlertRemovalToDecide, AlertRenewalOverdue, AlertSuspensionEnded, AlertOffersToOpen, AlertStandstillEnded, AlertAwardUnanswered,
	AlertPriceUnexplained, AlertFirstDayUnrecorded, AlertInspectionBelowStandard, AlertAreaUntold, AlertSchoolsSilent, AlertFamilyHeard, AlertPlanDue, AlertPlanOverdue, AlertReviewDue, AlertTransferDue,
	AlertTribunalNear, AlertWordsUnread,
}

// Alert is a time that has come, and that the clock has woken.
type Alert struct {
	ID     uuid.UUID `db:"id"`
	Kind   AlertKind `db:"kind"`
	Due    time.Time `db:"due"`
	At     time.Time `db:"at"`
	Words  string    `db:"words"`
	AboutKind string    `db:"of_kind"`
	AboutID     uuid.UUID `db:"of_id"`
}

// GlobalID is its id to clients.
func (a Alert) GlobalID() ID { return ID{KindAlert, a.ID} }

// About is the id of what it is about.
func (a Alert) About() ID { return ID{a.AboutKind, a.AboutID} }

// How long before a date of a plan somebody is alerted to it. The market's own figures.
const (
	weeksBeforePlan     = 4
	weeksBeforeReview   = 8
	weeksBeforeTransfer = 8
	weeksBeforeTribunal = 4
)

// EhcAlert is when somebody is alerted to something about a plan; At is nil where there is nothing to be alerted to.
type EhcAlert struct {
	Kind AlertKind
	At   *time.Time
}

// Alerts are the times of a plan: what is over when a day ends, what is near when a day begins.
func (d EhcDates) Alerts() []EhcAlert {
	open, drafted := d.FinalisedOn == nil, d.DraftSentOn != nil
	return []EhcAlert{
		{AlertSchoolsSilent, instantOn(!drafted && open, d.SchoolsAnswerBy(), endOfDate)},
		{AlertFamilyHeard, instantOn(open, d.FamilyHeardUntil(), endOfDate)},
		{AlertPlanDue, instantOn(open, new(d.PlanDue()), weeksBefore(weeksBeforePlan))},
		{AlertPlanOverdue, instantOn(open, new(d.PlanDue()), endOfDate)},
		{AlertReviewDue, instantOn(true, d.ReviewDue(), weeksBefore(weeksBeforeReview))},
		{AlertTransferDue, instantOn(true, d.TransferDue(), weeksBefore(weeksBeforeTransfer))},
		{AlertTribunalNear, instantOn(true, d.TribunalOn, weeksBefore(weeksBeforeTribunal))},
	}
}

// instantOn is an instant on a date; nil for none, or where it does not matter.
func instantOn(matters bool, date *Date, at func(Date) time.Time) *time.Time {
	if !matters || date == nil {
		return nil
	}
	return new(at(*date))
}

// endOfDate is when the day of a date is.
func endOfDate(d Date) time.Time { return EndOfDay(d.Time) }

// weeksBefore is the beginning of the day so many weeks before a date.
func weeksBefore(weeks int) func(Date) time.Time {
	return func(d Date) time.Time {
		return time.Date(d.Year(), d.Month(), d.Day()-7*weeks, 0, 0, 0, 0, London)
	}
}
