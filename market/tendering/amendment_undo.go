package tendering

import (
	"cmp"
	"time"

	"github.com/southeasttogether/dps/market"
)

// UnlinkNeeds checks that a link of two needs can be taken back. Drafts need no reason. Providers that are invited to a
// published one read the link and offer with it in mind: they are told why it was wrong, while they can still change their
// offers.
func UnlinkNeeds(n, sibling market.Need, in UnlinkNeedsInput, now time.Time) error {
	if err := cmp.Or(requireLinkOpen("need", n, now), requireLinkOpen("sibling", sibling, now)); err != nil {
		return err
	}
	if in.Reason == nil && n.PublishedAt == nil && sibling.PublishedAt == nil {
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

// requireLinkOpen refuses to unlink a need once its deadline has passed, and names it.
func requireLinkOpen(field string, n market.Need, now time.Time) error {
	if n.HasClosed(now) {
		return market.RefuseField(market.DeadlinePassed, field,
			"The deadline of %s has passed, so its link stays: offers were made with it in mind.", n.Reference)
	}
	return nil
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
