package admission

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// MembershipStepKind says what happened to a membership.
type MembershipStepKind string

// Kinds of step in a membership's history.
const (
	StepAdmitted         MembershipStepKind = "ADMITTED"
	StepSuspended        MembershipStepKind = "SUSPENDED"
	StepRestored         MembershipStepKind = "RESTORED"
	StepRemovalAnnounced MembershipStepKind = "REMOVAL_ANNOUNCED"
	StepRemovalAnswered  MembershipStepKind = "REMOVAL_ANSWERED"
	StepKept             MembershipStepKind = "KEPT"
	StepRemoved          MembershipStepKind = "REMOVED"
	StepLeft             MembershipStepKind = "LEFT"
	StepLapsed           MembershipStepKind = "LAPSED"
	StepRenewed          MembershipStepKind = "RENEWED"
)

// MembershipStep is one step in a membership's history. Steps are only ever added.
type MembershipStep struct {
	ID           uuid.UUID          `db:"id"`
	MembershipID uuid.UUID          `db:"membership_id"`
	Kind         MembershipStepKind `db:"kind"`
	Reason       string             `db:"reason"`
	Until        *time.Time         `db:"until"`
	At           time.Time          `db:"at"`
	By           string             `db:"person"`
}

// RemovalDecision is the decision on an announced removal.
type RemovalDecision string

// Decisions on an announced removal.
const (
	RemovalRemove RemovalDecision = "REMOVE"
	RemovalKeep   RemovalDecision = "KEEP"
)

// RequireRoomInLot refuses another member of a lot if the market states a highest number. Suspended members count.
func RequireRoomInLot(m market.Market, members int) error {
	if most := m.Stated.FindRule(market.RuleMostMembers); most != nil && members >= most.Value {
		return market.Refuse(market.WrongState,
			"This lot is full: it has %d members and can have at most %d (%s). Refuse the application for that reason, or wait "+
				"until a member leaves.", members, most.Value,
			most.Source)
	}
	return nil
}

// SuspendMembershipInput suspends a membership.
type SuspendMembershipInput struct {
	IdempotencyKey string
	Membership     market.ID
	Reason         string
	Until          *time.Time
}

// RestoreMembershipInput restores a membership.
type RestoreMembershipInput struct {
	IdempotencyKey string
	Membership     market.ID
	Reason         string
}

// AnnounceRemovalInput announces a removal.
type AnnounceRemovalInput struct {
	IdempotencyKey string
	Membership     market.ID
	Reasons        string
}

// AnswerRemovalInput is a provider's answer to an announced removal.
type AnswerRemovalInput struct {
	IdempotencyKey string
	Membership     market.ID
	Answer         string
}

// DecideRemovalInput decides on an announced removal.
type DecideRemovalInput struct {
	IdempotencyKey string
	Membership     market.ID
	Decision       RemovalDecision
	Reasons        string
}

// LeaveLotInput leaves a lot.
type LeaveLotInput struct {
	IdempotencyKey string
	Membership     market.ID
	Reason         string
}

// AdmissionTerms are the periods of admission under a regime, as data; Source says where each is written down.
type AdmissionTerms struct {
	Regime            string `db:"regime"`
	DecideAtMostDays  int    `db:"decide_at_most_days"` // working days to decide an application that was extended
	RemovalAnswerDays int    `db:"removal_answer_days"` // working days to answer to an announced removal
	RenewDays         int    `db:"renew_days"`          // working days to renew evidence after a request
	AnswerDays        int    `db:"answer_days"`         // working days to answer a question of the lead authority
	AppealDays        int    `db:"appeal_days"`         // working days to appeal against a refusal
	AppealDecideDays  int    `db:"appeal_decide_days"`  // working days to decide an appeal
	Source            string `db:"source"`
}

// SuspendMembership checks a suspension. A suspended membership can be suspended again, with another reason or end.
func SuspendMembership(m market.Membership, in SuspendMembershipInput, now time.Time) (MembershipStep, error) {
	if in.Until != nil && !in.Until.After(now) {
		return MembershipStep{}, market.RefuseField(market.Invalid, "until", "The end of a suspension must be in the future.")
	}
	return nextStep(m, StepSuspended, market.InputText{Field: "reason", Value: in.Reason, Limit: 4000}, in.Until)
}

// RestoreMembership lifts a suspension by the lead authority. A suspension for lapsed evidence ends only when the
// evidence is renewed.
func RestoreMembership(m market.Membership, in RestoreMembershipInput) (MembershipStep, error) {
	if m.SuspendedAt == nil {
		return MembershipStep{}, market.Refuse(market.WrongState, "The lead authority has not suspended this membership.")
	}
	return nextStep(m, StepRestored, market.InputText{Field: "reason", Value: in.Reason, Limit: 4000}, nil)
}

