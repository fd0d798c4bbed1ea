package evaluation

import (
	"context"

	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/market"
)

const tieBreakRows = "SELECT b.procedure, b.position, b.rule, b.source FROM tie_break b"

// TieBreaksOfProcedures reads how each procedure puts equal totals in order.
func TieBreaksOfProcedures(ctx context.Context, v *engine.View, procedures []market.ProcedureCode) (map[market.ProcedureCode][]*market.TieBreak, error) {
	codes := make([]string, len(procedures))
	for i, p := range procedures {
		codes[i] = string(p)
	}
	var found []*market.TieBreak
	if err := v.All(ctx, &found, tieBreakRows+" WHERE b.procedure = ANY ($1) ORDER BY b.procedure, b.position", pq.Array(codes)); err != nil {
		return nil, err
	}
	all := map[market.ProcedureCode][]*market.TieBreak{}
	for _, row := range found {
		all[row.Procedure] = append(all[row.Procedure], row)
	}
	return all, nil
}
