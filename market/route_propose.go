package market

import (
	"time"

	"github.com/google/uuid"
)

// ProposeNamedPlaceInput is a place that follows from naming a school.
type ProposeNamedPlaceInput struct {
	IdempotencyKey string
	Preference     ID
	Terms          PlaceTermsInput
}

// ProposeOrderedPlaceInput is a place that the tribunal has directed.
type ProposeOrderedPlaceInput struct {
	IdempotencyKey string
	Need           ID
	Setting        ID
	Reference      string
	OrderedOn      Date
	Directs        TribunalDirection
	ComplyBy       *Date
	Reasons        string
	Terms          PlaceTermsInput
}

// ProposeChosenPlaceInput is a place by user choice.
type ProposeChosenPlaceInput struct {
	IdempotencyKey string
	Need           ID
	Setting        ID
	Ground         ChoiceGround
	Preference     *ID
	Enactment      string
	Reasons        string
	NotExcluded    bool
	Terms          PlaceTermsInput
}

// ProposeSpotPlaceInput is a place bought outside the market.
type ProposeSpotPlaceInput struct {
	IdempotencyKey string
	Need           ID
	Setting        ID
	Seller         *SellerInput
	Reason         SpotReason
	Reasons        string
	Terms          PlaceTermsInput
}

// SellerInput is who sells a place and is not known here.
type SellerInput struct {
	Name          string
	CompanyNumber string
}

// ProposeNamedPlace makes the proposal of the place that follows from naming a school: the decision is DecideNaming's, and its
// reasons are the award's.
func ProposeNamedPlace(a RouteFacts, decided *Naming, in ProposeNamedPlaceInput) (Award, Basis, error) {
	if decided == nil || !decided.Named {
		return Award{}, Basis{}, Refuse(WrongState, "No school is named on this wish: decide on it first, with decideNaming (Children and Families Act 2014, s 39).")
	}
	award, basis, err := a.proposePlace(a.Setting.ProviderID, in.Terms, decided.Reasons)
	basis.PreferenceID = &in.Preference.UUID
	return award, basis, err
}

// ProposeOrderedPlace makes the proposal of the place that the First-tier Tribunal has directed. The order is complied with
// within the time that it says, else within the regulation's (SEND Regulations 2014, reg 44(1) and (2)); one that is late is
// still complied with.
func ProposeOrderedPlace(a RouteFacts, d TribunalTerms, in ProposeOrderedPlaceInput, now time.Time) (Award, Basis, error) {
	refuse := func(err error) (Award, Basis, error) { return Award{}, Basis{}, err }
	switch {
	case a.Need.LegalBasis != LegalBasisEhcPlan:
		return refuse(Refuse(WrongState, "The tribunal directs what stands in an education, health and care plan: this need is on another basis (Children and Families Act 2014, s 51)."))
	case a.Setting.Kind != SettingSchool:
		return refuse(RefuseField(Invalid, "setting", "The tribunal names a school or another institution, not a children's home (SEND Regulations 2014, reg 43)."))
	case in.OrderedOn.After(EndOfDay(now)):
		return refuse(RefuseField(Invalid, "orderedOn", "The order is made today or before."))
	case in.ComplyBy != nil && in.ComplyBy.Before(in.OrderedOn.Time):
		return refuse(RefuseField(Invalid, "complyBy", "The time to comply ends after the order."))
	}
	if err := checkTexts(InputText{"reference", in.Reference, 100}); err != nil {
		return refuse(err)
	}
	award, basis, err := a.proposePlace(a.Setting.ProviderID, in.Terms, in.Reasons)
	basis.Order = &TribunalOrder{Reference: in.Reference, OrderedOn: in.OrderedOn, Directs: in.Directs, ComplyBy: ComplyBy(d, in.OrderedOn, in.ComplyBy)}
	return award, basis, err
}

// ComplyBy is until when an order must be complied with.
func ComplyBy(d TribunalTerms, orderedOn Date, said *Date) Date {
	if said != nil {
		return *said
	}
	return Date{orderedOn.AddDate(0, 0, 7*d.Weeks)}
}

// ProposeChosenPlace makes the proposal of a direct award by user choice: services for one individual, whose or whose carer's views
// the authority must by an enactment have regard to, where one of two grounds applies and competition would not be in the
// individual's best interests (Procurement Act 2023, Sch 5 paras 15 and 16 (check)), to a supplier that is not excluded (s 41).
func ProposeChosenPlace(a RouteFacts, wish *Preference, in ProposeChosenPlaceInput) (Award, Basis, error) {
	refuse := func(err error) (Award, Basis, error) { return Award{}, Basis{}, err }
	switch {
	case in.Ground == ChoicePreference && (wish == nil || wish.NeedID != a.Need.ID):
		return refuse(RefuseField(Invalid, "preference", "Name the wish on record with this need (Procurement Act 2023, Sch 5 para 15)."))
	case in.Ground == ChoicePreference && (wish.SettingID == nil || *wish.SettingID != a.Setting.ID):
		return refuse(RefuseField(Invalid, "preference", "This wish is for another setting, or for none (Procurement Act 2023, Sch 5 para 15)."))
	case in.Ground != ChoicePreference && in.Preference != nil:
		return refuse(RefuseField(Invalid, "preference", "Leave this out where only one supplier is capable."))
	case !in.NotExcluded:
		return refuse(RefuseField(Invalid, "notExcluded", "An excluded supplier is given no direct award (Procurement Act 2023, s 41)."))
	}
	if err := checkTexts(InputText{"enactment", in.Enactment, 200}); err != nil {
		return refuse(err)
	}
	award, basis, err := a.proposePlace(a.Setting.ProviderID, in.Terms, in.Reasons)
	basis.Choice, basis.Enactment = &in.Ground, &in.Enactment
	if in.Preference != nil {
		basis.PreferenceID = &in.Preference.UUID
	}
	return award, basis, err
}

// ProposeSpotPlace puts on record a place bought outside the market. A reason that says that the market was asked is borne out
// by the need: it ended without an award, or was withdrawn after it was published.
func ProposeSpotPlace(a RouteFacts, seller *uuid.UUID, in ProposeSpotPlaceInput) (Award, Basis, error) {
	refuse := func(err error) (Award, Basis, error) { return Award{}, Basis{}, err }
	askedMarket := a.EndedWithoutAward || a.Need.PublishedAt != nil && a.Need.WithdrawnAt != nil
	switch known := a.Setting.ProviderID != nil; {
	case known && in.Seller != nil:
		return refuse(RefuseField(Invalid, "seller", "It is known whose this setting is: leave this out."))
	case !known && in.Seller == nil:
		return refuse(RefuseField(Invalid, "seller", "Nobody has said yet whose this setting is: say who sells."))
	case (in.Reason == "NO_OFFERS" || in.Reason == "NONE_SUITABLE") && !askedMarket:
		return refuse(RefuseField(Invalid, "reason", "The market was not asked for this need: it was never published, or its competition has not ended."))
	}
	award, basis, err := a.proposePlace(seller, in.Terms, in.Reasons)
	basis.Spot = &in.Reason
	return award, basis, err
}

// CheckSeller checks who sells.
func CheckSeller(in SellerInput) error {
	return checkTexts(InputText{"seller.name", in.Name, 200}, InputText{"seller.companyNumber", in.CompanyNumber, 20})
}
