package award

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/award"
	"github.com/southeasttogether/dps/policy"
)

var (
	awardGroundsTable = rowset.New[market.AwardGrounds]("award_grounds", "g", rowset.Columns("award_id", "over_ceiling", "since_refusal"))
	awardGroundsRows  = awardGroundsTable.Rows()
)

var groundsOfAwards = rowset.ListOf[uuid.UUID](awardGroundsTable, "award_id")

// GroundsOfAwards reads why awards are over the ceiling, or at a school that was refused before.
func GroundsOfAwards(ctx context.Context, v *engine.View, awards []uuid.UUID) (map[uuid.UUID]*market.AwardGrounds, error) {
	return groundsOfAwards.One(ctx, v, awards)
}

// readBounds is what bounds an award of a need in a setting.
func readBounds(ctx context.Context, t *engine.Tx, need, setting uuid.UUID) (b rules.Bounds, err error) {
	return b, t.Get(ctx, &b, "SELECT b.ceiling, b.refused FROM dps.award_bounds($1, $2) b", need, setting)
}

// offeredWeekly is the price of an opened offer, in pounds a week.
func offeredWeekly(ctx context.Context, t *engine.Tx, offer uuid.UUID) (weekly market.Decimal, err error) {
	return weekly, engine.AbsentIfNoRows(t.Get(ctx, &weekly, "SELECT p.weekly FROM offer_price p WHERE p.offer_id = $1", offer), "offer")
}

// checkOfferGrounds gives the grounds of a proposal to award an offer; nil where none is needed.
func checkOfferGrounds(ctx context.Context, t *engine.Tx, offer market.Offer, in *rules.AwardGroundsInput) (*market.AwardGrounds, error) {
	bounds, err := readBounds(ctx, t, offer.NeedID, offer.SettingID)
	if err != nil {
		return nil, err
	}
	weekly, err := offeredWeekly(ctx, t, offer.ID)
	if err != nil {
		return nil, err
	}
	return rules.CheckGrounds("", market.RouteCompetition, weekly, bounds, in)
}

func insertGrounds(ctx context.Context, t *engine.Tx, award, need, authority uuid.UUID, g *market.AwardGrounds) error {
	if g == nil {
		return nil
	}
	_, err := t.Exec(ctx, "INSERT INTO award_grounds (award_id, need_id, authority_id, over_ceiling, since_refusal) "+
		"VALUES ($1, $2, $3, $4, $5)",
		award, need, authority, g.OverCeiling, g.SinceRefusal)
	return err
}

// requireGrounds refuses to approve an award that needs a ground which its proposal does not give.
func requireGrounds(ctx context.Context, t *engine.Tx, a market.Award, weekly market.Decimal) error {
	bounds, err := readBounds(ctx, t, a.NeedID, a.SettingID)
	if err != nil {
		return err
	}
	var given []*market.AwardGrounds
	if err := t.SelectRows(ctx, &given, awardGroundsRows+" WHERE g.award_id = $1", a.ID); err != nil {
		return err
	}
	var decided []rules.PanelDecision
	if err := t.SelectRows(ctx, &decided, panelDecisionRows+" WHERE p.need_id = $1", a.NeedID); err != nil {
		return err
	}
	var panel rules.PanelDecision
	if len(decided) > 0 {
		panel = decided[0]
	}
	var grounds *market.AwardGrounds
	if len(given) > 0 {
		grounds = given[0]
	}
	return rules.RequireGrounds(a, weekly, bounds, grounds, panel.RecordedAt)
}

// WithdrawProposal withdraws a proposal, by any route. Another can then be proposed for the need.
func WithdrawProposal(ctx context.Context, d *engine.DB, a policy.Actor, in rules.WithdrawProposalInput) (uuid.UUID, error) {
	request := engine.Request{Act: "award.withdraw", Key: in.IdempotencyKey, Input: in}
	return d.Change(ctx, a, request, func(t *engine.Tx) (engine.Event, error) {
		award, err := LockAward(ctx, t, in.Award.UUID)
		if err != nil {
			return engine.Event{}, err
		}
		if err := rules.WithdrawProposal(award, in); err != nil {
			return engine.Event{}, err
		}
		return engine.AuthorityEvent(award.ID, award.AuthorityID, "withdrawn_at"), t.ExecAtLeastOne(ctx, `UPDATE award SET withdrawn_at = $2,
			withdrawn_by = $3, withdraw_reason = $4, rejected_at = $2 WHERE id = $1 AND approved_at IS NULL AND rejected_at IS NULL`,
			award.ID, award.AsOf, a.Person, in.Reason)
	})
}
