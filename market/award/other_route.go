package award

import (
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/southeasttogether/dps/market"
)

// RouteRule says whether a regime allows a route.
type RouteRule struct {
	Regime      string       `db:"regime"`
	Route       market.Route `db:"route"`
	Allowed     bool         `db:"allowed"`
	AwardNotice bool         `db:"award_notice"`
	Source      string       `db:"source"`
}

// TribunalDirection is what the tribunal directs.
type TribunalDirection string

// TribunalTerms is how long an authority has to comply with an order, and the source of that.
type TribunalTerms struct {
	Code   TribunalDirection `db:"code"`
	Weeks  int               `db:"weeks"`
	Source string            `db:"source"`
}

// TribunalOrder is an order of the First-tier Tribunal.
type TribunalOrder struct {
	Reference string
	OrderedOn market.Date
	Directs   TribunalDirection
	ComplyBy  market.Date
	Source    string
	Late      bool
}

// ChoiceGround is a ground for awarding a contract by user choice.
type ChoiceGround string

// The grounds of the Procurement Act 2023, Sch 5 para 15 (check).
const (
	ChoicePreference   ChoiceGround = "PREFERENCE"
	ChoiceOnlySupplier ChoiceGround = "ONLY_SUPPLIER"
)

// SpotReason is a reason for buying a place outside the market.
type SpotReason string

// Basis is what an award by another route is based on.
type Basis struct {
	AwardID      uuid.UUID
	PreferenceID *uuid.UUID

	TelephoneOfferID *uuid.UUID

	Reasons   string
	Evidence  []string
	StartsOn  market.Date
	Weekly    market.Decimal
	Weeks     int
	Order     *TribunalOrder
	Choice    *ChoiceGround
	Enactment *string
	Spot      *SpotReason
	Grounds   *market.AwardGrounds
}

// Annual is what the place costs a year.
func (b Basis) Annual() market.Decimal {
	return market.Decimal{Decimal: b.Weekly.Mul(decimal.NewFromInt(int64(b.Weeks)))}
}

// requiredByLaw says whether the law leaves no choice: a school is named (Children and Families Act 2014, s 39(3)), or
// the tribunal orders a place.
func requiredByLaw(r market.Route) bool {
	return r == market.RouteParentalPreference || r == market.RouteTribunal
}

// routeReasons are what everybody who sees an award is told about its route. The full reasons are in its basis.
var routeReasons = map[market.Route]string{
	market.RouteUrgent:             "Offered by telephone for the same day.",
	market.RouteParentalPreference: "The school is named as the family asked (Children and Families Act 2014, s 39(3)).",
	market.RouteTribunal:           "The First-tier Tribunal directed it (Special Educational Needs and Disability Regulations 2014, reg 43).",
	market.RouteUserChoice:         "A direct award by user choice (Procurement Act 2023, s 41 and Sch 5).",
	market.RouteSpot:               "Bought outside the market.",
}

// PlaceTermsInput is when a place by another route begins, what it costs, and the documents that it is based on.
type PlaceTermsInput struct {
	StartsOn market.Date
	Weekly   market.Decimal
	Weeks    int
	Evidence []string
	Grounds  *AwardGroundsInput `json:",omitempty"`

	EstimatedValue *market.Decimal `json:",omitempty"`
}

// ApprovePlaceInput is a place by another route to approve.
type ApprovePlaceInput struct {
	IdempotencyKey string
	Award          market.ID

	DeclareNoInterest bool `json:",omitempty"`
}

// RecordSignatureInput is a provider's signature on paper.
type RecordSignatureInput struct {
	IdempotencyKey string
	Placement      market.ID
	Reference      string
}

// RouteFacts is what is known when a place by another route is proposed: the need, the regime's rule on the route, the
// setting, the need's earlier awards, and whether it ended without one.
type RouteFacts struct {
	Need              market.Need
	Rule              RouteRule
	Setting           market.Setting
	EarlierAwards     []market.Award
	EndedWithoutAward bool
	Bounds            Bounds
}

