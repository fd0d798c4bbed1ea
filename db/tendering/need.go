package tendering

import (
	"context"
	"database/sql"
	"errors"

	rules "github.com/southeasttogether/dps/market/tendering"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// needColumns are the columns of a need n.
var needColumns = rowset.All(rowset.Act("need.read"), rowset.Columns("id", "authority_id", "published_at", "closed_at", "opened_at",
	"quality_locked_at", "prices_opened_at", "joint"),
	rowset.Parent("lot", "lot_id", admission.LotTable), rowset.Column("reference", "reference"), rowset.Column("age_low", "ageLow"),
	rowset.Column("age_high", "ageHigh"), rowset.Column("gender", "gender"), rowset.Column("primary_need", "primaryNeed"),
	rowset.Computed("other_needs", "to_json(n.other_needs)", "otherNeeds"), rowset.Column("legal_basis", "legalBasis"),
	rowset.Column("home_outcode", "homeOutcode"),
	rowset.Column("travel_miles", "travelMiles"), rowset.Column("start_from", "startFrom"), rowset.Column("start_to", "startTo"),
	rowset.Column("profile", "profile"),
	rowset.Column("outcomes", "outcomes"), rowset.Computed("restricted", "n.recipients_reason IS NOT NULL", "restricted"),
	rowset.Column("amended_at", "amendedAt"),
	rowset.Column("withdrawn_at", "withdrawnAt", "status"), rowset.Column("withdraw_reason", "withdrawReason"),
	rowset.Column("created_at", "createdAt"),
	rowset.Column("deadline", "deadline", "status"), rowset.Column("questions_until", "questionsUntil"),
	rowset.Column("urgent_reason", "urgentReason"),
	rowset.Column("invited", "invitedCount"), rowset.Column("ranked_at", "status"), rowset.Computed("stated", "coalesce(n.rules, '[]')",
		"rules"),
	rowset.Computed("as_of", "(SELECT dps.now())", "status"),
	rowset.Figure("course", "dps.course(n.id, NULL)", "stage", "nextActs"))

var (
	// NeedTable is how needs are read.
	NeedTable = rowset.New[market.Need]("need", "n", needColumns)
	// NeedRows selects these rows; a condition follows.
	NeedRows = NeedTable.Rows()
)

var needList = rowset.Pages[market.Need]{Table: NeedTable, Name: "needs", Order: []string{"created_at", "id"}, Desc: true}

// followedSQL is the condition that the caller's provider still has a ground to read the need of an invitation i: it is an
// active member of the lot, or has an offer of its own. The policy's scope "invited" says the same of the need.
const followedSQL = `(i.lot_id = ANY ((SELECT dps.member_lots())::uuid[])
	OR EXISTS (SELECT FROM sealed_offer o WHERE o.need_id = i.need_id AND o.provider_id = i.provider_id AND o.withdrawn_at IS NULL)
	OR EXISTS (SELECT FROM telephone_offer o WHERE o.need_id = i.need_id AND o.provider_id = i.provider_id))`

// waysToNeeds lead to the needs that a role can see. A provider sees those that it was invited to, while it has a
// ground, and those that came to it by another route or with a setting that it took over. A consortium's officer sees those
// of each borough. A person who can be appointed sees those of their authority, and those that they are appointed to.
var waysToNeeds = map[policy.Role][]rowset.Way{
	policy.BidsManager: {
		{Keys: "SELECT i.need_created_at AS created_at, i.need_id AS id FROM invitation i WHERE " + followedSQL},
		{Keys: `SELECT a.need_created_at AS created_at, a.need_id AS id FROM award a WHERE a.accepted_at IS NOT NULL AND a.route <> 'COMPETITION'
			AND NOT EXISTS (SELECT FROM invitation i WHERE i.need_id = a.need_id AND i.provider_id = a.provider_id AND ` + followedSQL + ")"},
		{Keys: `SELECT a.need_created_at AS created_at, a.need_id AS id FROM award a WHERE a.accepted_at IS NOT NULL
			AND a.handed_over_at IS NOT NULL AND a.route = 'COMPETITION'
			AND NOT EXISTS (SELECT FROM invitation i WHERE i.need_id = a.need_id AND i.provider_id = a.provider_id AND ` + followedSQL + ")"},
	},
	policy.ConsortiumOfficer: {{Each: engine.BoroughsOf("ANY"), Keys: "SELECT n.created_at, n.id FROM need n WHERE n.authority_id = of.id"}},
	policy.OpeningOfficer:    ownOrAppointed("OPENING_OFFICER"),
	policy.Evaluator:         ownOrAppointed("EVALUATOR"),
	policy.Moderator:         ownOrAppointed("MODERATOR"),
}

func ownOrAppointed(capacity string) []rowset.Way {
	return []rowset.Way{
		{Keys: "SELECT n.created_at, n.id FROM need n WHERE n.authority_id = (SELECT dps.org())"},
		{Keys: "SELECT n.created_at, n.id FROM need n WHERE n.authority_id <> (SELECT dps.org()) AND n.id = ANY ((SELECT dps.appointed('" +
			capacity + "'))::uuid[])"},
	}
}

// Needs is a page of the needs that the actor can see, newest first.
func Needs(ctx context.Context, v *engine.View, p market.Page) (*market.Connection[market.Need], error) {
	l := needList
	l.Ways = waysToNeeds[v.Actor().Role]
	return l.Page(ctx, v, p)
}

// NeedsByID reads needs.
func NeedsByID(ctx context.Context, v *engine.View, ids []uuid.UUID) (map[uuid.UUID]*market.Need, error) {
	return NeedTable.ByID(ctx, v, ids)
}

// CeilingsOfNeeds reads the price ceilings, in pounds a week.
func CeilingsOfNeeds(ctx context.Context, v *engine.View, needs []uuid.UUID) (map[uuid.UUID]*market.Decimal, error) {
	var rows []struct {
		Need   uuid.UUID      `db:"need_id"`
		Weekly market.Decimal `db:"weekly"`
	}
	if err := v.All(ctx, &rows, "SELECT need_id, weekly FROM need_ceiling WHERE need_id = ANY ($1) AND weekly IS NOT NULL",
		pq.Array(needs)); err != nil {
		return nil, err
	}
	all := map[uuid.UUID]*market.Decimal{}
	for _, row := range rows {
		all[row.Need] = &row.Weekly
	}
	return all, nil
}

// LockNeed takes the need's lock, shared or exclusive, and only then reads the row and the clock. What the change says is refused if it
// has a known name of the child.
func LockNeed(ctx context.Context, t *engine.Tx, id uuid.UUID, exclusive bool) (market.Need, error) {
	var need market.Need
	if err := t.Lock(ctx, engine.LockNeed(id, exclusive)); err != nil {
		return need, err
	}
	err := t.Get(ctx, &need, NeedRows+" WHERE n.id = $1", id)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return need, market.AbsentID("need", id)
	case err != nil:
		return need, err
	}
	return need, requireNameless(ctx, t, id)
}

