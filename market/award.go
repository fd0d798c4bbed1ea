package market

import (
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market/course"
)

// AwardStatus is the state of an award, derived from its dates.
type AwardStatus string

// States of an award.
const (
	AwardProposed  AwardStatus = "PROPOSED"
	AwardApproved  AwardStatus = "APPROVED"
	AwardRejected  AwardStatus = "REJECTED"
	AwardAccepted  AwardStatus = "ACCEPTED"
	AwardDeclined  AwardStatus = "DECLINED"
	AwardLapsed    AwardStatus = "LAPSED"
	AwardCancelled AwardStatus = "CANCELLED"
	AwardWithdrawn AwardStatus = "WITHDRAWN"
)

// Award is a place awarded to an offer. AsOf is the database's clock when the row was read.
type Award struct {
	ID             uuid.UUID     `db:"id"`
	NeedID         uuid.UUID     `db:"need_id"`
	AuthorityID    uuid.UUID     `db:"authority_id"`
	OfferID        uuid.UUID     `db:"offer_id"` // uuid.Nil for a route other than competition
	ProviderID     uuid.UUID     `db:"provider_id"`
	SettingID      uuid.UUID     `db:"setting_id"`
	Route          Route         `db:"route"`
	Reason         string        `db:"reason"`
	ProposedAt     time.Time     `db:"proposed_at"`
	ProposedBy     string        `db:"proposed_by"`
	EstimatedValue *Decimal      `db:"estimated_value"` // over the whole term, with VAT; nil if the term is not known
	ApprovedAt     *time.Time    `db:"approved_at"`
	StandstillEnds *time.Time    `db:"standstill_ends"`
	AcceptBy       *time.Time    `db:"accept_by"`
	RejectedAt     *time.Time    `db:"rejected_at"`
	RejectReason   *string       `db:"reject_reason"`
	AcceptedAt     *time.Time    `db:"accepted_at"`
	DeclinedAt     *time.Time    `db:"declined_at"`
	DeclineReason  *string       `db:"decline_reason"`
	LapsedAt       *time.Time    `db:"lapsed_at"`
	CancelledAt    *time.Time    `db:"cancelled_at"` // with its placement
	WithdrawnAt    *time.Time    `db:"withdrawn_at"`
	WithdrawReason *string       `db:"withdraw_reason"`
	AsOf           time.Time     `db:"as_of"`
	Course         course.Course `db:"course"` // with its reader; filled where the next acts are selected
}

// NextActs is what comes next, and who does it.
func (a Award) NextActs() []*course.NextAct { return a.Course.NextActsOfAward() }

// Status derives the state from the dates.
func (a Award) Status() AwardStatus {
	switch {
	case a.WithdrawnAt != nil:
		return AwardWithdrawn
	case a.RejectedAt != nil:
		return AwardRejected
	case a.DeclinedAt != nil:
		return AwardDeclined
	case a.LapsedAt != nil:
		return AwardLapsed
	case a.CancelledAt != nil:
		return AwardCancelled
	case a.AcceptedAt != nil:
		return AwardAccepted
	case a.ApprovedAt == nil:
		return AwardProposed
	case a.AcceptBy != nil && a.AsOf.After(*a.AcceptBy):
		return AwardLapsed
	default:
		return AwardApproved
	}
}

// IsLive says whether an award rules out another one.
func IsLive(a Award) bool {
	return a.RejectedAt == nil && a.WithdrawnAt == nil && a.DeclinedAt == nil && a.LapsedAt == nil && a.CancelledAt == nil
}

// AwardGrounds are why a place is awarded although it costs more than the ceiling, or is at a school that was refused before.
type AwardGrounds struct {
	AwardID      uuid.UUID `db:"award_id"`
	OverCeiling  *string   `db:"over_ceiling"`
	SinceRefusal *string   `db:"since_refusal"`
}
