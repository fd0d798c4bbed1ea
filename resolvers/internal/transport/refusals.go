package transport

import (
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/southeasttogether/dps/policy"
)

// callersRefused counts refusals that say something to an operator, by cause. The causes are a few fixed texts.
var callersRefused = promauto.NewCounterVec(prometheus.CounterOpts{
	Name: "dps_callers_refused_total", Help: "Tokens, codes, ids and links that were refused, by cause.",
}, []string{"cause"})

// Causes of refusals that are ours.
const (
	causeNotFound     = "the record does not exist or is not the caller's"
	causeFileNotFound = "the document or upload link does not exist or is not the caller's"
	causeRevoked      = "the token was revoked, or the code is not known"
)

// refusals folds what callers are refused for into a line a minute and cause, and says when there are too many for an accident: somebody
// may be trying things out. No line names a caller.
type refusals struct {
	now func() time.Time

	mu sync.Mutex
	of map[string]*folded
}

// folded is what was refused for one cause.
type folded struct {
	since   time.Time // of the minute that is counted
	count   int
	alarmed bool
}

// A cause is told once in this time, and is an alarm at this many.
const (
	foldTime      = time.Minute
	alarmRefusals = 60
)

// refused are the refusals of this process.
var refused = &refusals{now: time.Now, of: map[string]*folded{}}

// note counts a refusal.
func (r *refusals) note(cause string) {
	callersRefused.WithLabelValues(cause).Inc()
	r.mu.Lock()
	defer r.mu.Unlock()
	f := r.of[cause]
	if f == nil || r.now().Sub(f.since) >= foldTime {
		if before := f; before != nil && before.count > 1 {
			slog.Warn("callers were refused", "cause", cause, "times", before.count, "since", before.since)
		} else if isConfiguration(cause) {
			slog.Warn("a caller is refused", "cause", cause)
		}
		f = &folded{since: r.now()}
		r.of[cause] = f
	}
	if f.count++; f.count >= alarmRefusals && !f.alarmed {
		f.alarmed = true
		slog.Warn("somebody may be trying out tokens, ids or links", "cause", cause, "times", f.count, "since", f.since)
	}
}

// isConfiguration says whether one refusal alone is worth a line: a person mistypes an id, but not a token.
func isConfiguration(cause string) bool { return cause != causeNotFound && cause != causeFileNotFound }

// noteToken counts a token that was refused.
func (r *refusals) noteToken(err error) {
	var token *policy.RefusedTokenError
	if errors.As(err, &token) {
		r.note(token.Cause)
	}
}
