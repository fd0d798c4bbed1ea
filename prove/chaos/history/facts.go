package history

import (
	"context"
	"database/sql"
	"strings"

	"github.com/google/uuid"
)

// facts are what the database holds of what the callers did, read by the suite's own statements.
type facts struct {
	Needs    map[uuid.UUID]string   // the mark in the profile
	ceilings map[uuid.UUID]int      // rows of each need
	created  map[uuid.UUID]int      // events of the making of each need
	results  map[string][]uuid.UUID // what each key is remembered to have made
	Broken   []string               // invariants of the log that do not hold
}

// ReadFacts reads the market's database as the superuser.
func ReadFacts(ctx context.Context, d *sql.DB) (facts, error) {
	f := facts{
		Needs: map[uuid.UUID]string{}, ceilings: map[uuid.UUID]int{}, created: map[uuid.UUID]int{}, results: map[string][]uuid.UUID{},
	}
	for _, read := range []struct {
		statement string
		take      func(id uuid.UUID, text string)
	}{
		{"SELECT id, profile FROM dps.need", func(id uuid.UUID, profile string) {
			f.Needs[id] = strings.TrimPrefix(profile, ProfilePrefix)
		}},
		{"SELECT need_id, '' FROM dps.need_ceiling", func(id uuid.UUID, _ string) { f.ceilings[id]++ }},
		{"SELECT object_id, '' FROM dps.event WHERE act = 'need.create'", func(id uuid.UUID, _ string) { f.created[id]++ }},
		{"SELECT result_id, key FROM dps.idempotency WHERE act = 'need.create' AND result_id IS NOT NULL", func(id uuid.UUID, key string) {
			f.results[key] = append(f.results[key], id)
		}},
	} {
		if err := readPairs(ctx, d, read.statement, read.take); err != nil {
			return f, err
		}
	}
	for words, statement := range invariants {
		var count int
		if err := d.QueryRowContext(ctx, statement).Scan(&count); err != nil {
			return f, err
		}
		if count > 0 {
			f.Broken = append(f.Broken, words)
		}
	}
	return f, nil
}

// invariants count, by what they mean, rows that must not exist.
var invariants = map[string]string{
	"a chain of the log has a gap": `SELECT count(*) FROM (SELECT FROM dps.event_seal GROUP BY chain_id
		HAVING count(*) <> max(position)) broken`,
	"a head lies beyond the end of its chain": `SELECT count(*) FROM dps.event_head h
		WHERE h.position > (SELECT coalesce(max(s.position), 0) FROM dps.event_seal s WHERE s.chain_id = h.chain_id)`,
	"an event is sealed in another chain than its own": `SELECT count(*) FROM dps.event_seal s JOIN dps.event e ON e.id = s.event_id
		WHERE s.chain_id <> e.chain_id OR s.tx <> e.tx`,
	"a seal has no event": `SELECT count(*) FROM dps.event_seal s WHERE NOT EXISTS (SELECT FROM dps.event e WHERE e.id = s.event_id)`,
	"an event comes before one that was sealed earlier": `SELECT count(*) FROM (SELECT s.tx::text::numeric AS tx, lag(s.tx::text::numeric)
		OVER (PARTITION BY s.chain_id ORDER BY s.position) AS earlier FROM dps.event_seal s) o WHERE o.tx < o.earlier`,
}

func readPairs(ctx context.Context, d *sql.DB, statement string, take func(uuid.UUID, string)) error {
	rows, err := d.QueryContext(ctx, statement)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id uuid.UUID
		var text string
		if err := rows.Scan(&id, &text); err != nil {
			return err
		}
		take(id, text)
	}
	return rows.Err()
}
