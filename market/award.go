package market

import (
	"strings"
	"time"

	"github.com/google/uuid"
)

// AwardStatus is where an award stands, derived from its dates.
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
	OfferID        uuid.UUID  `db:"offer_id"` // uuid.Nil by another route than the competition
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

// LetterResult is what a bidder is told of its offer.
type LetterResult string

// Results of a bidder.
const (
	LetterAwarded     LetterResult = "AWARDED"
	LetterNotAwarded  LetterResult = "NOT_AWARDED"
	LetterNotSuitable LetterResult = "NOT_SUITABLE"

	LetterNothingAwarded LetterResult = "NO_AWARD"
)

// Letter is what one bidder is told of one award, or that there is none.
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

// ProposeAwardInput is an award to propose.
type ProposeAwardInput struct {
	IdempotencyKey string
	Offer          ID
	Reason         string
}

// ApproveAwardInput is an award to approve.
type ApproveAwardInput struct {
	IdempotencyKey string
	Award          ID
	Standstill     bool
}

// RejectAwardInput is a proposed award to reject.
type RejectAwardInput struct {
	IdempotencyKey string
	Award          ID
	Reason         string
}

// AcceptAwardInput is an award to accept.
type AcceptAwardInput struct {
	IdempotencyKey string
	Award          ID
}

// DeclineAwardInput is an award to decline.
type DeclineAwardInput struct {
	IdempotencyKey string
	Award          ID
	Reason         string
}

// AcceptanceWorkingDays is how long a provider has to accept after the standstill; then the award lapses and the next
// may be proposed. The market's own rule.
const AcceptanceWorkingDays = 10

// ProposeAward makes the proposal of an award: one live at a time, to a member still active, to the first in rank among
// those not tried before or, with a ground of its own in the reason, to another.
func ProposeAward(n Need, r Ranking, order []Ranking, earlier []Award, live *Membership, in ProposeAwardInput) (Award, error) {
	if err := requireNotWithdrawn(n); err != nil {
		return Award{}, err
	}
	if n.RankedAt == nil {
		return Award{}, Refuse(TooEarly, "The offers are not ranked yet.")
	}
	if err := requireActiveMember(live); err != nil {
		return Award{}, err
	}
	if err := checkTexts(InputText{"reason", in.Reason, 4000}); err != nil {
		return Award{}, err
	}
	tried := map[uuid.UUID]bool{}
	for _, e := range earlier {
		switch s := e.Status(); {
		case s == AwardRejected: // nobody was told: the same offer may be proposed anew, with a better reason
		case s == AwardDeclined || e.LapsedAt != nil:
			tried[e.OfferID] = true
		default:
			return Award{}, Refuse(AlreadyExists, "This need has a live award already.")
		}
	}
	if tried[r.OfferID] {
		return Award{}, Refuse(WrongState, "This offer was awarded before, and declined or lapsed.")
	}
	if bestUntried(order, tried) != r.OfferID && len([]rune(strings.TrimSpace(in.Reason))) < 40 {
		return Award{}, RefuseField(Invalid, "reason", "This is not the best offer left: give the ground that the regime allows, in at least 40 characters.")
	}
	return Award{ID: uuid.New(), NeedID: n.ID, OfferID: r.OfferID, ProviderID: r.ProviderID, Reason: in.Reason}, nil
}

// requireActiveMember refuses an award to a provider that was suspended or left since it offered: membership is checked again at
// the award.
func requireActiveMember(live *Membership) error {
	if live == nil || live.Status() != MembershipActive {
		return Refuse(NotAdmitted, "The provider is no longer an active member of the lot.")
	}
	return nil
}

func bestUntried(order []Ranking, tried map[uuid.UUID]bool) uuid.UUID {
	for _, r := range order {
		if !tried[r.OfferID] {
			return r.OfferID
		}
	}
	return uuid.Nil
}

// ApproveAward approves a proposal as somebody else than its proposer, to a member still active, with the standstill of
// the regime where it is chosen (PCR 2015 reg 87: ten days; Procurement Act 2023 s 51: eight working days, voluntary for
// light touch).
func ApproveAward(a Award, m Market, live *Membership, standstill bool, person string, now time.Time) (Award, error) {
	if a.Route != RouteCompetition {
		return a, Refuse(WrongState, "This place comes by another route than the competition: approve it with approvePlace.")
	}
	if err := requireActiveMember(live); err != nil {
		return a, err
	}
	switch {
	case a.Status() != AwardProposed:
		return a, Refuse(WrongState, "This award does not wait for approval.")
	case a.ProposedBy == person:
		return a, Refuse(SamePerson, "Who proposed an award may not approve it.")
	case !standstill && m.Regime.StandstillMandatory:
		return a, RefuseField(Invalid, "standstill", "The regime makes the standstill mandatory (%s).", m.Regime.Source)
	case now.After(EndOfDay(m.EndsOn.Time)):
		return a, Refuse(WrongState, "The market ended on %s.", m.EndsOn)
	}
	from := now
	if standstill {
		from = standstillEnd(m, now)
		a.StandstillEnds = &from
	}
	acceptBy := AddWorkingDays(from, AcceptanceWorkingDays)
	a.ApprovedAt, a.AcceptBy = &now, &acceptBy
	return a, nil
}

// standstillEnd counts from the day after the letters. Of calendar days, the last is moved to a working day, so that
// no bidder's last chance to object falls on a Sunday.
func standstillEnd(m Market, now time.Time) time.Time {
	days := m.Rule(RuleStandstillDays).Value
	if m.Regime.StandstillWorking {
		return AddWorkingDays(now, days)
	}
	return orNextWorkingDayEnd(AddDays(now, days))
}

// RejectAward checks that an award is still a proposal, and that the proposer is told why it is rejected.
func RejectAward(a Award, in RejectAwardInput) error {
	if a.Status() != AwardProposed {
		return Refuse(WrongState, "This award does not wait for approval.")
	}
	return checkTexts(InputText{"reason", in.Reason, 4000})
}

// AcceptAward checks an acceptance: of an approved award, after its standstill and within its time.
func AcceptAward(a Award, now time.Time) error {
	a.AsOf = now
	switch {
	case a.Status() == AwardLapsed:
		return Refuse(DeadlinePassed, "The time to accept has passed.")
	case a.Status() != AwardApproved:
		return Refuse(WrongState, "This award does not wait for acceptance.")
	case a.StandstillEnds != nil && !now.After(*a.StandstillEnds):
		return Refuse(TooEarly, "The standstill ends at %s.", a.StandstillEnds.In(London).Format("15:04 on 2 January 2006"))
	}
	return nil
}

// DeclineAward checks a decline: of an approved award, with a reason. No need to wait for the standstill.
func DeclineAward(a Award, in DeclineAwardInput) error {
	if a.Status() != AwardApproved {
		return Refuse(WrongState, "This award does not wait for an answer.")
	}
	return checkTexts(InputText{"reason", in.Reason, 4000})
}
