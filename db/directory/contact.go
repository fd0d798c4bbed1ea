package directory

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/internal/engine"
	rules "github.com/southeasttogether/dps/market/directory"
	"github.com/southeasttogether/dps/policy"
)

// contactsContext binds protected contacts to their provider.
func contactsContext(provider uuid.UUID) string { return "contacts:" + provider.String() }

// ContactsOfProviders reads the contacts of each provider that the actor can see.
func ContactsOfProviders(ctx context.Context, v *engine.View, providers []uuid.UUID) (map[uuid.UUID][]*rules.Contact, error) {
	var rows []struct {
		Provider uuid.UUID `db:"provider_id"`
		Contacts []byte    `db:"contacts"`
	}
	if err := v.All(ctx, &rows, "SELECT provider_id, contacts FROM provider_contact WHERE provider_id = ANY ($1)",
		pq.Array(providers)); err != nil {
		return nil, err
	}
	all := map[uuid.UUID][]*rules.Contact{}
	for _, row := range rows {
		plain, err := v.Keys().Reveal(contactsContext(row.Provider), row.Contacts)
		if err != nil {
			return nil, err
		}
		var contacts []*rules.Contact
		if err := json.Unmarshal(plain, &contacts); err != nil {
			return nil, err
		}
		all[row.Provider] = contacts
	}
	return all, nil
}

// KeepContacts replaces the contacts of the actor's provider.
func KeepContacts(ctx context.Context, d *engine.DB, a policy.Actor, in rules.KeepContactsInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "contact.keep", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		contacts, err := rules.CheckContacts(in.Contacts)
		if err != nil {
			return engine.Event{}, err
		}
		if err := t.RequireExists(ctx, "provider", "SELECT FROM provider WHERE id = $1", a.Organisation); err != nil {
			return engine.Event{}, err
		}
		return engine.ProviderEvent(a.Organisation, a.Organisation, "contacts"), writeContacts(ctx, t, a.Organisation, contacts)
	})
}

func writeContacts(ctx context.Context, t *engine.Tx, provider uuid.UUID, contacts []*rules.Contact) error {
	plain, err := json.Marshal(contacts)
	if err != nil {
		return err
	}
	sealed, err := t.Keys().Protect(contactsContext(provider), plain)
	if err != nil {
		return err
	}
	_, err = t.Exec(ctx, `INSERT INTO provider_contact (provider_id, contacts, kept_at, kept_by) VALUES ($1, $2, dps.now(), $3)
		ON CONFLICT (provider_id) DO UPDATE SET contacts = excluded.contacts, kept_at = excluded.kept_at, kept_by = excluded.kept_by`,
		provider, sealed, t.Actor().Person)
	return err
}
