package tendering

import (
	"context"
	"reflect"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

const NeedRows = `SELECT n.id, n.authority_id, n.lot_id, n.reference, n.age_low, n.age_high, n.gender, n.primary_need,
	to_json(n.other_needs) AS other_needs, n.legal_basis, n.home_outcode, n.travel_miles, n.start_from, n.start_to, n.profile,
	n.outcomes, n.recipients_reason IS NOT NULL AS restricted, n.amended_at, n.withdrawn_at, n.withdraw_reason, n.created_at, n.published_at, n.deadline, n.questions_until, n.urgent_reason, n.invited, n.opened_at, n.quality_locked_at, n.prices_opened_at,
	n.ranked_at, n.joint, coalesce(n.rules, '[]') AS stated, (SELECT dps.now()) AS as_of FROM need n`

var needList = engine.Listing[market.Need]{
	Name: "needs", Rows: NeedRows, Keys: "n.created_at, n.id", Desc: true,
	Key: func(n *market.Need) []any { return []any{n.CreatedAt.Format(time.RFC3339Nano), n.ID} },
}

// visibleToProviderSQL leads to the needs that a provider may see, by what it sees of them: its rights alone would be asked of every need
// that there is.
const visibleToProviderSQL = "n.id = ANY (ARRAY(SELECT need_id FROM invitation UNION SELECT need_id FROM award))"

// Needs is a page of those that the actor may see, newest first.
func Needs(ctx context.Context, v *engine.View, p market.Page) (*market.NeedConnection, error) {
	l := needList
	if v.Actor().Role == policy.BidsManager {
		l.Where = visibleToProviderSQL
	}
	found, err := engine.Page(ctx, v, l, p)
	if err == nil {
		for _, edge := range found.Edges {
			v.RememberNeed(edge.Node)
		}
	}
	return found, err
}

// NeedsByID reads needs.
func NeedsByID(ctx context.Context, v *engine.View, ids []uuid.UUID) (map[uuid.UUID]*market.Need, error) {
	if !v.Can("need.read") {
		return nil, nil
	}
	found, err := engine.ByID(ctx, v, NeedRows, "n.id", ids, func(n *market.Need) uuid.UUID { return n.ID })
	for _, n := range found {
		v.RememberNeed(n)
	}
	return found, err
}

// CeilingsOfNeeds reads the price ceilings, in pounds a week.
func CeilingsOfNeeds(ctx context.Context, v *engine.View, needs []uuid.UUID) (map[uuid.UUID]*market.Decimal, error) {
	var rows []struct {
		Need   uuid.UUID      `db:"need_id"`
		Weekly market.Decimal `db:"weekly"`
	}
	if err := v.All(ctx, &rows, "SELECT need_id, weekly FROM need_ceiling WHERE need_id = ANY ($1)", pq.Array(needs)); err != nil {
		return nil, err
	}
	all := map[uuid.UUID]*market.Decimal{}
	for _, row := range rows {
		all[row.Need] = &row.Weekly
	}
	return all, nil
}

// LockNeed takes the need's lock, shared or exclusive, and only then reads the row and the clock.
func LockNeed(ctx context.Context, t *engine.Tx, id uuid.UUID, exclusive bool) (market.Need, error) {
	var need market.Need
	var none string
	if err := t.Get(ctx, &none, "SELECT dps.lock_need($1, $2)::text", id, exclusive); err != nil {
		return need, err
	}
	return need, engine.AbsentIfNoRows(t.Get(ctx, &need, NeedRows+" WHERE n.id = $1", id), "need")
}

// CreateNeed drafts a need of the actor's authority, or, as a consortium's officer, of a borough that delegates it.
func CreateNeed(ctx context.Context, d *engine.DB, a policy.Actor, in market.CreateNeedInput) (uuid.UUID, error) {
	authority := a.Organisation
	if in.Authority != nil {
		authority = in.Authority.UUID
	}
	return d.Change(ctx, a, engine.Request{Act: "need.create", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		terms, err := admission.LotTerms(ctx, t, in.Lot.UUID)
		if err != nil {
			return engine.Event{}, err
		}
		need, err := market.DraftNeed(in, terms.Lot)
		if err != nil {
			return engine.Event{}, err
		}
		need.AuthorityID = authority
		if err := insertNeed(ctx, t, need, in.CeilingWeekly, a.Person); err != nil {
			return engine.Event{}, err
		}
		return engine.AuthorityEvent(need.ID, authority, "created"), directory.RequireInRegion(ctx, t, authority)
	})
}

func insertNeed(ctx context.Context, t *engine.Tx, n market.Need, ceiling *market.Decimal, person string) error {
	_, err := t.Exec(ctx, `INSERT INTO need (id, authority_id, lot_id, reference, age_low, age_high, gender, primary_need, other_needs,
			legal_basis, home_outcode, travel_miles, start_from, start_to, profile, outcomes, created_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		n.ID, n.AuthorityID, n.LotID, n.Reference, n.AgeLow, n.AgeHigh, n.Gender, n.PrimaryNeed, pq.Array(append([]string{}, n.OtherNeeds...)),
		n.LegalBasis, n.HomeOutcode, n.TravelMiles, n.StartFrom.Time, n.StartTo.Time, n.Profile, n.Outcomes, person)
	if err != nil {
		return err
	}
	return InsertCeiling(ctx, t, n, ceiling)
}

// InsertCeiling keeps the most that a new need may cost, where somebody says it.
func InsertCeiling(ctx context.Context, t *engine.Tx, n market.Need, ceiling *market.Decimal) error {
	if ceiling == nil {
		return nil
	}
	_, err := t.Exec(ctx, "INSERT INTO need_ceiling (need_id, authority_id, weekly) VALUES ($1, $2, $3)", n.ID, n.AuthorityID, ceiling)
	return err
}

func init() { engine.RegisterThing("need", NeedRows, "n.id", reflect.TypeFor[market.Need]()) }
