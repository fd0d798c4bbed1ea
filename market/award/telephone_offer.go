package award

import (
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/idkind"
)

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
	ID          uuid.UUID      `db:"id"`
	NeedID      uuid.UUID      `db:"need_id"`
	AuthorityID uuid.UUID      `db:"authority_id"`
	ProviderID  uuid.UUID      `db:"provider_id"`
	SettingID   uuid.UUID      `db:"setting_id"`
	StartsOn    market.Date    `db:"starts_on"`
	Weekly      market.Decimal `db:"weekly"`
	Weeks       int            `db:"weeks"`
	Words       string         `db:"words"`
	SaidBy      string         `db:"said_by"`
	SaidAt      time.Time      `db:"said_at"`
	EnteredBy   string         `db:"entered_by"`
	EnteredAt   time.Time      `db:"entered_at"`
	ConfirmBy   time.Time      `db:"confirm_by"`
	ConfirmedAt *time.Time     `db:"confirmed_at"`
	Paper       *string        `db:"paper"`
	DisputedAt  *time.Time     `db:"disputed_at"`
	Dispute     *string        `db:"dispute"`
	AsOf        time.Time      `db:"as_of"`
}

// GlobalID is its id to clients.
func (o TelephoneOffer) GlobalID() market.ID {
	return market.ID{Kind: idkind.TelephoneOffer, UUID: o.ID}
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

// EnterTelephoneOfferInput is what was said on the telephone.
type EnterTelephoneOfferInput struct {
	IdempotencyKey string
	Need           market.ID
	Setting        market.ID
	StartsOn       market.Date
	Weekly         market.Decimal
	Weeks          int
	Words          string
	SaidBy         string
	SaidAt         time.Time
}

// ConfirmTelephoneOfferInput says whether the entered offer is right.
type ConfirmTelephoneOfferInput struct {
	IdempotencyKey string
	TelephoneOffer market.ID
	Right          bool
	Words          *string
}

// CompleteTelephoneOfferInput is a document that confirms a telephone offer.
type CompleteTelephoneOfferInput struct {
	IdempotencyKey string
	TelephoneOffer market.ID
	Paper          string
}

// EnterTelephoneOffer turns what was said into an offer. The setting must have been asked, and its provider must still
// be an active member. The call must be between the broadcast and its deadline. The officer can enter it later, because
// they finish their calls first.
func EnterTelephoneOffer(n market.Need, s market.Setting, asked bool, live *market.Membership, in EnterTelephoneOfferInput,
	terms UrgentTerms, now time.Time,
) (TelephoneOffer, error) {
	refuse := func(err error) (TelephoneOffer, error) { return TelephoneOffer{}, err }
	if n.UrgentReason == nil {
		return refuse(market.Refuse(market.WrongState,
			"This need is not urgent: providers make sealed offers for it, with submitOffer."))
	}
	if err := market.RequireNotWithdrawn(n); err != nil {
		return refuse(err)
	}
	switch {
	case !asked || s.ProviderID == nil:
		return refuse(market.RefuseField(market.Invalid, "setting", "This setting was not asked about this need."))
	case in.SaidAt.Before(*n.PublishedAt) || in.SaidAt.After(now):
		return refuse(market.RefuseField(market.Invalid, "saidAt", "The time of the call must be between the broadcast and now."))
	case in.SaidAt.After(*n.Deadline):
		return refuse(market.RefuseField(market.DeadlinePassed, "saidAt",
			"The deadline was %s: an offer made after that cannot be entered.",
			n.Deadline.In(market.London).Format("15:04 on 2 January 2006")))
	case in.StartsOn.Before(n.StartFrom) || in.StartsOn.After(n.StartTo):
		return refuse(market.RefuseField(market.Invalid, "startsOn", "The first day must be between %s and %s.", n.StartFrom, n.StartTo))
	}
	if err := requireActiveMember(live); err != nil {
		return refuse(err)
	}
	if err := checkTelephoneOffer(in); err != nil {
		return refuse(err)
	}
	return TelephoneOffer{
		ID: uuid.New(), NeedID: n.ID, AuthorityID: n.AuthorityID, ProviderID: *s.ProviderID, SettingID: s.ID,
		StartsOn: in.StartsOn, Weekly: in.Weekly,
		Weeks: in.Weeks, Words: in.Words, SaidBy: in.SaidBy, SaidAt: in.SaidAt, EnteredAt: now, ConfirmBy: market.AddWorkingDays(in.SaidAt,
			terms.ConfirmWorkingDays),
	}, nil
}

func checkTelephoneOffer(in EnterTelephoneOfferInput) error {
	words := market.InputText{Field: "words", Value: in.Words, Limit: 4000}
	return market.All(checkPrice("", in.Weekly, in.Weeks), market.CheckTexts(words), market.CheckAnonymous(words),
		market.CheckTexts(market.InputText{Field: "saidBy", Value: in.SaidBy, Limit: 200}))
}

// ConfirmTelephoneOffer checks a provider's answer about an offer that was entered for it. A late answer is better than
// none.
func ConfirmTelephoneOffer(o TelephoneOffer, in ConfirmTelephoneOfferInput) error {
	if err := requireUnsettled(o); err != nil {
		return err
	}
	switch {
	case in.Right && in.Words != nil:
		return market.RefuseField(market.Invalid, "words", "Leave out the words when the offer is right.")
	case !in.Right && in.Words == nil:
		return market.RefuseField(market.Invalid, "words", "Say what is wrong with the offer.")
	case !in.Right:
		return market.CheckTexts(market.InputText{Field: "words", Value: *in.Words, Limit: 2000})
	}
	return nil
}

// CompleteTelephoneOffer checks an officer's record of what a provider has confirmed on paper.
func CompleteTelephoneOffer(o TelephoneOffer, in CompleteTelephoneOfferInput) error {
	if err := requireUnsettled(o); err != nil {
		return err
	}
	return market.CheckTexts(market.InputText{Field: "paper", Value: in.Paper, Limit: 200})
}

func requireUnsettled(o TelephoneOffer) error {
	if s := o.Status(); s == TelephoneOfferConfirmed || s == TelephoneOfferDisputed {
		return market.Refuse(market.WrongState, "This offer has already been confirmed or disputed.")
	}
	return nil
}

// RequireUndisputedOffer refuses a place on an offer that its provider says is wrong.
func RequireUndisputedOffer(o TelephoneOffer) error {
	if o.DisputedAt != nil {
		return market.Refuse(market.WrongState, "The provider says that this offer is wrong, so it cannot be awarded.")
	}
	return nil
}
