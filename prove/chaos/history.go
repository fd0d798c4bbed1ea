package chaos

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
)

// What a caller was told of one request.
type told int

const (
	toldNothing told = iota // no answer, or one that says to try again: it may have been done or not
	toldDone                // with the id of what was made
	toldRefused             // with a problem: it was not done
	toldInvalid             // an answer that a caller cannot use: neither done, nor refused, nor one to try again
)

// attempt is one request and its answer.
type attempt struct {
	told         told
	id           uuid.UUID // of what was made
	status       int       // 0 where no answer came
	words        string    // of an answer that is not toldDone
	began, ended time.Time
}

// deed is one thing that a caller wants done once: the same key and input in each attempt.
type deed struct {
	key      string
	attempts []attempt
}

// outcome is the last thing that the caller was told.
func (d deed) outcome() told {
	for _, a := range d.attempts {
		if a.told != toldNothing {
			return a.told
		}
	}
	return toldNothing
}

// history is what callers were told.
type history struct {
	mu    sync.Mutex
	deeds []deed
	done  []time.Time // when callers were told that something was done, in order
}

func (h *history) add(d deed) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.deeds = append(h.deeds, d)
}

func (h *history) noteDone(at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.done = append(h.done, at)
}

// doneAfter is when something was first told to be done by a request that ended after an instant; ok is false where nothing was.
func (h *history) doneAfter(at time.Time) (time.Time, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := len(h.done) - 1; i >= 0; i-- {
		if h.done[i].Before(at) {
			if i+1 < len(h.done) {
				return h.done[i+1], true
			}
			return time.Time{}, false
		}
	}
	if len(h.done) > 0 {
		return h.done[0], true
	}
	return time.Time{}, false
}

// all is a copy of the deeds.
func (h *history) all() []deed {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]deed(nil), h.deeds...)
}

const profilePrefix = "Synthetic: a calm, small class. "

// markOf is a key in small letters alone, which no rule takes for a number or a name.
func markOf(key string) string {
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

// readAnswer says what a caller can take from a reply.
func readAnswer(raw []byte, status int, err error) (told, uuid.UUID, string) {
	if err != nil {
		return toldNothing, uuid.Nil, err.Error()
	}
	var a answer
	if json.Unmarshal(raw, &a) != nil {
		if status >= http.StatusInternalServerError || status == http.StatusTooManyRequests {
			return toldNothing, uuid.Nil, http.StatusText(status)
		}
		return toldInvalid, uuid.Nil, fmt.Sprintf("status %d: %.200s", status, raw)
	}
	switch {
	case len(a.Errors) > 0:
		if status >= http.StatusInternalServerError || againCodes[a.Errors[0].Extensions.Code] {
			return toldNothing, uuid.Nil, a.Errors[0].Extensions.Code + ": " + a.Errors[0].Message
		}
		return toldInvalid, uuid.Nil, string(raw)
	case a.Data != nil && a.Data.CreateNeed != nil && a.Data.CreateNeed.Need != nil:
		id, err := uuid.Parse(strings.TrimPrefix(a.Data.CreateNeed.Need.ID, "need_"))
		if err != nil {
			return toldInvalid, uuid.Nil, string(raw)
		}
		return toldDone, id, ""
	case a.Data != nil && a.Data.CreateNeed != nil && len(a.Data.CreateNeed.Problems) > 0:
		return toldRefused, uuid.Nil, a.Data.CreateNeed.Problems[0].Code
	}
	return toldInvalid, uuid.Nil, string(raw)
}
