package db

import (
	"context"
	"reflect"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/market"
)

const providerRows = `SELECT p.id, p.name, p.ukprn, p.company_number FROM provider p`

var providers = listing[market.Provider]{
	name: "providers", rows: providerRows, keys: "p.name, p.id",
	key: func(p *market.Provider) []any { return []any{p.Name, p.ID} },
}

// Providers is a page of all providers, by name.
func (v *View) Providers(ctx context.Context, p market.Page) (*market.ProviderConnection, error) {
	return page(ctx, v, providers, p)
}

// ProvidersByID reads providers.
func (v *View) ProvidersByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*market.Provider, error) {
	return byID(ctx, v, providerRows, "p.id", ids, func(p *market.Provider) uuid.UUID { return p.ID })
}

const settingRows = `SELECT s.id, s.provider_id, s.kind, s.name, s.urn, s.district, s.outcode, s.age_low, s.age_high,
	to_json(s.needs) AS needs, s.places, s.vacancies, s.vacancies_at, s.establishment_type, s.gender, s.section41, s.local_authority,
	s.opened_on, s.closed_on, s.directory_changed_on, s.imported_at, to_json(s.previous_urns) AS previous_urns FROM setting s`

// openSetting is the condition of a setting s that has not closed.
const openSetting = "(s.closed_on IS NULL OR s.closed_on > " + today + ")"

var settingsOf = listing[market.Setting]{
	name: "settings", rows: settingRows, keys: "s.name, s.id", parent: "s.provider_id",
	key: func(s *market.Setting) []any { return []any{s.Name, s.ID} },
	of:  func(s *market.Setting) uuid.UUID { return *s.ProviderID }, // one of those asked for
}

// SettingsOfProviders is a page of settings for each provider.
func (v *View) SettingsOfProviders(ctx context.Context, providers []uuid.UUID, p market.Page) (map[uuid.UUID]*market.SettingConnection, error) {
	return pages(ctx, v, settingsOf, providers, p)
}

// SettingsByID reads settings.
func (v *View) SettingsByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*market.Setting, error) {
	return byID(ctx, v, settingRows, "s.id", ids, func(s *market.Setting) uuid.UUID { return s.ID })
}

// stillOpen refuses an offered place in a setting that has closed, or closes before the child could begin.
func (t *Tx) stillOpen(ctx context.Context, setting uuid.UUID, startsOn market.Date, now time.Time) error {
	var s market.Setting
	if err := t.get(ctx, &s, settingRows+" WHERE s.id = $1", setting); err != nil {
		return absent(err, "setting")
	}
	return market.StillOpen(s, startsOn, now)
}

// InspectionsOfSettings reads what inspections found, the latest first.
func (v *View) InspectionsOfSettings(ctx context.Context, settings []uuid.UUID) (map[uuid.UUID][]*market.Inspection, error) {
	return grouped(ctx, v, "SELECT i.setting_id, i.body, i.scale, i.value, i.inspected_on FROM inspection i", "i.setting_id",
		"i.inspected_on DESC, i.body, i.scale", settings, func(i *market.Inspection) uuid.UUID { return i.SettingID })
}

// AddressesOfSettings reads the addresses that the actor may see.
func (v *View) AddressesOfSettings(ctx context.Context, settings []uuid.UUID) (map[uuid.UUID]*string, error) {
	var rows []struct {
		Setting uuid.UUID `db:"setting_id"`
		Address []byte    `db:"address"`
	}
	if err := v.all(ctx, &rows, "SELECT setting_id, address FROM setting_address WHERE setting_id = ANY ($1)", pq.Array(settings)); err != nil {
		return nil, err
	}
	all := map[uuid.UUID]*string{}
	for _, row := range rows {
		plain, err := v.Keys().Reveal("address:"+row.Setting.String(), row.Address)
		if err != nil {
			return nil, err
		}
		all[row.Setting] = new(string(plain))
	}
	return all, nil
}

func init() {
	RegisterThing("provider", providerRows, "p.id", reflect.TypeFor[market.Provider]())
	RegisterThing("setting", settingRows, "s.id", reflect.TypeFor[market.Setting]())
	RegisterReckoned(reflect.TypeFor[market.Provider](), "figures", figuresOf("provider_id", "p.id"))
	RegisterReckoned(reflect.TypeFor[market.Setting](), "figures", figuresOf("setting_id", "s.id"))
}
