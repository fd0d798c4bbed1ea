package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/southeasttogether/dps/db/internal/engine"
)

// ErrClockAhead says that the database's clock does not show the time: it belongs to a demonstration or a test.
var ErrClockAhead = errors.New("the clock of this database was moved for a demonstration or a test, so it cannot serve a real market")

// MoveClock moves the market's clock forward to an instant, in a database for a demonstration or a test. It never moves
// back: a clock that is already there or beyond does not change.
func MoveClock(ctx context.Context, adminURL string, to time.Time) error {
	owner, err := sql.Open("postgres", engine.OwnerURL(adminURL))
	if err != nil {
		return fmt.Errorf("database address: %w", err)
	}
	defer owner.Close()
	return MoveClockWith(ctx, owner, to)
}

// MoveClockWith is MoveClock over a pool that is already open, with a login that can write the clock.
func MoveClockWith(ctx context.Context, pool *sql.DB, to time.Time) error {
	if _, err := pool.ExecContext(ctx, `INSERT INTO dps.clock AS c (ahead) VALUES (greatest($1 - clock_timestamp(), interval '0'))
		ON CONFLICT (single) DO UPDATE SET ahead = greatest(c.ahead, excluded.ahead)`, to); err != nil {
		return fmt.Errorf("moving the clock: %w", err)
	}
	return nil
}

// CheckClock refuses a database whose clock was moved, so that it never decides a real deadline.
func CheckClock(ctx context.Context, d *engine.DB) error {
	moved, err := d.ClockIsMoved(ctx)
	if err != nil {
		return fmt.Errorf("reading the clock: %w", err)
	}
	if moved {
		return ErrClockAhead
	}
	return nil
}
