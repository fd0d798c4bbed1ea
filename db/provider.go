package db

import (
	"context"
	"reflect"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/market"
)

const ProviderRows = `SELECT p.id, p.name, p.ukprn, p.company_number FROM provider p`

var providerList = Listing[market.Provider]{
	Name: "providers", Rows: ProviderRows, Keys: "p.name, p.id",
	Key: func(p *market.Provider) []any { return []any{p.Name, p.ID} },
}

// Providers is a page of all providers, by name.
func Providers(ctx context.Context, v *View, p market.Page) (*market.ProviderConnection, error) {
	return Page(ctx, v, providerList, p)
}

// ProvidersByID reads providers.
func ProvidersByID(ctx context.Context, v *View, ids []uuid.UUID) (map[uuid.UUID]*market.Provider, error) {
	return ByID(ctx, v, ProviderRows, "p.id", ids, func(p *market.Provider) uuid.UUID { return p.ID })
}

const SettingRows = `SELECT s.id, s.provider_id, s.kind, s.name, s.urn, s.district, s.outcode, s.age_low, s.age_high,
	to_json(s.needs) AS needs, s.places, s.vacancies, s.vacancies_at, s.establishment_type, s.gender, s.section41, s.local_authority,
	s.opened_on, s.closed_on, s.directory_changed_on, s.imported_at, to_json(s.previous_urns) AS previous_urns FROM setting s`

// OpenSettingSQL is the condition of a setting s that has not closed.
const OpenSettingSQL = "(s.closed_on IS NULL OR s.closed_on > " + TodaySQL + ")"

var providerSettingList = Listing[market.Setting]{
	Name: "settings", Rows: SettingRows, Keys: "s.name, s.id", Parent: "s.provider_id",
	Key: func(s *market.Setting) []any { return []any{s.Name, s.ID} },
	Of:  func(s *market.Setting) uuid.UUID { return *s.ProviderID }, // one of those asked for
}

// SettingsOfProviders is a page of settings for each provider.
func SettingsOfProviders(ctx context.Context, v *View, providers []uuid.UUID, p market.Page) (map[uuid.UUID]*market.SettingConnection, error) {
	return Pages(ctx, v, providerSettingList, providers, p)
}

// SettingsByID reads settings.
func SettingsByID(ctx context.Context, v *View, ids []uuid.UUID) (map[uuid.UUID]*market.Setting, error) {
	return ByID(ctx, v, SettingRows, "s.id", ids, func(s *market.Setting) uuid.UUID { return s.ID })
}

// RequireSettingOpen refuses an offered place in a setting that has closed, or closes before the child could begin.
func RequireSettingOpen(ctx context.Context, t *Tx, setting uuid.UUID, startsOn market.Date, now time.Time) error {
	var s market.Setting
	if err := t.Get(ctx, &s, SettingRows+" WHERE s.id = $1", setting); err != nil {
		return AbsentIfNoRows(err, "setting")
	}
	return market.RequireSettingOpen(s, startsOn, now)
}

// InspectionsOfSettings reads what inspections found, the latest first.
func InspectionsOfSettings(ctx context.Context, v *View, settings []uuid.UUID) (map[uuid.UUID][]*market.Inspection, error) {
	return Grouped(ctx, v, "SELECT i.setting_id, i.body, i.scale, i.value, i.inspected_on FROM inspection i", "i.setting_id",
		"i.inspected_on DESC, i.body, i.scale", settings, func(i *market.Inspection) uuid.UUID { return i.SettingID })
}

// AddressesOfSettings reads the addresses that the actor may see.
func AddressesOfSettings(ctx context.Context, v *View, settings []uuid.UUID) (map[uuid.UUID]*string, error) {
	var rows []struct {
		Setting uuid.UUID `db:"setting_id"`
		Address []byte    `db:"address"`
	}
	if err := v.All(ctx, &rows, "SELECT setting_id, address FROM setting_address WHERE setting_id = ANY ($1)", pq.Array(settings)); err != nil {
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
	RegisterThing("provider", ProviderRows, "p.id", reflect.TypeFor[market.Provider]())
	RegisterThing("setting", SettingRows, "s.id", reflect.TypeFor[market.Setting]())
	RegisterReckoned(reflect.TypeFor[market.Provider](), "figures", FiguresSQL("provider_id", "p.id"))
	RegisterReckoned(reflect.TypeFor[market.Setting](), "figures", FiguresSQL("setting_id", "s.id"))
}
