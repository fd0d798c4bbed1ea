package award

import (
	"fmt"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/tendering"
)

// UrgentTerms are the regime's rules for the urgent route.
type UrgentTerms struct {
	MostHours          int    `db:"most_hours"`
	ConfirmWorkingDays int    `db:"confirm_working_days"`
	Source             string `db:"source"`
}

// BroadcastUrgentNeedInput is an urgent need.
type BroadcastUrgentNeedInput struct {
	IdempotencyKey string
	Lot            market.ID
	Age            int
	Gender         *market.Gender
	PrimaryNeed    string
	LegalBasis     market.LegalBasis
	HomeOutcode    string
	CeilingWeekly  *market.Decimal
	Profile        string
	Reason         string
	Hours          int
	Vacant         bool
	District       *string
	LocalAuthority *string
}

// ProposeUrgentPlaceInput is a place that was offered by telephone.
type ProposeUrgentPlaceInput struct {
	IdempotencyKey string
	TelephoneOffer market.ID
	Grounds        *AwardGroundsInput `json:",omitempty"`
	EstimatedValue *market.Decimal    `json:",omitempty"`
	Reasons        string

	DeclareNoInterest bool `json:",omitempty"`
}

// What a minimal referral leaves open: the distance, the outcomes, and that the place begins within a week.
const (
	urgentMiles    = 500
	urgentDays     = 7
	urgentOutcomes = "This is an urgent place. Outcomes will be agreed with the provider."
)

// BroadcastUrgentNeed makes an urgent need and publishes it at once, for some hours, if the regime has the route. Like
// any other need it must be within the lot and must not name the child. The urgency justifies a profile that may be the
// only one of its kind.
func BroadcastUrgentNeed(in BroadcastUrgentNeedInput, lot market.Lot, m market.Market, rule RouteRule, terms UrgentTerms,
	now time.Time,
) (market.Need, error) {
	reason := market.InputText{Field: "reason", Value: in.Reason, Limit: 2000}
	switch {
	case !rule.Allowed:
		return market.Need{}, market.Refuse(market.WrongState, "This market's regime does not allow this route (%s).", rule.Source)
	case in.Hours < 1 || in.Hours > terms.MostHours:
		return market.Need{}, market.RefuseField(market.Invalid, "hours",
			"Hours must be between 1 and %d (%s).", terms.MostHours, terms.Source)
	case now.After(market.EndOfDay(m.EndsOn.Time)):
		return market.Need{}, market.Refuse(market.WrongState, "This market ended on %s.", m.EndsOn)
	}
	if err := market.CheckTexts(reason); err != nil {
		return market.Need{}, err
	}
	if err := market.CheckAnonymous(reason); err != nil {
		return market.Need{}, err
	}
	today := market.LondonDate(now)
	n, err := tendering.DraftNeed(tendering.CreateNeedInput{
		Lot: in.Lot, AgeLow: in.Age, AgeHigh: in.Age, Gender: in.Gender,
		PrimaryNeed: in.PrimaryNeed, LegalBasis: in.LegalBasis,
		HomeOutcode: in.HomeOutcode, TravelMiles: urgentMiles, CeilingWeekly: in.CeilingWeekly, StartFrom: today,
		StartTo: today.AddDays(urgentDays), Profile: in.Profile, Outcomes: urgentOutcomes,
	}, lot)
	n.PublishedAt, n.Deadline, n.UrgentReason = &now, new(now.Add(time.Duration(in.Hours)*time.Hour)), &in.Reason
	return n, err
}

// UrgentFilter says which settings are asked: those of the lot's active members that take such a child, have a free
// place today, and are in the district if one is given.
func UrgentFilter(in BroadcastUrgentNeedInput, now time.Time) market.PlaceFilter {
	f := market.PlaceFilter{
		Lot: &in.Lot, Needs: []string{in.PrimaryNeed}, Age: &in.Age, Gender: in.Gender, District: in.District,
		LocalAuthority: in.LocalAuthority,
	}
	if in.Vacant {
		f.VacancyOn = new(market.LondonDate(now))
	}
	return f
}

// ProposeUrgentPlace makes the proposal of a place that was offered by telephone, by a member that is still active. It
// does not wait for confirmation, because the child cannot wait.
func ProposeUrgentPlace(a RouteFacts, o TelephoneOffer, live *market.Membership, in ProposeUrgentPlaceInput) (market.Award,
	Basis, error,
) {
	if err := RequireUndisputedOffer(o); err != nil {
		return market.Award{}, Basis{}, err
	}
	if err := market.RequireNotWithdrawn(a.Need); err != nil {
		return market.Award{}, Basis{}, err
	}
	if err := requireActiveMember(live); err != nil {
		return market.Award{}, Basis{}, err
	}
	if err := market.RequireRunBy(a.Setting, o.ProviderID); err != nil {
		return market.Award{}, Basis{}, err
	}
	said := fmt.Sprintf("Telephone offer, made at %s, entered by %s", o.SaidAt.In(market.London).Format("15:04 on 2 January 2006"),
		o.EnteredBy)
	award, basis, err := a.proposePlace(&o.ProviderID, PlaceTermsInput{
		StartsOn: o.StartsOn, Weekly: o.Weekly, Weeks: o.Weeks,
		Evidence: []string{said}, Grounds: in.Grounds, EstimatedValue: in.EstimatedValue,
	}, in.Reasons)
	basis.TelephoneOfferID = &o.ID
	return award, basis, err
}
