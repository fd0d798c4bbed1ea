package record

import (
	"context"

	"github.com/southeasttogether/dps/db/internal/engine"
)

// WakeAfter finds due alerts, lets something happen, and then raises the alerts.
func WakeAfter(ctx context.Context, d *engine.DB, something func()) (int, error) {
	due, err := findDueAlerts(ctx, d)
	if err != nil {
		return 0, err
	}
	something()
	return engine.DoEach(ctx, d, due, MakeAlert)
}
