package db

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"
)

// Head is a signed head of a chain: how far the chain went at a time, and the hash over all of it.
type Head struct {
	Chain     uuid.UUID
	Position  int64
	Hash      []byte
	SignedAt  time.Time
	Signature []byte
}

// String is the head as one line, to be kept where nobody who can change the database can change it. It holds nothing
// about anybody.
func (h Head) String() string {
	return fmt.Sprintf("%s %s %d %x %s", h.SignedAt.UTC().Format(time.RFC3339Nano), h.Chain, h.Position, h.Hash, base64.StdEncoding.EncodeToString(h.Signature))
}

var errBadHead = errors.New("this is not a head of the log: a time, a chain, a position, a hash and a signature")

// ParseHead reads the line of a head. Whether its signature is good is for VerifyLog to say.
func ParseHead(line string) (Head, error) {
	fields := strings.Split(line, " ")
	if len(fields) != 5 {
		return Head{}, errBadHead
	}
	var h Head
	var errs [5]error
	h.SignedAt, errs[0] = time.Parse(time.RFC3339Nano, fields[0])
	h.Chain, errs[1] = uuid.Parse(fields[1])
	h.Position, errs[2] = strconv.ParseInt(fields[2], 10, 64)
	h.Hash, errs[3] = hex.DecodeString(fields[3])
	h.Signature, errs[4] = base64.StdEncoding.DecodeString(fields[4])
	if errors.Join(errs[:]...) != nil {
		return Head{}, errBadHead
	}
	return h, nil
}

// keptHead is a head that was kept elsewhere with what the database holds of it now; Link is nil where the chain is
// shorter, Signed false where the head is no longer among the signed ones.
type keptHead struct {
	Index     int    `db:"at"` // its place among those kept
	ChainHash []byte `db:"link"`
	ChainEnd  int64  `db:"chain_end"`
	Signed    bool   `db:"signed"`
}

// checkKeptHeads compares heads that were kept elsewhere with the log. They were signed once and so must be there for ever: who
// cuts a tail with its heads, or writes a chain anew, even with the key in hand, cannot change what lies elsewhere.
func (a *logAudit) checkKeptHeads(heads []Head) error {
	good := make([]Head, 0, len(heads))
	for _, h := range heads {
		if (chainHead{h.Chain, h.Position, h.Hash}).isSignedBy(a.key, h.SignedAt, h.Signature) {
			good = append(good, h)
		} else {
			a.addFault(h.Chain, h.Position, 0, "the head kept elsewhere is not signed by the market: it was changed there, or is another market's")
		}
	}
	chains, positions, hashes := make([]uuid.UUID, len(good)), make([]int64, len(good)), make([][]byte, len(good))
	for i, h := range good {
		chains[i], positions[i], hashes[i] = h.Chain, h.Position, h.Hash
	}
	return eachRow(a, `SELECT k.at - 1 AS at, s.hash AS link, coalesce((SELECT max(position) FROM event_seal WHERE chain_id = k.chain), 0) AS chain_end,
			EXISTS (SELECT FROM event_head h WHERE h.chain_id = k.chain AND h.position = k.position AND h.hash = k.hash) AS signed
		FROM unnest($1::uuid[], $2::bigint[], $3::bytea[]) WITH ORDINALITY AS k(chain, position, hash, at)
		LEFT JOIN event_seal s ON s.chain_id = k.chain AND s.position = k.position ORDER BY k.at`,
		func(now keptHead) { a.compareKeptHead(good[now.Index], now) }, Ids(chains), pq.Array(positions), pq.Array(hashes))
}

func (a *logAudit) compareKeptHead(h Head, now keptHead) {
	switch {
	case now.ChainEnd == 0:
		a.addFault(h.Chain, 1, 0, fmt.Sprintf("the chain is gone: a head at position %d was kept elsewhere", h.Position))
	case now.ChainEnd < h.Position:
		a.addFault(h.Chain, now.ChainEnd+1, 0, fmt.Sprintf("the tail was cut: a head at position %d was kept elsewhere, and the chain ends before", h.Position))
	case now.ChainHash == nil:
		a.addFault(h.Chain, h.Position, 0, "a head was kept elsewhere for this position, and the seal is missing")
	case !bytes.Equal(now.ChainHash, h.Hash):
		a.addFault(h.Chain, h.Position, 0, "the chain was written anew: the head kept elsewhere has another hash for this position")
	case !now.Signed:
		a.addFault(h.Chain, h.Position, 0, "the head kept elsewhere is no longer among the signed heads")
	}
}