// AnnounceRemoval gives notice and reasons before a removal (Procurement Act 2023 s 36 (check); under PCR 2015 the
// general duty of equal and transparent treatment, reg 18).
func AnnounceRemoval(m market.Membership, history []MembershipStep, in AnnounceRemovalInput, terms AdmissionTerms,
	now time.Time,
) (MembershipStep, error) {
	if announcedRemoval(history) != nil {
		return MembershipStep{}, market.Refuse(market.AlreadyExists, "A removal has already been announced: decide on it first.")
	}
	return nextStep(m, StepRemovalAnnounced, market.InputText{Field: "reasons", Value: in.Reasons, Limit: 4000},
		new(market.AddWorkingDays(now, terms.RemovalAnswerDays)))
}

// AnswerRemoval takes the provider's answer, as often as it has something to add, until the decision. A late answer is
// also heard.
func AnswerRemoval(m market.Membership, history []MembershipStep, in AnswerRemovalInput) (MembershipStep, error) {
	if announcedRemoval(history) == nil {
		return MembershipStep{}, market.Refuse(market.WrongState, "No removal has been announced, so there is nothing to answer.")
	}
	return nextStep(m, StepRemovalAnswered, market.InputText{Field: "answer", Value: in.Answer, Limit: 4000}, nil)
}

// DecideRemoval decides to remove a member once the time to answer has passed, or to keep it at any time.
func DecideRemoval(m market.Membership, history []MembershipStep, in DecideRemovalInput, now time.Time) (MembershipStep,
	error,
) {
	notice := announcedRemoval(history)
	switch {
	case notice == nil:
		return MembershipStep{}, market.Refuse(market.WrongState,
			"No removal has been announced: announce it first, with the reasons.")
	case in.Decision == RemovalKeep:
		return nextStep(m, StepKept, market.InputText{Field: "reasons", Value: in.Reasons, Limit: 4000}, nil)
	case !now.After(*notice.Until):
		return MembershipStep{}, market.Refuse(market.TooEarly, "The provider has until %s to answer: decide after that.",
			notice.Until.In(market.London).Format("2 January 2006, 15:04:05"))
	}
	return nextStep(m, StepRemoved, market.InputText{Field: "reasons", Value: in.Reasons, Limit: 4000}, nil)
}

// LeaveLot ends a membership because the provider wants to leave, at any time.
func LeaveLot(m market.Membership, in LeaveLotInput) (MembershipStep, error) {
	return nextStep(m, StepLeft, market.InputText{Field: "reason", Value: in.Reason, Limit: 4000}, nil)
}

// LapseOrRestoreMembership suspends a membership while essential evidence is missing, and restores it when none is
// missing. It gives the step, the instant of the lapse (nil if restored), and whether anything changes.
func LapseOrRestoreMembership(m market.Membership, missing []string, now time.Time) (step MembershipStep,
	lapsedAt *time.Time, due bool,
) {
	if m.EndedAt != nil || (len(missing) > 0) == (m.LapsedAt != nil) {
		return MembershipStep{}, nil, false
	}
	step = MembershipStep{
		ID: uuid.New(), MembershipID: m.ID, Kind: StepRenewed, Reason: "All essential evidence is valid again.",
	}
	if len(missing) > 0 {
		step.Kind, step.Reason, lapsedAt = StepLapsed, "Essential evidence is no longer valid: "+strings.Join(missing, ", ")+".", &now
	}
	return step, lapsedAt, true
}

// nextStep is the next step of a membership that has not ended.
func nextStep(m market.Membership, kind MembershipStepKind, reason market.InputText, until *time.Time) (MembershipStep,
	error,
) {
	if m.Status() == market.MembershipEnded {
		return MembershipStep{}, market.Refuse(market.WrongState, "This membership has ended.")
	}
	if err := market.CheckTexts(reason); err != nil {
		return MembershipStep{}, err
	}
	return MembershipStep{ID: uuid.New(), MembershipID: m.ID, Kind: kind, Reason: reason.Value, Until: until}, nil
}

// announcedRemoval is the removal that awaits its decision; nil if there is none. Histories are in order of time.
func announcedRemoval(history []MembershipStep) *MembershipStep {
	for _, s := range slices.Backward(history) {
		switch s.Kind {
		case StepRemovalAnnounced:
			return &s
		case StepKept, StepRemoved:
			return nil
		}
	}
	return nil
}
