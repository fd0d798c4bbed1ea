// Package ledger seals the log: the canonical form of an event, the hash chains, their heads and the verification of both.
package ledger

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"
)

// loggedEvent is a line of the log with all its columns, as it is hashed.
type loggedEvent struct {
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

// parseLoggedEvent reads a row as to_json gives it. An unknown column is an error, because it would not be hashed.
func parseLoggedEvent(row string) (loggedEvent, error) {
	var e loggedEvent
	decoder := json.NewDecoder(strings.NewReader(row))
	decoder.DisallowUnknownFields()
	if decoder.Decode(&e) != nil { // its own message could quote the row
		return e, errors.New("an event has columns that are not hashed, or cannot be read")
	}
	return e, nil
}

// canonicalBytes is the event as bytes: every column in the order of the table, each with its length before it, so that
// no two events give the same bytes. A change here breaks every chain: it would need a version at the front, and an
// audit that knows both forms.
func (e loggedEvent) canonicalBytes() []byte {
	out := appendNumbers(nil, uint64(e.ID), uint64(e.Tx), uint64(e.At.UnixMicro()))
	out = appendTexts(out, string(e.Ref[:]), e.Person, e.Capacity, e.Act, string(e.Object[:]), string(e.Chain[:]))
	out = appendOptional(out, idBytes(e.Organisation), idBytes(e.Authority), e.Once)
	return appendTexts(appendNumbers(out, uint64(len(e.Changed))), e.Changed...)
}

func appendNumbers(out []byte, all ...uint64) []byte {
	for _, n := range all {
		out = binary.BigEndian.AppendUint64(out, n)
	}
	return out
}

func appendTexts(out []byte, all ...string) []byte {
	for _, t := range all {
		out = append(appendNumbers(out, uint64(len(t))), t...)
	}
	return out
}

// appendOptional tells a null from an empty text: one byte says whether a text follows.
func appendOptional(out []byte, all ...*string) []byte {
	for _, t := range all {
		if t == nil {
			out = append(out, 0)
		} else {
			out = appendTexts(append(out, 1), *t)
		}
	}
	return out
}

func idBytes(id *uuid.UUID) *string {
	if id == nil {
		return nil
	}
	return new(string(id[:]))
}
