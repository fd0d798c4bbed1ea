package directory

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

var unclaimedSettingList = engine.Listing[market.Setting]{
	Name: "unclaimed settings", Rows: SettingRows, Where: "s.provider_id IS NULL AND s.closed_on IS NULL", Keys: "s.name, s.id",
	Key: func(s *market.Setting) []any { return []any{s.Name, s.ID} },
}

// UnclaimedSettings is a page of the open settings of which nobody has said whose they are, by name.
func UnclaimedSettings(ctx context.Context, v *engine.View, p market.Page) (*market.SettingConnection, error) {
	return engine.Page(ctx, v, unclaimedSettingList, p)
}

// LinkSetting says whose a setting is. Its address follows it.
func LinkSetting(ctx context.Context, d *engine.DB, a policy.Actor, in market.LinkSettingInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "setting.link", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		if err := t.RequireExists(ctx, "setting", "SELECT FROM market WHERE authority_id = $1", a.Organisation); err != nil {
			return engine.Event{}, err
		}
		if err := t.RequireExists(ctx, "provider", "SELECT FROM provider WHERE id = $1", in.Provider.UUID); err != nil {
			return engine.Event{}, err
		}
		var s market.Setting
		if err := t.Get(ctx, &s, SettingRows+" WHERE s.id = $1 FOR UPDATE", in.Setting.UUID); err != nil {
			return engine.Event{}, engine.AbsentIfNoRows(err, "setting")
		}
		if err := market.LinkSetting(s); err != nil {
			return engine.Event{}, err
		}
		err := t.ExecAtLeastOne(ctx, "UPDATE setting SET provider_id = $2 WHERE id = $1", s.ID, in.Provider.UUID)
		return engine.AuthorityEvent(s.ID, a.Organisation, "provider_id"), err
	})
}

const SettingRows = `SELECT s.id, s.provider_id, s.kind, s.name, s.urn, s.district, s.outcode, s.age_low, s.age_high,
	to_json(s.needs) AS needs, s.places, s.vacancies, s.vacancies_at, s.establishment_type, s.gender, s.section41, s.local_authority,
	s.opened_on, s.closed_on, s.directory_changed_on, s.imported_at, to_json(s.previous_urns) AS previous_urns FROM setting s`

// OpenSettingSQL is the condition of a setting s that has not closed.
const OpenSettingSQL = "(s.closed_on IS NULL OR s.closed_on > " + engine.TodaySQL + ")"

var providerSettingList = engine.Listing[market.Setting]{
	Name: "settings", Rows: SettingRows, Keys: "s.name, s.id", Parent: "s.provider_id",
	Key: func(s *market.Setting) []any { return []any{s.Name, s.ID} },
	Of:  func(s *market.Setting) uuid.UUID { return *s.ProviderID }, // one of those asked for
}

// SettingsOfProviders is a page of settings for each provider.
func SettingsOfProviders(ctx context.Context, v *engine.View, providers []uuid.UUID, p market.Page) (map[uuid.UUID]*market.SettingConnection, error) {
	return engine.Pages(ctx, v, providerSettingList, providers, p)
}

// SettingsByID reads settings.
func SettingsByID(ctx context.Context, v *engine.View, ids []uuid.UUID) (map[uuid.UUID]*market.Setting, error) {
	return engine.ByID(ctx, v, SettingRows, "s.id", ids, func(s *market.Setting) uuid.UUID { return s.ID })
}

// RequireSettingOpen refuses an offered place in a setting that has closed, or closes before the child could begin.
func RequireSettingOpen(ctx context.Context, t *engine.Tx, setting uuid.UUID, startsOn market.Date, now time.Time) error {
	var s market.Setting
	if err := t.Get(ctx, &s, SettingRows+" WHERE s.id = $1", setting); err != nil {
		return engine.AbsentIfNoRows(err, "setting")
	}
	return market.RequireSettingOpen(s, startsOn, now)
}

// InspectionsOfSettings reads what inspections found, the latest first.
func InspectionsOfSettings(ctx context.Context, v *engine.View, settings []uuid.UUID) (map[uuid.UUID][]*market.Inspection, error) {
	return engine.Grouped(ctx, v, "SELECT i.setting_id, i.body, i.scale, i.value, i.inspected_on FROM inspection i", "i.setting_id",
		"i.inspected_on DESC, i.body, i.scale", settings, func(i *market.Inspection) uuid.UUID { return i.SettingID })
}

// AddressesOfSettings reads the addresses that the actor may see.
func AddressesOfSettings(ctx context.Context, v *engine.View, settings []uuid.UUID) (map[uuid.UUID]*string, error) {
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
