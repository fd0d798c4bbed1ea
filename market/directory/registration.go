package directory

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/identifier"
	"github.com/southeasttogether/dps/market/idkind"
	"github.com/southeasttogether/dps/market/text"
)

// Registration is an organisation that asks to be a provider of the region. ProviderID is the id that it has in its people's tokens,
// and as a provider.
type Registration struct {
	ID            uuid.UUID             `db:"id"`
	ProviderID    uuid.UUID             `db:"provider_id"`
	Name          string                `db:"name"`
	CompanyNumber *string               `db:"company_number"`
	CharityNumber *string               `db:"charity_number"`
	Ukprn         *string               `db:"ukprn"`
	Urns          market.Texts          `db:"urns"`
	Settings      market.IDs            `db:"settings"`
	Similar       market.IDs            `db:"similar"`
	SubmittedAt   time.Time             `db:"submitted_at"`
	SubmittedBy   string                `db:"submitted_by"`
	WithdrawnAt   *time.Time            `db:"withdrawn_at"`
	Decision      *RegistrationDecision `db:"decision"`
	Reason        *string               `db:"reason"`
	DecidedAt     *time.Time            `db:"decided_at"`
}

// GlobalID is the registration's id at the API.
func (r Registration) GlobalID() market.ID {
	return market.ID{Kind: idkind.Registration, UUID: r.ID}
}

// RegistrationDecision is a decision on a registration.
type RegistrationDecision string

// Decisions on a registration.
const (
	RegistrationConfirmed RegistrationDecision = "CONFIRMED"
	RegistrationRefused   RegistrationDecision = "REFUSED"
)

// RegisterProviderInput is an organisation to register.
type RegisterProviderInput struct {
	IdempotencyKey string
	Name           string
	CompanyNumber  *string
	CharityNumber  *string
	Ukprn          *string
	Urns           []string
	Contacts       []*ContactInput
}

// WithdrawRegistrationInput is a registration to withdraw.
type WithdrawRegistrationInput struct {
	IdempotencyKey string
	Registration   market.ID
}

// DecideRegistrationInput is a decision on a registration.
type DecideRegistrationInput struct {
	IdempotencyKey string
	Registration   market.ID
	Decision       RegistrationDecision
	Reason         *string
}

const mostUrns = 100

// RegisterProvider makes a registration, with its numbers in their canonical form, and its contacts.
func RegisterProvider(in RegisterProviderInput, now time.Time) (Registration, []*Contact, error) {
	r := Registration{ID: uuid.New(), Name: in.Name, SubmittedAt: now}
	var numbers, urns error
	r.CompanyNumber, r.CharityNumber, r.Ukprn, numbers = identifier.Check("", in.CompanyNumber, in.CharityNumber, in.Ukprn)
	r.Urns, urns = checkUrns(in.Urns)
	contacts, err := CheckContacts(in.Contacts)
	return r, contacts, market.All(
		market.CheckTexts(market.InputText{Field: "name", Value: in.Name, Limit: 200}),
		numbers,
		market.RefuseIf(numbers == nil && r.CompanyNumber == nil && r.CharityNumber == nil, "companyNumber",
			"Enter a company number, a charity number, or both."),
		urns, err)
}

func checkUrns(typed []string) (market.Texts, error) {
	if len(typed) > mostUrns {
		return nil, market.RefuseField(market.Invalid, "urns", "Enter at most %d numbers of schools and homes.", mostUrns)
	}
	urns, entered, refused := market.Texts{}, map[string]bool{}, error(nil)
	for i, t := range typed {
		urn, ok := identifier.AnyURN(t)
		refused = market.All(refused, market.RefuseIf(!ok, fmt.Sprintf("urns.%d", i),
			"Enter the number of a school or a home, such as 123456 or SC123456."))
		if !entered[urn] {
			urns, entered[urn] = append(urns, urn), true
		}
	}
	return urns, refused
}

// KnownProvider is a provider that a registration is compared with.
type KnownProvider struct {
	ID            uuid.UUID `db:"id"`
	Name          string    `db:"name"`
	CompanyNumber *string   `db:"company_number"`
	CharityNumber *string   `db:"charity_number"`
	Ukprn         *string   `db:"ukprn"`
}

// What somebody can do who meets a provider that is there.
const (
	AdviceToAuthor  = "If that is your organisation, ask the market manager for access to it."
	AdviceToManager = "Refuse this registration, and say in the reason how its author gets access to that provider."
)

// ErrNotAProvider is for what only a provider of the region can do.
var ErrNotAProvider = market.Refuse(market.NotFound,
	"Your organisation is not yet a provider of the region: register it with registerProvider, "+
		"or wait until the market manager has confirmed it.")

// RequireNewProvider refuses a registration of a provider that is there: with the id of the token, or with one of its numbers. All that it
// tells is public; the advice is for who reads it.
func RequireNewProvider(r Registration, known []KnownProvider, advice string) error {
	for _, p := range known {
		for _, number := range []struct {
			field      string
			is, theirs *string
		}{
			{"companyNumber", r.CompanyNumber, p.CompanyNumber},
			{"charityNumber", r.CharityNumber, p.CharityNumber},
			{"ukprn", r.Ukprn, p.Ukprn},
		} {
			switch {
			case p.ID == r.ProviderID:
				return market.Refuse(market.AlreadyExists, "Your organisation is already a provider of the region.")
			case number.is != nil && number.theirs != nil && *number.is == *number.theirs:
				return market.RefuseField(market.AlreadyExists, number.field,
					"%s has this number and is already a provider of the region. %s", p.Name, advice)
			}
		}
	}
	return nil
}

// SimilarProviders are the providers with the same name as a registration, apart from words like Ltd.
func SimilarProviders(r Registration, known []KnownProvider) market.IDs {
	similar, name := market.IDs{}, text.FoldName(r.Name)
	for _, p := range known {
		if text.FoldName(p.Name) == name {
			similar = append(similar, p.ID)
		}
	}
	return similar
}

// WithdrawRegistration checks that a person can withdraw a registration: its author, before it is decided.
func WithdrawRegistration(r Registration, person string) error {
	if r.SubmittedBy != person {
		return market.Refuse(market.WrongState, "Only the person who registered the organisation can withdraw the registration.")
	}
	return requireUndecided(r)
}

// DecideRegistration checks a decision on a registration. A refusal has a reason.
func DecideRegistration(r Registration, in DecideRegistrationInput) error {
	if err := requireUndecided(r); err != nil {
		return err
	}
	reason := ""
	if in.Reason != nil {
		reason = *in.Reason
	}
	if in.Decision == RegistrationRefused {
		return market.CheckTexts(market.InputText{Field: "reason", Value: reason, Limit: 4000})
	}
	return market.CheckLengths(market.InputText{Field: "reason", Value: reason, Limit: 4000})
}

func requireUndecided(r Registration) error {
	switch {
	case r.WithdrawnAt != nil:
		return market.Refuse(market.WrongState, "This registration was withdrawn.")
	case r.Decision != nil:
		return market.Refuse(market.WrongState, "This registration has already been decided.")
	}
	return nil
}
