package evaluation

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/market"
)

const rankingColumns = "SELECT r.offer_id, r.need_id, r.provider_id, r.rank, r.quality, r.price, r.total, r.arithmetic, r.tie_break, r.reckoned_at, r.superseded_at"

// The places in the orders that hold, and those in orders that were reckoned again since.
const (
	RankingRows        = rankingColumns + " FROM (SELECT * FROM ranking WHERE superseded_at IS NULL) r"
	earlierRankingRows = rankingColumns + " FROM (SELECT * FROM ranking WHERE superseded_at IS NOT NULL) r"
)

// EarlierRankingsOfOffers reads the ranks that each offer had before the order was reckoned again, the latest first.
func EarlierRankingsOfOffers(ctx context.Context, v *engine.View, offers []uuid.UUID) (map[uuid.UUID][]*market.Ranking, error) {
	return engine.Grouped(ctx, v, earlierRankingRows, "r.offer_id", "r.offer_id, r.superseded_at DESC", offers, func(r *market.Ranking) uuid.UUID { return r.OfferID })
}

// RankingsOfOffers reads the rank of each offer.
func RankingsOfOffers(ctx context.Context, v *engine.View, offers []uuid.UUID) (map[uuid.UUID]*market.Ranking, error) {
	return engine.ByID(ctx, v, RankingRows, "r.offer_id", offers, func(r *market.Ranking) uuid.UUID { return r.OfferID })
}
