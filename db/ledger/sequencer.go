package ledger

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/seal"
)

// sealBatchSize is how many events are sealed in one transaction.
const sealBatchSize = 1000

// SealEvents gives each committed event its place and its hash in its chain and signs the new heads, in batches until
// nothing is left. One sequencer seals at a time; another finds nothing to do. It returns how many events it sealed.
func SealEvents(ctx context.Context, d *engine.DB) (int, error) {
	for sealed := 0; ; {
		n, err := sealBatchOnce(ctx, d)
		sealed += n
		if err != nil || n < sealBatchSize {
			return sealed, err
		}
	}
}

// sealBatchOnce seals one batch. It is not a change of the market and has no event: what it writes is about events.
func sealBatchOnce(ctx context.Context, d *engine.DB) (int, error) {
	if !d.Policy().Can(engine.SystemActor.Role, "event.seal") {
		return 0, engine.ErrForbidden
	}
	tx, err := d.Begin(ctx, engine.BeginReadWrite, engine.SystemActor)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback(ctx)
	n, err := sealNextEvents(ctx, tx)
	if err != nil || n == 0 {
		return 0, err
	}
	if err := tx.Commit(ctx); err != nil {
		return 0, err
	}
	return n, nil
}

func sealNextEvents(ctx context.Context, t *engine.Tx) (int, error) {
	var turn struct {
		Mine bool      `db:"mine"`
		At   time.Time `db:"at"`
	}
	if err := t.Get(ctx, &turn, "SELECT "+engine.TrySequencerLockSQL+" AS mine, dps.now() AS at"); err != nil ||
		!turn.Mine {
		return 0, err
	}
	events, err := readNextEvents(ctx, t)
	if err != nil || len(events) == 0 {
		return 0, err
	}
	heads, err := readHeads(ctx, t, events)
	if err != nil {
		return 0, err
	}
	if err := insertSeals(ctx, t, events, heads); err != nil {
		return 0, err
	}
	return len(events), signHeads(ctx, t, heads, turn.At)
}

// nextEventsQuery reads the events after the last sealed one, in the order of (tx, id), up to a horizon: the oldest transaction that
// runs and may write to the log (log_horizon, migration 00096). No event can later come before those: an event of a running transaction,
// however early its number was drawn, is beyond the horizon and so after everything that is sealed now.
const nextEventsQuery = `SELECT to_json(e) FROM event e
	WHERE (e.tx, e.id) > (coalesce((SELECT tx FROM event_seal ORDER BY tx DESC, event_id DESC LIMIT 1), '0'),
		coalesce((SELECT event_id FROM event_seal ORDER BY tx DESC, event_id DESC LIMIT 1), 0))
	AND e.tx < $2::text::xid8 ORDER BY e.tx, e.id LIMIT $1`

func readNextEvents(ctx context.Context, t *engine.Tx) ([]loggedEvent, error) {
	var horizon string
	if err := t.Get(ctx, &horizon, "SELECT log_horizon()::text"); err != nil {
		return nil, err
	}
	var found []string // by a statement of its own: what was committed before the horizon was found is there
	if err := t.SelectRows(ctx, &found, nextEventsQuery, sealBatchSize, horizon); err != nil {
		return nil, err
	}
	events := make([]loggedEvent, 0, len(found))
	for _, row := range found {
		e, err := parseLoggedEvent(row)
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return events, nil
}

// readHeads reads the last link of each chain that the events belong to. A new chain starts with nothing.
func readHeads(ctx context.Context, t *engine.Tx, events []loggedEvent) (map[uuid.UUID]*chainHead, error) {
	heads, chains := map[uuid.UUID]*chainHead{}, []uuid.UUID{}
	for _, e := range events {
		if heads[e.Chain] == nil {
			heads[e.Chain] = &chainHead{Chain: e.Chain}
			chains = append(chains, e.Chain)
		}
	}
	var last []*chainHead
	err := t.SelectRows(ctx, &last, `SELECT s.chain_id, s.position, s.hash FROM unnest($1::uuid[]) AS chain(id) CROSS JOIN LATERAL
		(SELECT chain_id, position, hash FROM event_seal WHERE chain_id = chain.id ORDER BY position DESC LIMIT 1) s`, rowset.IDs(chains))
	for _, h := range last {
		heads[h.Chain] = h
	}
	return heads, err
}

// insertSeals links each event to its chain and moves the heads on.
func insertSeals(ctx context.Context, t *engine.Tx, events []loggedEvent, heads map[uuid.UUID]*chainHead) error {
	var numbers, txs, positions []int64
	var chains []uuid.UUID
	var hashes [][]byte
	for _, e := range events {
		h := heads[e.Chain]
		h.Position, h.Hash = h.Position+1, seal.ChainHash(h.Hash, e.canonicalBytes())
		numbers, txs, chains = append(numbers, e.ID), append(txs, e.Tx), append(chains, e.Chain)
		positions, hashes = append(positions, h.Position), append(hashes, h.Hash)
	}
	_, err := t.Exec(ctx, `INSERT INTO event_seal (event_id, tx, chain_id, position, hash)
		SELECT event, tx::text::xid8, chain, position, hash FROM unnest($1::bigint[], $2::bigint[], $3::uuid[], $4::bigint[], $5::bytea[])
			AS s(event, tx, chain, position, hash)`,
		pq.Array(numbers), pq.Array(txs), rowset.IDs(chains), pq.Array(positions), pq.Array(hashes))
	return err
}

func signHeads(ctx context.Context, t *engine.Tx, heads map[uuid.UUID]*chainHead, at time.Time) error {
	for _, h := range heads {
		if _, err := t.Exec(ctx, "INSERT INTO event_head (chain_id, position, hash, signature, signed_at) VALUES ($1, $2, $3, $4, $5)",
			h.Chain, h.Position, h.Hash, t.Keys().Sign(h.signedBytes(at)), at); err != nil {
			return err
		}
	}
	return nil
}
