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

// Routes are all routes, in the order in which they are shown.
var Routes = []Route{RouteCompetition, RouteUrgent, RouteParentalPreference, RouteTribunal, RouteUserChoice, RouteSpot}

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

// RouteRule says whether a regime allows a route.
type RouteRule struct {
	Regime      string `db:"regime"`
	Route       Route  `db:"route"`
	Allowed     bool   `db:"allowed"`
	AwardNotice bool   `db:"award_notice"`
	Source      string `db:"source"`
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
	OrderedOn Date
	Directs   TribunalDirection
	ComplyBy  Date
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

// RouteFigure is how many places were agreed by one route in one quarter, and what they cost a year.
type RouteFigure struct {
	Quarter Date    `db:"quarter"`
	Route   Route   `db:"route"`
	Places  int     `db:"places"`
	Annual  Decimal `db:"annual"`
}

// OpenRouteFigure is the same figure for everybody; nil if it cannot be shown.
type OpenRouteFigure struct {
	Quarter Date
	Route   Route
	Places  *int
	Annual  *Decimal
}

// TelephoneOfferStatus is the state of a telephone offer, derived from its dates.
type TelephoneOfferStatus string

// States of a telephone offer.
const (
	TelephoneOfferSaid      TelephoneOfferStatus = "SAID"
	TelephoneOfferOverdue   TelephoneOfferStatus = "OVERDUE"
	TelephoneOfferConfirmed TelephoneOfferStatus = "CONFIRMED"
	TelephoneOfferDisputed  TelephoneOfferStatus = "DISPUTED"
)

// TelephoneOffer is what was offered by telephone, as an officer entered it for the provider. AsOf is the database's clock when
// the row was read.
type TelephoneOffer struct {
	ID          uuid.UUID  `db:"id"`
	NeedID      uuid.UUID  `db:"need_id"`
	AuthorityID uuid.UUID  `db:"authority_id"`
	ProviderID  uuid.UUID  `db:"provider_id"`
	SettingID   uuid.UUID  `db:"setting_id"`
	StartsOn    Date       `db:"starts_on"`
	Weekly      Decimal    `db:"weekly"`
	Weeks       int        `db:"weeks"`
	Words       string     `db:"words"`
	SaidBy      string     `db:"said_by"`
	SaidAt      time.Time  `db:"said_at"`
	EnteredBy   string     `db:"entered_by"`
	EnteredAt   time.Time  `db:"entered_at"`
	ConfirmBy   time.Time  `db:"confirm_by"`
	ConfirmedAt *time.Time `db:"confirmed_at"`
	Paper       *string    `db:"paper"`
	DisputedAt  *time.Time `db:"disputed_at"`
	Dispute     *string    `db:"dispute"`
	AsOf        time.Time  `db:"as_of"`
}

// Status derives the state from the dates.
func (o TelephoneOffer) Status() TelephoneOfferStatus {
	switch {
	case o.DisputedAt != nil:
		return TelephoneOfferDisputed
	case o.ConfirmedAt != nil:
		return TelephoneOfferConfirmed
	case o.AsOf.After(o.ConfirmBy):
		return TelephoneOfferOverdue
	default:
		return TelephoneOfferSaid
	}
}
