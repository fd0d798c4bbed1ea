package record

import (
	"slices"
	"time"

	"github.com/southeasttogether/dps/market"
)

// Duty is what waits for somebody to act: whose it is, which acts answer it, and how often people are alerted to it. When it is due, the
// database's function waiting says.
type Duty struct {
	Name       AlertKind // alerts have it as their kind
	Capacity   string    // whose it is
	Delegable  string    // what an authority delegates to its consortium with it; empty if it cannot be delegated
	Task       TaskKind  // as a to-do list says it; empty where it waits for somebody else
	AnsweredBy []string  // acts of the policy
	AgainDays  int       // working days after which it is raised again while nobody does it; 0 if it is raised once
}

// remindDays are the working days after which most alerts come again.
const remindDays = 5

var planActs = []string{"ehc.record", "need.withdraw", "need.discard"}

// Duties are all of them. Two capacities can share a name.
var Duties = []Duty{
	{
		AlertRegistrationToDecide, "market_manager", "", "DECIDE_REGISTRATION",
		[]string{"registration.decide", "registration.withdraw"},
		remindDays,
	},
	{
		AlertApplicationOverdue, "market_manager", "", "DECIDE_APPLICATION",
		[]string{"application.decide", "application.extend", "application.withdraw"},
		remindDays,
	},
	{AlertApplicantSilent, "market_manager", "", "", []string{"application.decide", "application.answer", "application.withdraw"}, remindDays},
	{AlertAppealOverdue, "market_manager", "", "DECIDE_APPEAL", []string{"application.review"}, remindDays},
	{AlertRemovalToDecide, "market_manager", "", "DECIDE_REMOVAL", []string{"membership.remove"}, remindDays},
	{AlertRenewalOverdue, "market_manager", "", "FOLLOW_UP_RENEWAL", []string{"evidence.record", "evidence.upload"}, remindDays},
	{AlertSuspensionEnded, "market_manager", "", "", []string{"membership.suspend", "membership.remove", "membership.leave"}, 0},
	{AlertMembershipLapsed, "market_manager", "", "", []string{"membership.remove", "membership.leave"}, 0},
	{AlertMembershipLapsed, "bids_manager", "", "", []string{"evidence.record", "evidence.upload", "membership.leave"}, remindDays},
	{AlertOffersToOpen, "opening_officer", "EVALUATE", "OPEN_OFFERS", []string{"offer.open", "need.withdraw"}, remindDays},
	// A commissioner opens and scores where the lot asks for one evaluator.
	{AlertOffersToOpen, "commissioner", "", "OPEN_OFFERS", []string{"offer.open", "need.withdraw"}, remindDays},
	{AlertUrgentPlaceToAgree, "commissioner", "", "PROPOSE_PLACE", []string{"route.take", "need.withdraw"}, 1},
	{
		AlertQuestionUnanswered, "commissioner", "PUBLISH", "ANSWER_QUESTIONS",
		[]string{"clarification.answer", "need.withdraw", "need.amend"},
		1,
	},
	{AlertOffersToAssess, "commissioner", "EVALUATE", "ASSESS_SUITABILITY", []string{"suitability.assess"}, 0},
	{AlertScoresUnlocked, "evaluator", "EVALUATE", "SCORE_OFFERS", []string{"score.lock", "no_award.end"}, remindDays},
	{AlertScoresUnlocked, "commissioner", "", "SCORE_OFFERS", []string{"score.lock", "no_award.end"}, remindDays},
	{AlertScoresToAgree, "moderator", "", "AGREE_SCORES", []string{"moderation.lock", "no_award.end"}, remindDays},
	{AlertPricesToOpen, "opening_officer", "EVALUATE", "OPEN_PRICES", []string{"offer.open", "no_award.end"}, remindDays},
	{AlertPriceQueried, "bids_manager", "", "", []string{"price_query.answer", "price_query.decide"}, 1},
	{AlertCallEnded, "bids_manager", "", "", []string{"need.withdraw"}, 0}, // nobody has to act: it ends when it is old
	{AlertPriceUnexplained, "commissioner", "EVALUATE", "DECIDE_PRICE_QUERY", []string{"price_query.decide"}, remindDays},
	{AlertOffersToAward, "commissioner", "AWARD", "PROPOSE_AWARD", []string{"award.propose", "no_award.end"}, 0},
	{
		AlertAwardToApprove, "approver", "", "APPROVE_AWARD",
		[]string{"award.approve", "award.reject", "award.withdraw", "route.approve"},
		remindDays,
	},
	{
		AlertPanelToDecide, "commissioner", "", "RECORD_PANEL_DECISION",
		[]string{"panel.record", "award.reject", "award.withdraw"},
		remindDays,
	},
	{
		AlertAreaToApprove, "approver", "", "APPROVE_AREA",
		[]string{"area.approve", "award.reject", "award.withdraw", "award.respond"},
		remindDays,
	},
	{AlertStandstillEnded, "commissioner", "", "", []string{"award.respond"}, 0},
	{AlertAwardUnanswered, "commissioner", "AWARD", "PROPOSE_AWARD", []string{"award.propose", "no_award.end"}, remindDays},
	{AlertAwardDeclined, "commissioner", "AWARD", "PROPOSE_AWARD", []string{"award.propose", "no_award.end"}, remindDays},
	{AlertNoticeOverdue, "commissioner", "AWARD", "RECORD_AWARD_NOTICE", []string{"award_notice.record", "placement.cancel"}, remindDays},
	{AlertAgreementUnsigned, "commissioner", "MANAGE", "SIGN_AGREEMENT", []string{"agreement.sign", "placement.cancel"}, remindDays},
	{AlertAgreementUnsigned, "bids_manager", "", "", []string{"agreement.sign", "route.sign", "placement.cancel"}, remindDays},
	{AlertFirstDayUnrecorded, "commissioner", "MANAGE", "RECORD_FIRST_DAY", []string{"placement.start", "placement.cancel"}, remindDays},
	{AlertNoticeGiven, "commissioner", "MANAGE", "RECORD_END", []string{"placement.end", "placement.cancel"}, remindDays},
	{AlertInspectionBelowStandard, "commissioner", "MANAGE", "REVIEW_PLACEMENT", []string{"placement.end"}, 0},
	{AlertAreaUntold, "commissioner", "", "TELL_AREA", []string{"area.approve"}, remindDays},
	{AlertSchoolsSilent, "commissioner", "", "FOLLOW_PLAN", planActs, 0},
	{AlertFamilyHeard, "commissioner", "", "FOLLOW_PLAN", planActs, 0},
	{AlertPlanDue, "commissioner", "", "FOLLOW_PLAN", planActs, 0},
	{AlertPlanOverdue, "commissioner", "", "FOLLOW_PLAN", planActs, remindDays},
	{AlertReviewDue, "commissioner", "", "FOLLOW_PLAN", planActs, 0},
	{AlertTransferDue, "commissioner", "", "FOLLOW_PLAN", planActs, 0},
	{AlertTribunalNear, "commissioner", "", "FOLLOW_PLAN", planActs, 0},
	{AlertWordsUnread, "safeguarding_lead", "", "READ_WORDS", []string{"words.decide"}, 1},
}

// FindDuty finds a duty by its name and whose it is; with an empty capacity, the first of the name.
func FindDuty(name AlertKind, capacity string) *Duty {
	i := slices.IndexFunc(Duties, func(d Duty) bool { return d.Name == name && (capacity == "" || d.Capacity == capacity) })
	if i < 0 {
		return nil
	}
	return &Duties[i]
}

// AgainAt is when an alert that is raised now is raised again; nil if it is raised once.
func (d Duty) AgainAt(now time.Time) *time.Time {
	if d.AgainDays == 0 {
		return nil
	}
	return new(market.AddWorkingDays(now, d.AgainDays))
}
