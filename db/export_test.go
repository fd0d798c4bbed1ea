package db

import "context"

// Prepared counts the statements that a connection of the pool keeps prepared.
func (d *DB) Prepared(ctx context.Context) (n int, err error) {
	err = d.pool.QueryRowContext(ctx, "SELECT count(*) FROM pg_prepared_statements").Scan(&n)
	return n, err
}
