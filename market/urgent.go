package market

import (
	"fmt"
	"time"

	"github.com/google/uuid"
)

// UrgentTerms are how the urgent route is taken under a regime.
type UrgentTerms struct {
	MostHours          int    `db:"most_hours"`
	ConfirmWorkingDays int    `db:"confirm_working_days"`
	Source             string `db:"source"`
}

// TelephoneOfferStatus is where a telephone offer stands, derived from its dates.
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

// BroadcastUrgentNeedInput is an urgent need.
type BroadcastUrgentNeedInput struct {
	IdempotencyKey string
	Lot            ID
	Age            int
	Gender         *Gender
	PrimaryNeed    string
	LegalBasis     LegalBasis
	HomeOutcode    string
	CeilingWeekly  *Decimal
	Profile        string
	Reason         string
	Hours          int
	Vacant         bool
	District       *string
}

// EnterTelephoneOfferInput is what was said on the telephone.
type EnterTelephoneOfferInput struct {
	IdempotencyKey string
	Need           ID
	Setting        ID
	StartsOn       Date
	Weekly         Decimal
	Weeks          int
	Words          string
	SaidBy         string
	SaidAt         time.Time
}

// ConfirmTelephoneOfferInput is whether what was entered is right.
type ConfirmTelephoneOfferInput struct {
	IdempotencyKey string
	TelephoneOffer ID
	Right          bool
	Words          *string
}

// CompleteTelephoneOfferInput is a paper that confirms a telephone offer.
type CompleteTelephoneOfferInput struct {
	IdempotencyKey string
	TelephoneOffer ID
	Paper          string
}

// ProposeUrgentPlaceInput is a place that was offered by telephone.
type ProposeUrgentPlaceInput struct {
	IdempotencyKey string
	TelephoneOffer ID
	Reasons        string
}

// What a minimal referral leaves open: how far to travel, the outcomes, and that the place begins within a week.
const (
	urgentMiles    = 500
	urgentDays     = 7
	urgentOutcomes = "An urgent place: the outcomes are agreed with it."
)

// BroadcastUrgentNeed makes an urgent need, published at once until some hours from now, where the regime has the route. It refines
// the lot and does not name the child like any other need; that its profile may be the only one of its kind stands behind its
// urgency.
func BroadcastUrgentNeed(in BroadcastUrgentNeedInput, lot Lot, m Market, rule RouteRule, terms UrgentTerms, now time.Time) (Need, error) {
	reason := InputText{"reason", in.Reason, 2000}
	switch {
	case !rule.Allowed:
		return Need{}, Refuse(WrongState, "This market's regime does not have this route (%s).", rule.Source)
	case in.Hours < 1 || in.Hours > terms.MostHours:
		return Need{}, RefuseField(Invalid, "hours", "Ask for 1 to %d hours (%s).", terms.MostHours, terms.Source)
	case now.After(EndOfDay(m.EndsOn.Time)):
		return Need{}, Refuse(WrongState, "The market ended on %s.", m.EndsOn)
	}
	if err := checkTexts(reason); err != nil {
		return Need{}, err
	}
	if err := CheckAnonymous(reason); err != nil {
		return Need{}, err
	}
	today := londonDate(now)
	n, err := DraftNeed(CreateNeedInput{Lot: in.Lot, AgeLow: in.Age, AgeHigh: in.Age, Gender: in.Gender, PrimaryNeed: in.PrimaryNeed, LegalBasis: in.LegalBasis,
		HomeOutcode: in.HomeOutcode, TravelMiles: urgentMiles, CeilingWeekly: in.CeilingWeekly, StartFrom: today, StartTo: Date{today.AddDate(0, 0, urgentDays)}, Profile: in.Profile, Outcomes: urgentOutcomes}, lot)
	n.PublishedAt, n.Deadline, n.UrgentReason = &now, new(now.Add(time.Duration(in.Hours)*time.Hour)), &in.Reason
	return n, err
}

// UrgentFilter is which settings are asked: those of the lot's active members that take such a child, with a free place today and
// in a district where that is asked for.
func UrgentFilter(in BroadcastUrgentNeedInput, now time.Time) PlaceFilter {
	f := PlaceFilter{Lot: &in.Lot, Needs: []string{in.PrimaryNeed}, Age: &in.Age, Gender: in.Gender, District: in.District}
	if in.Vacant {
		f.VacancyOn = new(londonDate(now))
	}
	return f
}

// requireNotUrgent refuses for an urgent need what belongs to a competition.
func requireNotUrgent(n Need) error {
	if n.UrgentReason != nil {
		return Refuse(WrongState, "This need is urgent, and no sealed competition: its offers are given by telephone, and entered with enterTelephoneOffer.")
	}
	return nil
}