// CreateNeed drafts a need of the actor's authority or, for a consortium's officer, of a borough that delegates it.
func CreateNeed(ctx context.Context, d *engine.DB, a policy.Actor, in rules.CreateNeedInput) (uuid.UUID, error) {
	authority := a.Organisation
	if in.Authority != nil {
		authority = in.Authority.UUID
	}
	return d.Change(ctx, a, engine.Request{Act: "need.create", Key: in.IdempotencyKey, Input: in}, func(t *engine.Tx) (engine.Event, error) {
		terms, err := admission.LotTerms(ctx, t, in.Lot.UUID)
		if err != nil {
			return engine.Event{}, err
		}
		need, err := rules.DraftNeed(in, terms.Lot)
		if err != nil {
			return engine.Event{}, err
		}
		need.AuthorityID = authority
		if err := requireDelegated(ctx, t, authority); err != nil {
			return engine.Event{}, err
		}
		if err := insertNeed(ctx, t, need, in.CeilingWeekly, nil); err != nil {
			return engine.Event{}, err
		}
		return engine.AuthorityEvent(need.ID, authority, "created"), directory.RequireInRegion(ctx, t, authority)
	})
}

// requireDelegated tells a consortium's officer that an authority has not delegated to publish needs. Row security has
// no words for it.
func requireDelegated(ctx context.Context, t *engine.Tx, authority uuid.UUID) error {
	if t.Actor().Role != policy.ConsortiumOfficer {
		return nil
	}
	var delegated bool
	if err := t.Get(ctx, &delegated, "SELECT EXISTS (SELECT FROM "+engine.BoroughsOf("PUBLISH")+" WHERE of.id = $1)", authority); err != nil {
		return err
	}
	if delegated {
		return nil
	}
	return market.RefuseField(market.NotFound, "authority",
		"This authority has not delegated PUBLISH to your consortium: ask its commissioner to do so with giveDelegation.")
}

// insertNeed stores a draft. copied is the need that it is a copy of, if it is one: both are of the same child.
func insertNeed(ctx context.Context, t *engine.Tx, n market.Need, ceiling *market.Decimal, copied *uuid.UUID) error {
	_, err := t.Exec(ctx, `INSERT INTO need (id, authority_id, lot_id, reference, age_low, age_high, gender, primary_need, other_needs,
			legal_basis, home_outcode, travel_miles, start_from, start_to, profile, outcomes, created_by, copy_of)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
			(SELECT coalesce(c.copy_of, c.id) FROM need c WHERE c.id = $18))`,
		n.ID, n.AuthorityID, n.LotID, n.Reference, n.AgeLow, n.AgeHigh, n.Gender, n.PrimaryNeed, pq.Array(append([]string{}, n.OtherNeeds...)),
		n.LegalBasis, n.HomeOutcode, n.TravelMiles, n.StartFrom.Time, n.StartTo.Time, n.Profile, n.Outcomes, t.Actor().Person, copied)
	if err != nil {
		return err
	}
	return InsertCeiling(ctx, t, n, ceiling)
}

// InsertCeiling stores the ceiling of a new need, if it has one.
func InsertCeiling(ctx context.Context, t *engine.Tx, n market.Need, ceiling *market.Decimal) error {
	if ceiling == nil {
		return nil
	}
	_, err := t.Exec(ctx, "INSERT INTO need_ceiling (need_id, authority_id, weekly) VALUES ($1, $2, $3)", n.ID, n.AuthorityID, ceiling)
	return err
}
