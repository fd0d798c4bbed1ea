package tendering

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/southeasttogether/dps/market"
)

// SubmitOfferInput is an offer, or the complete text of an amended one.
type SubmitOfferInput struct {
	IdempotencyKey string
	Need           market.ID
	Setting        market.ID
	StartsOn       market.Date
	Places         int
	NeedsMet       string
	OutcomesMet    string
	Assumptions    string
	Weeks          int
	Fees           []FeeInput
}

// FeeInput is a fee line of an offer.
type FeeInput struct {
	Kind        market.FeeKind
	Description string
	Weekly      market.Decimal
}

// WithdrawOfferInput says which offer to withdraw.
type WithdrawOfferInput struct {
	IdempotencyKey string
	Offer          market.ID
}

// OfferFacts are what there is to know when a provider offers, read under the locks of the needs.
type OfferFacts struct {
	Call        []market.Need       // the need, then the others of its joint call
	Setting     *market.Setting     // the provider's own; nil where it is not
	Memberships []market.Membership // of the provider, that have not ended
	Live        []market.Offer      // of the provider, for the setting, not withdrawn
}

// SubmitOffers gives an offer, or the next version of the live one, for each need that one offer answers.
func SubmitOffers(in SubmitOfferInput, f OfferFacts) ([]market.Offer, error) {
	if len(f.Call) == 0 {
		return nil, market.Absent("need")
	}
	if f.Setting == nil {
		return nil, market.Absent("setting")
	}
	var all []market.Offer
	for _, need := range NeedsAtOneStage(f.Call) {
		quality, price, err := SubmitOffer(in, need, *f.Setting, membershipOf(f.Memberships, need.LotID), need.AsOf)
		if err != nil {
			return nil, err
		}
		offer := f.nextVersion(need)
		offer.OfferQuality, offer.Price = quality, &price
		all = append(all, offer)
	}
	return all, nil
}

// membershipOf is the membership of a lot; nil if there is none.
func membershipOf(all []market.Membership, lot uuid.UUID) *market.Membership {
	for i := range all {
		if all[i].LotID == lot {
			return &all[i]
		}
	}
	return nil
}

// nextVersion is the live offer to a need at its next version, or a new one.
func (f OfferFacts) nextVersion(n market.Need) market.Offer {
	offer := market.Offer{ID: uuid.New(), NeedID: n.ID, AuthorityID: n.AuthorityID, ProviderID: *f.Setting.ProviderID, SettingID: f.Setting.ID}
	for _, live := range f.Live {
		if live.NeedID == n.ID {
			offer = live
		}
	}
	offer.Version++
	offer.ReceivedAt = n.AsOf
	return offer
}

// SubmitOffer checks an offer, or the whole of an amended one, and splits it into the two halves that are sealed apart.
// The deadline is the last instant at which an offer is received; the caller passes a clock read after the need's lock.
func SubmitOffer(in SubmitOfferInput, n market.Need, s market.Setting, live *market.Membership, now time.Time) (market.OfferQuality,
	market.OfferPrice, error,
) {
	if err := RequireOpenForOffers(n, now); err != nil {
		return market.OfferQuality{}, market.OfferPrice{}, err
	}
	if !market.IsActiveMember(live) {
		return market.OfferQuality{}, market.OfferPrice{}, market.Refuse(market.NotAdmitted,
			"You can only offer if you are an active member of the lot.")
	}
	if err := market.RequireSettingOpen(s, in.StartsOn, now); err != nil {
		return market.OfferQuality{}, market.OfferPrice{}, err
	}
	price, err := offerPrice(in)
	return market.OfferQuality{
		StartsOn: in.StartsOn, Places: in.Places, NeedsMet: in.NeedsMet, OutcomesMet: in.OutcomesMet, Assumptions: in.Assumptions,
	}, price, market.All(checkOffer(in, n, s, *live), err)
}

// RequireOpenForOffers refuses offers to a need that is withdrawn, urgent, not published, or past its deadline.
func RequireOpenForOffers(n market.Need, now time.Time) error {
	if n.WithdrawnAt != nil {
		return market.RequireNotWithdrawn(n)
	}
	if err := market.RequireNotUrgent(n); err != nil {
		return err
	}
	if n.Deadline == nil {
		return market.Refuse(market.WrongState, "This need is not published.")
	}
	if n.HasClosed(now) {
		return market.ErrDeadlinePassed
	}
	return nil
}

func checkOffer(in SubmitOfferInput, n market.Need, s market.Setting, live market.Membership) error {
	return market.All(
		checkOfferedSetting(n, s, live),
		market.RefuseIf(in.StartsOn.Before(n.StartFrom) || in.StartsOn.After(n.StartTo), "startsOn",
			"The first day must be between %s and %s.", n.StartFrom, n.StartTo),
		market.RefuseIf(in.Places != 1, "places", "Places must be 1, because each need is for one child."),
		market.CheckTexts(market.InputText{Field: "needsMet", Value: in.NeedsMet, Limit: 8000},
			market.InputText{Field: "outcomesMet", Value: in.OutcomesMet, Limit: 8000}),
		market.CheckLengths(market.InputText{Field: "assumptions", Value: in.Assumptions, Limit: 4000}),
	)
}

