package transport

import (
	"log/slog"
	"sync"
	"time"
)

// outages folds what callers are told to try again for: the first line comes at once, and then one a minute, with how often it was. In an
// outage each request fails, and a thousand lines a second say no more than one.
type outages struct {
	now func() time.Time

	mu    sync.Mutex
	since time.Time // of the last line
	count int       // since then, without that one
}

// unavailable are the outages of this process.
var unavailable = &outages{now: time.Now}

// note counts an outage. The cause is the one of the request that makes the line.
func (o *outages) note(cause string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.count++
	if !o.since.IsZero() && o.now().Sub(o.since) < foldTime {
		return
	}
	slog.Warn("unavailable", "error", cause, "times", o.count)
	o.since, o.count = o.now(), 0
}
