package db

import (
	"crypto/ed25519"
	"encoding/binary"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"
)

// sealedEvent is a line of the log with all its columns, as it is hashed.
type sealedEvent struct {
	ID           int64      `json:"id"`
	Ref          uuid.UUID  `json:"ref"`
	Tx           int64      `json:"tx,string"`
	At           time.Time  `json:"at"`
	Person       string     `json:"person"`
	Capacity     string     `json:"capacity"`
	Organisation *uuid.UUID `json:"organisation_id"`
	Act          string     `json:"act"`
	Object       uuid.UUID  `json:"object_id"`
	Authority    *uuid.UUID `json:"authority_id"`
	Chain        uuid.UUID  `json:"chain_id"`
	Changed      []string   `json:"changed"`
	Once         *string    `json:"once"`
}

// readEvent reads a row as to_json gives it. A column that is not known here is an error: it would not be hashed.
func readEvent(row string) (sealedEvent, error) {
	var e sealedEvent
	decoder := json.NewDecoder(strings.NewReader(row))
	decoder.DisallowUnknownFields()
	if decoder.Decode(&e) != nil { // its own message could quote the row
		return e, errors.New("an event has columns that are not hashed, or that cannot be read")
	}
	return e, nil
}

// canonical is the event as bytes: every column in the order of the table, each behind its length, so that no two events
// are written alike. A change here breaks every chain: it would need a version in front, and both ways in the audit.
func (e sealedEvent) canonical() []byte {
	out := numbers(nil, uint64(e.ID), uint64(e.Tx), uint64(e.At.UnixMicro()))
	out = texts(out, string(e.Ref[:]), e.Person, e.Capacity, e.Act, string(e.Object[:]), string(e.Chain[:]))
	out = optional(out, idText(e.Organisation), idText(e.Authority), e.Once)
	return texts(numbers(out, uint64(len(e.Changed))), e.Changed...)
}

func numbers(out []byte, all ...uint64) []byte {
	for _, n := range all {
		out = binary.BigEndian.AppendUint64(out, n)
	}
	return out
}

func texts(out []byte, all ...string) []byte {
	for _, t := range all {
		out = append(numbers(out, uint64(len(t))), t...)
	}
	return out
}

// optional tells nothing from an empty text: one byte says whether a text follows.
func optional(out []byte, all ...*string) []byte {
	for _, t := range all {
		if t == nil {
			out = append(out, 0)
		} else {
			out = texts(append(out, 1), *t)
		}
	}
	return out
}

func idText(id *uuid.UUID) *string {
	if id == nil {
		return nil
	}
	return new(string(id[:]))
}

// head is the last link of a chain.
type head struct {
	Chain    uuid.UUID `db:"chain_id"`
	Position int64     `db:"position"`
	Hash     []byte    `db:"hash"`
}

// signedBytes is what the signature of a head covers; the words in front keep it from being taken for anything else.
func (h head) signedBytes(at time.Time) []byte {
	return texts(numbers([]byte("dps log head"), uint64(h.Position), uint64(at.UnixMicro())), string(h.Chain[:]), string(h.Hash))
}

// signed says whether the market's key made the signature of a head.
func (h head) signed(key ed25519.PublicKey, at time.Time, signature []byte) bool {
	return ed25519.Verify(key, h.signedBytes(at), signature)
}
