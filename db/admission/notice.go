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

var noticeTable = rowset.New[market.Notice]("market_notice", "n",
	rowset.Columns("id", "authority_id", "market_id", "number", "kind", "reference", "words", "ends_on", "published_at"),
	rowset.Computed("period.from", "n.applications_from"),
	rowset.Computed("period.until", "n.applications_until"),
	rowset.Computed("stated", `coalesce((SELECT json_agg(json_build_object('code', s.code, 'value', s.value, 'source', n.reference) ORDER
		BY s.code)
		FROM market_rule s WHERE s.notice_id = n.id), '[]')`),
	rowset.Elsewhere("period.source")) // the notice is the object itself

var noticesOfMarkets = rowset.ListOf[uuid.UUID](noticeTable, "market_id", rowset.By("n.market_id", "n.number")...)

// NoticesOfMarkets reads the notices of each market, first to last.
func NoticesOfMarkets(ctx context.Context, v *engine.View, markets []uuid.UUID) (map[uuid.UUID][]*market.Notice, error) {
	return noticesOfMarkets.Read(ctx, v, markets)
}

// PublishNotice publishes a notice of the actor's market. What it states applies from then on. Two at once get two
// numbers: the second waits and reads what the first wrote.
func PublishNotice(ctx context.Context, d *engine.DB, a policy.Actor, in rules.PublishNoticeInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "notice.publish", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) { return PublishNoticeIn(ctx, t, a.Organisation, in) })
}

// PublishNoticeIn publishes a notice of an authority's market in a transaction that has begun.
func PublishNoticeIn(ctx context.Context, t *engine.Tx, authority uuid.UUID, in rules.PublishNoticeInput) (engine.Event, error) {
	if err := t.Lock(ctx, engine.LockMarket(in.Market.UUID)); err != nil {
		return engine.Event{}, err
	}
	var m market.Market
	if err := t.Get(ctx, &m, marketRows+" WHERE m.id = $1 AND m.authority_id = $2", in.Market.UUID, authority); err != nil {
		return engine.Event{}, engine.AbsentIfNoRows(err, "market")
	}
	now, err := engine.MarketNow(ctx, t)
	if err != nil {
		return engine.Event{}, err
	}
	notice, err := rules.PublishNotice(in, m, now)
	if err != nil {
		return engine.Event{}, err
	}
	return engine.AuthorityEvent(m.ID, authority, "notice"), insertNotice(ctx, t, notice)
}

func insertNotice(ctx context.Context, t *engine.Tx, n market.Notice) error {
	if _, err := t.Exec(ctx, `INSERT INTO market_notice (id, authority_id, market_id, number, kind, reference, words, ends_on, published_at,
		applications_from, applications_until)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, n.ID, n.AuthorityID, n.MarketID, n.Number, n.Kind, n.Reference, n.Words,
		engine.DayOrNull(n.EndsOn), n.PublishedAt,
		engine.DayOrNull(n.Period.From), engine.DayOrNull(n.Period.Until)); err != nil {
		return err
	}
	var codes []string
	var values []int64
	for _, r := range n.Stated {
		codes, values = append(codes, string(r.Code)), append(values, int64(r.Value))
	}
	_, err := t.Exec(ctx, `INSERT INTO market_rule (notice_id, authority_id, market_id, number, code, value)
		SELECT $1, $2, $3, $4, r.code, r.value FROM unnest($5::text[], $6::integer[]) AS r (code, value)`, n.ID, n.AuthorityID, n.MarketID,
		n.Number, pq.Array(codes), pq.Array(values))
	return err
}
