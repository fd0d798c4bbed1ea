package db

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

const namingRows = `SELECT d.id, d.preference_id, d.setting_id, d.named, d.ground, d.reasons, d.consulted_on, d.decided_at FROM naming d`

type namingRow struct {
	market.Naming
	Sealed []byte `db:"reasons"`
}

func namingContext(id uuid.UUID) string { return "naming:" + id.String() }

// NamingsOfPreferences reads what was decided on the schools that families ask for.
func (v *View) NamingsOfPreferences(ctx context.Context, preferences []uuid.UUID) (map[uuid.UUID]*market.Naming, error) {
	found, err := byID(ctx, v, namingRows, "d.preference_id", preferences, func(d *namingRow) uuid.UUID { return d.PreferenceID })
	if err != nil {
		return nil, err
	}
	all := map[uuid.UUID]*market.Naming{}
	for preference, row := range found {
		plain, err := v.Keys().Reveal(namingContext(row.ID), row.Sealed)
		if err != nil {
			return nil, err
		}
		row.Reasons = string(plain)
		all[preference] = &row.Naming
	}
	return all, nil
}

// DecideNaming records whether the school that a family asks for is named, and what the family is told.
func (d *DB) DecideNaming(ctx context.Context, a policy.Actor, in market.DecideNamingInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "naming.decide", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		var p market.Preference
		if err := t.get(ctx, &p, "SELECT p.id, p.need_id, p.setting_id FROM preference p WHERE p.id = $1", in.Preference.UUID); err != nil {
			return Event{}, absent(err, "preference")
		}
		need, err := t.lockedNeed(ctx, p.NeedID, true)
		if err != nil {
			return Event{}, err
		}
		if err := t.checkNaming(ctx, need, p, in); err != nil {
			return Event{}, err
		}
		if err := t.insertNaming(ctx, need, p, in); err != nil {
			return Event{}, err
		}
		return about(p.ID, need.AuthorityID, "naming", "effect"), t.disinterested(ctx, need.ID)
	})
}

func (t *Tx) checkNaming(ctx context.Context, n market.Need, p market.Preference, in market.DecideNamingInput) error {
	var setting *market.Setting
	if p.SettingID != nil {
		setting = &market.Setting{}
		if err := t.get(ctx, setting, "SELECT id, establishment_type, section41 FROM setting WHERE id = $1", *p.SettingID); err != nil {
			return err
		}
	}
	var earlier []*market.Naming
	if err := t.all(ctx, &earlier, "SELECT id FROM naming WHERE preference_id = $1", p.ID); err != nil {
		return err
	}
	var awards []market.Award
	if err := t.all(ctx, &awards, awardRows+" WHERE a.need_id = $1", n.ID); err != nil {
		return err
	}
	var before *market.Naming
	if len(earlier) > 0 {
		before = earlier[0]
	}
	return market.DecideNaming(n, setting, before, awards, in, n.AsOf)
}

func (t *Tx) insertNaming(ctx context.Context, n market.Need, p market.Preference, in market.DecideNamingInput) error {
	id := uuid.New()
	reasons, err := t.Keys().Protect(namingContext(id), []byte(in.Reasons))
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, `INSERT INTO naming (id, need_id, authority_id, preference_id, setting_id, named, ground, reasons, consulted_on, decided_at, decided_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, id, n.ID, n.AuthorityID, p.ID, *p.SettingID, in.Named, in.Ground, reasons,
		in.ConsultedOn.Time, n.AsOf, t.Actor().Person); err != nil {
		return err
	}
	return t.must(ctx, "UPDATE preference SET effect = $2, effect_by = $3, effect_at = $4 WHERE id = $1", p.ID, in.Effect, t.Actor().Person, n.AsOf)
}
