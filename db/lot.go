package db

import (
	"context"
	"reflect"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

const lotRows = `SELECT l.id, l.authority_id, l.market_id, l.name, l.description, l.kind, l.shows_count, l.age_low, l.age_high,
	to_json(l.needs) AS needs, l.contract, l.contract_version, l.published_at,
	p.code AS "p.code", p.openers AS "p.openers", p.evaluators AS "p.evaluators", p.moderated AS "p.moderated",
	p.price_last AS "p.price_last", p.shows_count AS "p.shows_count"
	FROM lot l JOIN procedure p ON p.code = l.procedure`

var lots = listing[market.Lot]{
	name: "lots", rows: lotRows, keys: "l.name, l.id", parent: "l.market_id",
	key: func(l *market.Lot) []any { return []any{l.Name, l.ID} },
	of:  func(l *market.Lot) uuid.UUID { return l.MarketID },
}

// LotsOfMarkets is a page of lots for each market.
func (v *View) LotsOfMarkets(ctx context.Context, markets []uuid.UUID, p market.Page) (map[uuid.UUID]*market.LotConnection, error) {
	return pages(ctx, v, lots, markets, p)
}

// LotsByID reads lots.
func (v *View) LotsByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*market.Lot, error) {
	return byID(ctx, v, lotRows, "l.id", ids, func(l *market.Lot) uuid.UUID { return l.ID })
}

const criterionRows = `SELECT c.id, c.lot_id, c.position, c.kind, c.name, c.description, c.weight, c.top_score FROM criterion c`

// CriteriaOfLots reads the criteria of each lot, in order.
func (v *View) CriteriaOfLots(ctx context.Context, lots []uuid.UUID) (map[uuid.UUID][]*market.Criterion, error) {
	return grouped(ctx, v, criterionRows, "c.lot_id", "c.position", lots, func(c *market.Criterion) uuid.UUID { return c.LotID })
}

// CriteriaByID reads criteria.
func (v *View) CriteriaByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*market.Criterion, error) {
	return byID(ctx, v, criterionRows, "c.id", ids, func(c *market.Criterion) uuid.UUID { return c.ID })
}

// CreateLot drafts a lot of the actor's market, with its criteria.
func (d *DB) CreateLot(ctx context.Context, a policy.Actor, in market.CreateLotInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "lot.create", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		var procedure market.Procedure
		if err := t.get(ctx, &procedure, "SELECT * FROM procedure WHERE code = $1", in.Procedure); err != nil {
			return Event{}, err
		}
		if err := t.exists(ctx, "market", "SELECT FROM market WHERE id = $1 AND authority_id = $2", in.Market.UUID, a.Organisation); err != nil {
			return Event{}, err
		}
		lot, criteria, err := market.DraftLot(in, procedure)
		if err != nil {
			return Event{}, err
		}
		return about(lot.ID, a.Organisation, "created"), t.insertLot(ctx, a.Organisation, lot, criteria)
	})
}

func (t *Tx) insertLot(ctx context.Context, authority uuid.UUID, l market.Lot, criteria []market.Criterion) error {
	if _, err := t.exec(ctx, `INSERT INTO lot (id, authority_id, market_id, name, description, kind, procedure, shows_count, age_low, age_high, needs, contract, contract_version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`, l.ID, authority, l.MarketID, l.Name, l.Description, l.Kind,
		l.Procedure.Code, l.ShowsCount, l.AgeLow, l.AgeHigh, pq.Array([]string(l.Needs)), l.Contract, l.ContractVersion); err != nil {
		return err
	}
	for _, c := range criteria {
		if _, err := t.exec(ctx, `INSERT INTO criterion (id, authority_id, lot_id, position, kind, name, description, weight, top_score)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, c.ID, authority, l.ID, c.Position, c.Kind, c.Name, c.Description, c.Weight, c.TopScore); err != nil {
			return err
		}
	}
	return nil
}

// PublishLot publishes a lot; from then on it is frozen. The database checks its weights once more.
func (d *DB) PublishLot(ctx context.Context, a policy.Actor, in market.PublishLotInput) (uuid.UUID, error) {
	return d.Change(ctx, a, Request{Act: "lot.publish", Key: in.IdempotencyKey, Input: in}, func(t *Tx) (Event, error) {
		id := in.Lot.UUID
		err := t.must(ctx, "UPDATE lot SET published_at = dps.now() WHERE id = $1", id)
		return about(id, a.Organisation, "published_at"), err
	})
}

func init() { RegisterThing("lot", lotRows, "l.id", reflect.TypeFor[market.Lot]()) }