// checkOfferedSetting refuses a setting of another kind than the lot's, or of other ages than the need's.
func checkOfferedSetting(n market.Need, s market.Setting, live market.Membership) error {
	return market.All(
		market.RefuseIf((s.Kind == market.SettingHome) != (live.LotKind == market.LotChildrensHome), "setting",
			"Choose a setting of the lot's kind: a children's home in a lot of homes, or a school in a lot of school places."),
		market.RefuseIf(s.AgeHigh != nil && *s.AgeHigh < n.AgeLow, "setting",
			"This setting takes children up to age %s, but the need is for ages %d to %d.", ageText(s.AgeHigh), n.AgeLow, n.AgeHigh),
		market.RefuseIf(s.AgeLow != nil && *s.AgeLow > n.AgeHigh, "setting",
			"This setting takes children from age %s, but the need is for ages %d to %d.", ageText(s.AgeLow), n.AgeLow, n.AgeHigh),
	)
}

// offerPrice adds the fees exactly: pounds a week, and a year of 38, 44 or 52 weeks.
func offerPrice(in SubmitOfferInput) (market.OfferPrice, error) {
	price := market.OfferPrice{Weeks: in.Weeks}
	refused := market.RefuseIf(in.Weeks != 38 && in.Weeks != 44 && in.Weeks != 52, "weeks", "Weeks must be 38, 44 or 52.")
	if len(in.Fees) > 30 {
		return price, market.All(refused, market.RefuseField(market.Invalid, "fees", "Enter at most 30 fees."))
	}
	for i, f := range in.Fees {
		refused = market.All(refused, checkFee(fmt.Sprintf("fees.%d.", i), f))
		price.Weekly.Decimal = price.Weekly.Add(f.Weekly.Decimal)
		price.Fees = append(price.Fees, &market.Fee{Kind: f.Kind, Description: f.Description, Weekly: f.Weekly})
	}
	price.Annual.Decimal = price.Weekly.Mul(decimal.NewFromInt(int64(in.Weeks)))
	return price, market.All(refused,
		market.RefuseIf(hasDuplicateFee(in.Fees), "fees",
			"Two fees have the same kind and description: add them together, or say how they differ."),
		market.RefuseIf(!price.Weekly.IsPositive(), "fees", "Enter at least one fee above 0: an offer without a price cannot be compared."))
}

func checkFee(path string, f FeeInput) error {
	return market.All(
		market.CheckTexts(market.InputText{Field: path + "description", Value: f.Description, Limit: 200}),
		market.RefuseIf(f.Weekly.IsNegative() || f.Weekly.GreaterThan(market.MostWeeklyPounds.Decimal), path+"weekly",
			"Each fee must be between 0.00 and 99999.99 pounds a week."))
}

// hasDuplicateFee says whether two fees claim to pay for the same thing.
func hasDuplicateFee(fees []FeeInput) bool {
	seen := map[string]bool{}
	for _, f := range fees {
		line := string(f.Kind) + ":" + strings.ToLower(strings.Join(strings.Fields(f.Description), " "))
		if seen[line] {
			return true
		}
		seen[line] = true
	}
	return false
}

// WithdrawOffer checks a withdrawal: once, and before the deadline.
func WithdrawOffer(o market.Offer, n market.Need, now time.Time) error {
	if o.VoidedAt != nil {
		return market.Refuse(market.WrongState, "This offer is void, because the need has changed since: there is nothing to withdraw.")
	}
	if o.WithdrawnAt != nil {
		return market.Refuse(market.WrongState, "This offer has already been withdrawn.")
	}
	return RequireOpenForOffers(n, now)
}

// WithdrawalFacts are what there is to know when a provider withdraws an offer, read under the locks of the needs.
type WithdrawalFacts struct {
	Call  []market.Need  // the need of the offer, then the others of its joint call
	Offer *market.Offer  // nil where there is none
	Live  []market.Offer // to needs of the call, for the same setting, not withdrawn
}

// WithdrawOffers gives the offer and those to the other needs of a joint call, withdrawn.
func WithdrawOffers(f WithdrawalFacts) ([]market.Offer, error) {
	if f.Offer == nil || len(f.Call) == 0 {
		return nil, market.Absent("offer")
	}
	var all []market.Offer
	for i, need := range NeedsAtOneStage(f.Call) {
		offer := f.Offer
		if i > 0 {
			offer = f.liveTo(need)
		}
		if offer == nil {
			return nil, market.Absent("offer")
		}
		if err := WithdrawOffer(*offer, need, need.AsOf); err != nil {
			return nil, err
		}
		withdrawn := *offer
		withdrawn.WithdrawnAt = &need.AsOf
		all = append(all, withdrawn)
	}
	return all, nil
}

func (f WithdrawalFacts) liveTo(n market.Need) *market.Offer {
	for i := range f.Live {
		if f.Live[i].NeedID == n.ID {
			return &f.Live[i]
		}
	}
	return nil
}

// ageText is an age that a register says; empty where it says none.
func ageText(age *int) string {
	if age == nil {
		return ""
	}
	return strconv.Itoa(*age)
}
