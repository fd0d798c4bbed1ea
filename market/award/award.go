// Package award has the rules of awards by every route, letters, notices of awards and decisions of panels.
package award

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// ProposeAwardInput is an award to propose.
type ProposeAwardInput struct {
	IdempotencyKey string
	Offer          market.ID
	Grounds        *AwardGroundsInput `json:",omitempty"`
	EstimatedValue *market.Decimal    `json:",omitempty"`
	Reason         string

	DeclareNoInterest bool `json:",omitempty"`
}

// WithdrawProposalInput is a proposal to withdraw.
type WithdrawProposalInput struct {
	IdempotencyKey string
	Award          market.ID
	Reason         string
}

// ApproveAwardInput is an award to approve.
type ApproveAwardInput struct {
	IdempotencyKey string
	Award          market.ID
	Standstill     bool

	DeclareNoInterest bool `json:",omitempty"`
}

// RejectAwardInput is a proposed award to reject.
type RejectAwardInput struct {
	IdempotencyKey string
	Award          market.ID
	Reason         string

	DeclareNoInterest bool `json:",omitempty"`
}

// AcceptAwardInput is an award to accept.
type AcceptAwardInput struct {
	IdempotencyKey string
	Award          market.ID
}

// DeclineAwardInput is an award to decline.
type DeclineAwardInput struct {
	IdempotencyKey string
	Award          market.ID
	Reason         string
}

// AcceptanceWorkingDays is how long a provider has to accept after the standstill. The award then lapses and the next
// one can be proposed. This is the market's own rule.
const AcceptanceWorkingDays = 10

// ProposeAward makes the proposal of an award. Only one award can be live. The offer must be from a member that is
// still active. It must be the highest-ranked offer that was not tried before, or the reason must give a ground for
// another offer.
func ProposeAward(n market.Need, r market.Ranking, order []market.Ranking, earlier []market.Award, live *market.Membership,
	in ProposeAwardInput,
) (market.Award, error) {
	if err := market.RequireNotWithdrawn(n); err != nil {
		return market.Award{}, err
	}
	if n.RankedAt == nil {
		return market.Award{}, market.Refuse(market.TooEarly, "The offers are not ranked yet: rank them before you propose an award.")
	}
	if err := requireActiveMember(live); err != nil {
		return market.Award{}, err
	}
	if err := market.All(market.CheckTexts(market.InputText{Field: "reason", Value: in.Reason, Limit: 4000}),
		checkEstimate("estimatedValue", in.EstimatedValue)); err != nil {
		return market.Award{}, err
	}
	tried, err := triedOffers(earlier)
	if err != nil {
		return market.Award{}, err
	}
	if tried[r.OfferID] == market.AwardDeclined || tried[r.OfferID] == market.AwardLapsed {
		return market.Award{}, market.Refuse(market.WrongState,
			"This offer was awarded before, and the award was declined or lapsed: choose another offer.")
	}
	if bestUntried(order, tried) != r.OfferID && len([]rune(strings.TrimSpace(in.Reason))) < 40 {
		return market.Award{}, market.RefuseField(market.Invalid, "reason",
			"This is not the highest-ranked offer that is left: enter the ground that the regime allows, in at least 40 characters.")
	}
	return market.Award{
		ID: uuid.New(), NeedID: n.ID, OfferID: r.OfferID, ProviderID: r.ProviderID, Reason: in.Reason, EstimatedValue: in.EstimatedValue,
	}, nil
}

// triedOffers are the offers that were awarded before, with what became of the award. A cancelled one can be awarded
// again, with a reason: the child may come after all. A live award is refused.
func triedOffers(earlier []market.Award) (map[uuid.UUID]market.AwardStatus, error) {
	tried := map[uuid.UUID]market.AwardStatus{}
	for _, e := range earlier {
		switch s := e.Status(); {
		// nobody was told, so the same offer can be proposed again with a better reason
		case s == market.AwardRejected || s == market.AwardWithdrawn:
		case s == market.AwardDeclined || s == market.AwardCancelled || e.LapsedAt != nil:
			if tried[e.OfferID] == "" || s != market.AwardCancelled {
				tried[e.OfferID] = s
			}
		default:
			return nil, market.ErrLiveAward
		}
	}
	return tried, nil
}

// requireActiveMember refuses an award to a provider that was suspended or left after it offered: membership is checked
// again at the award.
func requireActiveMember(live *market.Membership) error {
	if !market.IsActiveMember(live) {
		return market.Refuse(market.NotAdmitted, "This provider is no longer an active member of the lot.")
	}
	return nil
}

