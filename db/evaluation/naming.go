package evaluation

import (
	"context"

	rules "github.com/southeasttogether/dps/market/evaluation"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

var (
	// NamingTable is how decisions on schools that families ask for are read, their reasons sealed.
	NamingTable = rowset.New[NamingRow]("naming", "d",
		rowset.Columns("id", "preference_id", "setting_id", "named", "ground", "reasons", "consulted_on", "decided_at"),
		rowset.Parent("setting", "setting_id", directory.SettingTable))
	// NamingRows selects these rows; a condition follows.
	NamingRows = NamingTable.Rows()
)

// NamingRow is a decision with its reasons as they are stored, sealed under NamingContext.
type NamingRow struct {
	market.Naming
	Sealed []byte `db:"reasons"`
}

// NamingContext is what the seal of a decision's reasons is bound to.
func NamingContext(id uuid.UUID) string { return "naming:" + id.String() }

var namingsOfPreferences = rowset.ListOf[uuid.UUID](NamingTable, "preference_id")

// NamingsOfPreferences reads the decisions on the schools that families ask for.
func NamingsOfPreferences(ctx context.Context, v *engine.View, preferences []uuid.UUID) (map[uuid.UUID]*market.Naming, error) {
	found, err := namingsOfPreferences.One(ctx, v, preferences)
	if err != nil {
		return nil, err
	}
	all := map[uuid.UUID]*market.Naming{}
	for preference, row := range found {
		plain, err := v.Keys().Reveal(NamingContext(row.ID), row.Sealed)
		if err != nil {
			return nil, err
		}
		row.Reasons = string(plain)
		all[preference] = &row.Naming
	}
	return all, nil
}

// DecideNaming records whether the school that a family asks for is named, and what the family is told.
func DecideNaming(ctx context.Context, d *engine.DB, a policy.Actor, in rules.DecideNamingInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "naming.decide", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		var p market.Preference
		if err := t.Get(ctx, &p, "SELECT p.id, p.need_id, p.setting_id FROM preference p WHERE p.id = $1", in.Preference.UUID); err != nil {
			return engine.Event{}, engine.AbsentIfNoRows(err, "preference")
		}
		need, err := tendering.LockNeed(ctx, t, p.NeedID, true)
		if err != nil {
			return engine.Event{}, err
		}
		if err := checkNaming(ctx, t, need, p, in); err != nil {
			return engine.Event{}, err
		}
		if err := insertNaming(ctx, t, need, p, in); err != nil {
			return engine.Event{}, err
		}
		return engine.AuthorityEvent(p.ID, need.AuthorityID, "naming", "effect"), tendering.RequireNoConflict(ctx, t, need, in.DeclareNoInterest)
	})
}

func checkNaming(ctx context.Context, t *engine.Tx, n market.Need, p market.Preference, in rules.DecideNamingInput) error {
	var setting *market.Setting
	if p.SettingID != nil {
		setting = &market.Setting{}
		if err := t.Get(ctx, setting, "SELECT id, establishment_type, section41 FROM setting WHERE id = $1", *p.SettingID); err != nil {
			return err
		}
	}
	var earlier []*market.Naming
	if err := t.SelectRows(ctx, &earlier, "SELECT id FROM naming WHERE preference_id = $1", p.ID); err != nil {
		return err
	}
	var awards []market.Award
	if err := t.SelectRows(ctx, &awards, AwardRows+" WHERE a.need_id = $1", n.ID); err != nil {
		return err
	}
	var before *market.Naming
	if len(earlier) > 0 {
		before = earlier[0]
	}
	return rules.DecideNaming(n, setting, before, awards, in, n.AsOf)
}

func insertNaming(ctx context.Context, t *engine.Tx, n market.Need, p market.Preference, in rules.DecideNamingInput) error {
	id := uuid.New()
	reasons, err := t.Keys().Protect(NamingContext(id), []byte(in.Reasons))
	if err != nil {
		return err
	}
	if _, err := t.Exec(ctx, `INSERT INTO naming (id, need_id, authority_id, preference_id, setting_id, named, ground, reasons, consulted_on,
		decided_at, decided_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, id, n.ID, n.AuthorityID, p.ID, *p.SettingID, in.Named, in.Ground, reasons,
		in.ConsultedOn.Time, n.AsOf, t.Actor().Person); err != nil {
		return err
	}
	return t.ExecAtLeastOne(ctx, "UPDATE preference SET effect = $2, effect_by = $3, effect_at = $4 WHERE id = $1", p.ID, in.Effect,
		t.Actor().Person, n.AsOf)
}
