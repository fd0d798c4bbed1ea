package transport

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/southeasttogether/dps/resolvers/internal/coded"
)

// Queue bounds the requests that are answered at once. A process that took more would answer all of them late. The zero Queue has no bound.
type Queue struct {
	UnderWay int           // requests that are answered at once; 0 for no bound
	Waiting  int           // requests that wait for one of them to end
	Wait     time.Duration // that one waits; 1 s when zero
}

// queue is the state of a Queue.
type queue struct {
	Queue
	places  chan struct{}
	waiting atomic.Int64
}

func newQueue(q Queue) *queue {
	if q.Wait == 0 {
		q.Wait = time.Second
	}
	return &queue{Queue: q, places: make(chan struct{}, q.UnderWay)}
}

// enter waits a moment for a place, or refuses at once where too many wait. The caller leaves its place afterwards.
func (q *queue) enter(ctx context.Context, w http.ResponseWriter) (leave func(), err error) {
	if q == nil || q.UnderWay == 0 {
		return func() {}, nil
	}
	leave = func() { <-q.places; requestsUnderWay.Dec() }
	select {
	case q.places <- struct{}{}:
		requestsUnderWay.Inc()
		return leave, nil
	default:
	}
	defer q.waiting.Add(-1)
	if q.waiting.Add(1) > int64(q.Waiting) {
		return nil, shed(w)
	}
	patience := time.NewTimer(q.Wait)
	defer patience.Stop()
	select {
	case q.places <- struct{}{}:
		requestsUnderWay.Inc()
		return leave, nil
	case <-patience.C:
	case <-ctx.Done():
	}
	return nil, shed(w)
}

func shed(w http.ResponseWriter) error {
	requestsShed.Inc()
	w.Header().Set("Retry-After", "1")
	return rejected(http.StatusServiceUnavailable, coded.Unavailable, "The service is busy: try the same request again in a second.")
}
