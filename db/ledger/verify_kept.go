package ledger

import (
	"bytes"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/db/internal/rowset"
)

// keptHead is a head that was kept elsewhere with what the database now contains of it. Link is nil if the chain is
// shorter, Signed false if the head is no longer among the signed ones, though heads of
// its age all stay.
type keptHead struct {
	Index     int    `db:"at"` // its position among the kept heads
	ChainHash []byte `db:"link"`
	ChainEnd  int64  `db:"chain_end"`
	Signed    bool   `db:"signed"`
}

// checkKeptHeads compares heads that were kept elsewhere with the log. They were signed once, so they must stay in the
// log. A person who cuts a tail with its heads, or rewrites a chain, even with the key, cannot change what is kept
// elsewhere.
func (a *logAudit) checkKeptHeads(heads []Head) error {
	good := make([]Head, 0, len(heads))
	for _, h := range heads {
		if (chainHead{h.Chain, h.Position, h.Hash}).isSignedBy(a.keys, h.SignedAt, h.Signature) {
			good = append(good, h)
		} else {
			a.addFault(h.Chain, h.Position, 0,
				"the market did not sign the head that is kept elsewhere: it was changed there, or belongs to another market")
		}
	}
	chains, positions, hashes := make([]uuid.UUID, len(good)), make([]int64, len(good)), make([][]byte, len(good))
	signed := make([]time.Time, len(good))
	for i, h := range good {
		chains[i], positions[i], hashes[i], signed[i] = h.Chain, h.Position, h.Hash, h.SignedAt
	}
	return eachRow(a, `SELECT k.at - 1 AS at, s.hash AS link, coalesce((SELECT max(position) FROM event_seal WHERE chain_id = k.chain), 0) AS
		chain_end,
			EXISTS (SELECT FROM event_head h WHERE h.chain_id = k.chain AND h.position = k.position AND h.hash = k.hash)
				OR k.signed_at < (SELECT dps.kept_since('HEAD')) AS signed
		FROM unnest($1::uuid[], $2::bigint[], $3::bytea[], $4::timestamptz[]) WITH ORDINALITY AS k(chain, position, hash, signed_at, at)
		LEFT JOIN event_seal s ON s.chain_id = k.chain AND s.position = k.position ORDER BY k.at`,
		func(now keptHead) { a.compareKeptHead(good[now.Index], now) },
		rowset.IDs(chains), pq.Array(positions), pq.Array(hashes), pq.Array(signed))
}

func (a *logAudit) compareKeptHead(h Head, now keptHead) {
	switch {
	case now.ChainEnd == 0:
		a.addFault(h.Chain, 1, 0, fmt.Sprintf("the chain is gone, but a head at position %d was kept elsewhere", h.Position))
	case now.ChainEnd < h.Position:
		a.addFault(h.Chain, now.ChainEnd+1, 0,
			fmt.Sprintf("the tail was cut: a head at position %d was kept elsewhere, but the chain ends before it", h.Position))
	case now.ChainHash == nil:
		a.addFault(h.Chain, h.Position, 0, "a head was kept elsewhere for this position, but the seal is missing")
	case !bytes.Equal(now.ChainHash, h.Hash):
		a.addFault(h.Chain, h.Position, 0, "the chain was written again: the head kept elsewhere has another hash for this position")
	case !now.Signed:
		a.addFault(h.Chain, h.Position, 0, "the head kept elsewhere is no longer among the signed heads")
	}
}
