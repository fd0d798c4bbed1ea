package admission

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
)

var (
	marketTable = rowset.New[market.Market]("market", "m",
		rowset.Columns("id", "authority_id", "name", "notice_at", "feedback_k"),
		rowset.Computed("ends_on", "coalesce(e.ends_on, m.ends_on)"),
		rowset.Computed("period.from", "w.applications_from"),
		rowset.Computed("period.until", "w.applications_until"),
		rowset.Computed("period.source", "w.reference"),
		rowset.Computed("notices", "coalesce(c.notices, 0)"),
		rowset.Computed("ceased", "coalesce(c.ceased, false)"),
		rowset.Computed("stated", `coalesce((SELECT json_agg(json_build_object('code', s.code, 'value', s.value, 'source', s.reference)) FROM (
		SELECT DISTINCT ON (r.code) r.code, r.value, n.reference FROM market_rule r JOIN market_notice n ON n.id = r.notice_id
		WHERE r.market_id = m.id ORDER BY r.code, r.number DESC) s), '[]')`),
		rowset.Columns("r.code", "r.name", "r.source", "r.may_be_established", "r.established_until", "r.extended_until", "r.ends_by",
			"r.first_call_days", "r.decide_working_days", "r.tender_days", "r.standstill_days", "r.standstill_working",
			"r.standstill_mandatory", "r.invites_every_member", "r.intended_first", "r.always_open"),
		rowset.Computed("r.stated", "to_json(r.stated)"),
		rowset.Join(`JOIN regime r ON r.code = m.regime
	LEFT JOIN LATERAL (SELECT n.ends_on FROM market_notice n WHERE n.market_id = m.id AND n.ends_on IS NOT NULL
	ORDER BY n.number DESC LIMIT 1) e ON true
	LEFT JOIN LATERAL (SELECT n.applications_from, n.applications_until, n.reference FROM market_notice n
		WHERE n.market_id = m.id AND n.applications_until IS NOT NULL ORDER BY n.number DESC LIMIT 1) w ON true
	LEFT JOIN LATERAL (SELECT max(n.number) AS notices, bool_or(n.kind = 'CEASE') AS ceased FROM market_notice n WHERE n.market_id = m.id) c
	ON true`))
	marketRows = marketTable.Rows()
)

var marketList = rowset.Pages[market.Market]{Table: marketTable, Name: "markets", Order: []string{"name", "id"}}

// Markets is a page of the region's markets, by name.
func Markets(ctx context.Context, v *engine.View, p market.Page) (*market.Connection[market.Market], error) {
	return marketList.Page(ctx, v, p)
}

// MarketsByID reads markets, each with its regime.
func MarketsByID(ctx context.Context, v *engine.View, ids []uuid.UUID) (map[uuid.UUID]*market.Market, error) {
	return marketTable.ByID(ctx, v, ids)
}
