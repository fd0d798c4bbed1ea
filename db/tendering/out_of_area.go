package tendering

import (
	"context"
	"slices"

	rules "github.com/southeasttogether/dps/market/tendering"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

var areaApprovalTable = rowset.New[market.AreaApproval]("area_approval", "p",
	rowset.Columns("need_id", "setting_id", "area_code", "distance", "approved_by", "grounds", "emergency", "area_told_on", "approved_at"),
	rowset.Parent("setting", "setting_id", directory.SettingTable))

var areaApprovalsOfNeeds = rowset.ListOf[uuid.UUID](areaApprovalTable, "need_id", rowset.By("p.approved_at DESC", "p.id")...)

// AreaApprovalsOfNeeds reads the approvals of settings outside the area, latest first.
func AreaApprovalsOfNeeds(ctx context.Context, v *engine.View, needs []uuid.UUID) (map[uuid.UUID][]*market.AreaApproval, error) {
	found, err := areaApprovalsOfNeeds.Read(ctx, v, needs)
	for need, all := range found {
		found[need] = slices.DeleteFunc(all, func(a *market.AreaApproval) bool { return a.SettingID == nil })
	}
	return found, err
}

// AreaApprovalsOfNoSetting reads the approvals that name no setting.
func AreaApprovalsOfNoSetting(ctx context.Context, v *engine.View, needs []uuid.UUID) (map[uuid.UUID]*market.AreaApproval, error) {
	found, err := areaApprovalsOfNeeds.Read(ctx, v, needs)
	of := map[uuid.UUID]*market.AreaApproval{}
	for need, all := range found {
		for _, a := range all {
			if a.SettingID == nil {
				of[need] = a
			}
		}
	}
	return of, err
}

// readAreaFacts is what decides whether a place in a setting is outside the area of the need's authority.
func readAreaFacts(ctx context.Context, t *engine.Tx, need, setting uuid.UUID) (f rules.AreaFacts, err error) {
	err = t.Get(ctx, &f, "SELECT f.* FROM dps.area_facts($1, $2) f", need, setting)
	return f, engine.AbsentIfNoRows(err, "setting")
}

// RequireAreaApproval refuses a place outside the area that is not approved.
func RequireAreaApproval(ctx context.Context, t *engine.Tx, need, setting uuid.UUID) error {
	facts, err := readAreaFacts(ctx, t, need, setting)
	if err != nil {
		return err
	}
	return rules.RequireAreaApproval(facts)
}

// checkApprovedArea checks an approval against its setting, and says in which area that is, as far as it is known.
func checkApprovedArea(ctx context.Context, t *engine.Tx, in rules.ApproveOutOfAreaInput) (setting *uuid.UUID, area *string, err error) {
	if in.Setting == nil {
		return nil, nil, nil
	}
	facts, err := readAreaFacts(ctx, t, in.Need.UUID, in.Setting.UUID)
	if err != nil {
		return nil, nil, err
	}
	return &in.Setting.UUID, facts.AreaCode, rules.CheckApprovedArea(facts, in)
}

// ApproveOutOfArea records the approval of a place outside the area. It replaces an earlier record of the same setting.
func ApproveOutOfArea(ctx context.Context, d *engine.DB, a policy.Actor, in rules.ApproveOutOfAreaInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "area.approve", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		need, err := LockNeed(ctx, t, in.Need.UUID, true)
		if err != nil {
			return engine.Event{}, err
		}
		if err := rules.ApproveOutOfArea(need, in, need.AsOf); err != nil {
			return engine.Event{}, err
		}
		setting, area, err := checkApprovedArea(ctx, t, in)
		if err != nil {
			return engine.Event{}, err
		}
		told := market.AreaApproval{Emergency: in.Emergency, AreaToldOn: in.AreaToldOn, ApprovedAt: need.AsOf}.ToldBy()
		_, err = t.Exec(ctx, `INSERT INTO area_approval (need_id, authority_id, distance, approved_by, grounds, emergency, area_told_on,
			approved_at, person, told_by, setting_id, area_code)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (need_id, setting_id) DO UPDATE SET
				distance = excluded.distance, approved_by = excluded.approved_by, grounds = excluded.grounds, emergency = excluded.emergency,
				area_told_on = excluded.area_told_on, approved_at = excluded.approved_at, person = excluded.person,
				told_by = excluded.told_by, area_code = excluded.area_code`, need.ID, need.AuthorityID, in.Distance, in.ApprovedBy, in.Grounds,
			in.Emergency, engine.DayOrNull(in.AreaToldOn), need.AsOf, a.Person, told, setting, area)
		return engine.AuthorityEvent(need.ID, need.AuthorityID, "area_approval"), err
	})
}
