package transport

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	rules "github.com/southeasttogether/dps/market/admission"
	"github.com/southeasttogether/dps/resolvers/internal/coded"
)

// FileLimits bound the documents that are under way, up and down. A zero field means its default.
type FileLimits struct {
	Bytes     int64         // of documents in memory at once; 64 MB
	Storing   int64         // documents that are checked, encrypted and written, or read and decrypted, at once; 2
	PerCaller int           // documents of one caller at once; 2
	Wait      time.Duration // that a document waits for room; 5 s
	Grace     time.Duration // that a transfer may stand still; 15 s
	Pace      int64         // bytes a second that a transfer makes at least, after its first grace; 32 kB
}

// WithDefaults fills the zero fields.
func (l FileLimits) WithDefaults() FileLimits {
	for field, value := range map[*int64]int64{&l.Bytes: 64 << 20, &l.Storing: 2, &l.Pace: 32 << 10} {
		if *field == 0 {
			*field = value
		}
	}
	for field, value := range map[*time.Duration]time.Duration{&l.Wait: 5 * time.Second, &l.Grace: 15 * time.Second} {
		if *field == 0 {
			*field = value
		}
	}
	if l.PerCaller == 0 {
		l.PerCaller = 2
	}
	return l
}

// transit is which documents are under way.
type transit struct {
	FileLimits
	room, hands *semaphore.Weighted

	mu sync.Mutex
	of map[string]int // documents under way, by caller
}

func newTransit(l FileLimits) *transit {
	l = l.WithDefaults()
	l.Bytes = max(l.Bytes, rules.MostFileBytes)
	return &transit{FileLimits: l, room: semaphore.NewWeighted(l.Bytes), hands: semaphore.NewWeighted(l.Storing), of: map[string]int{}}
}

// begin counts a document of a caller until end is called, or refuses one too many.
func (t *transit) begin(w http.ResponseWriter, who string) (end func(), err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of[who] >= t.PerCaller {
		w.Header().Set("Retry-After", "5")
		return nil, rejected(http.StatusTooManyRequests, coded.LimitExceeded,
			"You have other documents under way: send or read them one after the other.")
	}
	t.of[who]++
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.of[who]--; t.of[who] == 0 {
			delete(t.of, who)
		}
	}, nil
}

// take waits a while for a share of what is bounded.
func take(ctx context.Context, w http.ResponseWriter, of *semaphore.Weighted, share int64, wait time.Duration) error {
	ctx, stop := context.WithTimeout(ctx, wait)
	defer stop()
	if of.Acquire(ctx, share) == nil {
		return nil
	}
	w.Header().Set("Retry-After", "5")
	return rejected(http.StatusServiceUnavailable, coded.Unavailable, "Many documents are under way: try again in 5 seconds.")
}

// chunk is how many bytes are moved between two looks at the clock.
const chunk = 32 << 10

// deadline is until when the next chunk has to be moved. A transfer may stand still for the grace, and is as fast as the pace from its
// first grace on.
func (l FileLimits) deadline(began, now time.Time, moved int64) time.Time {
	paced := began.Add(l.Grace + time.Duration(float64(moved)/float64(l.Pace)*float64(time.Second)))
	if still := now.Add(l.Grace); still.Before(paced) {
		return still
	}
	return paced
}

// pacedReader reads a body while it comes at a pace.
type pacedReader struct {
	io.Reader
	limits FileLimits
	extend func(time.Time) error
	began  time.Time
	moved  int64
}

func (r *pacedReader) Read(p []byte) (int, error) {
	_ = r.extend(r.limits.deadline(r.began, time.Now(), r.moved)) // not supported by what is not a connection
	n, err := r.Reader.Read(p[:min(len(p), chunk)])
	r.moved += int64(n)
	return n, err
}

// receive reads the body of a request, of a length that it says or up to the most.
func (t *transit) receive(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	control := http.NewResponseController(w)
	body := &pacedReader{
		Reader: http.MaxBytesReader(w, r.Body, rules.MostFileBytes), limits: t.FileLimits, extend: control.SetReadDeadline, began: time.Now(),
	}
	var content []byte
	var err error
	if r.ContentLength >= 0 && r.ContentLength <= rules.MostFileBytes {
		content = make([]byte, r.ContentLength)
		_, err = io.ReadFull(body, content)
	} else {
		content, err = io.ReadAll(body)
	}
	if err == nil { // what broke off keeps its deadline, because the server reads on to the end of the body before it goes on
		_ = control.SetReadDeadline(time.Time{})
	}
	_ = control.SetWriteDeadline(time.Now().Add(storeTime))
	return content, err
}

// How long the answer to an upload can take after its last byte, and of that the wait for a hand.
const (
	storeTime = 90 * time.Second
	handTime  = 30 * time.Second
)

// send writes a document while its reader takes it at a pace, and says how many bytes went.
func (t *transit) send(w http.ResponseWriter, content []byte) (sent int) {
	control, began := http.NewResponseController(w), time.Now()
	for len(content) > 0 {
		_ = control.SetWriteDeadline(t.deadline(began, time.Now(), int64(sent)))
		n, err := w.Write(content[:min(len(content), chunk)]) //nolint:gosec // an attachment of a checked kind
		sent, content = sent+n, content[n:]
		if err != nil {
			return sent
		}
	}
	_ = control.Flush()
	return sent
}
