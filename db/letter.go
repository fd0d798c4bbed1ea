package db

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// tellBidders writes a letter to every bidder. The approver may not read scores, so the market's own hand gathers them;
// the letters are then written in the approver's own right.
func tellBidders(ctx context.Context, t *Tx, a market.Award, n market.Need, terms MarketTerms) error {
	approver := t.Actor().Role
	if err := t.SwitchRole(ctx, policy.Keeper); err != nil {
		return err
	}
	letters, err := writeAwardLetters(ctx, t, a, n, terms)
	if err != nil {
		return err
	}
	if err := t.SwitchRole(ctx, approver); err != nil {
		return err
	}
	return insertLetters(ctx, t, &a.ID, n, letters)
}

func writeAwardLetters(ctx context.Context, t *Tx, a market.Award, n market.Need, terms MarketTerms) ([]market.Letter, error) {
	e, err := readEvaluationOutcome(ctx, t, n, terms)
	if err != nil {
		return nil, err
	}
	if err := t.Get(ctx, &e.Winner, "SELECT name FROM provider WHERE id = $1", a.ProviderID); err != nil {
		return nil, err
	}
	return market.AwardLetters(a, e, a.AsOf), nil
}

// readEvaluationOutcome is what every bidder is told from.
func readEvaluationOutcome(ctx context.Context, t *Tx, n market.Need, terms MarketTerms) (market.EvaluationOutcome, error) {
	e := market.EvaluationOutcome{Need: n, Rankings: map[uuid.UUID]market.Ranking{}, Fee: terms.Market.Fee()}
	if err := t.SelectRows(ctx, &e.Criteria, CriterionRows+" WHERE c.lot_id = $1 ORDER BY c.position", n.LotID); err != nil {
		return e, err
	}
	var rankings []market.Ranking
	if err := t.SelectRows(ctx, &rankings, RankingRows+" WHERE r.need_id = $1", n.ID); err != nil {
		return e, err
	}
	for _, r := range rankings {
		e.Rankings[r.OfferID] = r
	}
	var err error
	if e.Points, e.Reasons, err = AgreedScores(ctx, t, n, terms.Lot.Procedure); err != nil {
		return e, err
	}
	if e.Bidders, err = AssessedOffers(ctx, t, n); err != nil {
		return e, err
	}
	queries, err := ReadPriceQueries(ctx, t, "q.need_id = $1", n.ID)
	if err != nil {
		return e, err
	}
	e.RefusedPrices = market.UnaccountedPrices(queries)
	return e, nil
}

// AgreedScores are the points of each offer on each criterion, and the words behind them. Those of somebody who found out an
// interest before quality was locked are set aside.
func AgreedScores(ctx context.Context, t *Tx, n market.Need, p market.Procedure) (map[uuid.UUID]map[uuid.UUID]market.Decimal, map[uuid.UUID]map[uuid.UUID]string, error) {
	query := `SELECT s.offer_id, s.criterion_id, avg(s.points) AS points, string_agg(s.comment, ' ' ORDER BY s.person) AS reason
		FROM score s JOIN score_sheet h ON h.need_id = s.need_id AND h.person = s.person AND h.locked_at IS NOT NULL
		JOIN need n ON n.id = s.need_id WHERE s.need_id = $1 AND NOT EXISTS (SELECT FROM interest i WHERE i.need_id = s.need_id
			AND i.person = s.person AND i.conflict AND i.at <= coalesce(n.quality_locked_at, 'infinity')) GROUP BY s.offer_id, s.criterion_id`
	if p.Moderated {
		query = ModeratedScoreRows + " WHERE m.need_id = $1"
	}
	var rows []market.ModeratedScore
	if err := t.SelectRows(ctx, &rows, query, n.ID); err != nil {
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
