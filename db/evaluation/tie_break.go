package evaluation

import (
	"context"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/evaluation"
)

var (
	tieBreakTable         = rowset.New[rules.TieBreak]("tie_break", "b", rowset.Columns("procedure", "position", "rule", "source"))
	tieBreakRows          = tieBreakTable.Rows()
	tieBreaksOfProcedures = rowset.ListOf[market.ProcedureCode](tieBreakTable, "procedure", rowset.By("b.procedure", "b.position")...)
)

// TieBreaksOfProcedures reads how each procedure orders equal totals.
func TieBreaksOfProcedures(ctx context.Context, v *engine.View,
	procedures []market.ProcedureCode,
) (map[market.ProcedureCode][]*rules.TieBreak, error) {
	return tieBreaksOfProcedures.Read(ctx, v, procedures)
}
