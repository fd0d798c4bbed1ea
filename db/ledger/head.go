package ledger

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// chainHead is the last link of a chain.
type chainHead struct {
	Chain    uuid.UUID `db:"chain_id"`
	Position int64     `db:"position"`
	Hash     []byte    `db:"hash"`
}

// signedBytes are what the signature of a head covers. The words at the front make sure that it cannot be used as
// anything else.
func (h chainHead) signedBytes(at time.Time) []byte {
	return appendTexts(appendNumbers([]byte("dps log head"), uint64(h.Position), uint64(at.UnixMicro())), string(h.Chain[:]), string(h.Hash))
}

// isSignedBy says whether one of the market's keys made the signature of a head.
func (h chainHead) isSignedBy(keys []ed25519.PublicKey, at time.Time, signature []byte) bool {
	return slices.ContainsFunc(keys, func(key ed25519.PublicKey) bool { return ed25519.Verify(key, h.signedBytes(at), signature) })
}

// Head is a signed head of a chain: its length at a time, and the hash over all of it.
type Head struct {
	Chain     uuid.UUID
	Position  int64
	Hash      []byte
	SignedAt  time.Time
	Signature []byte
}

// String is the head as one line, to be kept where nobody who can change the database can change it. It contains
// nothing about any person.
func (h Head) String() string {
	return fmt.Sprintf("%s %s %d %x %s", h.SignedAt.UTC().Format(time.RFC3339Nano), h.Chain, h.Position, h.Hash,
		base64.StdEncoding.EncodeToString(h.Signature))
}

var errBadHead = errors.New("this is not a head of the log: it must be a time, a chain, a position, a hash and a signature")

// ParseHead reads the line of a head. VerifyLog checks its signature.
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