// EnterTelephoneOffer makes what was said an offer: of a setting that was asked, by a member still active, said between the broadcast
// and its deadline. It may be entered later: the officer first calls on.
func EnterTelephoneOffer(n Need, s Setting, asked bool, live *Membership, in EnterTelephoneOfferInput, terms UrgentTerms, now time.Time) (TelephoneOffer, error) {
	refuse := func(err error) (TelephoneOffer, error) { return TelephoneOffer{}, err }
	if n.UrgentReason == nil {
		return refuse(Refuse(WrongState, "This need is not urgent: its offers are sealed, and made by their providers with submitOffer."))
	}
	if err := requireNotWithdrawn(n); err != nil {
		return refuse(err)
	}
	switch {
	case !asked || s.ProviderID == nil:
		return refuse(RefuseField(Invalid, "setting", "This setting was not asked."))
	case in.SaidAt.Before(*n.PublishedAt) || in.SaidAt.After(now):
		return refuse(RefuseField(Invalid, "saidAt", "It was said between the broadcast and now."))
	case in.SaidAt.After(*n.Deadline):
		return refuse(RefuseField(DeadlinePassed, "saidAt", "The deadline was %s.", n.Deadline.In(London).Format("15:04 on 2 January 2006")))
	case in.StartsOn.Before(n.StartFrom.Time) || in.StartsOn.After(n.StartTo.Time):
		return refuse(RefuseField(Invalid, "startsOn", "The first day lies between %s and %s.", n.StartFrom, n.StartTo))
	}
	if err := requireActiveMember(live); err != nil {
		return refuse(err)
	}
	if err := checkTelephoneOffer(in); err != nil {
		return refuse(err)
	}
	return TelephoneOffer{ID: uuid.New(), NeedID: n.ID, AuthorityID: n.AuthorityID, ProviderID: *s.ProviderID, SettingID: s.ID, StartsOn: in.StartsOn, Weekly: in.Weekly,
		Weeks: in.Weeks, Words: in.Words, SaidBy: in.SaidBy, SaidAt: in.SaidAt, EnteredAt: now, ConfirmBy: AddWorkingDays(in.SaidAt, terms.ConfirmWorkingDays)}, nil
}

func checkTelephoneOffer(in EnterTelephoneOfferInput) error {
	words := InputText{"words", in.Words, 4000}
	if err := checkTexts(words, InputText{"saidBy", in.SaidBy, 200}); err != nil {
		return err
	}
	if err := checkPrice("", in.Weekly, in.Weeks); err != nil {
		return err
	}
	return CheckAnonymous(words)
}

// ConfirmTelephoneOffer checks what a provider says of an offer that was entered for it: late is better than never.
func ConfirmTelephoneOffer(o TelephoneOffer, in ConfirmTelephoneOfferInput) error {
	if err := requireUnsettled(o); err != nil {
		return err
	}
	switch {
	case in.Right && in.Words != nil:
		return RefuseField(Invalid, "words", "Leave this out where it is right.")
	case !in.Right && in.Words == nil:
		return RefuseField(Invalid, "words", "Say what is wrong.")
	case !in.Right:
		return checkTexts(InputText{"words", *in.Words, 2000})
	}
	return nil
}

// CompleteTelephoneOffer checks an officer's record of what a provider has confirmed on paper.
func CompleteTelephoneOffer(o TelephoneOffer, in CompleteTelephoneOfferInput) error {
	if err := requireUnsettled(o); err != nil {
		return err
	}
	return checkTexts(InputText{"paper", in.Paper, 200})
}

func requireUnsettled(o TelephoneOffer) error {
	if s := o.Status(); s == TelephoneOfferConfirmed || s == TelephoneOfferDisputed {
		return Refuse(WrongState, "This offer is confirmed or disputed already.")
	}
	return nil
}

// ProposeUrgentPlace makes the proposal of a place that was offered by telephone, of a member still active. It waits for no
// confirmation: the child cannot.
func ProposeUrgentPlace(a RouteFacts, o TelephoneOffer, live *Membership, in ProposeUrgentPlaceInput) (Award, Basis, error) {
	if err := requireUndisputed(o); err != nil {
		return Award{}, Basis{}, err
	}
	if err := requireNotWithdrawn(a.Need); err != nil {
		return Award{}, Basis{}, err
	}
	if err := requireActiveMember(live); err != nil {
		return Award{}, Basis{}, err
	}
	said := fmt.Sprintf("Telephone offer, said at %s, entered by %s", o.SaidAt.In(London).Format("15:04 on 2 January 2006"), o.EnteredBy)
	award, basis, err := a.proposePlace(&o.ProviderID, PlaceTermsInput{StartsOn: o.StartsOn, Weekly: o.Weekly, Weeks: o.Weeks, Evidence: []string{said}}, in.Reasons)
	basis.TelephoneOfferID = &o.ID
	return award, basis, err
}

// requireUndisputed refuses a place on an offer that its provider says is wrong.
func requireUndisputed(o TelephoneOffer) error {
	if o.DisputedAt != nil {
		return Refuse(WrongState, "The provider says that this offer is wrong.")
	}
	return nil
}

// RequireUndisputedOffer is undisputed for who approves.
func RequireUndisputedOffer(o TelephoneOffer) error { return requireUndisputed(o) }
