package market

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// MembershipStatus is a membership's state, derived from its dates.
type MembershipStatus string

// States of a membership.
const (
	MembershipActive    MembershipStatus = "ACTIVE"
	MembershipSuspended MembershipStatus = "SUSPENDED"
	MembershipEnded     MembershipStatus = "ENDED"
)

// Membership is a provider's place in a lot. It may be suspended by the lead authority, and besides because essential
// evidence has lapsed. A suspension that has ended by itself is none any more: both of its dates are then nil.
type Membership struct {
	ID             uuid.UUID  `db:"id"`
	LotID          uuid.UUID  `db:"lot_id"`
	ProviderID     uuid.UUID  `db:"provider_id"`
	AdmittedAt     time.Time  `db:"admitted_at"`
	SuspendedAt    *time.Time `db:"suspended_at"`
	SuspendedUntil *time.Time `db:"suspended_until"`
	LapsedAt       *time.Time `db:"lapsed_at"`
	EndedAt        *time.Time `db:"ended_at"`
	LotKind        LotKind    `db:"lot_kind"` // where it is asked whether an offer suits the lot
}

// Status derives the state from the dates.
func (m Membership) Status() MembershipStatus {
	switch {
	case m.EndedAt != nil:
		return MembershipEnded
	case m.SuspendedAt != nil || m.LapsedAt != nil:
		return MembershipSuspended
	default:
		return MembershipActive
	}
}

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

// SuspendMembershipInput suspends a membership.
type SuspendMembershipInput struct {
	IdempotencyKey string
	Membership     ID
	Reason         string
	Until          *time.Time
}

// RestoreMembershipInput restores a membership.
type RestoreMembershipInput struct {
	IdempotencyKey string
	Membership     ID
	Reason         string
}

// AnnounceRemovalInput announces a removal.
type AnnounceRemovalInput struct {
	IdempotencyKey string
	Membership     ID
	Reasons        string
}

// AnswerRemovalInput is what a provider says to an announced removal.
type AnswerRemovalInput struct {
	IdempotencyKey string
	Membership     ID
	Answer         string
}

// RemovalDecision is the decision on an announced removal.
type RemovalDecision string

// Decisions on an announced removal.
const (
	RemovalRemove RemovalDecision = "REMOVE"
	RemovalKeep   RemovalDecision = "KEEP"
)

// DecideRemovalInput decides on an announced removal.
type DecideRemovalInput struct {
	IdempotencyKey string
	Membership     ID
	Decision       RemovalDecision
	Reasons        string
}

// LeaveLotInput leaves a lot.
type LeaveLotInput struct {
	IdempotencyKey string
	Membership     ID
	Reason         string
}

// AdmissionTerms are the periods of admission under a regime, as data; Source says where each is written down.
type AdmissionTerms struct {
	Regime            string `db:"regime"`
	DecideAtMostDays  int    `db:"decide_at_most_days"` // working days to decide an application that was extended
	RemovalAnswerDays int    `db:"removal_answer_days"` // working days to answer to an announced removal
	RenewDays         int    `db:"renew_days"`          // working days to renew evidence that is asked for
	AnswerDays        int    `db:"answer_days"`         // working days to answer a question of the lead authority
	AppealDays        int    `db:"appeal_days"`         // working days to appeal against a refusal
	AppealDecideDays  int    `db:"appeal_decide_days"`  // working days to decide an appeal
	Source            string `db:"source"`
}

// SuspendMembership checks a suspension. A suspended one may be suspended anew, with another reason or another end.
func SuspendMembership(m Membership, in SuspendMembershipInput, now time.Time) (MembershipStep, error) {
	if in.Until != nil && !in.Until.After(now) {
		return MembershipStep{}, RefuseField(Invalid, "until", "A suspension ends in the future.")
	}
	return m.nextStep(StepSuspended, InputText{"reason", in.Reason, 4000}, in.Until)
}

