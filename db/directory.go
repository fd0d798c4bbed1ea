package db

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

var unclaimedSettingList = Listing[market.Setting]{
	Name: "unclaimed settings", Rows: SettingRows, Where: "s.provider_id IS NULL AND s.closed_on IS NULL", Keys: "s.name, s.id",
	Key: func(s *market.Setting) []any { return []any{s.Name, s.ID} },
}

// UnclaimedSettings is a page of the open settings of which nobody has said whose they are, by name.
func UnclaimedSettings(ctx context.Context, v *View, p market.Page) (*market.SettingConnection, error) {
	return Page(ctx, v, unclaimedSettingList, p)
}

// LinkSetting says whose a setting is. Its address follows it.
func LinkSetting(ctx context.Context, d *DB, a policy.Actor, in market.LinkSettingInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "setting.link", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		if err := t.RequireExists(ctx, "setting", "SELECT FROM market WHERE authority_id = $1", a.Organisation); err != nil {
			return Event{}, err
		}
		if err := t.RequireExists(ctx, "provider", "SELECT FROM provider WHERE id = $1", in.Provider.UUID); err != nil {
			return Event{}, err
		}
		var s market.Setting
		if err := t.Get(ctx, &s, SettingRows+" WHERE s.id = $1 FOR UPDATE", in.Setting.UUID); err != nil {
			return Event{}, AbsentIfNoRows(err, "setting")
		}
		if err := market.LinkSetting(s); err != nil {
			return Event{}, err
		}
		err := t.ExecAtLeastOne(ctx, "UPDATE setting SET provider_id = $2 WHERE id = $1", s.ID, in.Provider.UUID)
		return AuthorityEvent(s.ID, a.Organisation, "provider_id"), err
	})
}
