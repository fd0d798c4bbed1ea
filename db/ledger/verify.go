package ledger

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/seal"
)

// Report is what an audit of the log found. If there are no faults, the log is complete and unchanged.
type Report struct {
	Events   int64 // sealed ones
	Unsealed int64 // committed but not sealed yet: the tail, which the sequencer seals within a second
	// UnsealedFor is how long the oldest of these has waited, by the database's clock. It can still be changed without a trace.
	UnsealedFor time.Duration
	Heads       []Head // the newest of each chain: kept elsewhere, they show later that nothing was cut or rewritten
	StepsBack   []StepBack
	Faults      []Fault
	More        int64 // number of faults that are not listed
}

// Fault is a place where the log has changed since it was written. Position is 0 if the fault is outside the chain's
// order, Event 0 if there is no event.
type Fault struct {
	Chain    uuid.UUID
	Position int64
	Event    int64
	What     string
}

func (f Fault) String() string {
	return fmt.Sprintf("chain %s, position %d, event %d: %s", f.Chain, f.Position, f.Event, f.What)
}

// StepBack is a place in a chain from which on times are earlier than before: the database's clock went back. The log is whole, but its
// times, and what was decided by them, are in doubt.
type StepBack struct {
	Chain    uuid.UUID
	Position int64
	By       time.Duration
}

func (s StepBack) String() string {
	return fmt.Sprintf("chain %s, position %d: the database's clock went back by %s", s.Chain, s.Position, s.By.Round(time.Second))
}

// longestTransaction is how much later than its place in the order of the log an event's time may be: the order is that in which
// transactions began to write, and the time is that of the event. Also the most that a step back can be without being told.
const longestTransaction = 15 * time.Minute

// mostFaults is how many faults are listed; the first ones show where to look.
const mostFaults = 100

// VerifyLog reads the whole log in one snapshot, with a few rows in memory. It recomputes every chain, checks the
// signatures of the heads with the market's public keys, and looks for events outside the chains and for the heads that
// were kept elsewhere. The login of the address is dps_log_reader, or one that can become the owner of the tables. An error means that it
// could not read; faults of the log are in the report.
func VerifyLog(ctx context.Context, url string, keys []ed25519.PublicKey, kept ...Head) (Report, error) {
	for _, key := range keys {
		if len(key) != ed25519.PublicKeySize {
			return Report{}, errors.New("the public key of the log has the wrong size")
		}
	}
	reader, err := sqlx.Open("postgres", engine.WithParameter(url, "search_path", "dps"))
	if err != nil {
		return Report{}, fmt.Errorf("database address: %w", err)
	}
	defer reader.Close()
	tx, err := reader.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return Report{}, fmt.Errorf("reading the log: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // it only read
	if _, err := tx.ExecContext(ctx, becomeReaderSQL); err != nil {
		return Report{}, fmt.Errorf("reading the log: %w", err)
	}
	a := &logAudit{ctx: ctx, tx: tx, keys: keys, chainEnds: map[uuid.UUID]int64{}}
	for _, pass := range []func() error{a.checkChains, a.checkHeads, a.checkUnsealed, func() error { return a.checkKeptHeads(kept) }} {
		if err := pass(); err != nil {
			return Report{}, fmt.Errorf("reading the log: %w", err)
		}
	}
	return a.report, nil
}

// becomeReaderSQL makes a login that can become the owner of the tables read as the owner: it may have no right on them itself.
const becomeReaderSQL = "SELECT set_config('role', '" + engine.Owner + "', true) " +
	"WHERE pg_has_role(session_user, '" + engine.Owner + "', 'MEMBER')"

// logAudit is one reading of the log.
type logAudit struct {
	ctx       context.Context
	tx        *sqlx.Tx
	keys      []ed25519.PublicKey
	chainEnds map[uuid.UUID]int64 // the last position of each chain, until its newest head has been seen
	report    Report
}

func (a *logAudit) addFault(chain uuid.UUID, position, event int64, what string) {
	if len(a.report.Faults) == mostFaults {
		a.report.More++
		return
	}
	a.report.Faults = append(a.report.Faults, Fault{chain, position, event, what})
}

// eachRow reads the rows of a statement one by one and handles each, so that memory does not grow.
func eachRow[T any](a *logAudit, query string, hear func(T), args ...any) error {
	found, err := a.tx.QueryxContext(a.ctx, query, args...)
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		var row T
		if err := found.StructScan(&row); err != nil {
			return err
		}
		hear(row)
	}
	return found.Err()
}

