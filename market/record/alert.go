// Package record has the duties that wait for somebody, alerts to them, to-do lists and the lines of the log.
package record

import (
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/idkind"
)

// AlertKind is a kind of thing that can come due, which people are alerted to.
type AlertKind string

// The kinds of thing that can come due.
const (
	AlertApplicationOverdue      AlertKind = "APPLICATION_OVERDUE"
	AlertRegistrationToDecide    AlertKind = "REGISTRATION_TO_DECIDE"
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
	AlertNoticeGiven             AlertKind = "NOTICE_GIVEN"
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
	AlertMembershipLapsed        AlertKind = "MEMBERSHIP_LAPSED"
	AlertUrgentPlaceToAgree      AlertKind = "URGENT_PLACE_TO_AGREE"
	AlertQuestionUnanswered      AlertKind = "QUESTION_UNANSWERED"
	AlertScoresUnlocked          AlertKind = "SCORES_UNLOCKED"
	AlertScoresToAgree           AlertKind = "SCORES_TO_AGREE"
	AlertPricesToOpen            AlertKind = "PRICES_TO_OPEN"
	AlertPriceQueried            AlertKind = "PRICE_QUERIED"
	AlertCallEnded               AlertKind = "CALL_ENDED"
	AlertPanelToDecide           AlertKind = "PANEL_TO_DECIDE"
	AlertAreaToApprove           AlertKind = "AREA_TO_APPROVE"
	AlertAwardToApprove          AlertKind = "AWARD_TO_APPROVE"
	AlertAwardDeclined           AlertKind = "AWARD_DECLINED"
	AlertNoticeOverdue           AlertKind = "NOTICE_OVERDUE"
	AlertAgreementUnsigned       AlertKind = "AGREEMENT_UNSIGNED"

	// These have no date: they are in to-do lists and nobody is alerted to them.
	AlertOffersToAssess AlertKind = "OFFERS_TO_ASSESS"
	AlertOffersToAward  AlertKind = "OFFERS_TO_AWARD"
)

// AlertKinds are all of them.
var AlertKinds = []AlertKind{
	AlertRegistrationToDecide, AlertApplicationOverdue, AlertApplicantSilent, AlertAppealOverdue, AlertRemovalToDecide,
	AlertRenewalOverdue, AlertSuspensionEnded, AlertOffersToOpen, AlertStandstillEnded, AlertAwardUnanswered, AlertPriceUnexplained,
	AlertFirstDayUnrecorded, AlertNoticeGiven,
	AlertInspectionBelowStandard, AlertAreaUntold, AlertSchoolsSilent, AlertFamilyHeard,
	AlertPlanDue, AlertPlanOverdue, AlertReviewDue, AlertTransferDue,
	AlertTribunalNear, AlertWordsUnread,
	AlertMembershipLapsed, AlertUrgentPlaceToAgree, AlertQuestionUnanswered, AlertScoresUnlocked, AlertScoresToAgree, AlertPricesToOpen,
	AlertPriceQueried, AlertCallEnded, AlertPanelToDecide, AlertAreaToApprove, AlertAwardToApprove, AlertAwardDeclined, AlertNoticeOverdue,
	AlertAgreementUnsigned,
}

// AlertState is whether the duty of an alert is done.
type AlertState string

// States of an alert.
const (
	AlertOpen AlertState = "OPEN"
	AlertDone AlertState = "DONE"
)

// Alert is something that has come due. The clock worker raised it.
type Alert struct {
	ID        uuid.UUID `db:"id"`
	Kind      AlertKind `db:"kind"`
	Due       time.Time `db:"due"`
	At        time.Time `db:"at"`
	Words     string    `db:"words"`
	AboutKind string    `db:"of_kind"`
	AboutID   uuid.UUID `db:"of_id"`

	Raised int        `db:"raised"`  // how often
	DoneAt *time.Time `db:"done_at"` // nil while it is open
}

// GlobalID is its id to clients.
func (a Alert) GlobalID() market.ID { return market.ID{Kind: idkind.Alert, UUID: a.ID} }

// About is the id of the object that it is about.
func (a Alert) About() market.ID { return market.ID{Kind: a.AboutKind, UUID: a.AboutID} }

// Event is one line of the log as its readers see it. Number orders the log and never leaves the service; ChainID is
// the authority or provider that the chain belongs to.
type Event struct {
	ID          uuid.UUID    `db:"ref"`
	Number      int64        `db:"id"`
	At          time.Time    `db:"at"`
	Person      string       `db:"person"`
	Capacity    string       `db:"capacity"`
	Act         string       `db:"act"`
	ObjectID    uuid.UUID    `db:"object_id"`
	AuthorityID *uuid.UUID   `db:"authority_id"`
	ChainID     uuid.UUID    `db:"chain_id"`
	Changed     market.Texts `db:"changed"`
}

// GlobalID is its id to clients.
func (e Event) GlobalID() market.ID { return market.ID{Kind: idkind.Event, UUID: e.ID} }

// TaskKind is a kind of thing to do.
type TaskKind string

// Task is something that somebody has to do; Due is nil if it should be done now.
type Task struct {
	Kind      TaskKind   `db:"kind"`
	Due       *time.Time `db:"due"`
	Words     string     `db:"words"`
	AboutKind string     `db:"of_kind"`
	AboutID   uuid.UUID  `db:"of_id"`
}

// About is the id of the object that the task is about.
func (t Task) About() market.ID { return market.ID{Kind: t.AboutKind, UUID: t.AboutID} }
