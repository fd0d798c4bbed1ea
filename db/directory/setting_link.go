package directory

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/directory"
	"github.com/southeasttogether/dps/policy"
)

var linksOfSettings = rowset.ListOf[uuid.UUID](rowset.New[rules.SettingLink]("setting_link", "l",
	rowset.Columns("setting_id", "kind", "earlier_provider_id", "new_provider_id", "reason", "at")), "setting_id",
	rowset.By("l.at DESC", "l.id")...)

// LinksOfSettings reads who ran each setting, latest first.
func LinksOfSettings(ctx context.Context, v *engine.View, settings []uuid.UUID) (map[uuid.UUID][]*rules.SettingLink, error) {
	return linksOfSettings.Read(ctx, v, settings)
}

// lockSettingAsLead locks a setting for the market manager of an authority that leads a market.
func lockSettingAsLead(ctx context.Context, t *engine.Tx, id uuid.UUID) (s market.Setting, err error) {
	if err := t.RequireExists(ctx, "setting", "SELECT FROM market WHERE authority_id = $1", t.Actor().Organisation); err != nil {
		return s, err
	}
	return s, engine.AbsentIfNoRows(t.Get(ctx, &s, SettingRows+" WHERE s.id = $1"+engine.LockSetting, id), "setting")
}

// writeLink records who runs a setting from now on. The database moves what goes with it.
func writeLink(ctx context.Context, t *engine.Tx, l rules.SettingLink) error {
	if err := t.ExecAtLeastOne(ctx, "UPDATE setting SET provider_id = $2 WHERE id = $1", l.SettingID, l.ProviderID); err != nil {
		return err
	}
	_, err := t.Exec(ctx, `INSERT INTO setting_link (setting_id, kind, earlier_provider_id, new_provider_id, reason, at, person)
		VALUES ($1, $2, $3, $4, $5, dps.now(), $6)`, l.SettingID, l.Kind, l.EarlierProviderID, l.ProviderID, l.Reason, t.Actor().Person)
	return err
}

// UnlinkSetting takes a link back that was wrong.
func UnlinkSetting(ctx context.Context, d *engine.DB, a policy.Actor, in rules.UnlinkSettingInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "setting.link", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		s, err := lockSettingAsLead(ctx, t, in.Setting.UUID)
		if err != nil {
			return engine.Event{}, err
		}
		link, err := rules.UnlinkSetting(s, in)
		if err != nil {
			return engine.Event{}, err
		}
		return engine.AuthorityEvent(s.ID, a.Organisation, "provider_id", "unlinked"), writeLink(ctx, t, link)
	})
}

// HandOverSetting records that another provider runs a setting from now on.
func HandOverSetting(ctx context.Context, d *engine.DB, a policy.Actor, in rules.HandOverSettingInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "setting.link", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		if err := t.RequireExists(ctx, "provider", "SELECT FROM provider WHERE id = $1", in.Provider.UUID); err != nil {
			return engine.Event{}, err
		}
		s, err := lockSettingAsLead(ctx, t, in.Setting.UUID)
		if err != nil {
			return engine.Event{}, err
		}
		link, err := rules.HandOverSetting(s, in)
		if err != nil {
			return engine.Event{}, err
		}
		return engine.AuthorityEvent(s.ID, a.Organisation, "provider_id", "handed_over"), writeLink(ctx, t, link)
	})
}
