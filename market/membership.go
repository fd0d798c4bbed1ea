package market

import (
	"time"

	"github.com/google/uuid"
)

// AdmissionDecision is the decision on an application.
type AdmissionDecision string

// Decisions on an application.
const (
	ApplicationAdmitted AdmissionDecision = "ADMITTED"
	ApplicationRefused  AdmissionDecision = "REFUSED"
)

// Application is a provider's application to a lot.
type Application struct {
	ID          uuid.UUID          `db:"id"`
	AuthorityID uuid.UUID          `db:"authority_id"`
	LotID       uuid.UUID          `db:"lot_id"`
	ProviderID  uuid.UUID          `db:"provider_id"`
	Statement   string             `db:"statement"`
	SubmittedAt time.Time          `db:"submitted_at"`
	DecideBy    time.Time          `db:"decide_by"`
	Decision    *AdmissionDecision `db:"decision"`
	Reasons     *string            `db:"reasons"`
	DecidedAt   *time.Time         `db:"decided_at"`
	DecidedBy   *string            `db:"decided_by"`

	ExtendedAt      *time.Time `db:"extended_at"`
	ExtensionReason *string    `db:"extension_reason"`
}

// ApplicationQuestion is one round of clarification.
type ApplicationQuestion struct {
	ID            uuid.UUID  `db:"id"`
	ApplicationID uuid.UUID  `db:"application_id"`
	Round         int        `db:"round"`
	Question      string     `db:"question"`
	AskedAt       time.Time  `db:"asked_at"`
	AnswerBy      time.Time  `db:"answer_by"`
	Answer        *string    `db:"answer"`
	AnsweredAt    *time.Time `db:"answered_at"`
}

// Appeal is an appeal against a refusal.
type Appeal struct {
	ApplicationID uuid.UUID  `db:"application_id"`
	Grounds       string     `db:"grounds"`
	AppealedAt    time.Time  `db:"appealed_at"`
	DecideBy      time.Time  `db:"decide_by"`
	Upheld        *bool      `db:"upheld"`
	Reasons       *string    `db:"reasons"`
	DecidedAt     *time.Time `db:"decided_at"`
}

// MembershipStatus is a membership's state, derived from its dates.
type MembershipStatus string

// States of a membership.
const (
	MembershipActive    MembershipStatus = "ACTIVE"
	MembershipSuspended MembershipStatus = "SUSPENDED"
	MembershipEnded     MembershipStatus = "ENDED"
)

// Membership is a provider's place in a lot. The lead authority can suspend it, and it can also be suspended because
// essential evidence has lapsed. When a suspension has ended by itself, both of its dates are nil.
type Membership struct {
	ID             uuid.UUID  `db:"id"`
	LotID          uuid.UUID  `db:"lot_id"`
	ProviderID     uuid.UUID  `db:"provider_id"`
	AdmittedAt     time.Time  `db:"admitted_at"`
	SuspendedAt    *time.Time `db:"suspended_at"`
	SuspendedUntil *time.Time `db:"suspended_until"`
	LapsedAt       *time.Time `db:"lapsed_at"`
	EndedAt        *time.Time `db:"ended_at"`
	LotKind        LotKind    `db:"lot_kind"` // read when an offer is checked against the lot
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

// RemovalDecision is the decision on an announced removal.
type RemovalDecision string

// Decisions on an announced removal.
const (
	RemovalRemove RemovalDecision = "REMOVE"
	RemovalKeep   RemovalDecision = "KEEP"
)
