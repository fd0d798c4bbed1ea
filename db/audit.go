package db

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

	"github.com/southeasttogether/dps/seal"
)

// Verified is what an audit of the log found. The log is whole when there are no faults.
type Verified struct {
	Events   int64  // sealed ones
	Unsealed int64  // committed and not sealed yet: the tail, which the sequencer takes within a second
	Heads    []Head // the newest of each chain: kept elsewhere, they show later that nothing was cut or written anew
	Faults   []Fault
	More     int64 // faults beyond those listed
}

// Fault is one place at which the log is not as it was written. Position is 0 where the fault lies outside the chain's
// order, Event 0 where no event is there.
type Fault struct {
	Chain    uuid.UUID
	Position int64
	Event    int64
	What     string
}

func (f Fault) String() string {
	return fmt.Sprintf("chain %s, position %d, event %d: %s", f.Chain, f.Position, f.Event, f.What)
}

// listed is how many faults are listed; the first ones tell where to look.
const listed = 100

// VerifyLog reads the whole log in one snapshot and in the memory of a few rows: it recomputes every chain, checks the
// signatures of the heads with the market's public key, looks for events outside the chains, and for the heads that were
// kept elsewhere. An error means that it could not read; whatever is wrong with the log is data in what it returns.
func VerifyLog(ctx context.Context, adminURL string, key ed25519.PublicKey, kept ...Head) (Verified, error) {
	if len(key) != ed25519.PublicKeySize {
		return Verified{}, errors.New("the public key of the log has the wrong size")
	}
	owner, err := sqlx.Open("postgres", asOwner(adminURL))
	if err != nil {
		return Verified{}, fmt.Errorf("database address: %w", err)
	}
	defer owner.Close()
	tx, err := owner.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return Verified{}, fmt.Errorf("reading the log: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // it only read
	a := &audit{ctx: ctx, tx: tx, key: key, ends: map[uuid.UUID]int64{}}
	for _, pass := range []func() error{a.chains, a.heads, a.outside, func() error { return a.kept(kept) }} {
		if err := pass(); err != nil {
			return Verified{}, fmt.Errorf("reading the log: %w", err)
		}
	}
	return a.found, nil
}

// audit is one reading of the log.
type audit struct {
	ctx   context.Context
	tx    *sqlx.Tx
	key   ed25519.PublicKey
	ends  map[uuid.UUID]int64 // the last position of each chain, until its newest head has been seen
	found Verified
}

func (a *audit) fault(chain uuid.UUID, position, event int64, what string) {
	if len(a.found.Faults) == listed {
		a.found.More++
		return
	}
	a.found.Faults = append(a.found.Faults, Fault{chain, position, event, what})
}

// rows reads the rows of a statement one by one and hears of each, so that memory stays flat.
func rows[T any](a *audit, query string, hear func(T), args ...any) error {
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

// link is a seal with the event that it seals; Event is nil where that is gone.
type link struct {
	head
	ID    int64   `db:"event_id"`
	Tx    int64   `db:"tx"`
	Event *string `db:"event"`
}

// chains recomputes every chain in its order.
func (a *audit) chains() error {
	var at chain
	return rows(a, `SELECT s.chain_id, s.position, s.hash, s.event_id, s.tx::text::bigint AS tx, to_json(e) AS event
		FROM event_seal s LEFT JOIN event e ON e.id = s.event_id ORDER BY s.chain_id, s.position`, func(l link) {
		if l.Chain != at.id {
			at = chain{id: l.Chain, prev: [][]byte{nil}}
		}
		for _, what := range at.follow(l) {
			a.fault(l.Chain, what.Position, what.Event, what.What)
		}
		a.found.Events++
		a.ends[l.Chain] = l.Position
	})
}

// chain is how far a chain has been followed. prev are the hashes that the next link may build on: the stored one and,
// where that was changed, the one that it should have been; nil behind a gap, where the next link cannot be checked.
type chain struct {
	id       uuid.UUID
	position int64
	prev     [][]byte
}

// follow goes on by one link and says what is wrong with it.
func (c *chain) follow(l link) (faults []Fault) {
	fault := func(position, event int64, what string) {
		faults = append(faults, Fault{Position: position, Event: event, What: what})
	}
	if l.Position != c.position+1 {
		fault(c.position+1, 0, "the seal at this position is missing; the link after the gap cannot be checked")
		c.prev = nil
	}
	prev := c.prev
	c.position, c.prev = l.Position, [][]byte{l.Hash}
	if l.Event == nil {
		fault(l.Position, l.ID, "the event was deleted: its seal is there")
		return faults
	}
	e, err := readEvent(*l.Event)
	switch {
	case err != nil:
		fault(l.Position, l.ID, "the event was changed: it cannot be read any more")
	case e.Chain != l.Chain:
		fault(l.Position, l.ID, "the event was changed: it says that it belongs to another chain")
	case e.Tx != l.Tx:
		fault(l.Position, l.ID, "the event or its seal was changed: they name different transactions")
	default:
		matches, computed := matching(prev, e, l.Hash)
		if !matches {
			fault(l.Position, l.ID, "the event, its seal or their order was changed: the hash does not match")
		}
		c.prev = append(c.prev, computed[:min(1, len(computed))]...)
	}
	return faults
}

// matching says whether the event has the stored hash behind one of the hashes before it, and which hashes it would have.
func matching(prev [][]byte, e sealedEvent, stored []byte) (matches bool, computed [][]byte) {
	canonical := e.canonical()
	for _, p := range prev {
		hash := seal.Chain(p, canonical)
		if bytes.Equal(hash, stored) {
			return true, nil
		}
		computed = append(computed, hash)
	}
	return prev == nil, computed
}

// signedHead is a head with the hash that the chain has there; Link is nil where the chain is shorter.
type signedHead struct {
	head
	Signature []byte    `db:"signature"`
	SignedAt  time.Time `db:"signed_at"`
	Event     *int64    `db:"event_id"`
	Link      []byte    `db:"link"`
}

// heads checks every signed head against its chain, the newest one against its end.
func (a *audit) heads() error {
	var newest *signedHead
	err := rows(a, `SELECT h.chain_id, h.position, h.hash, h.signature, h.signed_at, s.event_id, s.hash AS link
		FROM event_head h LEFT JOIN event_seal s ON s.chain_id = h.chain_id AND s.position = h.position ORDER BY h.chain_id, h.position`, func(h signedHead) {
		if newest != nil && newest.Chain != h.Chain {
			a.newest(*newest)
		}
		newest = &h
		a.head(h)
	})
	if err == nil && newest != nil {
		a.newest(*newest)
	}
	for id := range a.ends {
		a.fault(id, 1, 0, uncovered)
	}
	return err
}

func (a *audit) head(h signedHead) {
	var event int64
	if h.Event != nil {
		event = *h.Event
	}
	if !h.signed(a.key, h.SignedAt, h.Signature) {
		a.fault(h.Chain, h.Position, event, "the signature of this head is not the market's")
	}
	if h.Link != nil && !bytes.Equal(h.Link, h.Hash) {
		a.fault(h.Chain, h.Position, event, "the signed head has another hash than the chain")
	}
	if h.Link == nil && h.Position <= a.ends[h.Chain] {
		a.fault(h.Chain, h.Position, 0, "a head was signed here, and the seal is missing")
	}
}

// uncovered is the fault of events that no signature stands for.
const uncovered = "from here on no signed head covers the chain"

// newest compares the newest head of a chain with where the chain ends.
func (a *audit) newest(h signedHead) {
	end := a.ends[h.Chain]
	switch {
	case end < h.Position:
		a.fault(h.Chain, end+1, 0, fmt.Sprintf("the tail was cut: a head was signed at position %d, and the chain ends before", h.Position))
	case end > h.Position:
		a.fault(h.Chain, h.Position+1, 0, uncovered)
	}
	delete(a.ends, h.Chain)
	a.found.Heads = append(a.found.Heads, Head{h.Chain, h.Position, h.Hash, h.SignedAt, h.Signature})
}

// stray is an event without a seal: in the tail, or where it cannot have come to stand by itself.
type stray struct {
	ID     int64     `db:"id"`
	Chain  uuid.UUID `db:"chain_id"`
	Passed bool      `db:"passed"`
	Unborn bool      `db:"unborn"`
}

// outside looks for events that are in no chain.
func (a *audit) outside() error {
	return rows(a, `SELECT e.id, e.chain_id, e.tx >= pg_snapshot_xmax(pg_current_snapshot()) AS unborn,
			coalesce((e.tx, e.id) < (SELECT s.tx, s.event_id FROM event_seal s ORDER BY s.tx DESC, s.event_id DESC LIMIT 1), false) AS passed
		FROM event e LEFT JOIN event_seal s ON s.event_id = e.id WHERE s.event_id IS NULL ORDER BY e.tx, e.id`, func(s stray) {
		switch {
		case s.Passed:
			a.fault(s.Chain, 0, s.ID, "the event has no seal, and later ones have: it was put in, or its seal was deleted")
		case s.Unborn:
			a.fault(s.Chain, 0, s.ID, "the event names a transaction that has not been: it was put in, or the database was moved by a copy of its rows")
		default:
			a.found.Unsealed++
		}
	})
}
