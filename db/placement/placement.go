package placement

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

const PlacementRows = `SELECT p.id, p.award_id, p.need_id, p.authority_id, p.provider_id, p.setting_id, p.route, p.starts_on, p.started_at, p.ended_on,
	coalesce(g.authority_signed_at IS NOT NULL AND g.provider_signed_at IS NOT NULL, false) AS signed, (SELECT dps.now()) AS as_of
	FROM placement p LEFT JOIN agreement g ON g.placement_id = p.id`

// placementRowsWithoutAgreement are for roles that may not read agreements.
const placementRowsWithoutAgreement = `SELECT p.id, p.award_id, p.need_id, p.authority_id, p.provider_id, p.setting_id, p.route, p.starts_on, p.started_at, p.ended_on,
	false AS signed, (SELECT dps.now()) AS as_of FROM placement p`

func visiblePlacementRows(v *engine.View) string {
	if v.Can("agreement.read") {
		return PlacementRows
	}
	return placementRowsWithoutAgreement
}

// Placements is a page of those that the actor may see, latest start first.
func Placements(ctx context.Context, v *engine.View, p market.Page) (*market.PlacementConnection, error) {
	return engine.Page(ctx, v, engine.Listing[market.Placement]{
		Name: "placements", Rows: visiblePlacementRows(v), Keys: "p.starts_on, p.id", Desc: true,
		Key: func(p *market.Placement) []any { return []any{p.StartsOn.String(), p.ID} },
	}, p)
}

// PlacementsByID reads placements.
func PlacementsByID(ctx context.Context, v *engine.View, ids []uuid.UUID) (map[uuid.UUID]*market.Placement, error) {
	if !v.Can("placement.read") {
		return nil, nil
	}
	return engine.ByID(ctx, v, visiblePlacementRows(v), "p.id", ids, func(p *market.Placement) uuid.UUID { return p.ID })
}

// PlacementsOfAwards reads the placement that followed from each award.
func PlacementsOfAwards(ctx context.Context, v *engine.View, awards []uuid.UUID) (map[uuid.UUID]*market.Placement, error) {
	return engine.ByID(ctx, v, visiblePlacementRows(v), "p.award_id", awards, func(p *market.Placement) uuid.UUID { return p.AwardID })
}

const agreementRows = `SELECT g.id, g.placement_id, g.authority_id, g.predecessor_id, g.succeeded_on, g.contract, g.contract_version, g.weekly, g.weeks, g.authority_signed_at, g.provider_signed_at FROM agreement g`

// AgreementsOfPlacements reads the agreement of each placement.
func AgreementsOfPlacements(ctx context.Context, v *engine.View, placements []uuid.UUID) (map[uuid.UUID]*market.Agreement, error) {
	return engine.ByID(ctx, v, agreementRows, "g.placement_id", placements, func(g *market.Agreement) uuid.UUID { return g.PlacementID })
}

// LockPlacement reads a placement under the lock of its need.
func LockPlacement(ctx context.Context, t *engine.Tx, id uuid.UUID) (market.Placement, error) {
	var p market.Placement
	if err := t.Get(ctx, &p, PlacementRows+" WHERE p.id = $1", id); err != nil {
		return p, engine.AbsentIfNoRows(err, "placement")
	}
	if _, err := tendering.LockNeed(ctx, t, p.NeedID, true); err != nil {
		return p, err
	}
	return p, t.Get(ctx, &p, PlacementRows+" WHERE p.id = $1", id)
}

// SignAgreement signs for the actor's own side, once.
func SignAgreement(ctx context.Context, d *engine.DB, a policy.Actor, in market.SignAgreementInput) (uuid.UUID, error) {
	side := "authority"
	if a.Role == policy.BidsManager {
		side = "provider"
	}
	return d.Change(ctx, a, engine.Request{Act: "agreement.sign", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		p, err := LockPlacement(ctx, t, in.Placement.UUID)
		if err != nil {
			return engine.Event{}, err
		}
		n, err := t.Exec(ctx, "UPDATE agreement SET "+side+"_signed_at = $2, "+side+"_signed_by = $3 WHERE placement_id = $1 AND "+side+"_signed_at IS NULL",
			p.ID, p.AsOf, a.Person)
		if err == nil && n == 0 {
			err = market.Refuse(market.WrongState, "Your side has signed already.")
		}
		return engine.AuthorityEvent(p.ID, p.AuthorityID, side+"_signed_at"), err
	})
}

// StartPlacement records the child's first day.
func StartPlacement(ctx context.Context, d *engine.DB, a policy.Actor, in market.StartPlacementInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "placement.start", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		p, err := LockPlacement(ctx, t, in.Placement.UUID)
		if err != nil {
			return engine.Event{}, err
		}
		if err := market.StartPlacement(p, p.AsOf); err != nil {
			return engine.Event{}, err
		}
		err = t.ExecAtLeastOne(ctx, "UPDATE placement SET started_at = $2 WHERE id = $1 AND started_at IS NULL", p.ID, p.AsOf)
		return engine.AuthorityEvent(p.ID, p.AuthorityID, "started_at"), err
	})
}