// leavesCompetition says whether the route takes its need out of a competition that is under way.
func (a RouteFacts) leavesCompetition() bool {
	s := a.Need.Status()
	return a.Rule.Route != market.RouteUrgent && (s == market.NeedPublished || s == market.NeedClosed)
}

// RequireUnopenedOrEnded refuses the approval of a place for a need whose offers are open: every bidder is told first how the
// competition ends.
func RequireUnopenedOrEnded(n market.Need, endedWithoutAward bool) error {
	if n.OpenedAt != nil && !endedWithoutAward {
		return market.Refuse(market.WrongState, "The offers of this need were opened after this place was proposed: reject the proposal, "+
			"end the need with endWithoutAward, so that every bidder is told, and propose the place again.")
	}
	return nil
}

// proposePlace checks what every route other than competition requires, and makes the award and its basis.
func (a RouteFacts) proposePlace(provider *uuid.UUID, terms PlaceTermsInput, words string) (market.Award, Basis, error) {
	for _, check := range []func() error{a.checkRoute, a.checkSetting, func() error { return checkTerms(terms) }} {
		if err := check(); err != nil {
			return market.Award{}, Basis{}, err
		}
	}
	if provider == nil {
		return market.Award{}, Basis{}, market.RefuseField(market.WrongState, "setting",
			"This setting is not linked to a provider yet: ask the market manager to link it with linkSetting.")
	}
	if err := market.CheckTexts(market.InputText{Field: "reasons", Value: words, Limit: 4000}); err != nil {
		return market.Award{}, Basis{}, err
	}
	grounds, err := CheckGrounds(a.groundsPath(), a.Rule.Route, terms.Weekly, a.Bounds, terms.Grounds)
	if err != nil {
		return market.Award{}, Basis{}, err
	}
	award := market.Award{
		ID: uuid.New(), NeedID: a.Need.ID, AuthorityID: a.Need.AuthorityID, ProviderID: *provider, SettingID: a.Setting.ID,
		Route: a.Rule.Route, Reason: routeReasons[a.Rule.Route], EstimatedValue: terms.EstimatedValue,
	}
	return award, Basis{
		AwardID: award.ID, Reasons: words, Evidence: terms.Evidence, StartsOn: terms.StartsOn, Weekly: terms.Weekly,
		Weeks: terms.Weeks, Grounds: grounds,
	}, nil
}

// checkRoute checks that the regime has the route, and that the need can still take it. Bidders in a competition are
// treated equally: a need leaves it only if the law requires that, and must otherwise end first, with reasons (PCR 2015
// regs 18 and 55; Procurement Act 2023 ss 12 and 55 (check)).
func (a RouteFacts) checkRoute() error {
	if !a.Rule.Allowed {
		return market.Refuse(market.WrongState, "This market's regime does not allow this route (%s).", a.Rule.Source)
	}
	for _, e := range a.EarlierAwards {
		if market.IsLive(e) {
			return market.ErrLiveAward
		}
	}
	switch s := a.Need.Status(); {
	case a.leavesCompetition() && !requiredByLaw(a.Rule.Route):
		return market.Refuse(market.WrongState,
			"This need is published to the market: withdraw it first, with a reason that every invited provider is told (PCR "+
				"2015 reg 18; Procurement Act 2023 s 12).")
	case (s == market.NeedOpened || s == market.NeedRanked) && !a.EndedWithoutAward:
		return market.Refuse(market.WrongState,
			"The offers of this need are open: end it without an award first, so that every bidder is told (PCR 2015 reg 55; "+
				"Procurement Act 2023 s 55).")
	}
	return nil
}

// groundsPath is the path of the field of grounds: an urgent place takes its terms from the telephone offer.
func (a RouteFacts) groundsPath() string {
	if a.Rule.Route == market.RouteUrgent {
		return ""
	}
	return "terms."
}

func (a RouteFacts) checkSetting() error {
	if a.Setting.ClosedOn != nil && !a.Setting.ClosedOn.After(market.LondonDate(a.Need.AsOf)) {
		return market.RefuseField(market.WrongState, "setting", "This setting closed on %s.", a.Setting.ClosedOn)
	}
	return nil
}

