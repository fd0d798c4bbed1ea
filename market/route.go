package market

import (
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// Route is a way to a place.
type Route string

// The routes to a place.
const (
	RouteCompetition        Route = "COMPETITION"
	RouteUrgent             Route = "URGENT"
	RouteParentalPreference Route = "PARENTAL_PREFERENCE"
	RouteTribunal           Route = "TRIBUNAL"
	RouteUserChoice         Route = "USER_CHOICE"
	RouteSpot               Route = "SPOT"
)

// Routes are all of them, in the order in which they are told.
var Routes = []Route{RouteCompetition, RouteUrgent, RouteParentalPreference, RouteTribunal, RouteUserChoice, RouteSpot}

// requiredByLaw says whether the law leaves no choice: a school is named (Children and Families Act 2014, s 39(3)), or ordered.
func (r Route) requiredByLaw() bool { return r == RouteParentalPreference || r == RouteTribunal }

// routeReasons are what everybody who sees an award is told of its route; the full reasons stand in its basis.
var routeReasons = map[Route]string{
	RouteUrgent:             "Offered by telephone for the same day.",
	RouteParentalPreference: "The school is named as the family asked (Children and Families Act 2014, s 39(3)).",
	RouteTribunal:           "The First-tier Tribunal directed it (Special Educational Needs and Disability Regulations 2014, reg 43).",
	RouteUserChoice:         "A direct award by user choice (Procurement Act 2023, s 41 and Sch 5).",
	RouteSpot:               "Bought outside the market.",
}

// familyRouteWords say in plain words how a place was found.
var familyRouteWords = map[Route]string{
	RouteCompetition:        "We asked schools and homes what they could offer, and chose the place that fits best.",
	RouteUrgent:             "A place was needed at once, so we asked by telephone who had one.",
	RouteParentalPreference: "You asked for this school, and we agreed to it.",
	RouteTribunal:           "A tribunal decided on this place.",
	RouteUserChoice:         "You told us who should give this support, and we went to them directly.",
	RouteSpot:               "We went to this place directly, without asking others first.",
}

// RouteWordsForFamily is how a place was found, as a family is told.
func RouteWordsForFamily(r Route) string { return familyRouteWords[r] }

// RouteRule says whether a route may be taken under a regime.
type RouteRule struct {
	Regime      string `db:"regime"`
	Route       Route  `db:"route"`
	Allowed     bool   `db:"allowed"`
	AwardNotice bool   `db:"award_notice"`
	Source      string `db:"source"`
}

// TribunalDirection is what the tribunal directs.
type TribunalDirection string

// TribunalTerms is how long an authority has to comply with one, and where that is written down.
type TribunalTerms struct {
	Code   TribunalDirection `db:"code"`
	Weeks  int               `db:"weeks"`
	Source string            `db:"source"`
}

// TribunalOrder is an order of the First-tier Tribunal.
type TribunalOrder struct {
	Reference string
	OrderedOn Date
	Directs   TribunalDirection
	ComplyBy  Date
	Source    string
	Late      bool
}

// ChoiceGround is why a contract may be awarded by user choice.
type ChoiceGround string

// The grounds of the Procurement Act 2023, Sch 5 para 15 (check).
const (
	ChoicePreference ChoiceGround = "PREFERENCE"
	ChoiceOnlySupplier     ChoiceGround = "ONLY_SUPPLIER"
)

// SpotReason is why a place was bought outside the market.
type SpotReason string

// Basis is on what an award by another route rests.
type Basis struct {
	AwardID      uuid.UUID
	PreferenceID *uuid.UUID

	TelephoneOfferID *uuid.UUID

	Reasons   string
	Evidence  []string
	StartsOn  Date
	Weekly    Decimal
	Weeks     int
	Order     *TribunalOrder
	Choice    *ChoiceGround
	Enactment *string
	Spot      *SpotReason
}

// Annual is what the place costs a year.
func (b Basis) Annual() Decimal {
	return Decimal{b.Weekly.Mul(decimal.NewFromInt(int64(b.Weeks)))}
}

// PlaceTermsInput is when a place by another route begins, what it costs, and the papers that it rests on.
type PlaceTermsInput struct {
	StartsOn Date
	Weekly   Decimal
	Weeks    int
	Evidence []string
}

// ApprovePlaceInput is a place by another route to approve.
type ApprovePlaceInput struct {
	IdempotencyKey string
	Award          ID
}

// RecordSignatureInput is a provider's signature on paper.
type RecordSignatureInput struct {
	IdempotencyKey string
	Placement      ID
	Reference      string
}

// RouteFacts is what is known when a place by another route is proposed: the need, the regime's rule on the route, the setting, the
// need's earlier awards, and whether it ended without one.
type RouteFacts struct {
	Need    Need
	Rule    RouteRule
	Setting Setting
	EarlierAwards []Award
	EndedWithoutAward   bool
}

// leavesCompetition says whether the route takes its need out of a competition that is under way.
func (a RouteFacts) leavesCompetition() bool {
	s := a.Need.Status()
	return a.Rule.Route != RouteUrgent && (s == NeedPublished || s == NeedClosed)
}

// WithdrawalReason is why the need is withdrawn from the competition, as providers are told; "" where it is not in one.
func (a RouteFacts) WithdrawalReason() string {
	if !a.leavesCompetition() {
		return ""
	}
	return routeReasons[a.Rule.Route]
}

// proposePlace checks what every other route than the competition asks for, and makes the award and its basis.
func (a RouteFacts) proposePlace(provider *uuid.UUID, terms PlaceTermsInput, words string) (Award, Basis, error) {
	for _, check := range []func() error{a.checkRoute, a.checkSetting, func() error { return checkTerms(terms) }} {
		if err := check(); err != nil {
			return Award{}, Basis{}, err
		}
	}
	if provider == nil {
		return Award{}, Basis{}, RefuseField(WrongState, "setting", "Nobody has said yet whose this setting is: the market manager does, with linkSetting.")
	}
	if err := checkTexts(InputText{"reasons", words, 4000}); err != nil {
		return Award{}, Basis{}, err
	}
	award := Award{ID: uuid.New(), NeedID: a.Need.ID, AuthorityID: a.Need.AuthorityID, ProviderID: *provider, SettingID: a.Setting.ID, Route: a.Rule.Route, Reason: routeReasons[a.Rule.Route]}
	return award, Basis{AwardID: award.ID, Reasons: words, Evidence: terms.Evidence, StartsOn: terms.StartsOn, Weekly: terms.Weekly, Weeks: terms.Weeks}, nil
}

// checkRoute asks whether the regime has the route, and whether the need can still take it. Bidders in a competition are treated
// equally: it is left for what the law obliges to, and otherwise ended first, with reasons (PCR 2015 regs 18 and 55; Procurement
// Act 2023 ss 12 and 55 (check)).
func (a RouteFacts) checkRoute() error {
	if !a.Rule.Allowed {
		return Refuse(WrongState, "This market's regime does not have this route (%s).", a.Rule.Source)
	}
	for _, e := range a.EarlierAwards {
		if e.isLive() {
			return Refuse(AlreadyExists, "This need has a live award already.")
		}
	}
	switch s := a.Need.Status(); {
	case a.leavesCompetition() && !a.Rule.Route.requiredByLaw():
		return Refuse(WrongState, "This need is out to competition: withdraw it first, with a reason that every invited provider is told (PCR 2015 reg 18; Procurement Act 2023 s 12).")
	case (s == NeedOpened || s == NeedRanked) && !a.EndedWithoutAward:
		return Refuse(WrongState, "The offers of this need are open: end it without an award first, of which every bidder is told (PCR 2015 reg 55; Procurement Act 2023 s 55).")
	}
	return nil
}

func (a RouteFacts) checkSetting() error {
	if a.Setting.ClosedOn != nil && !a.Setting.ClosedOn.After(a.Need.AsOf) {
		return RefuseField(WrongState, "setting", "This setting closed on %s.", a.Setting.ClosedOn)
	}
	return nil
}

// mostEvidencePapers are how many references a place may rest on.
const mostEvidencePapers = 20

// checkPrice checks what a place costs; the path is that of its fields.
func checkPrice(path string, weekly Decimal, weeks int) error {
	switch {
	case !weekly.IsPositive() || weekly.GreaterThan(mostWeeklyPounds.Decimal):
		return RefuseField(Invalid, path+"weekly", "A price is above zero and at most %s pounds a week.", mostWeeklyPounds.Text())
	case weeks != 38 && weeks != 44 && weeks != 52:
		return RefuseField(Invalid, path+"weeks", "A year has 38, 44 or 52 weeks.")
	}
	return nil
}

func checkTerms(t PlaceTermsInput) error {
	if err := checkPrice("terms.", t.Weekly, t.Weeks); err != nil {
		return err
	}
	if len(t.Evidence) == 0 || len(t.Evidence) > mostEvidencePapers {
		return RefuseField(Invalid, "terms.evidence", "Name one to %d papers that the place rests on: the provider's agreement among them.", mostEvidencePapers)
	}
	for _, paper := range t.Evidence {
		if err := checkTexts(InputText{"terms.evidence", paper, 200}); err != nil {
			return err
		}
	}
	return nil
}

// ApprovePlace approves a place by another route, as somebody else than who proposed it. There are no bidders, and so no
// standstill; the provider's agreement, or the law's order to admit, is what the award rests on (Children and Families Act 2014,
// s 43), so that it counts as accepted.
func ApprovePlace(a Award, person string, now time.Time) (Award, error) {
	switch {
	case a.Route == RouteCompetition:
		return a, Refuse(WrongState, "This award is of a competition: approve it with approveAward, which tells every bidder.")
	case a.Status() != AwardProposed:
		return a, Refuse(WrongState, "This award does not wait for approval.")
	case a.ProposedBy == person:
		return a, Refuse(SamePerson, "Who proposed a place may not approve it.")
	}
	a.ApprovedAt, a.AcceptedAt = &now, &now
	return a, nil
}

// TribunalOrderAsOf is an order as it is read: late where the place was not agreed by the end of its last day.
func TribunalOrderAsOf(d TribunalTerms, reference string, orderedOn, complyBy Date, accepted *time.Time, now time.Time) TribunalOrder {
	o := TribunalOrder{Reference: reference, OrderedOn: orderedOn, Directs: d.Code, ComplyBy: complyBy, Source: d.Source}
	if ComplyBy(d, orderedOn, nil).String() != complyBy.String() {
		o.Source = "The order itself (reg 44(1))."
	}
	agreed := now
	if accepted != nil {
		agreed = *accepted
	}
	o.Late = agreed.After(EndOfDay(complyBy.Time))
	return o
}

// AbovePlacesGround is the ground on which a school takes a child above its places; "" where there is none.
func AbovePlacesGround(r Route) string {
	if r.requiredByLaw() {
		return "Named in the plan (Children and Families Act 2014, s 43)."
	}
	return ""
}

// RecordSignature checks that a provider's signature on paper is recorded only where the place came by another route: in
// competition every provider has an account, and signs with it.
func RecordSignature(p Placement, in RecordSignatureInput) error {
	if p.Route == RouteCompetition {
		return Refuse(WrongState, "The provider of this place signs itself, with signAgreement.")
	}
	return checkTexts(InputText{"reference", in.Reference, 200})
}
