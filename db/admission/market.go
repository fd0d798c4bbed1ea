package admission

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/market"
)

const marketRows = `SELECT m.id, m.authority_id, m.name, m.notice_at, m.feedback_k, coalesce(e.ends_on, m.ends_on) AS ends_on,
	w.applications_from AS "period.from", w.applications_until AS "period.until", w.reference AS "period.source",
	coalesce(c.notices, 0) AS notices, coalesce(c.ceased, false) AS ceased,
	coalesce((SELECT json_agg(json_build_object('code', s.code, 'value', s.value, 'source', s.reference)) FROM (
		SELECT DISTINCT ON (r.code) r.code, r.value, n.reference FROM market_rule r JOIN market_notice n ON n.id = r.notice_id
		WHERE r.market_id = m.id ORDER BY r.code, r.number DESC) s), '[]') AS stated,
	r.code AS "r.code", r.name AS "r.name", r.source AS "r.source", r.may_be_established AS "r.may_be_established",
	r.established_until AS "r.established_until", r.extended_until AS "r.extended_until", r.ends_by AS "r.ends_by",
	r.first_call_days AS "r.first_call_days", r.decide_working_days AS "r.decide_working_days", r.tender_days AS "r.tender_days",
	r.standstill_days AS "r.standstill_days", r.standstill_working AS "r.standstill_working",
	r.standstill_mandatory AS "r.standstill_mandatory", r.invites_every_member AS "r.invites_every_member",
	r.intended_first AS "r.intended_first", r.always_open AS "r.always_open", to_json(r.stated) AS "r.stated"
	FROM market m JOIN regime r ON r.code = m.regime
	LEFT JOIN LATERAL (SELECT n.ends_on FROM market_notice n WHERE n.market_id = m.id AND n.ends_on IS NOT NULL ORDER BY n.number DESC LIMIT 1) e ON true
	LEFT JOIN LATERAL (SELECT n.applications_from, n.applications_until, n.reference FROM market_notice n
		WHERE n.market_id = m.id AND n.applications_until IS NOT NULL ORDER BY n.number DESC LIMIT 1) w ON true
	LEFT JOIN LATERAL (SELECT max(n.number) AS notices, bool_or(n.kind = 'CEASE') AS ceased FROM market_notice n WHERE n.market_id = m.id) c ON true`

var marketList = engine.Listing[market.Market]{
	Name: "markets", Rows: marketRows, Keys: "m.name, m.id",
	Key: func(m *market.Market) []any { return []any{m.Name, m.ID} },
}

// Markets is a page of the region's markets, by name.
func Markets(ctx context.Context, v *engine.View, p market.Page) (*market.MarketConnection, error) {
	return engine.Page(ctx, v, marketList, p)
}

// MarketsByID reads markets, each with its regime.
func MarketsByID(ctx context.Context, v *engine.View, ids []uuid.UUID) (map[uuid.UUID]*market.Market, error) {
	return engine.ByID(ctx, v, marketRows, "m.id", ids, func(m *market.Market) uuid.UUID { return m.ID })
}
