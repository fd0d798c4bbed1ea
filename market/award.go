package market

import (
	"time"

	"github.com/google/uuid"
)

// AwardStatus is the state of an award, derived from its dates.
type AwardStatus string

// States of an award.
const (
	AwardProposed AwardStatus = "PROPOSED"
	AwardApproved AwardStatus = "APPROVED"
	AwardRejected AwardStatus = "REJECTED"
	AwardAccepted AwardStatus = "ACCEPTED"
	AwardDeclined AwardStatus = "DECLINED"
	AwardLapsed   AwardStatus = "LAPSED"
)

// Award is a place awarded to an offer. AsOf is the database's clock when the row was read.
type Award struct {
	ID             uuid.UUID  `db:"id"`
	NeedID         uuid.UUID  `db:"need_id"`
	AuthorityID    uuid.UUID  `db:"authority_id"`
	OfferID        uuid.UUID  `db:"offer_id"` // uuid.Nil for a route other than competition
	ProviderID     uuid.UUID  `db:"provider_id"`
	SettingID      uuid.UUID  `db:"setting_id"`
	Route          Route      `db:"route"`
	Reason         string     `db:"reason"`
	ProposedAt     time.Time  `db:"proposed_at"`
	ProposedBy     string     `db:"proposed_by"`
	ApprovedAt     *time.Time `db:"approved_at"`
	StandstillEnds *time.Time `db:"standstill_ends"`
	AcceptBy       *time.Time `db:"accept_by"`
	RejectedAt     *time.Time `db:"rejected_at"`
	RejectReason   *string    `db:"reject_reason"`
	AcceptedAt     *time.Time `db:"accepted_at"`
	DeclinedAt     *time.Time `db:"declined_at"`
	DeclineReason  *string    `db:"decline_reason"`
	LapsedAt       *time.Time `db:"lapsed_at"`
	AsOf           time.Time  `db:"as_of"`
}

// Status derives the state from the dates.
func (a Award) Status() AwardStatus {
	switch {
	case a.RejectedAt != nil:
		return AwardRejected
	case a.DeclinedAt != nil:
		return AwardDeclined
	case a.LapsedAt != nil:
		return AwardLapsed
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

// LetterResult is the result that a bidder is told.
type LetterResult string

// Results of a bidder.
const (
	LetterAwarded     LetterResult = "AWARDED"
	LetterNotAwarded  LetterResult = "NOT_AWARDED"
	LetterNotSuitable LetterResult = "NOT_SUITABLE"

	LetterNothingAwarded LetterResult = "NO_AWARD"
)

// Letter is what one bidder is told about an award, or that there was no award.
type Letter struct {
	AwardID    uuid.UUID    `db:"award_id"`
	OfferID    uuid.UUID    `db:"offer_id"`
	ProviderID uuid.UUID    `db:"provider_id"`
	Result     LetterResult `db:"result"`
	Rank       *int         `db:"rank"`
	Total      *Decimal     `db:"total"`
	Body       string       `db:"body"`
	SentAt     time.Time    `db:"sent_at"`
}

// AwardNoticeKind is a kind of notice after an award.
type AwardNoticeKind string

// Kinds of notice after an award.
const (
	NoticeOfAward   AwardNoticeKind = "AWARD"
	NoticeOfDetails AwardNoticeKind = "DETAILS"
)

// AwardNoticeRule is a notice that awards under a regime ask for, and its time in calendar days.
type AwardNoticeRule struct {
	Regime         string          `db:"regime"`
	Kind           AwardNoticeKind `db:"kind"`
	Days           int             `db:"days"`
	Quarterly      bool            `db:"quarterly"`
	BeforeContract bool            `db:"before_contract"`
	Source         string          `db:"source"`
}

// AwardNotice is a notice that an award asks for. Since is the first day on which it can be published, in London. The
// database works out when it is due from that day, by the regime's rule.
type AwardNotice struct {
	AwardID        uuid.UUID       `db:"award_id"`
	Kind           AwardNoticeKind `db:"kind"`
	Since          Date            `db:"since"`
	DueOn          Date            `db:"due_on"`
	BeforeContract bool            `db:"before_contract"`
	Source         string          `db:"source"`
	Reference      *string         `db:"reference"`
	PublishedOn    *Date           `db:"published_on"`
	RecordedAt     *time.Time      `db:"recorded_at"`
	AsOf           time.Time       `db:"as_of"`
}

// NoAwardReason is why nothing was awarded.
type NoAwardReason string

// Why nothing was awarded, and as bidders are told it.
const (
	NoAwardNoOffers        NoAwardReason = "NO_OFFERS"
	NoAwardNoneSuitable    NoAwardReason = "NONE_SUITABLE"
	NoAwardNoneLeft        NoAwardReason = "NONE_LEFT"
	NoAwardNotAffordable   NoAwardReason = "NOT_AFFORDABLE"
	NoAwardNeedChanged     NoAwardReason = "NEED_CHANGED"
	NoAwardSchoolNamed     NoAwardReason = "SCHOOL_NAMED"
	NoAwardPlacedOtherwise NoAwardReason = "PLACED_OTHERWISE"
	NoAwardProcedureFault  NoAwardReason = "PROCEDURE_FAULT"
)

// NoAward records that a need ended without an award.
type NoAward struct {
	NeedID uuid.UUID     `db:"need_id"`
	Reason NoAwardReason `db:"reason"`
	Words  string        `db:"words"`
	At     time.Time     `db:"at"`
}

// PanelDecision is what an authority's panel decided about a placement, and how its cost is shared.
type PanelDecision struct {
	NeedID     uuid.UUID `db:"need_id"`
	DecidedOn  Date      `db:"decided_on"`
	Agreed     bool      `db:"agreed"`
	Reasons    string    `db:"reasons"`
	Education  Decimal   `db:"education"`
	SocialCare Decimal   `db:"social_care"`
	ICB        Decimal   `db:"icb"`
	RecordedAt time.Time `db:"recorded_at"`
}

// IsLive says whether an award rules out another one.
func IsLive(a Award) bool {
	return a.RejectedAt == nil && a.DeclinedAt == nil && a.LapsedAt == nil
}
