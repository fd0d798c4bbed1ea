package db

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

const placementRows = `SELECT p.id, p.award_id, p.need_id, p.authority_id, p.provider_id, p.setting_id, p.route, p.starts_on, p.started_at, p.ended_on,
	coalesce(g.authority_signed_at IS NOT NULL AND g.provider_signed_at IS NOT NULL, false) AS signed, (SELECT dps.now()) AS as_of
	FROM placement p LEFT JOIN agreement g ON g.placement_id = p.id`

// placementRowsAlone are for roles that may not read agreements.
const placementRowsAlone = `SELECT p.id, p.award_id, p.need_id, p.authority_id, p.provider_id, p.setting_id, p.route, p.starts_on, p.started_at, p.ended_on,
	false AS signed, (SELECT dps.now()) AS as_of FROM placement p`

func (v *View) placementRows() string {
	if v.can("agreement.read") {
		return placementRows
	}
	return placementRowsAlone
}

// Placements is a page of those that the actor may see, latest start first.
func (v *View) Placements(ctx context.Context, p market.Page) (*market.PlacementConnection, error) {
	return page(ctx, v, listing[market.Placement]{
		name: "placements", rows: v.placementRows(), keys: "p.starts_on, p.id", desc: true,
		key: func(p *market.Placement) []any { return []any{p.StartsOn.String(), p.ID} },
	}, p)
}

// PlacementsByID reads placements.
func (v *View) PlacementsByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*market.Placement, error) {
	if !v.can("placement.read") {
		return nil, nil
	}
	return byID(ctx, v, v.placementRows(), "p.id", ids, func(p *market.Placement) uuid.UUID { return p.ID })
}

// PlacementsOfAwards reads the placement that followed from each award.
func (v *View) PlacementsOfAwards(ctx context.Context, awards []uuid.UUID) (map[uuid.UUID]*market.Placement, error) {
	return byID(ctx, v, v.placementRows(), "p.award_id", awards, func(p *market.Placement) uuid.UUID { return p.AwardID })
}

const agreementRows = `SELECT g.id, g.placement_id, g.authority_id, g.predecessor_id, g.succeeded_on, g.contract, g.contract_version, g.weekly, g.weeks, g.authority_signed_at, g.provider_signed_at FROM agreement g`

// AgreementsOfPlacements reads the agreement of each placement.
func (v *View) AgreementsOfPlacements(ctx context.Context, placements []uuid.UUID) (map[uuid.UUID]*market.Agreement, error) {
	return byID(ctx, v, agreementRows, "g.placement_id", placements, func(g *market.Agreement) uuid.UUID { return g.PlacementID })
}

// lockedPlacement reads a placement under the lock of its need.
func (t *Tx) lockedPlacement(ctx context.Context, id uuid.UUID) (market.Placement, error) {
	var p market.Placement
	if err := t.get(ctx, &p, placementRows+" WHERE p.id = $1", id); err != nil {
		return p, absent(err, "placement")
	}
	if _, err := t.lockedNeed(ctx, p.NeedID, true); err != nil {
		return p, err
	}
	return p, t.get(ctx, &p, placementRows+" WHERE p.id = $1", id)
}

// SignAgreement signs for the actor's own side, once.
func (d *DB) SignAgreement(ctx context.Context, a policy.Actor, in market.SignAgreementInput) (uuid.UUID, error) {
	side := "authority"
	if a.Role == policy.BidsManager {
		side = "provider"
	}
	return d.Change(ctx, a, Request{Act: "agreement.sign", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		p, err := t.lockedPlacement(ctx, in.Placement.UUID)
		if err != nil {
			return Event{}, err
		}
		n, err := t.exec(ctx, "UPDATE agreement SET "+side+"_signed_at = $2, "+side+"_signed_by = $3 WHERE placement_id = $1 AND "+side+"_signed_at IS NULL",
			p.ID, p.AsOf, a.Person)
		if err == nil && n == 0 {
			err = market.Refuse(market.WrongState, "Your side has signed already.")
		}
		return about(p.ID, p.AuthorityID, side+"_signed_at"), err
	})
}

// StartPlacement records the child's first day.
func (d *DB) StartPlacement(ctx context.Context, a policy.Actor, in market.StartPlacementInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "placement.start", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		p, err := t.lockedPlacement(ctx, in.Placement.UUID)
		if err != nil {
			return Event{}, err
		}
		if err := market.StartPlacement(p, p.AsOf); err != nil {
			return Event{}, err
		}
		err = t.must(ctx, "UPDATE placement SET started_at = $2 WHERE id = $1 AND started_at IS NULL", p.ID, p.AsOf)
		return about(p.ID, p.AuthorityID, "started_at"), err
	})
}
