package db

import (
	"context"
	"fmt"
	"time"

	"github.com/southeasttogether/dps/db/internal/engine"
)

// Health is what a database says of itself.
type Health struct {
	Unsealed time.Duration // for which the oldest event of the log has waited to be sealed
	Clock    time.Time     // the database's own, without what a demonstration moved
}

// CheckHealth asks whether the database answers, and has the schema and the policy of this program.
func CheckHealth(ctx context.Context, d *engine.DB) (Health, error) {
	if err := checkVersion(ctx, d); err != nil {
		return Health{}, err
	}
	age, clock, err := d.LogAge(ctx)
	if err != nil {
		return Health{}, fmt.Errorf("age of the log: %w", err)
	}
	return Health{age, clock}, nil
}
