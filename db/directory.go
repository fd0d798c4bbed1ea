package db

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

var unclaimed = listing[market.Setting]{
	name: "unclaimed settings", rows: settingRows, where: "s.provider_id IS NULL AND s.closed_on IS NULL", keys: "s.name, s.id",
	key: func(s *market.Setting) []any { return []any{s.Name, s.ID} },
}

// UnclaimedSettings is a page of the open settings of which nobody has said whose they are, by name.
func (v *View) UnclaimedSettings(ctx context.Context, p market.Page) (*market.SettingConnection, error) {
	return page(ctx, v, unclaimed, p)
}

// LinkSetting says whose a setting is. Its address follows it.
func (d *DB) LinkSetting(ctx context.Context, a policy.Actor, in market.LinkSettingInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "setting.link", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		if err := t.exists(ctx, "setting", "SELECT FROM market WHERE authority_id = $1", a.Organisation); err != nil {
			return Event{}, err
		}
		if err := t.exists(ctx, "provider", "SELECT FROM provider WHERE id = $1", in.Provider.UUID); err != nil {
			return Event{}, err
		}
		var s market.Setting
		if err := t.get(ctx, &s, settingRows+" WHERE s.id = $1 FOR UPDATE", in.Setting.UUID); err != nil {
			return Event{}, absent(err, "setting")
		}
		if err := market.LinkSetting(s); err != nil {
			return Event{}, err
		}
		err := t.must(ctx, "UPDATE setting SET provider_id = $2 WHERE id = $1", s.ID, in.Provider.UUID)
		return about(s.ID, a.Organisation, "provider_id"), err
	})
}
