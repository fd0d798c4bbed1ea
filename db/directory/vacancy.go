package directory

import (
	"context"

	rules "github.com/southeasttogether/dps/market/directory"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

var vacancyTable = rowset.New[market.Vacancy]("vacancy", "v",
	rowset.Columns("setting_id", "from_on", "free", "declared_at", "begun"),
	rowset.From("(SELECT y.setting_id, y.from_on, y.free, y.declared_at, y.from_on <= "+engine.TodaySQL+` AS begun FROM vacancy y
		WHERE NOT EXISTS (SELECT FROM vacancy z WHERE z.setting_id = y.setting_id AND z.from_on > y.from_on AND z.from_on <= `+engine.TodaySQL+
		")) v"))

var vacanciesOfSettings = rowset.ListOf[uuid.UUID](vacancyTable, "setting_id", rowset.By("v.from_on")...)

// VacanciesOfSettings reads the vacancies that providers declare for now and for future days, the next first.
func VacanciesOfSettings(ctx context.Context, v *engine.View, settings []uuid.UUID) (map[uuid.UUID][]*market.Vacancy, error) {
	return vacanciesOfSettings.Read(ctx, v, settings)
}

// DeclareVacancies records how many places of the actor's setting are free from a day on.
func DeclareVacancies(ctx context.Context, d *engine.DB, a policy.Actor, in rules.DeclareVacanciesInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "vacancy.declare", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			var s market.Setting
			if err := t.Get(ctx, &s, SettingRows+" WHERE s.id = $1 AND s.provider_id = $2", in.Setting.UUID, a.Organisation); err != nil {
				return engine.Event{}, engine.AbsentIfNoRows(err, "setting")
			}
			var upcoming int
			if err := t.Get(ctx, &upcoming, "SELECT count(*) FROM vacancy WHERE setting_id = $1 AND from_on > "+engine.TodaySQL+" AND from_on <> $2",
				s.ID, in.FromOn.Time); err != nil {
				return engine.Event{}, err
			}
			now, err := engine.MarketNow(ctx, t)
			if err != nil {
				return engine.Event{}, err
			}
			if err := rules.DeclareVacancies(s, in, upcoming, now); err != nil {
				return engine.Event{}, err
			}
			_, err = t.Exec(ctx, `INSERT INTO vacancy (setting_id, from_on, free, declared_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (setting_id, from_on) DO UPDATE SET free = excluded.free, declared_at = excluded.declared_at`, s.ID, in.FromOn.Time, in.Free,
				now)
			return engine.ProviderEvent(s.ID, a.Organisation, "vacancies"), err
		})
}
