package directory

import (
	"context"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/directory"
	"github.com/southeasttogether/dps/policy"
)

var (
	registrationTable = rowset.New[rules.Registration]("registration", "r",
		rowset.Columns("id", "provider_id", "name", "company_number", "charity_number", "ukprn"),
		rowset.Computed("urns", "to_json(r.urns)"), rowset.Computed("settings", "to_json(r.settings)"),
		rowset.Computed("similar", "to_json(r.similar_providers)"),
		rowset.Columns("submitted_at", "submitted_by", "withdrawn_at", "decision", "reason", "decided_at"))
	registrationRows = registrationTable.Rows()
)

var registrationList = rowset.Pages[rules.Registration]{
	Table: registrationTable, Name: "registrations", Order: []string{"submitted_at", "id"}, Desc: true,
}

// Registrations is a page of the registrations that the actor can see, newest first.
func Registrations(ctx context.Context, v *engine.View, p market.Page) (*market.Connection[rules.Registration], error) {
	return registrationList.Page(ctx, v, p)
}

// RegistrationsByID reads registrations.
func RegistrationsByID(ctx context.Context, v *engine.View, ids []uuid.UUID) (map[uuid.UUID]*rules.Registration, error) {
	return registrationTable.ByID(ctx, v, ids)
}

// RegisterProvider registers the organisation of the actor's token. The market manager of the region's lead decides.
func RegisterProvider(ctx context.Context, d *engine.DB, a policy.Actor, in rules.RegisterProviderInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "registration.submit", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			now, err := engine.MarketNow(ctx, t)
			if err != nil {
				return engine.Event{}, err
			}
			r, contacts, err := rules.RegisterProvider(in, now)
			if err != nil {
				return engine.Event{}, err
			}
			r.ProviderID = a.Organisation
			if err := requireProvidersToken(ctx, t); err != nil {
				return engine.Event{}, err
			}
			if err := compareWithProviders(ctx, t, &r); err != nil {
				return engine.Event{}, err
			}
			lead, err := ReadLead(ctx, t)
			if err != nil {
				return engine.Event{}, err
			}
			if err := insertRegistration(ctx, t, r); err != nil {
				return engine.Event{}, err
			}
			return engine.AuthorityEvent(r.ID, lead, "created"), writeContacts(ctx, t, r.ProviderID, contacts)
		})
}

// RequireProvider refuses what only a provider of the region can do, to an organisation that is not yet one.
func RequireProvider(ctx context.Context, t *engine.Tx) error {
	var found bool
	err := t.Get(ctx, &found, "SELECT EXISTS (SELECT FROM provider WHERE id = $1)", t.Actor().Organisation)
	if err == nil && !found {
		return rules.ErrNotAProvider
	}
	return err
}

// requireProvidersToken refuses a token that is made out for a provider and names an authority.
func requireProvidersToken(ctx context.Context, t *engine.Tx) error {
	return t.RequireExists(ctx, "provider", "SELECT WHERE NOT EXISTS (SELECT FROM organisation WHERE id = $1)", t.Actor().Organisation)
}

const knownProviderRows = "SELECT id, name, company_number, charity_number, ukprn FROM provider"

// compareWithProviders refuses a provider that is already there, and finds those that may be the same, and its settings.
func compareWithProviders(ctx context.Context, t *engine.Tx, r *rules.Registration) error {
	var known []rules.KnownProvider
	if err := t.SelectRows(ctx, &known, knownProviderRows+" ORDER BY name, id"); err != nil { // names are compared folded
		return err
	}
	if err := rules.RequireNewProvider(*r, known, rules.AdviceToAuthor); err != nil {
		return err
	}
	var settings []struct {
		ID       uuid.UUID  `db:"id"`
		Provider *uuid.UUID `db:"provider_id"`
	}
	if err := t.SelectRows(ctx, &settings, "SELECT id, provider_id FROM setting WHERE urn = ANY ($1) ORDER BY name, id",
		pq.Array([]string(r.Urns))); err != nil {
		return err
	}
	r.Similar = rules.SimilarProviders(*r, known)
	for _, s := range settings {
		r.Settings = append(r.Settings, s.ID)
		r.Similar = r.Similar.With(s.Provider)
	}
	return nil
}

