package award

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/award"
	"github.com/southeasttogether/dps/policy"
)

var awardNoticeRuleTable = rowset.New[rules.AwardNoticeRule]("award_notice_rule", "r",
	rowset.Columns("regime", "kind", "days", "quarterly", "before_contract", "threshold", "source"))

var awardNoticesOfRegimes = rowset.ListOf[string](awardNoticeRuleTable, "regime", rowset.By("r.regime", "r.kind")...)

// AwardNoticesOfRegimes reads which notices an award asks for under each regime.
func AwardNoticesOfRegimes(ctx context.Context, v *engine.View, regimes []string) (map[string][]*rules.AwardNoticeRule, error) {
	return awardNoticesOfRegimes.Read(ctx, v, regimes)
}

// awardNoticeRows are the notices that awards ask for by now: the notice before the contract from the approval, another
// once the award is accepted, and the details once both sides have signed the agreement. An award that has ended asks
// for none.
var (
	awardNoticeTable = rowset.New[rules.AwardNotice]("awardNoticeRows", "n",
		rowset.Columns("award_id", "kind", "since", "due_on", "before_contract", "source", "reference", "published_on", "recorded_at"),
		rowset.Computed("as_of", "(SELECT dps.now())"),
		rowset.From(`(SELECT a.id AS award_id, r.kind, (s.at AT TIME ZONE 'Europe/London')::date AS since,
		dps.award_notice_due(s.at, r.days, r.quarterly) AS due_on, r.before_contract, r.source, p.reference, p.published_on, p.recorded_at
		FROM award a JOIN need e ON e.id = a.need_id JOIN lot l ON l.id = e.lot_id JOIN market m ON m.id = l.market_id
		JOIN regime_route o ON o.regime = m.regime AND o.route = a.route AND o.award_notice JOIN award_notice_rule r ON r.regime = m.regime
		LEFT JOIN placement x ON x.award_id = a.id LEFT JOIN agreement g ON g.placement_id = x.id
		CROSS JOIN LATERAL (SELECT CASE WHEN r.kind = 'DETAILS' THEN CASE WHEN num_nulls(g.authority_signed_at, g.provider_signed_at) = 0
				THEN greatest(g.authority_signed_at, g.provider_signed_at) END
			WHEN r.before_contract AND a.accept_by >= dps.now() THEN a.approved_at
			WHEN a.accepted_at IS NOT NULL THEN CASE WHEN r.before_contract THEN a.approved_at ELSE a.accepted_at END END AS at) s
		LEFT JOIN LATERAL (SELECT w.reference, w.published_on, w.recorded_at FROM award_notice w WHERE w.award_id = a.id AND w.kind = r.kind
			ORDER BY w.number DESC LIMIT 1) p ON true
		WHERE s.at IS NOT NULL AND a.declined_at IS NULL AND a.lapsed_at IS NULL
			AND (a.cancelled_at IS NULL OR num_nulls(g.authority_signed_at, g.provider_signed_at) = 0)
			AND coalesce(a.estimated_value >= r.threshold, true)) n`))
	awardNoticeRows = awardNoticeTable.Rows()
)

var awardNoticeList = rowset.Pages[rules.AwardNotice]{
	Table: awardNoticeTable, Name: "award notices",
	Order: []string{"due_on", "kind", "award_id"},
	Where: "n.recorded_at IS NULL",
}

// waysToAwardNotices lead to the notices that are owed, by the actor's authority or by each borough, in the order in
// which they are due. If an award was not accepted in time, none is owed any more.
var waysToAwardNotices = map[policy.Role][]rowset.Way{
	policy.Commissioner:      {{Keys: owedNoticesSQL}},
	policy.ConsortiumOfficer: {{Each: engine.BoroughsOf("AWARD"), Keys: owedNoticesSQL + " AND w.authority_id = of.id"}},
}

const owedNoticesSQL = `SELECT w.due_on, w.kind, w.award_id FROM owed_notice w JOIN award a ON a.id = w.award_id
	WHERE (a.accepted_at IS NOT NULL OR a.accept_by >= (SELECT dps.now()))`

// AwardNotices is a page of the notices that are not recorded as published, in the order in which they are due.
func AwardNotices(ctx context.Context, v *engine.View, p market.Page) (*market.Connection[rules.AwardNotice], error) {
	l := awardNoticeList
	l.Ways = waysToAwardNotices[v.Actor().Role]
	return l.Page(ctx, v, p)
}

var noticesOfAwards = rowset.ListOf[uuid.UUID](awardNoticeTable, "award_id", rowset.By("n.kind")...)

// NoticesOfAwards reads the notices that each award asks for.
func NoticesOfAwards(ctx context.Context, v *engine.View, awards []uuid.UUID) (map[uuid.UUID][]*rules.AwardNotice, error) {
	return noticesOfAwards.Read(ctx, v, awards)
}

// RecordAwardNotice records where and when a notice of an award was published.
func RecordAwardNotice(ctx context.Context, d *engine.DB, a policy.Actor, in rules.RecordAwardNoticeInput) (uuid.UUID, error) {
	return d.Change(ctx, a, engine.Request{Act: "award_notice.record", Key: in.IdempotencyKey, Input: in},
		func(t *engine.Tx) (engine.Event, error) {
			award, err := LockAward(ctx, t, in.Award.UUID)
			if err != nil {
				return engine.Event{}, err
			}
			notice, err := findAwardNotice(ctx, t, award.ID, in.Kind)
			if err != nil {
				return engine.Event{}, err
			}
			if err := rules.RecordAwardNotice(notice, in); err != nil {
				return engine.Event{}, err
			}
			_, err = t.Exec(ctx, `INSERT INTO award_notice (id, award_id, need_id, authority_id, kind, reference, published_on, recorded_at,
			recorded_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, uuid.New(), award.ID, award.NeedID, award.AuthorityID, in.Kind, in.Reference,
				in.PublishedOn.Time, notice.AsOf, a.Person)
			return engine.AuthorityEvent(award.ID, award.AuthorityID, "award_notice"), err
		})
}

// findAwardNotice is a notice of an award; nil if the award does not ask for it.
func findAwardNotice(ctx context.Context, t *engine.Tx, award uuid.UUID, kind rules.AwardNoticeKind) (*rules.AwardNotice, error) {
	var found []*rules.AwardNotice
	err := t.SelectRows(ctx, &found, awardNoticeRows+" WHERE n.award_id = $1 AND n.kind = $2", award, kind)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}
