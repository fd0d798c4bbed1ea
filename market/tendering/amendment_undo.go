package tendering

import (
	"time"

	"github.com/southeasttogether/dps/market"
)

// UnlinkNeeds checks that a link of two needs can be taken back. Drafts need no reason. Providers that are invited to a
// published one read the link and offer with it in mind: they are told why it was wrong, while they can still change their
// offers.
func UnlinkNeeds(n, sibling market.Need, in UnlinkNeedsInput, now time.Time) error {
	published := false
	for _, each := range []market.Need{n, sibling} {
		if each.Deadline != nil && now.After(*each.Deadline) {
			return market.ErrDeadlinePassed
		}
		published = published || each.PublishedAt != nil
	}
	if in.Reason == nil && !published {
		return nil
	}
	reason := market.InputText{Field: "reason", Limit: 2000}
	if in.Reason != nil {
		reason.Value = *in.Reason
	}
	if err := market.CheckTexts(reason); err != nil {
		return err
	}
	return market.CheckAnonymous(reason)
}

// DiscardedReason is why a discarded draft is withdrawn.
const DiscardedReason = "Discarded as a draft."

// DiscardNeed checks that a need can be discarded: nobody but its authority has read a draft.
func DiscardNeed(n market.Need) error {
	if err := market.RequireNotWithdrawn(n); err != nil {
		return err
	}
	if n.Status() != market.NeedDraft {
		return market.Refuse(market.WrongState,
			"Only a draft can be discarded: withdraw this need with withdrawNeed, so that invited providers are told why.")
	}
	return nil
}

// SetCeiling checks that a ceiling can be set or cleared: nobody can move it once the prices that it is for are known.
func SetCeiling(n market.Need, in SetCeilingInput) error {
	if err := market.RequireNotWithdrawn(n); err != nil {
		return err
	}
	if n.OpenedAt != nil {
		return market.Refuse(market.WrongState,
			"The offers of this need are open, so its ceiling stays: give a ground when you propose a price over it.")
	}
	return checkCeiling("weekly", in.Weekly)
}