func bestUntried(order []market.Ranking, tried map[uuid.UUID]market.AwardStatus) uuid.UUID {
	for _, r := range order {
		if tried[r.OfferID] == "" {
			return r.OfferID
		}
	}
	return uuid.Nil
}

// ApproveAward approves a proposal. The approver must not be the proposer, and the member must still be active. The
// standstill of the regime applies if it is chosen (PCR 2015 reg 87: ten days; Procurement Act 2023 s 51: eight working
// days, voluntary for light touch).
func ApproveAward(a market.Award, m market.Market, live *market.Membership, standstill bool, person string, now time.Time) (market.Award,
	error,
) {
	if a.Route != market.RouteCompetition {
		return a, market.Refuse(market.WrongState,
			"This place was proposed by a route other than competition: use approvePlace to approve it.")
	}
	if err := requireActiveMember(live); err != nil {
		return a, err
	}
	switch {
	case a.Status() != market.AwardProposed:
		return a, market.Refuse(market.WrongState, "This award is not waiting for approval.")
	case a.ProposedBy == person:
		return a, market.Refuse(market.SamePerson, "You proposed this award, so you cannot approve it: ask another approver.")
	case !standstill && m.Regime.StandstillMandatory:
		return a, market.RefuseField(market.Invalid, "standstill", "This regime makes the standstill mandatory (%s).", m.Regime.Source)
	case now.After(market.EndOfDay(m.EndsOn.Time)):
		return a, market.Refuse(market.WrongState, "This market ended on %s.", m.EndsOn)
	}
	from := now
	if standstill {
		from = standstillEnd(m, now)
		a.StandstillEnds = &from
	}
	acceptBy := market.AddWorkingDays(from, AcceptanceWorkingDays)
	a.ApprovedAt, a.AcceptBy = &now, &acceptBy
	return a, nil
}

// standstillEnd counts from the day after the letters. The last of calendar days moves to a working day, so that no
// bidder's last chance to object is on a Sunday.
func standstillEnd(m market.Market, now time.Time) time.Time {
	days := m.Rule(market.RuleStandstillDays).Value
	if m.Regime.StandstillWorking {
		return market.AddWorkingDays(now, days)
	}
	return market.OrNextWorkingDayEnd(market.AddDays(now, days))
}

// RejectAward checks that an award is still a proposal, and that the proposer is told why it is rejected.
func RejectAward(a market.Award, in RejectAwardInput) error {
	if a.Status() != market.AwardProposed {
		return market.Refuse(market.WrongState, "This award is not waiting for approval.")
	}
	return market.CheckTexts(market.InputText{Field: "reason", Value: in.Reason, Limit: 4000})
}

// WithdrawProposal checks that an award is still a proposal, and that the approver is told why it is withdrawn.
func WithdrawProposal(a market.Award, in WithdrawProposalInput) error {
	if a.Status() != market.AwardProposed {
		return market.Refuse(market.WrongState, "Only a proposal can be withdrawn, before it is approved or rejected.")
	}
	return market.CheckTexts(market.InputText{Field: "reason", Value: in.Reason, Limit: 4000})
}

// AcceptAward checks an acceptance: the award must be approved, its standstill over, its time to accept not over, and the
// provider still an active member of the lot.
func AcceptAward(a market.Award, live *market.Membership, now time.Time) error {
	a.AsOf = now
	switch {
	case a.Status() == market.AwardLapsed:
		return market.Refuse(market.DeadlinePassed, "The time to accept this award has passed.")
	case a.Status() != market.AwardApproved:
		return market.Refuse(market.WrongState, "This award is not waiting to be accepted.")
	case a.StandstillEnds != nil && !now.After(*a.StandstillEnds):
		return market.Refuse(market.TooEarly,
			"The standstill ends at %s: accept the award after that.", a.StandstillEnds.In(market.London).Format("15:04 on 2 January 2006"))
	case !market.IsActiveMember(live):
		return market.Refuse(market.NotAdmitted,
			"You can only accept this award if you are an active member of the lot: ask the market manager about your membership, or decline it.")
	}
	return nil
}

// DeclineAward checks a decline: the award must be approved, and a reason given. It does not have to wait for the
// standstill.
func DeclineAward(a market.Award, in DeclineAwardInput) error {
	if a.Status() != market.AwardApproved {
		return market.Refuse(market.WrongState, "This award is not waiting for an answer.")
	}
	return market.CheckTexts(market.InputText{Field: "reason", Value: in.Reason, Limit: 4000})
}
