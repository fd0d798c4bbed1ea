package evaluation

import (
	"context"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
)

// rankingColumns are the columns of a rank r.
var rankingColumns = rowset.Columns("offer_id", "need_id", "provider_id", "rank", "quality", "price", "total", "arithmetic", "tie_break",
	"reckoned_at", "superseded_at")

// The current ranks, and the ranks that were replaced since.
var (
	rankingTable = rowset.New[market.Ranking]("ranking", "r", rankingColumns,
		rowset.From("(SELECT * FROM ranking WHERE superseded_at IS NULL) r"))
	earlierRankingTable = rowset.New[market.Ranking]("ranking", "r", rankingColumns,
		rowset.From("(SELECT * FROM ranking WHERE superseded_at IS NOT NULL) r"))
	// RankingRows selects these rows; a condition follows.
	RankingRows = rankingTable.Rows()

	rankingsOfOffers        = rowset.ListOf[uuid.UUID](rankingTable, "offer_id")
	earlierRankingsOfOffers = rowset.ListOf[uuid.UUID](earlierRankingTable, "offer_id", rowset.By("r.offer_id", "r.superseded_at DESC")...)
)

// EarlierRankingsOfOffers reads the ranks that each offer had before offers were ranked again, latest first.
func EarlierRankingsOfOffers(ctx context.Context, v *engine.View, offers []uuid.UUID) (map[uuid.UUID][]*market.Ranking, error) {
	return earlierRankingsOfOffers.Read(ctx, v, offers)
}

// RankingsOfOffers reads the rank of each offer.
func RankingsOfOffers(ctx context.Context, v *engine.View, offers []uuid.UUID) (map[uuid.UUID]*market.Ranking, error) {
	return rankingsOfOffers.One(ctx, v, offers)
}
