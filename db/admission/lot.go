package admission

import (
	"context"

	rules "github.com/southeasttogether/dps/market/admission"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

var (
	// LotTable is how lots are read, each with its procedure.
	LotTable = rowset.New[market.Lot]("lot", "l",
		rowset.Columns("id", "authority_id", "market_id", "name", "description", "kind", "shows_count", "age_low", "age_high"),
		rowset.Computed("needs", "to_json(l.needs)"),
		rowset.Columns("contract", "contract_version", "published_at", "p.code", "p.openers", "p.evaluators", "p.moderated", "p.price_last",
			"p.shows_count"),
		rowset.Join("JOIN procedure p ON p.code = l.procedure"))
	// LotRows selects these rows; a condition follows.
	LotRows = LotTable.Rows()
)

var lotList = rowset.Pages[market.Lot]{Table: LotTable, Name: "lots", Order: []string{"name", "id"}, Parent: "market_id"}

// LotsOfMarkets is a page of lots for each market.
func LotsOfMarkets(ctx context.Context, v *engine.View, markets []uuid.UUID, p market.Page) (map[uuid.UUID]*market.Connection[market.Lot],
	error,
) {
	return lotList.Of(ctx, v, markets, p)
}

// LotsByID reads lots.
func LotsByID(ctx context.Context, v *engine.View, ids []uuid.UUID) (map[uuid.UUID]*market.Lot, error) {
	return LotTable.ByID(ctx, v, ids)
}

var (
	// CriterionTable is how the award criteria of lots are read.
	CriterionTable = rowset.New[market.Criterion]("criterion", "c",
		rowset.Columns("id", "lot_id", "position", "kind", "name", "description", "weight", "top_score"))
	// CriterionRows selects these rows; a condition follows.
	CriterionRows = CriterionTable.Rows()
)

var criteriaOfLots = rowset.ListOf[uuid.UUID](CriterionTable, "lot_id", rowset.By("c.position")...)

// CriteriaOfLots reads the criteria of each lot, in order.
func CriteriaOfLots(ctx context.Context, v *engine.View, lots []uuid.UUID) (map[uuid.UUID][]*market.Criterion, error) {
	return criteriaOfLots.Read(ctx, v, lots)
}

// CriteriaByID reads criteria.
func CriteriaByID(ctx context.Context, v *engine.View, ids []uuid.UUID) (map[uuid.UUID]*market.Criterion, error) {
	return CriterionTable.ByID(ctx, v, ids)
}

// CreateLot drafts a lot of the actor's market, with its criteria.
func CreateLot(ctx context.Context, d *engine.DB, a policy.Actor, in rules.CreateLotInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "lot.create", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) { return CreateLotIn(ctx, t, a.Organisation, in) })
}

// CreateLotIn drafts a lot of an authority's market in a transaction that has begun.
func CreateLotIn(ctx context.Context, t *engine.Tx, authority uuid.UUID, in rules.CreateLotInput) (engine.Event, error) {
	var procedure market.Procedure
	if err := t.Get(ctx, &procedure, "SELECT * FROM procedure WHERE code = $1", in.Procedure); err != nil {
		return engine.Event{}, engine.AbsentIfNoRows(err, "procedure")
	}
	if err := t.RequireExists(ctx, "market", "SELECT FROM market WHERE id = $1 AND authority_id = $2", in.Market.UUID,
		authority); err != nil {
		return engine.Event{}, err
	}
	taken, err := lotNames(ctx, t, in.Market.UUID)
	if err != nil {
		return engine.Event{}, err
	}
	lot, criteria, err := rules.DraftLot(in, procedure)
	if err := market.All(err, rules.CheckLotName("name", in.Name, taken)); err != nil {
		return engine.Event{}, err
	}
	return engine.AuthorityEvent(lot.ID, authority, "created"), insertLot(ctx, t, authority, lot, criteria)
}

// lotNames are the names of the published lots of a market.
func lotNames(ctx context.Context, t *engine.Tx, id uuid.UUID) (names []string, err error) {
	err = t.SelectRows(ctx, &names, "SELECT name FROM lot WHERE market_id = $1 AND published_at IS NOT NULL", id)
	return names, err
}

func insertLot(ctx context.Context, t *engine.Tx, authority uuid.UUID, l market.Lot, criteria []market.Criterion) error {
	if _, err := t.Exec(ctx, `INSERT INTO lot (id, authority_id, market_id, name, description, kind, procedure, shows_count, age_low,
		age_high, needs, contract, contract_version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`, l.ID, authority, l.MarketID, l.Name, l.Description, l.Kind,
		l.Procedure.Code, l.ShowsCount, l.AgeLow, l.AgeHigh, pq.Array([]string(l.Needs)), l.Contract, l.ContractVersion); err != nil {
		return err
	}
	for _, c := range criteria {
		if _, err := t.Exec(ctx, `INSERT INTO criterion (id, authority_id, lot_id, position, kind, name, description, weight, top_score)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, c.ID, authority, l.ID, c.Position, c.Kind, c.Name, c.Description, c.Weight,
			c.TopScore); err != nil {
			return err
		}
	}
	return nil
}

// PublishLot publishes a lot. It cannot change after that. The database checks its weights again.
func PublishLot(ctx context.Context, d *engine.DB, a policy.Actor, in rules.PublishLotInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "lot.publish", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) { return PublishLotIn(ctx, t, a.Organisation, in) })
}

// PublishLotIn publishes a lot of an authority in a transaction that has begun. Of two drafts of one name the second waits, and finds
// the name taken.
func PublishLotIn(ctx context.Context, t *engine.Tx, authority uuid.UUID, in rules.PublishLotInput) (engine.Event, error) {
	if err := t.Lock(ctx, engine.LockMarketOfLot(in.Lot.UUID)); err != nil {
		return engine.Event{}, err
	}
	var draft market.Lot
	if err := t.Get(ctx, &draft, LotRows+" WHERE l.id = $1 AND l.authority_id = $2", in.Lot.UUID, authority); err != nil {
		return engine.Event{}, engine.AbsentIfNoRows(err, "lot")
	}
	if draft.PublishedAt == nil {
		taken, err := lotNames(ctx, t, draft.MarketID)
		if err := market.All(err, rules.CheckLotName("lot", draft.Name, taken)); err != nil {
			return engine.Event{}, err
		}
	}
	err := t.ExecAtLeastOne(ctx, "UPDATE lot SET published_at = dps.now() WHERE id = $1", in.Lot.UUID)
	return engine.AuthorityEvent(in.Lot.UUID, authority, "published_at"), err
}

// MarketTerms are a lot and its market, for the rules that follow from them.
type MarketTerms struct {
	Lot    market.Lot
	Market market.Market
}

// LotTerms reads a published lot and its market. A draft is absent.
func LotTerms(ctx context.Context, t *engine.Tx, lot uuid.UUID) (MarketTerms, error) {
	var found MarketTerms
	if err := t.Get(ctx, &found.Lot, LotRows+" WHERE l.id = $1 AND l.published_at IS NOT NULL", lot); err != nil {
		return found, engine.AbsentIfNoRows(err, "lot")
	}
	return found, t.Get(ctx, &found.Market, marketRows+" WHERE m.id = $1", found.Lot.MarketID)
}

// NeedTerms reads the lot of a need and its market, with the rules that apply to the need.
func NeedTerms(ctx context.Context, t *engine.Tx, n market.Need) (MarketTerms, error) {
	found, err := LotTerms(ctx, t, n.LotID)
	found.Market = found.Market.ForNeed(n)
	return found, err
}