// RestoreMembership lifts a suspension by the lead authority. One for want of evidence ends when that is renewed, and not
// otherwise.
func RestoreMembership(m Membership, in RestoreMembershipInput) (MembershipStep, error) {
	if m.SuspendedAt == nil {
		return MembershipStep{}, Refuse(WrongState, "This membership is not suspended by the lead authority.")
	}
	return m.nextStep(StepRestored, InputText{"reason", in.Reason, 4000}, nil)
}

// AnnounceRemoval gives notice and reasons before a removal (Procurement Act 2023 s 36 (check); under PCR 2015 the
// general duty of equal and transparent treatment, reg 18).
func AnnounceRemoval(m Membership, history []MembershipStep, in AnnounceRemovalInput, terms AdmissionTerms, now time.Time) (MembershipStep, error) {
	if announcedRemoval(history) != nil {
		return MembershipStep{}, Refuse(AlreadyExists, "A removal is announced already: decide on that one first.")
	}
	return m.nextStep(StepRemovalAnnounced, InputText{"reasons", in.Reasons, 4000}, new(AddWorkingDays(now, terms.RemovalAnswerDays)))
}

// AnswerRemoval takes the provider's answer, as often as it has something to add, until the decision: what comes late is
// heard too, as long as it can be.
func AnswerRemoval(m Membership, history []MembershipStep, in AnswerRemovalInput) (MembershipStep, error) {
	if announcedRemoval(history) == nil {
		return MembershipStep{}, Refuse(WrongState, "No removal is announced.")
	}
	return m.nextStep(StepRemovalAnswered, InputText{"answer", in.Answer, 4000}, nil)
}

// DecideRemoval removes once the time to answer is over, or keeps at any time.
func DecideRemoval(m Membership, history []MembershipStep, in DecideRemovalInput, now time.Time) (MembershipStep, error) {
	notice := announcedRemoval(history)
	switch {
	case notice == nil:
		return MembershipStep{}, Refuse(WrongState, "No removal is announced: announce it first, with its reasons.")
	case in.Decision == RemovalKeep:
		return m.nextStep(StepKept, InputText{"reasons", in.Reasons, 4000}, nil)
	case !now.After(*notice.Until):
		return MembershipStep{}, Refuse(TooEarly, "The provider may answer until %s.", notice.Until.In(London).Format("2 January 2006, 15:04:05"))
	}
	return m.nextStep(StepRemoved, InputText{"reasons", in.Reasons, 4000}, nil)
}

// LeaveLot ends a membership by the provider's own wish, at any time.
func LeaveLot(m Membership, in LeaveLotInput) (MembershipStep, error) {
	return m.nextStep(StepLeft, InputText{"reason", in.Reason, 4000}, nil)
}

// LapseOrRestoreMembership suspends a membership while essential evidence is missing, and restores it when none is: the step, the
// instant since when it has lapsed (nil for restored), and whether there is anything to turn.
func LapseOrRestoreMembership(m Membership, missing []string, now time.Time) (step MembershipStep, lapsedAt *time.Time, due bool) {
	if m.EndedAt != nil || (len(missing) > 0) == (m.LapsedAt != nil) {
		return MembershipStep{}, nil, false
	}
	step = MembershipStep{ID: uuid.New(), MembershipID: m.ID, Kind: StepRenewed, Reason: "All essential evidence counts again."}
	if len(missing) > 0 {
		step.Kind, step.Reason, lapsedAt = StepLapsed, "Essential evidence does not count any more: "+strings.Join(missing, ", ")+".", &now
	}
	return step, lapsedAt, true
}

// nextStep is the next one of a membership that has not ended.
func (m Membership) nextStep(kind MembershipStepKind, reason InputText, until *time.Time) (MembershipStep, error) {
	if m.Status() == MembershipEnded {
		return MembershipStep{}, Refuse(WrongState, "This membership has ended.")
	}
	if err := checkTexts(reason); err != nil {
		return MembershipStep{}, err
	}
	return MembershipStep{ID: uuid.New(), MembershipID: m.ID, Kind: kind, Reason: reason.Value, Until: until}, nil
}

// announcedRemoval is the removal that waits for its decision; nil for none. Histories are in order of time.
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
