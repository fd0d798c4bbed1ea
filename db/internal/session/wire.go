package session

import (
	"context"
	"net"
	"sync"
	"time"
)

const (
	longestDial = 5 * time.Second
	// longestCancel is how long a connection may still wait for an answer after its caller has given up, and how long PostgreSQL may take to
	// hear of it.
	longestCancel = time.Second
	// networkDelay is how much later than a statement may end its answer may come.
	networkDelay = time.Second
)

// dialer opens the network connections of one connection of lib/pq: its own, then those over which it asks PostgreSQL to end a statement.
type dialer struct {
	silence time.Duration
	first   *wire
}

// DialContext is for lib/pq.
func (d *dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	opened, err := (&net.Dialer{Timeout: longestDial, KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: 15 * time.Second, Interval: 5 * time.Second, Count: 3,
	}}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	d.first = &wire{Conn: opened, silence: d.silence}
	return d.first, nil
}

// Dial is for lib/pq.
func (d *dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

// DialTimeout is for lib/pq.
func (d *dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

// wire is a network connection on which no wait is for ever. A network may lose an answer and keep the connection: whoever waits for that
// answer would wait until the process ends, with a connection of the pool. One that waited too long is broken.
type wire struct {
	net.Conn

	mu      sync.Mutex
	silence time.Duration // the longest wait for a sign of life; 0 for any
	until   time.Time     // zero while nobody asked for an end
	asked   int           // counts what was asked of PostgreSQL
	stop    func() bool
}

// Read is for lib/pq.
func (w *wire) Read(p []byte) (int, error) {
	if err := w.SetReadDeadline(w.deadline()); err != nil {
		return 0, err
	}
	return w.Conn.Read(p)
}

// Write is for lib/pq.
func (w *wire) Write(p []byte) (int, error) {
	if err := w.SetWriteDeadline(w.deadline()); err != nil {
		return 0, err
	}
	return w.Conn.Write(p)
}

// SetDeadline is for lib/pq, while it opens the connection.
func (w *wire) SetDeadline(t time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.until = t
	return w.Conn.SetDeadline(t)
}

func (w *wire) deadline() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.silence == 0 {
		return w.until
	}
	silent := time.Now().Add(w.silence)
	if !w.until.IsZero() && w.until.Before(silent) {
		return w.until
	}
	return silent
}

// allow sets the longest wait.
func (w *wire) allow(silence time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.silence = silence
}

// ask begins to wait for what a caller asked, and ends the wait soon after the caller has given up. Lib/pq then asks PostgreSQL to cancel,
// and waits for the answer to what it asked first: that one must not be waited for without an end.
func (w *wire) ask(ctx context.Context) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stop != nil {
		w.stop()
	}
	w.asked++
	w.until = time.Time{}
	this := w.asked
	w.stop = context.AfterFunc(ctx, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.asked == this {
			w.until = time.Now().Add(longestCancel)
			_ = w.Conn.SetDeadline(w.until) // fails on a connection that is closed
		}
	})
}
