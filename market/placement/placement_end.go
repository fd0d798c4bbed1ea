package placement

import (
	"time"

	"github.com/southeasttogether/dps/market"
)

// EndPlacementInput is the end of a placement.
type EndPlacementInput struct {
	IdempotencyKey string
	Placement      market.ID
	LastDay        market.Date
	Reason         market.PlacementEndReason
	Planned        bool
	NoticeBy       *market.NoticeParty
	Words          *string
	Correction     *string
}

// WithdrawEndInput says which placement goes on.
type WithdrawEndInput struct {
	IdempotencyKey string
	Placement      market.ID
}

// CancelPlacementInput is a placement to cancel.
type CancelPlacementInput struct {
	IdempotencyKey string
	Placement      market.ID
	Reason         market.PlacementEndReason
	Words          *string
}

// GiveNoticeInput is what a provider says about the end of a placement.
type GiveNoticeInput struct {
	IdempotencyKey string
	Placement      market.ID
	LastDay        *market.Date
	Reason         market.PlacementEndReason
	Words          *string
}

// EndPlacement checks the end of a placement that has started. The last day is one on which the child is still there,
// so it can be the first day. A last day that was recorded is corrected by another, with a reason. The database checks
// that the place is free until a later day. youngest is the lowest age of the need.
func EndPlacement(p market.Placement, youngest int, in EndPlacementInput) error {
	switch {
	case p.CancelledAt != nil:
		return market.ErrPlacementCancelled
	case p.StartedAt == nil:
		return market.Refuse(market.WrongState,
			"This placement has not started: record the first day with startPlacement, or cancel the placement if the child will not come.")
	case p.EndedOn != nil && in.Correction == nil:
		return market.Refuse(market.WrongState,
			"The last day of this placement is recorded as %s: to correct it, say in correction why it was wrong.", p.EndedOn)
	case p.EndedOn == nil && in.Correction != nil:
		return market.RefuseField(market.WrongState, "correction", "No last day is recorded yet: leave out correction.")
	}
	if err := checkLastDay(p, in.LastDay, youngest); err != nil {
		return err
	}
	if err := checkWords("correction", in.Correction); err != nil {
		return err
	}
	return checkReason(in.Reason, in.EndWords(p))
}

// EndWords are the words about an end: a correction that says none keeps those that are there.
func (in EndPlacementInput) EndWords(p market.Placement) *string {
	if in.Words == nil && in.Correction != nil {
		return p.EndWords
	}
	return in.Words
}

// yearsAtLast is the age before which every place ends: an EHC plan can be maintained until the end of the academic year in which a young
// person reaches 25 (Children and Families Act 2014 s 46).
const yearsAtLast = 26

// checkLastDay checks a child's last day. It is not before the first, and not after the youngest child of the need has grown out of
// every place: a later one is a slip of the pen.
func checkLastDay(p market.Placement, last market.Date, youngest int) error {
	first := p.FirstDay()
	latest := first.AddMonths(12 * (yearsAtLast - youngest))
	switch {
	case last.Before(first):
		return market.RefuseField(market.Invalid, "lastDay", "The last day cannot be before the first day, %s.", first)
	case last.After(latest):
		return market.RefuseField(market.Invalid, "lastDay", "Check the year: the last day cannot be after %s, when the child is %d.",
			latest, yearsAtLast)
	}
	return nil
}

// checkReason checks a reason and the words with it, which another reason than those listed needs.
func checkReason(reason market.PlacementEndReason, words *string) error {
	if reason == market.EndOther && words == nil {
		return market.RefuseField(market.Invalid, "words", "Enter words: the reason OTHER needs them.")
	}
	return checkWords("words", words)
}

// WithdrawEnd checks that an end can be taken back: until its last day is over the child is still there.
func WithdrawEnd(p market.Placement, now time.Time) error {
	p.AsOf = now
	switch {
	case p.EndedOn == nil:
		return market.Refuse(market.WrongState, "No last day is recorded for this placement.")
	case p.Status() == market.PlacementEnded:
		return market.Refuse(market.WrongState,
			"This placement ended on %s: if that is wrong, correct the last day with endPlacement.", p.EndedOn)
	}
	return nil
}

// CancelPlacement checks that a placement can be cancelled: the child has not come.
func CancelPlacement(p market.Placement, in CancelPlacementInput) error {
	switch {
	case p.CancelledAt != nil:
		return market.Refuse(market.WrongState, "This placement is already cancelled.")
	case p.StartedAt != nil:
		return market.Refuse(market.WrongState, "The child has started here: record the last day with endPlacement.")
	}
	return checkReason(in.Reason, in.Words)
}

// GiveNotice checks a provider's notice. A child who has come has a last day; one who has not has none. youngest is the lowest age of
// the need.
func GiveNotice(p market.Placement, youngest int, in GiveNoticeInput) error {
	switch {
	case p.CancelledAt != nil:
		return market.ErrPlacementCancelled
	case p.StartedAt != nil && in.LastDay == nil:
		return market.RefuseField(market.Invalid, "lastDay", "Enter the last day on which the child is there.")
	}
	if in.LastDay != nil {
		if err := checkLastDay(p, *in.LastDay, youngest); err != nil {
			return err
		}
	}
	return checkReason(in.Reason, in.Words)
}
