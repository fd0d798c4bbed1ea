package market

import (
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

// IsActiveMember says whether a membership, or none, is active.
func IsActiveMember(live *Membership) bool { return live != nil && live.Status() == MembershipActive }
