package db

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// tellBidders writes a letter to every bidder. The approver may not read scores, so the market's own hand gathers them;
// the letters are then written in the approver's own right.
func (t *Tx) tellBidders(ctx context.Context, a market.Award, n market.Need, terms terms) error {
	approver := t.Actor().Role
	if err := t.as(ctx, policy.Keeper); err != nil {
		return err
	}
	letters, err := t.letters(ctx, a, n, terms)
	if err != nil {
		return err
	}
	if err := t.as(ctx, approver); err != nil {
		return err
	}
	return t.send(ctx, &a.ID, n, letters)
}

func (t *Tx) letters(ctx context.Context, a market.Award, n market.Need, terms terms) ([]market.Letter, error) {
	e, err := t.evaluation(ctx, n, terms)
	if err != nil {
		return nil, err
	}
	if err := t.get(ctx, &e.Winner, "SELECT name FROM provider WHERE id = $1", a.ProviderID); err != nil {
		return nil, err
	}
	return market.Letters(a, e, a.AsOf), nil
}

// evaluation is what every bidder is told from.
func (t *Tx) evaluation(ctx context.Context, n market.Need, terms terms) (market.Evaluation, error) {
	e := market.Evaluation{Need: n, Rankings: map[uuid.UUID]market.Ranking{}, Fee: terms.market.Fee()}
	if err := t.all(ctx, &e.Criteria, criterionRows+" WHERE c.lot_id = $1 ORDER BY c.position", n.LotID); err != nil {
		return e, err
	}
	var rankings []market.Ranking
	if err := t.all(ctx, &rankings, rankingRows+" WHERE r.need_id = $1", n.ID); err != nil {
		return e, err
	}
	for _, r := range rankings {
		e.Rankings[r.OfferID] = r
	}
	var err error
	if e.Points, e.Reasons, err = t.agreed(ctx, n, terms.lot.Procedure); err != nil {
		return e, err
	}
	if e.Bidders, err = t.assessed(ctx, n); err != nil {
		return e, err
	}
	queries, err := t.priceQueries(ctx, "q.need_id = $1", n.ID)
	if err != nil {
		return e, err
	}
	e.Refused = market.Unaccounted(queries)
	return e, nil
}

// agreed are the points of each offer on each criterion, and the words behind them. Those of somebody who found out an
// interest before quality was locked are set aside.
func (t *Tx) agreed(ctx context.Context, n market.Need, p market.Procedure) (map[uuid.UUID]map[uuid.UUID]market.Decimal, map[uuid.UUID]map[uuid.UUID]string, error) {
	query := `SELECT s.offer_id, s.criterion_id, avg(s.points) AS points, string_agg(s.comment, ' ' ORDER BY s.person) AS reason
		FROM score s JOIN score_sheet h ON h.need_id = s.need_id AND h.person = s.person AND h.locked_at IS NOT NULL
		JOIN need n ON n.id = s.need_id WHERE s.need_id = $1 AND NOT EXISTS (SELECT FROM interest i WHERE i.need_id = s.need_id
			AND i.person = s.person AND i.conflict AND i.at <= coalesce(n.quality_locked_at, 'infinity')) GROUP BY s.offer_id, s.criterion_id`
	if p.Moderated {
		query = moderationRows + " WHERE m.need_id = $1"
	}
	var rows []market.ModeratedScore
	if err := t.all(ctx, &rows, query, n.ID); err != nil {
		return nil, nil, err
	}
	points, reasons := map[uuid.UUID]map[uuid.UUID]market.Decimal{}, map[uuid.UUID]map[uuid.UUID]string{}
	for _, row := range rows {
		if points[row.OfferID] == nil {
			points[row.OfferID], reasons[row.OfferID] = map[uuid.UUID]market.Decimal{}, map[uuid.UUID]string{}
		}
		points[row.OfferID][row.CriterionID], reasons[row.OfferID][row.CriterionID] = row.Points, row.Reason
	}
	return points, reasons, nil
}
