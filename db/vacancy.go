package db

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// VacanciesOfSettings reads what providers declare for now and for days to come, the next first.
func (v *View) VacanciesOfSettings(ctx context.Context, settings []uuid.UUID) (map[uuid.UUID][]*market.Vacancy, error) {
	return grouped(ctx, v, `SELECT v.* FROM (SELECT y.setting_id, y.from_on, y.free, y.declared_at, y.from_on <= `+today+` AS begun FROM vacancy y
		WHERE NOT EXISTS (SELECT FROM vacancy z WHERE z.setting_id = y.setting_id AND z.from_on > y.from_on AND z.from_on <= `+today+`)) v`,
		"v.setting_id", "v.from_on", settings, func(v *market.Vacancy) uuid.UUID { return v.SettingID })
}

// DeclareVacancies records how many places of the actor's own setting are free from a day on.
func (d *DB) DeclareVacancies(ctx context.Context, a policy.Actor, in market.DeclareVacanciesInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "vacancy.declare", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		var s market.Setting
		if err := t.get(ctx, &s, settingRows+" WHERE s.id = $1 AND s.provider_id = $2", in.Setting.UUID, a.Organisation); err != nil {
			return Event{}, absent(err, "setting")
		}
		var upcoming int
		if err := t.get(ctx, &upcoming, "SELECT count(*) FROM vacancy WHERE setting_id = $1 AND from_on > "+today+" AND from_on <> $2", s.ID, in.FromOn.Time); err != nil {
			return Event{}, err
		}
		now, err := t.now(ctx)
		if err != nil {
			return Event{}, err
		}
		if err := market.DeclareVacancies(s, in, upcoming, now); err != nil {
			return Event{}, err
		}
		_, err = t.exec(ctx, `INSERT INTO vacancy (setting_id, from_on, free, declared_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (setting_id, from_on) DO UPDATE SET free = excluded.free, declared_at = excluded.declared_at`, s.ID, in.FromOn.Time, in.Free, now)
		return secret(s.ID, a.Organisation, "vacancies"), err
	})
}
