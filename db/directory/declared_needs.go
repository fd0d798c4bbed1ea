package directory

import (
	"context"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/directory"
	"github.com/southeasttogether/dps/policy"
)

// DeclareSettingNeeds records which need types the actor's setting meets, in its provider's word. What the directory says stays.
func DeclareSettingNeeds(ctx context.Context, d *engine.DB, a policy.Actor, in rules.DeclareSettingNeedsInput) (uuid.UUID, error) {
	request := engine.Request{Act: "setting.declare", Key: in.IdempotencyKey, Input: in}
	return d.Change(ctx, a, request, func(t *engine.Tx) (engine.Event, error) {
		var s market.Setting
		if err := t.Get(ctx, &s, SettingRows+" WHERE s.id = $1 AND s.provider_id = $2", in.Setting.UUID, a.Organisation); err != nil {
			return engine.Event{}, engine.AbsentIfNoRows(err, "setting")
		}
		now, err := engine.MarketNow(ctx, t)
		if err != nil {
			return engine.Event{}, err
		}
		if err := rules.DeclareSettingNeeds(s, in, now); err != nil {
			return engine.Event{}, err
		}
		_, err = t.Exec(ctx, `INSERT INTO declared_needs (setting_id, needs, declared_at) VALUES ($1, $2, $3)
			ON CONFLICT (setting_id) DO UPDATE SET needs = excluded.needs, declared_at = excluded.declared_at`, s.ID, pq.Array(in.Needs), now)
		return engine.ProviderEvent(s.ID, a.Organisation, "declared_needs"), err
	})
}
