package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// ErrClockAhead says that the database's clock does not tell the time: it belongs to a demonstration or a test.
var ErrClockAhead = errors.New("this database's clock was moved for a demonstration or a test: it cannot serve a real market")

// AdvanceClock moves the market's clock forward, in a database for a demonstration or a test. It never goes back.
func AdvanceClock(ctx context.Context, adminURL string, by time.Duration) error {
	if by < 0 {
		return errors.New("the clock goes forward only")
	}
	owner, err := sql.Open("postgres", asOwner(adminURL))
	if err != nil {
		return fmt.Errorf("database address: %w", err)
	}
	defer owner.Close()
	if _, err := owner.ExecContext(ctx, `INSERT INTO clock (ahead) VALUES (make_interval(secs => $1))
		ON CONFLICT (single) DO UPDATE SET ahead = clock.ahead + excluded.ahead`, by.Seconds()); err != nil {
		return fmt.Errorf("moving the clock: %w", err)
	}
	return nil
}

// CheckClock refuses a database whose clock was moved, so that no real deadline is ever decided by it.
func (d *DB) CheckClock(ctx context.Context) error {
	var moved bool
	if err := d.pool.GetContext(ctx, &moved, "SELECT EXISTS (SELECT FROM dps.clock)"); err != nil {
		return fmt.Errorf("reading the clock: %w", err)
	}
	if moved {
		return ErrClockAhead
	}
	return nil
}
