package placement

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/placement"
	"github.com/southeasttogether/dps/policy"
)

// EndPlacement records the last day of a placement, or corrects it. The database counts the setting's places, over all
// authorities, under a lock: the place is free from the day after.
func EndPlacement(ctx context.Context, d *engine.DB, a policy.Actor, in rules.EndPlacementInput) (uuid.UUID, error) {
	return changePlacement(ctx, d, a, engine.Request{Act: "placement.end", Key: in.IdempotencyKey, Input: in}, in.Placement,
		func(t *engine.Tx, p market.Placement) ([]string, error) {
			youngest, err := readYoungest(ctx, t, p)
			if err != nil {
				return nil, err
			}
			if err := rules.EndPlacement(p, youngest, in); err != nil {
				return nil, err
			}
			changed := []string{"ended_on"}
			if p.EndedOn != nil {
				changed = append(changed, "correction")
			}
			return changed, t.ExecAtLeastOne(ctx, `UPDATE placement SET ended_on = $2, end_reason = $3, ended_planned = $4, end_notice_by = $5,
				end_words = $6, end_correction = $7, end_recorded_at = $8 WHERE id = $1`,
				p.ID, in.LastDay.Time, in.Reason, in.Planned, in.NoticeBy, in.EndWords(p), in.Correction, p.AsOf)
		})
}

// readYoungest reads the lowest age of a placement's need, which everybody who ends a placement can read.
func readYoungest(ctx context.Context, t *engine.Tx, p market.Placement) (age int, err error) {
	return age, engine.AbsentIfNoRows(t.Get(ctx, &age, "SELECT age_low FROM need WHERE id = $1", p.NeedID), "need")
}

// WithdrawEnd takes back the end of a placement.
func WithdrawEnd(ctx context.Context, d *engine.DB, a policy.Actor, in rules.WithdrawEndInput) (uuid.UUID, error) {
	return changePlacement(ctx, d, a, engine.Request{Act: "placement.end", Key: in.IdempotencyKey, Input: in}, in.Placement,
		func(t *engine.Tx, p market.Placement) ([]string, error) {
			if err := rules.WithdrawEnd(p, p.AsOf); err != nil {
				return nil, err
			}
			return []string{"end_withdrawn"}, t.ExecAtLeastOne(ctx, `UPDATE placement SET ended_on = NULL, end_reason = NULL, ended_planned = NULL,
				end_notice_by = NULL, end_words = NULL, end_correction = NULL, end_recorded_at = $2 WHERE id = $1`, p.ID, p.AsOf)
		})
}

// CancelPlacement cancels a placement of a child who will not come. The database cancels its award with it, so that the
// need can be awarded again.
func CancelPlacement(ctx context.Context, d *engine.DB, a policy.Actor, in rules.CancelPlacementInput) (uuid.UUID, error) {
	return changePlacement(ctx, d, a, engine.Request{Act: "placement.cancel", Key: in.IdempotencyKey, Input: in}, in.Placement,
		func(t *engine.Tx, p market.Placement) ([]string, error) {
			if err := rules.CancelPlacement(p, in); err != nil {
				return nil, err
			}
			return []string{"cancelled_at"}, t.ExecAtLeastOne(ctx, "UPDATE placement SET cancelled_at = $2, end_reason = $3, end_words = $4 "+
				"WHERE id = $1 AND cancelled_at IS NULL", p.ID, p.AsOf, in.Reason, in.Words)
		})
}

// GiveNotice records what the provider says about the end of a placement. The clock alerts the authority.
func GiveNotice(ctx context.Context, d *engine.DB, a policy.Actor, in rules.GiveNoticeInput) (uuid.UUID, error) {
	return changePlacement(ctx, d, a, engine.Request{Act: "placement.notify", Key: in.IdempotencyKey, Input: in}, in.Placement,
		func(t *engine.Tx, p market.Placement) ([]string, error) {
			youngest, err := readYoungest(ctx, t, p)
			if err != nil {
				return nil, err
			}
			if err := rules.GiveNotice(p, youngest, in); err != nil {
				return nil, err
			}
			var last *time.Time
			if in.LastDay != nil {
				last = &in.LastDay.Time
			}
			return []string{"notice"}, t.ExecAtLeastOne(ctx, `UPDATE placement SET notice_given_at = $2, notice_last_day = $3, notice_reason = $4,
				notice_words = $5 WHERE id = $1`, p.ID, p.AsOf, last, in.Reason, in.Words)
		})
}