func insertRegistration(ctx context.Context, t *engine.Tx, r rules.Registration) error {
	_, err := t.Exec(ctx, `INSERT INTO registration (id, provider_id, name, company_number, charity_number, ukprn, urns, settings,
		similar_providers, submitted_at, submitted_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8::uuid[], $9::uuid[], $10, $11)`,
		r.ID, r.ProviderID, r.Name, r.CompanyNumber, r.CharityNumber, r.Ukprn, pq.Array([]string(r.Urns)), pq.Array(r.Settings.Strings()),
		pq.Array(r.Similar.Strings()), r.SubmittedAt, t.Actor().Person)
	return err
}

// WithdrawRegistration withdraws a registration that the actor submitted.
func WithdrawRegistration(ctx context.Context, d *engine.DB, a policy.Actor, in rules.WithdrawRegistrationInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "registration.withdraw", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			r, err := lockRegistration(ctx, t, in.Registration)
			if err != nil {
				return engine.Event{}, err
			}
			if err := rules.WithdrawRegistration(r, a.Person); err != nil {
				return engine.Event{}, err
			}
			lead, err := ReadLead(ctx, t)
			if err != nil {
				return engine.Event{}, err
			}
			err = t.ExecAtLeastOne(ctx, "UPDATE registration SET withdrawn_at = dps.now() WHERE id = $1", r.ID)
			return engine.AuthorityEvent(r.ID, lead, "withdrawn_at"), err
		})
}

// DecideRegistration confirms or refuses a registration. A confirmed one is a provider from then on.
func DecideRegistration(ctx context.Context, d *engine.DB, a policy.Actor, in rules.DecideRegistrationInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "registration.decide", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			r, err := lockRegistration(ctx, t, in.Registration)
			if err != nil {
				return engine.Event{}, err
			}
			if err := rules.DecideRegistration(r, in); err != nil {
				return engine.Event{}, err
			}
			if in.Decision == rules.RegistrationConfirmed {
				if err := insertRegistered(ctx, t, r); err != nil {
					return engine.Event{}, err
				}
			}
			err = t.ExecAtLeastOne(ctx, "UPDATE registration SET decision = $2, reason = $3, decided_at = dps.now(), decided_by = $4 WHERE id = $1",
				r.ID, in.Decision, in.Reason, a.Person)
			return engine.AuthorityEvent(r.ID, a.Organisation, "decision", "reason"), err
		})
}

// insertRegistered makes a provider of a registration, unless somebody else has become that provider in the meantime.
func insertRegistered(ctx context.Context, t *engine.Tx, r rules.Registration) error {
	var known []rules.KnownProvider
	if err := t.SelectRows(ctx, &known, knownProviderRows+" WHERE id = $1 OR company_number = $2 OR charity_number = $3 OR ukprn = $4",
		r.ProviderID, r.CompanyNumber, r.CharityNumber, r.Ukprn); err != nil {
		return err
	}
	if err := rules.RequireNewProvider(r, known, rules.AdviceToManager); err != nil {
		return err
	}
	_, err := t.Exec(ctx, "INSERT INTO provider (id, name, company_number, charity_number, ukprn) VALUES ($1, $2, $3, $4, $5)", r.ProviderID,
		r.Name, r.CompanyNumber, r.CharityNumber, r.Ukprn)
	return err
}

// lockRegistration waits until nobody else decides or withdraws the registration, and reads it.
func lockRegistration(ctx context.Context, t *engine.Tx, id market.ID) (r rules.Registration, err error) {
	if err := t.Lock(ctx, engine.LockRegistration(id.UUID)); err != nil {
		return r, err
	}
	return r, engine.AbsentIfNoRows(t.Get(ctx, &r, registrationRows+" WHERE r.id = $1", id.UUID), "registration")
}
