package record

import (
	"context"

	"github.com/southeasttogether/dps/db/internal/engine"
)

// WakeAfter looks for what people are to be alerted to, lets something happen, and alerts them.
func WakeAfter(ctx context.Context, d *engine.DB, something func()) (int, error) {
	due, err := FindDueWork(ctx, d)
	if err != nil {
		return 0, err
	}
	something()
	return engine.DoEach(ctx, d, due.Alerts, MakeAlert)
}