// mostEvidencePapers is the highest number of documents that a place can be based on.
const mostEvidencePapers = 20

// checkPrice checks what a place costs. path is the path of its fields.
func checkPrice(path string, weekly market.Decimal, weeks int) error {
	return market.All(
		market.RefuseIf(!weekly.IsPositive() || weekly.GreaterThan(market.MostWeeklyPounds.Decimal), path+"weekly",
			"A price must be more than 0 and at most %s pounds a week.", market.MostWeeklyPounds.Text()),
		market.RefuseIf(weeks != 38 && weeks != 44 && weeks != 52, path+"weeks", "Weeks must be 38, 44 or 52."))
}

func checkTerms(t PlaceTermsInput) error {
	if err := market.All(checkPrice("terms.", t.Weekly, t.Weeks), checkEstimate("terms.estimatedValue", t.EstimatedValue)); err != nil {
		return err
	}
	if len(t.Evidence) == 0 || len(t.Evidence) > mostEvidencePapers {
		return market.RefuseField(market.Invalid, "terms.evidence",
			"Enter between 1 and %d documents that this place is based on, including the provider's agreement.", mostEvidencePapers)
	}
	for _, paper := range t.Evidence {
		if err := market.CheckTexts(market.InputText{Field: "terms.evidence", Value: paper, Limit: 200}); err != nil {
			return err
		}
	}
	return nil
}

// ApprovePlace approves a place by another route. The approver must not be the proposer. A place that was offered by
// telephone is one of the market, so that its provider must still be an active member. There are no bidders, and so no
// standstill. The award is based on the provider's agreement, or on the law's order to admit (Children and Families
// Act 2014, s 43), so it counts as accepted.
func ApprovePlace(a market.Award, live *market.Membership, person string, now time.Time) (market.Award, error) {
	switch {
	case a.Route == market.RouteCompetition:
		return a, market.Refuse(market.WrongState,
			"This award came from a competition: use approveAward to approve it, so that every bidder is told.")
	case a.Status() != market.AwardProposed:
		return a, market.Refuse(market.WrongState, "This award is not waiting for approval.")
	case a.ProposedBy == person:
		return a, market.Refuse(market.SamePerson, "You proposed this place, so you cannot approve it: ask another approver.")
	}
	if a.Route == market.RouteUrgent {
		if err := requireActiveMember(live); err != nil {
			return a, err
		}
	}
	a.ApprovedAt, a.AcceptedAt = &now, &now
	return a, nil
}

// TribunalOrderAsOf is an order as it is read. It is late if the place was not agreed by the end of the last day.
func TribunalOrderAsOf(d TribunalTerms, reference string, orderedOn, complyBy market.Date, accepted *time.Time,
	now time.Time,
) TribunalOrder {
	o := TribunalOrder{Reference: reference, OrderedOn: orderedOn, Directs: d.Code, ComplyBy: complyBy, Source: d.Source}
	if ComplyBy(d, orderedOn, nil).String() != complyBy.String() {
		o.Source = "The order itself (reg 44(1))."
	}
	agreed := now
	if accepted != nil {
		agreed = *accepted
	}
	o.Late = agreed.After(market.EndOfDay(complyBy.Time))
	return o
}

// AbovePlacesGround is the ground on which a school takes a child above its number of places; "" if there is none.
func AbovePlacesGround(r market.Route) string {
	if requiredByLaw(r) {
		return "Named in the plan (Children and Families Act 2014, s 43)."
	}
	return ""
}

// RecordSignature checks that a signature on paper is recorded only for a place by another route. In a competition
// every provider has an account, and signs with it.
func RecordSignature(p market.Placement, in RecordSignatureInput) error {
	if err := market.RequirePlacementLive(p); err != nil {
		return err
	}
	if p.Route == market.RouteCompetition {
		return market.Refuse(market.WrongState, "This provider signs the agreement itself, with signAgreement.")
	}
	return market.CheckTexts(market.InputText{Field: "reference", Value: in.Reference, Limit: 200})
}
