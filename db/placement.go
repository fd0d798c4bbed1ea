package db

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

const PlacementRows = `SELECT p.id, p.award_id, p.need_id, p.authority_id, p.provider_id, p.setting_id, p.route, p.starts_on, p.started_at, p.ended_on,
	coalesce(g.authority_signed_at IS NOT NULL AND g.provider_signed_at IS NOT NULL, false) AS signed, (SELECT dps.now()) AS as_of
	FROM placement p LEFT JOIN agreement g ON g.placement_id = p.id`

// placementRowsWithoutAgreement are for roles that may not read agreements.
const placementRowsWithoutAgreement = `SELECT p.id, p.award_id, p.need_id, p.authority_id, p.provider_id, p.setting_id, p.route, p.starts_on, p.started_at, p.ended_on,
	false AS signed, (SELECT dps.now()) AS as_of FROM placement p`

func visiblePlacementRows(v *View) string {
	if v.Can("agreement.read") {
		return PlacementRows
	}
	return placementRowsWithoutAgreement
}

// Placements is a page of those that the actor may see, latest start first.
func Placements(ctx context.Context, v *View, p market.Page) (*market.PlacementConnection, error) {
	return Page(ctx, v, Listing[market.Placement]{
		Name: "placements", Rows: visiblePlacementRows(v), Keys: "p.starts_on, p.id", Desc: true,
		Key: func(p *market.Placement) []any { return []any{p.StartsOn.String(), p.ID} },
	}, p)
}

// PlacementsByID reads placements.
func PlacementsByID(ctx context.Context, v *View, ids []uuid.UUID) (map[uuid.UUID]*market.Placement, error) {
	if !v.Can("placement.read") {
		return nil, nil
	}
	return ByID(ctx, v, visiblePlacementRows(v), "p.id", ids, func(p *market.Placement) uuid.UUID { return p.ID })
}

// PlacementsOfAwards reads the placement that followed from each award.
func PlacementsOfAwards(ctx context.Context, v *View, awards []uuid.UUID) (map[uuid.UUID]*market.Placement, error) {
	return ByID(ctx, v, visiblePlacementRows(v), "p.award_id", awards, func(p *market.Placement) uuid.UUID { return p.AwardID })
}

const agreementRows = `SELECT g.id, g.placement_id, g.authority_id, g.predecessor_id, g.succeeded_on, g.contract, g.contract_version, g.weekly, g.weeks, g.authority_signed_at, g.provider_signed_at FROM agreement g`

// AgreementsOfPlacements reads the agreement of each placement.
func AgreementsOfPlacements(ctx context.Context, v *View, placements []uuid.UUID) (map[uuid.UUID]*market.Agreement, error) {
	return ByID(ctx, v, agreementRows, "g.placement_id", placements, func(g *market.Agreement) uuid.UUID { return g.PlacementID })
}

// LockPlacement reads a placement under the lock of its need.
func LockPlacement(ctx context.Context, t *Tx, id uuid.UUID) (market.Placement, error) {
	var p market.Placement
	if err := t.Get(ctx, &p, PlacementRows+" WHERE p.id = $1", id); err != nil {
		return p, AbsentIfNoRows(err, "placement")
	}
	if _, err := LockNeed(ctx, t, p.NeedID, true); err != nil {
		return p, err
	}
	return p, t.Get(ctx, &p, PlacementRows+" WHERE p.id = $1", id)
}

// SignAgreement signs for the actor's own side, once.
func SignAgreement(ctx context.Context, d *DB, a policy.Actor, in market.SignAgreementInput) (uuid.UUID, error) {
	side := "authority"
	if a.Role == policy.BidsManager {
		side = "provider"
	}
	return d.Change(ctx, a, Request{Act: "agreement.sign", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		p, err := LockPlacement(ctx, t, in.Placement.UUID)
		if err != nil {
			return Event{}, err
		}
		n, err := t.Exec(ctx, "UPDATE agreement SET "+side+"_signed_at = $2, "+side+"_signed_by = $3 WHERE placement_id = $1 AND "+side+"_signed_at IS NULL",
			p.ID, p.AsOf, a.Person)
		if err == nil && n == 0 {
			err = market.Refuse(market.WrongState, "Your side has signed already.")
		}
		return AuthorityEvent(p.ID, p.AuthorityID, side+"_signed_at"), err
	})
}

// StartPlacement records the child's first day.
func StartPlacement(ctx context.Context, d *DB, a policy.Actor, in market.StartPlacementInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "placement.start", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		p, err := LockPlacement(ctx, t, in.Placement.UUID)
		if err != nil {
			return Event{}, err
		}
		if err := market.StartPlacement(p, p.AsOf); err != nil {
			return Event{}, err
		}
		err = t.ExecAtLeastOne(ctx, "UPDATE placement SET started_at = $2 WHERE id = $1 AND started_at IS NULL", p.ID, p.AsOf)
		return AuthorityEvent(p.ID, p.AuthorityID, "started_at"), err
	})
}