// sealedLink is a seal with the event that it seals; Event is nil if the event is gone.
type sealedLink struct {
	chainHead
	ID    int64   `db:"event_id"`
	Tx    int64   `db:"tx"`
	Event *string `db:"event"`
}

// checkChains recomputes every chain in its order.
func (a *logAudit) checkChains() error {
	var at chainProgress
	return eachRow(a, `SELECT s.chain_id, s.position, s.hash, s.event_id, s.tx::text::bigint AS tx, to_json(e) AS event
		FROM event_seal s LEFT JOIN event e ON e.id = s.event_id ORDER BY s.chain_id, s.position`, func(l sealedLink) {
		if l.Chain != at.id {
			at = chainProgress{id: l.Chain, allowedHashes: [][]byte{nil}}
		}
		faults, back := at.followLink(l)
		for _, what := range faults {
			a.addFault(l.Chain, what.Position, what.Event, what.What)
		}
		if back > longestTransaction && len(a.report.StepsBack) < mostFaults {
			a.report.StepsBack = append(a.report.StepsBack, StepBack{l.Chain, l.Position, back})
		}
		a.report.Events++
		a.chainEnds[l.Chain] = l.Position
	})
}

// chainProgress is how far an audit has followed a chain. prev are the hashes that the next link can build on: the
// stored one and, if that was changed, the one that it should have been. prev is nil after a gap, where the next link
// cannot be checked.
type chainProgress struct {
	id            uuid.UUID
	position      int64
	allowedHashes [][]byte
	at            time.Time // of the event before
}

// followLink follows the chain by one link and says what is wrong with it, and by how much its time is earlier than that of the one before.
func (c *chainProgress) followLink(l sealedLink) (faults []Fault, back time.Duration) {
	fault := func(position, event int64, what string) {
		faults = append(faults, Fault{Position: position, Event: event, What: what})
	}
	if l.Position != c.position+1 {
		fault(c.position+1, 0, "the seal at this position is missing; the link after the gap cannot be checked")
		c.allowedHashes = nil
	}
	prev := c.allowedHashes
	c.position, c.allowedHashes = l.Position, [][]byte{l.Hash}
	if l.Event == nil {
		fault(l.Position, l.ID, "the event was deleted, but its seal is still there")
		return faults, 0
	}
	e, err := parseLoggedEvent(*l.Event)
	switch {
	case err != nil:
		fault(l.Position, l.ID, "the event was changed, and cannot be read any more")
	case e.Chain != l.Chain:
		fault(l.Position, l.ID, "the event was changed, and names another chain")
	case e.Tx != l.Tx:
		fault(l.Position, l.ID, "the event or its seal was changed, because they name different transactions")
	default:
		matches, computed := matchHash(prev, e, l.Hash)
		if !matches {
			fault(l.Position, l.ID, "the event, its seal or their order was changed, because the hash does not match")
		}
		c.allowedHashes = append(c.allowedHashes, computed[:min(1, len(computed))]...)
		back, c.at = max(0, c.at.Sub(e.At)), e.At
	}
	return faults, back
}

// matchHash says whether the event has the stored hash after one of the earlier hashes, and which hashes it should
// have.
func matchHash(prev [][]byte, e loggedEvent, stored []byte) (matches bool, computed [][]byte) {
	canonical := e.canonicalBytes()
	for _, p := range prev {
		hash := seal.ChainHash(p, canonical)
		if bytes.Equal(hash, stored) {
			return true, nil
		}
		computed = append(computed, hash)
	}
	return prev == nil, computed
}

// signedHead is a head with the hash that the chain has at its position; Link is nil if the chain is shorter.
type signedHead struct {
	chainHead
	Signature []byte    `db:"signature"`
	SignedAt  time.Time `db:"signed_at"`
	EventID   *int64    `db:"event_id"`
	ChainHash []byte    `db:"link"`
}

