package engine

import (
	"context"
	"strings"
)

// Prepared counts the statements that a connection of the pool keeps prepared.
func Prepared(ctx context.Context, d *DB) (n int, err error) {
	err = d.pool.QueryRowContext(ctx, "SELECT count(*) FROM pg_prepared_statements").Scan(&n)
	return n, err
}

// ProvidersAlong is a query of rows that name providers, with those and their figures.
func ProvidersAlong(query string) string {
	s := NewSelection(map[string]map[string]bool{"Provider": {"name": true, "figures": true}})
	for _, t := range Things {
		if t.Name == "provider" {
			return s.WithAlong(query, []Thing{t}, Joins{Ordered: strings.Contains(query, "ORDER BY")})
		}
	}
	return ""
}

// Rows reads the rows of a query as a view reads its own.
func Rows[T any](ctx context.Context, v *View, query string, args ...any) (rows []T, err error) {
	return rows, v.Some(ctx, &rows, query, args...)
}

// Alone says whether what the view has read was a transaction of its own.
func Alone(v *View) bool { return v.Asked }

// Left is what a connection of the pool is left with: its user, the settings that say who asks, and whether it is in a transaction.
func Left(ctx context.Context, d *DB) (user, context string, err error) {
	err = d.pool.QueryRowContext(ctx, `SELECT current_user, concat(current_setting('dps.person', true), current_setting('dps.organisation', true),
		current_setting('dps.code_hash', true), current_setting('transaction_read_only'))`).Scan(&user, &context)
	return user, context, err
}
