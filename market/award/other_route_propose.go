package award

import (
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/identifier"
)

// ProposeNamedPlaceInput is a place that follows from naming a school.
type ProposeNamedPlaceInput struct {
	IdempotencyKey string
	Preference     market.ID
	Terms          PlaceTermsInput

	DeclareNoInterest bool `json:",omitempty"`
}

// ProposeOrderedPlaceInput is a place that the tribunal has directed.
type ProposeOrderedPlaceInput struct {
	IdempotencyKey string
	Need           market.ID
	Setting        market.ID
	Reference      string
	OrderedOn      market.Date
	Directs        TribunalDirection
	ComplyBy       *market.Date
	Reasons        string
	Terms          PlaceTermsInput

	DeclareNoInterest bool `json:",omitempty"`
}

// ProposeChosenPlaceInput is a place by user choice.
type ProposeChosenPlaceInput struct {
	IdempotencyKey string
	Need           market.ID
	Setting        market.ID
	Ground         ChoiceGround
	Preference     *market.ID
	Enactment      string
	Reasons        string
	NotExcluded    bool
	Terms          PlaceTermsInput

	DeclareNoInterest bool `json:",omitempty"`
}

// ProposeSpotPlaceInput is a place bought outside the market.
type ProposeSpotPlaceInput struct {
	IdempotencyKey string
	Need           market.ID
	Setting        market.ID
	Seller         *SellerInput
	Reason         SpotReason
	Reasons        string
	Terms          PlaceTermsInput

	DeclareNoInterest bool `json:",omitempty"`
}

// SellerInput is the seller of a place, if it is not known here.
type SellerInput struct {
	Name          string
	CompanyNumber *string
	CharityNumber *string
}

// ProposeNamedPlace makes the proposal of the place that follows when a school is named. DecideNaming makes the
// decision, and its reasons are the reasons of the award.
func ProposeNamedPlace(a RouteFacts, decided *market.Naming, in ProposeNamedPlaceInput) (market.Award, Basis, error) {
	if decided == nil || !decided.Named {
		return market.Award{}, Basis{}, market.Refuse(market.WrongState,
			"The school that the family asked for has not been named: decide on that first, with decideNaming (Children and "+
				"Families Act 2014, s 39).")
	}
	award, basis, err := a.proposePlace(a.Setting.ProviderID, in.Terms, decided.Reasons)
	basis.PreferenceID = &in.Preference.UUID
	return award, basis, err
}

// ProposeOrderedPlace makes the proposal of the place that the First-tier Tribunal directed. The authority must comply
// within the order's time, or the regulation's if the order gives none (SEND Regulations 2014, reg 44(1) and (2)). It
// must still comply when it is late.
func ProposeOrderedPlace(a RouteFacts, d TribunalTerms, in ProposeOrderedPlaceInput, now time.Time) (market.Award, Basis,
	error,
) {
	refuse := func(err error) (market.Award, Basis, error) { return market.Award{}, Basis{}, err }
	switch {
	case a.Need.LegalBasis != market.LegalBasisEhcPlan:
		return refuse(market.Refuse(market.WrongState,
			"The tribunal can only direct what is in an education, health and care plan, and this need has another legal basis "+
				"(Children and Families Act 2014, s 51)."))
	case a.Setting.Kind != market.SettingSchool:
		return refuse(market.RefuseField(market.Invalid, "setting",
			"Choose a school: the tribunal cannot name a children's home (SEND Regulations 2014, reg 43)."))
	case in.OrderedOn.After(market.LondonDate(now)):
		return refuse(market.RefuseField(market.Invalid, "orderedOn", "The date of the order must be today or in the past."))
	case in.ComplyBy != nil && in.ComplyBy.Before(in.OrderedOn):
		return refuse(market.RefuseField(market.Invalid, "complyBy",
			"The date to comply by must be the same as or after the date of the order."))
	}
	if err := market.CheckTexts(market.InputText{Field: "reference", Value: in.Reference, Limit: 100}); err != nil {
		return refuse(err)
	}
	award, basis, err := a.proposePlace(a.Setting.ProviderID, in.Terms, in.Reasons)
	basis.Order = &TribunalOrder{Reference: in.Reference, OrderedOn: in.OrderedOn, Directs: in.Directs, ComplyBy: ComplyBy(d,
		in.OrderedOn, in.ComplyBy)}
	return award, basis, err
}

