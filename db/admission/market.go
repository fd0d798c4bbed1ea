package admission

import (
	"context"
	"database/sql"
	"errors"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/admission"
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
			"r.standstill_mandatory", "r.invites_every_member", "r.intended_first", "r.always_open", "r.winner_reasons"),
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

// EstablishMarketIn establishes an authority's market in a transaction that has begun. m.Regime.Code names its regime.
func EstablishMarketIn(ctx context.Context, t *engine.Tx, m market.Market) (engine.Event, error) {
	if err := readRegime(ctx, t, &m.Regime); err != nil {
		return engine.Event{}, err
	}
	if err := rules.CheckEstablishment(m); err != nil {
		return engine.Event{}, err
	}
	if _, err := t.Exec(ctx, `INSERT INTO market (id, authority_id, name, regime, notice_at, ends_on, feedback_k)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, m.ID, m.AuthorityID, m.Name, m.Regime.Code, m.NoticeAt, m.EndsOn.Time,
		m.FeedbackMinimum); err != nil {
		return engine.Event{}, err
	}
	event := engine.AuthorityEvent(m.ID, m.AuthorityID, "established")
	if m.Intention == nil {
		return event, nil
	}
	n := *m.Intention
	n.ID, n.AuthorityID, n.MarketID = uuid.NewSHA1(m.ID, []byte(market.NoticeIntend)), m.AuthorityID, m.ID
	n.Number, n.Kind = 1, market.NoticeIntend
	return event, insertNotice(ctx, t, n)
}

// readRegime reads what a new market needs of its regime.
func readRegime(ctx context.Context, t *engine.Tx, r *market.Regime) error {
	err := t.Get(ctx, r, "SELECT code, name, source, established_until, ends_by, intended_first FROM regime WHERE code = $1", r.Code)
	if errors.Is(err, sql.ErrNoRows) {
		return market.RefuseField(market.Invalid, "regime", "There is no legal regime %q.", r.Code)
	}
	return err
}
