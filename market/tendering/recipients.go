package tendering

import (
	"slices"

	"github.com/southeasttogether/dps/market"
)

// checkRecipients allows fewer recipients than every member in two cases: the profile could lead to the child, so as
// few people as possible should read it, or the regime allows it (PCR 2015 reg 34(21) and Procurement Act 2023 s 34
// have every member of a dynamic market invited). Both need a reason.
func checkRecipients(in PublishNeedInput, r market.Regime, alike int) error {
	if in.Recipients == nil {
		if in.RecipientsReason != nil {
			return market.RefuseField(market.Invalid, "recipients",
				"Choose the providers that this reason is for, or leave out the reason.")
		}
		return nil
	}
	reason := market.InputText{Field: "recipientsReason", Limit: 2000}
	if in.RecipientsReason != nil {
		reason.Value = *in.RecipientsReason
	}
	if err := market.CheckTexts(reason); err != nil {
		return err
	}
	switch {
	case len(in.Recipients) == 0 || hasDuplicateID(in.Recipients):
		return market.RefuseField(market.Invalid, "recipients", "Choose at least one provider, and each only once.")
	case r.InvitesEveryMember && alike > 0:
		return market.RefuseField(market.Invalid, "recipients",
			"Leave out the recipients: every member of the lot must be invited, unless no other need is like this one (%s).", r.Source)
	}
	return market.CheckAnonymous(reason)
}

func hasDuplicateID(ids []market.ID) bool {
	for i, id := range ids {
		if slices.Contains(ids[:i], id) {
			return true
		}
	}
	return false
}