// checkHeads checks every signed head against its chain, and the newest head against the end of the chain.
func (a *logAudit) checkHeads() error {
	var newest *signedHead
	err := eachRow(a, `SELECT h.chain_id, h.position, h.hash, h.signature, h.signed_at, s.event_id, s.hash AS link
		FROM event_head h LEFT JOIN event_seal s ON s.chain_id = h.chain_id AND s.position = h.position ORDER BY h.chain_id, h.position`,
		func(h signedHead) {
			if newest != nil && newest.Chain != h.Chain {
				a.checkNewestHead(*newest)
			}
			newest = &h
			a.checkHead(h)
		})
	if err == nil && newest != nil {
		a.checkNewestHead(*newest)
	}
	for id := range a.chainEnds {
		a.addFault(id, 1, 0, uncoveredFault)
	}
	return err
}

func (a *logAudit) checkHead(h signedHead) {
	var event int64
	if h.EventID != nil {
		event = *h.EventID
	}
	if !h.isSignedBy(a.keys, h.SignedAt, h.Signature) {
		a.addFault(h.Chain, h.Position, event, "the signature of this head is not the market's")
	}
	if h.ChainHash != nil && !bytes.Equal(h.ChainHash, h.Hash) {
		a.addFault(h.Chain, h.Position, event, "the signed head has another hash than the chain")
	}
	if h.ChainHash == nil && h.Position <= a.chainEnds[h.Chain] {
		a.addFault(h.Chain, h.Position, 0, "a head was signed here, but the seal is missing")
	}
}

// uncoveredFault is the fault of events that no signature covers.
const uncoveredFault = "from here on no signed head covers the chain"

// checkNewestHead compares the newest head of a chain with the end of the chain.
func (a *logAudit) checkNewestHead(h signedHead) {
	end := a.chainEnds[h.Chain]
	switch {
	case end < h.Position:
		a.addFault(h.Chain, end+1, 0, fmt.Sprintf(
			"the tail was cut: a head was signed at position %d, but the chain ends before it", h.Position))
	case end > h.Position:
		a.addFault(h.Chain, h.Position+1, 0, uncoveredFault)
	}
	delete(a.chainEnds, h.Chain)
	a.report.Heads = append(a.report.Heads, Head{h.Chain, h.Position, h.Hash, h.SignedAt, h.Signature})
}

// unsealedEvent is an event without a seal. Either it is in the tail, or somebody put it there.
type unsealedEvent struct {
	ID          int64     `db:"id"`
	Chain       uuid.UUID `db:"chain_id"`
	LaterSealed bool      `db:"passed"`
	OfFutureTx  bool      `db:"unborn"`
	Waited      float64   `db:"waited"` // seconds
}

// checkUnsealed looks for events that are in no chain.
func (a *logAudit) checkUnsealed() error {
	return eachRow(a, `SELECT e.id, e.chain_id, e.tx >= dps.log_number(pg_snapshot_xmax(pg_current_snapshot())) AS unborn,
			extract(epoch FROM dps.now() - e.at)::float8 AS waited,
			coalesce((e.tx, e.id) < (SELECT s.tx, s.event_id FROM event_seal s ORDER BY s.tx DESC, s.event_id DESC LIMIT 1), false) AS passed
		FROM event e LEFT JOIN event_seal s ON s.event_id = e.id WHERE s.event_id IS NULL ORDER BY e.tx, e.id`, func(s unsealedEvent) {
		switch {
		case s.LaterSealed:
			a.addFault(s.Chain, 0, s.ID, "the event has no seal but later ones do: it was put in, or its seal was deleted")
		case s.OfFutureTx:
			a.addFault(s.Chain, 0, s.ID,
				"the event names a transaction that never happened: it was put in, or the database was moved by copying its rows "+
					"(then run `dps audit resume`)")
		default:
			a.report.Unsealed++
			a.report.UnsealedFor = max(a.report.UnsealedFor, time.Duration(s.Waited*float64(time.Second)))
		}
	})
}
