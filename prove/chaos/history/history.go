package history

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
)

// told is what a caller was told of one request.
type told int

// What a caller can be told.
const (
	ToldNothing told = iota // no answer, or one that says to try again: it may have been done or not
	ToldDone                // with the id of what was made
	ToldRefused             // with a problem: it was not done
	ToldInvalid             // an answer that a caller cannot use: neither done, nor refused, nor one to try again
)

// Attempt is one request and its answer.
type Attempt struct {
	Told         told
	ID           uuid.UUID // of what was made
	Status       int       // 0 where no answer came
	Words        string    // of an answer that is not ToldDone
	Began, Ended time.Time
}

// Deed is one thing that a caller wants done once: the same key and input in each attempt.
type Deed struct {
	Key      string
	Attempts []Attempt
}

// Outcome is the last thing that the caller was told.
func (d Deed) Outcome() told {
	for _, a := range d.Attempts {
		if a.Told != ToldNothing {
			return a.Told
		}
	}
	return ToldNothing
}

// History is what callers were told.
type History struct {
	Mu    sync.Mutex
	deeds []Deed
	Done  []time.Time // when callers were told that something was done, in order
}

// Add adds a deed with all that the caller was told of it.
func (h *History) Add(d Deed) {
	h.Mu.Lock()
	defer h.Mu.Unlock()
	h.deeds = append(h.deeds, d)
}

// NoteDone notes that a caller was told at an instant that something was done.
func (h *History) NoteDone(at time.Time) {
	h.Mu.Lock()
	defer h.Mu.Unlock()
	h.Done = append(h.Done, at)
}

// DoneAfter is when something was first told to be done by a request that ended after an instant; ok is false where nothing was.
func (h *History) DoneAfter(at time.Time) (time.Time, bool) {
	h.Mu.Lock()
	defer h.Mu.Unlock()
	for i := len(h.Done) - 1; i >= 0; i-- {
		if h.Done[i].Before(at) {
			if i+1 < len(h.Done) {
				return h.Done[i+1], true
			}
			return time.Time{}, false
		}
	}
	if len(h.Done) > 0 {
		return h.Done[0], true
	}
	return time.Time{}, false
}

// All is a copy of the deeds.
func (h *History) All() []Deed {
	h.Mu.Lock()
	defer h.Mu.Unlock()
	return append([]Deed(nil), h.deeds...)
}

// ProfilePrefix stands before the mark in the profile of each need that callers draft.
const ProfilePrefix = "Synthetic: a calm, small class. "

// MarkOf is a key in small letters alone, which no rule takes for a number or a name.
func MarkOf(key string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return 'g' + (r - '0')
		case r == '-':
			return -1
		}
		return r
	}, key)
}

// answer is what the suite reads of a reply.
type answer struct {
	Data *struct {
		CreateNeed *struct {
			Need     *struct{ ID string }
			Problems []struct{ Code string }
		}
	}
	Errors []struct {
		Message    string
		Extensions struct{ Code string }
	}
}

// againCodes are those of errors that ask the caller to try again.
var againCodes = map[string]bool{"TRY_AGAIN": true, "INTERNAL": true, "OVERLOADED": true, "UNAVAILABLE": true, "TOO_MUCH_WORK": true}

// ReadAnswer says what a caller can take from a reply.
func ReadAnswer(raw []byte, status int, err error) (told, uuid.UUID, string) {
	if err != nil {
		return ToldNothing, uuid.Nil, err.Error()
	}
	var a answer
	if json.Unmarshal(raw, &a) != nil {
		if status >= http.StatusInternalServerError || status == http.StatusTooManyRequests {
			return ToldNothing, uuid.Nil, http.StatusText(status)
		}
		return ToldInvalid, uuid.Nil, fmt.Sprintf("status %d: %.200s", status, raw)
	}
	switch {
	case len(a.Errors) > 0:
		if status >= http.StatusInternalServerError || againCodes[a.Errors[0].Extensions.Code] {
			return ToldNothing, uuid.Nil, a.Errors[0].Extensions.Code + ": " + a.Errors[0].Message
		}
		return ToldInvalid, uuid.Nil, string(raw)
	case a.Data != nil && a.Data.CreateNeed != nil && a.Data.CreateNeed.Need != nil:
		id, err := uuid.Parse(strings.TrimPrefix(a.Data.CreateNeed.Need.ID, "need_"))
		if err != nil {
			return ToldInvalid, uuid.Nil, string(raw)
		}
		return ToldDone, id, ""
	case a.Data != nil && a.Data.CreateNeed != nil && len(a.Data.CreateNeed.Problems) > 0:
		return ToldRefused, uuid.Nil, a.Data.CreateNeed.Problems[0].Code
	}
	return ToldInvalid, uuid.Nil, string(raw)
}
