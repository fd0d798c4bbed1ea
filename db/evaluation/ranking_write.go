package evaluation

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/evaluation"
	"github.com/southeasttogether/dps/policy"
)

// rankNeed ranks the offers of a need for the first time.
func rankNeed(ctx context.Context, t *engine.Tx, n market.Need, terms admission.MarketTerms) error {
	if err := insertRankings(ctx, t, n, terms); err != nil {
		return err
	}
	return t.ExecAtLeastOne(ctx, "UPDATE need SET ranked_at = $2 WHERE id = $1 AND ranked_at IS NULL", n.ID, n.AsOf)
}

// rerankNeed ranks the offers again, as a role of the market, when an offer is left out because of its price. The
// lowest price, and with it every score, can change. The earlier ranking is kept.
func rerankNeed(ctx context.Context, t *engine.Tx, n market.Need) error {
	terms, err := admission.NeedTerms(ctx, t, n)
	if err != nil {
		return err
	}
	if err := t.SwitchRole(ctx, policy.Keeper); err != nil {
		return err
	}
	if _, err := t.Exec(ctx, "UPDATE ranking SET superseded_at = $2 WHERE need_id = $1 AND superseded_at IS NULL", n.ID, n.AsOf); err != nil {
		return err
	}
	return insertRankings(ctx, t, n, terms)
}

// insertRankings writes the ranks of the suitable offers whose price was not rejected, from the agreed points and the
// opened prices.
func insertRankings(ctx context.Context, t *engine.Tx, n market.Need, terms admission.MarketTerms) error {
	var criteria []market.Criterion
	if err := t.SelectRows(ctx, &criteria, admission.CriterionRows+" WHERE c.lot_id = $1 ORDER BY c.position", n.LotID); err != nil {
		return err
	}
	contenders, err := readContenders(ctx, t, n, terms.Lot.Procedure)
	if err != nil {
		return err
	}
	var ties []rules.TieBreak
	if err := t.SelectRows(ctx, &ties, tieBreakRows+" WHERE b.procedure = $1 ORDER BY b.position", terms.Lot.Procedure.Code); err != nil {
		return err
	}
	for _, r := range rules.RankContenders(criteria, contenders, ties) {
		if _, err := t.Exec(ctx, `INSERT INTO ranking (offer_id, need_id, authority_id, provider_id, rank, quality, price, total, arithmetic,
			tie_break, reckoned_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			r.OfferID, n.ID, n.AuthorityID, r.ProviderID, r.Rank, r.Quality, r.Price, r.Total, r.Arithmetic, r.TieBreak, n.AsOf); err != nil {
			return err
		}
	}
	return nil
}

// readContenders are the suitable offers whose price was not rejected, with their agreed points and their price for a
// year.
func readContenders(ctx context.Context, t *engine.Tx, n market.Need, p market.Procedure) ([]rules.Contender, error) {
	suitable, err := suitableOffers(ctx, t, n)
	if err != nil {
		return nil, err
	}
	queries, err := ReadPriceQueries(ctx, t, "q.need_id = $1", n.ID)
	if err != nil {
		return nil, err
	}
	fallen := rules.UnaccountedPrices(queries)
	points, _, err := AgreedScores(ctx, t, n, p)
	if err != nil {
		return nil, err
	}
	var priced []struct {
		Offer    uuid.UUID       `db:"id"`
		Provider uuid.UUID       `db:"provider_id"`
		Received time.Time       `db:"received_at"`
		Annual   decimal.Decimal `db:"annual"`
	}
	if err := t.SelectRows(ctx, &priced,
		`SELECT o.id, o.provider_id, o.received_at, p.annual FROM offer o JOIN offer_price p ON p.offer_id = o.id
		WHERE o.need_id = $1 AND o.id = ANY ($2)`, n.ID, rowset.IDs(suitable)); err != nil {
		return nil, err
	}
	var all []rules.Contender
	for _, row := range priced {
		if _, fell := fallen[row.Offer]; fell {
			continue
		}
		all = append(all, rules.Contender{
			OfferID: row.Offer, ProviderID: row.Provider, NeedID: n.ID, ReceivedAt: row.Received,
			Annual: row.Annual, Points: decimalPoints(points[row.Offer]),
		})
	}
	return all, nil
}

func decimalPoints(points map[uuid.UUID]market.Decimal) map[uuid.UUID]decimal.Decimal {
	all := make(map[uuid.UUID]decimal.Decimal, len(points))
	for criterion, p := range points {
		all[criterion] = p.Decimal
	}
	return all
}