// ComplyBy is the last day to comply with an order.
func ComplyBy(d TribunalTerms, orderedOn market.Date, said *market.Date) market.Date {
	if said != nil {
		return *said
	}
	return orderedOn.AddDays(7 * d.Weeks)
}

// ProposeChosenPlace makes the proposal of a direct award by user choice. These are services for one individual, when
// an enactment requires the authority to have regard to the views of the individual or their carer, one of two grounds
// applies, and competition would not be in the individual's best interests (Procurement Act 2023, Sch 5 paras 15 and 16
// (check)). The supplier must not be excluded (s 41).
func ProposeChosenPlace(a RouteFacts, wish *market.Preference, in ProposeChosenPlaceInput) (market.Award, Basis, error) {
	refuse := func(err error) (market.Award, Basis, error) { return market.Award{}, Basis{}, err }
	switch {
	case in.Ground == ChoicePreference && (wish == nil || wish.NeedID != a.Need.ID):
		return refuse(market.RefuseField(market.Invalid, "preference",
			"Choose a preference that is recorded for this need (Procurement Act 2023, Sch 5 para 15)."))
	case in.Ground == ChoicePreference && (wish.SettingID == nil || *wish.SettingID != a.Setting.ID):
		return refuse(market.RefuseField(market.Invalid, "preference",
			"This preference is not for this setting (Procurement Act 2023, Sch 5 para 15)."))
	case in.Ground != ChoicePreference && in.Preference != nil:
		return refuse(market.RefuseField(market.Invalid, "preference",
			"Leave out the preference when the ground is that only one supplier is capable."))
	case !in.NotExcluded:
		return refuse(market.RefuseField(market.Invalid, "notExcluded",
			"Confirm that the supplier is not excluded: an excluded supplier cannot have a direct award (Procurement Act 2023, s 41)."))
	}
	if err := market.CheckTexts(market.InputText{Field: "enactment", Value: in.Enactment, Limit: 200}); err != nil {
		return refuse(err)
	}
	award, basis, err := a.proposePlace(a.Setting.ProviderID, in.Terms, in.Reasons)
	basis.Choice, basis.Enactment = &in.Ground, &in.Enactment
	if in.Preference != nil {
		basis.PreferenceID = &in.Preference.UUID
	}
	return award, basis, err
}

// ProposeSpotPlace records a place bought outside the market. If the reason says that the market was asked, the need
// must show that: it ended without an award, or was withdrawn after it was published.
func ProposeSpotPlace(a RouteFacts, seller *uuid.UUID, in ProposeSpotPlaceInput) (market.Award, Basis, error) {
	refuse := func(err error) (market.Award, Basis, error) { return market.Award{}, Basis{}, err }
	askedMarket := a.EndedWithoutAward || a.Need.PublishedAt != nil && a.Need.WithdrawnAt != nil
	switch known := a.Setting.ProviderID != nil; {
	case known && in.Seller != nil:
		return refuse(market.RefuseField(market.Invalid, "seller", "This setting is already linked to a provider: leave out the seller."))
	case !known && in.Seller == nil:
		return refuse(market.RefuseField(market.Invalid, "seller",
			"This setting is not linked to a provider yet: enter who sells the place."))
	case (in.Reason == "NO_OFFERS" || in.Reason == "NONE_SUITABLE") && !askedMarket:
		return refuse(market.RefuseField(market.Invalid, "reason",
			"You cannot give this reason, because this need was never published or its competition has not ended."))
	}
	award, basis, err := a.proposePlace(seller, in.Terms, in.Reasons)
	basis.Spot = &in.Reason
	return award, basis, err
}

// CheckSeller checks who sells, and gives the numbers the one form that they are compared in.
func CheckSeller(in SellerInput) (SellerInput, error) {
	err := market.CheckTexts(market.InputText{Field: "seller.name", Value: in.Name, Limit: 200})
	if err != nil {
		return in, err
	}
	in.CompanyNumber, in.CharityNumber, _, err = identifier.Check("seller.", in.CompanyNumber, in.CharityNumber, nil)
	if err == nil && in.CompanyNumber == nil && in.CharityNumber == nil {
		err = market.RefuseField(market.Invalid, "seller.companyNumber", "Enter a company number or a charity number.")
	}
	return in, err
}
