package tendering

import (
	"context"

	rules "github.com/southeasttogether/dps/market/tendering"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

var areaApprovalTable = rowset.New[market.AreaApproval]("area_approval", "p",
	rowset.Columns("need_id", "distance", "approved_by", "grounds", "emergency", "area_told_on", "approved_at"))

var areaApprovalsOfNeeds = rowset.ListOf[uuid.UUID](areaApprovalTable, "need_id")

// AreaApprovalsOfNeeds reads the approvals of places outside the area.
func AreaApprovalsOfNeeds(ctx context.Context, v *engine.View, needs []uuid.UUID) (map[uuid.UUID]*market.AreaApproval, error) {
	return areaApprovalsOfNeeds.One(ctx, v, needs)
}

// ApproveOutOfArea records the approval of a place outside the area. It replaces an earlier record.
func ApproveOutOfArea(ctx context.Context, d *engine.DB, a policy.Actor, in rules.ApproveOutOfAreaInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "area.approve", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		need, err := LockNeed(ctx, t, in.Need.UUID, true)
		if err != nil {
			return engine.Event{}, err
		}
		if err := rules.ApproveOutOfArea(need, in, need.AsOf); err != nil {
			return engine.Event{}, err
		}
		told := market.AreaApproval{Emergency: in.Emergency, AreaToldOn: in.AreaToldOn, ApprovedAt: need.AsOf}.ToldBy()
		_, err = t.Exec(ctx, `INSERT INTO area_approval (need_id, authority_id, distance, approved_by, grounds, emergency, area_told_on,
			approved_at, person, told_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (need_id) DO UPDATE SET distance = excluded.distance, approved_by =
			excluded.approved_by,
				grounds = excluded.grounds, emergency = excluded.emergency, area_told_on = excluded.area_told_on, approved_at = excluded.approved_at,
				person = excluded.person,
				told_by = excluded.told_by`, need.ID, need.AuthorityID, in.Distance, in.ApprovedBy, in.Grounds, in.Emergency,
			engine.DayOrNull(in.AreaToldOn), need.AsOf, a.Person, told)
		return engine.AuthorityEvent(need.ID, need.AuthorityID, "area_approval"), err
	})
}
