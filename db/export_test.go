package db

import "context"

// Prepared counts the statements that a connection of the pool keeps prepared.
func (d *DB) Prepared(ctx context.Context) (n int, err error) {
	err = d.pool.QueryRowContext(ctx, "SELECT count(*) FROM pg_prepared_statements").Scan(&n)
	return n, err
}

// WakeAfter looks for what people are to be alerted to, lets something happen, and alerts them.
func (d *DB) WakeAfter(ctx context.Context, something func()) (int, error) {
	due, err := d.due(ctx)
	if err != nil {
		return 0, err
	}
	something()
	return each(ctx, due.moments, d.wake)
}

// WithSettings is an address with the program's own settings and limits.
func WithSettings(address string) string { return withSettings(address) }

// ProvidersAlong is a query of rows that name providers, with those and their figures.
func ProvidersAlong(query string) string {
	s := NewSelection(map[string]map[string]bool{"Provider": {"name": true, "figures": true}})
	for _, t := range things {
		if t.name == "provider" {
			return s.withAlong(query, []thing{t})
		}
	}
	return ""
}
