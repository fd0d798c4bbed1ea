package directory

import (
	"context"
	"time"

	rules "github.com/southeasttogether/dps/market/directory"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

var unclaimedSettingList = rowset.Pages[market.Setting]{
	Table: SettingTable, Name: "unclaimed settings", Order: []string{"name", "id"},
	Where: "s.provider_id IS NULL AND " + OpenSettingSQL,
}

// UnclaimedSettings is a page of the open settings that are not linked to a provider, by name.
func UnclaimedSettings(ctx context.Context, v *engine.View, p market.Page) (*market.Connection[market.Setting], error) {
	return unclaimedSettingList.Page(ctx, v, p)
}

// LinkSetting links a setting to its provider. The address moves with it.
func LinkSetting(ctx context.Context, d *engine.DB, a policy.Actor, in rules.LinkSettingInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "setting.link", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		if err := t.RequireExists(ctx, "provider", "SELECT FROM provider WHERE id = $1", in.Provider.UUID); err != nil {
			return engine.Event{}, err
		}
		s, err := lockSettingAsLead(ctx, t, in.Setting.UUID)
		if err != nil {
			return engine.Event{}, err
		}
		now, err := engine.MarketNow(ctx, t)
		if err != nil {
			return engine.Event{}, err
		}
		if err := rules.LinkSetting(s, now); err != nil {
			return engine.Event{}, err
		}
		link := rules.SettingLink{SettingID: s.ID, Kind: rules.SettingLinked, ProviderID: &in.Provider.UUID}
		return engine.AuthorityEvent(s.ID, a.Organisation, "provider_id"), writeLink(ctx, t, link)
	})
}

// settingColumns are the columns of a setting s.
var settingColumns = rowset.All(rowset.Columns("id"), rowset.Column("kind", "kind"), rowset.Column("name", "name"),
	rowset.Column("urn", "urn"),
	rowset.Column("district", "district"), rowset.Column("outcode", "outcode"), rowset.Column("age_low", "ageLow"),
	rowset.Column("age_high", "ageHigh"),
	rowset.Computed("needs", "to_json(s.needs)", "needs", "needsKnown"), rowset.Column("places", "places"),
	rowset.Column("vacancies", "vacancies"),
	rowset.Column("vacancies_at", "vacanciesAt"), rowset.Column("establishment_type", "establishmentType"), rowset.Column("gender", "gender"),
	rowset.Column("section41", "section41"), rowset.Column("local_authority", "localAuthority"), rowset.Column("opened_on", "openedOn"),
	rowset.Column("closed_on", "closedOn"), rowset.Column("directory_changed_on", "directoryChangedOn"),
	rowset.Column("imported_at", "importedAt"),
	rowset.Computed("declared_needs", "(SELECT to_json(d.needs) FROM declared_needs d WHERE d.setting_id = s.id)", "declaredNeeds",
		"needsKnown"),
	rowset.Computed("needs_declared_at", "(SELECT d.declared_at FROM declared_needs d WHERE d.setting_id = s.id)", "needsDeclaredAt"),
	rowset.Computed("previous_urns", "to_json(s.previous_urns)", "previousUrns"), rowset.Figure("figures", figuresSQL("setting_id", "s.id"),
		"figures"),
	rowset.Elsewhere("easting", "northing"), rowset.Columns("provider_id"), rowset.Parent("provider", "provider_id", ProviderTable))

var (
	// SettingTable is how schools and homes are read.
	SettingTable = rowset.New[market.Setting]("setting", "s", settingColumns)
	// SettingRows selects these rows; a condition follows.
	SettingRows = SettingTable.Rows()
)

// OpenSettingSQL is the condition that a setting s has not closed.
const OpenSettingSQL = "(s.closed_on IS NULL OR s.closed_on > " + engine.TodaySQL + ")"

var providerSettingList = rowset.Pages[market.Setting]{
	Table: SettingTable, Name: "settings", Order: []string{"name", "id"},
	Parent: "provider_id",
}

// SettingsOfProviders is a page of settings for each provider.
func SettingsOfProviders(ctx context.Context, v *engine.View, providers []uuid.UUID,
	p market.Page,
) (map[uuid.UUID]*market.Connection[market.Setting], error) {
	return providerSettingList.Of(ctx, v, providers, p)
}

// SettingsByID reads settings.
func SettingsByID(ctx context.Context, v *engine.View, ids []uuid.UUID) (map[uuid.UUID]*market.Setting, error) {
	return SettingTable.ByID(ctx, v, ids)
}

// RequireSettingOpen refuses an offered place in a setting that has closed, or that closes before the child could
// start.
func RequireSettingOpen(ctx context.Context, t *engine.Tx, setting uuid.UUID, startsOn market.Date, now time.Time) error {
	var s market.Setting
	if err := t.Get(ctx, &s, SettingRows+" WHERE s.id = $1", setting); err != nil {
		return engine.AbsentIfNoRows(err, "setting")
	}
	return market.RequireSettingOpen(s, startsOn, now)
}

// RequireRunBy refuses an offered place in a setting that the provider does not run any more.
func RequireRunBy(ctx context.Context, t *engine.Tx, setting, provider uuid.UUID) error {
	var s market.Setting
	if err := t.Get(ctx, &s, SettingRows+" WHERE s.id = $1", setting); err != nil {
		return engine.AbsentIfNoRows(err, "setting")
	}
	return market.RequireRunBy(s, provider)
}

var inspectionTable = rowset.New[market.Inspection]("inspection", "i",
	rowset.Columns("setting_id", "body", "scale", "value", "inspected_on"))

var inspectionsOfSettings = rowset.ListOf[uuid.UUID](inspectionTable, "setting_id", rowset.By("i.inspected_on DESC",
	"i.body", "i.scale")...)

// InspectionsOfSettings reads inspections, latest first.
func InspectionsOfSettings(ctx context.Context, v *engine.View, settings []uuid.UUID) (map[uuid.UUID][]*market.Inspection, error) {
	return inspectionsOfSettings.Read(ctx, v, settings)
}
