package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/record"
)

// How often the database is asked whether it is well, how long it has to answer, and after which time without an answer this process is not
// ready.
const (
	lookEvery = 2 * time.Second
	lookTime  = 2 * time.Second
	blindTime = 10 * time.Second
)

// Ages above which something is wrong that another process cannot do better: it is said, and does not make this process unready.
const (
	mostUnsealed  = 2 * time.Minute
	mostWorkerAge = 2 * time.Minute
)

// watch looks at the database on a connection of its own, so that a question for readiness takes none from those who work.
type watch struct {
	look   func(context.Context) (db.Health, error)
	beat   *record.Beat // nil where this process runs no clock worker
	pool   func() (inUse, most int, waited int64)
	now    func() time.Time
	offset atomic.Int64 // of the database's clock to ours, in nanoseconds

	draining atomic.Bool
	last     atomic.Pointer[looked]
	warned   string // what was logged last
}

// looked is what one look found.
type looked struct {
	at     time.Time
	health db.Health
	err    error
}

// run looks until ctx ends.
func (w *watch) run(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		w.lookOnce(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (w *watch) lookOnce(ctx context.Context) {
	ctx, stop := context.WithTimeout(ctx, lookTime)
	defer stop()
	found, err := w.look(ctx)
	if err == nil {
		w.offset.Store(int64(found.Clock.Sub(w.now())))
		w.last.Store(&looked{w.now(), found, nil})
	} else if was := w.last.Load(); was == nil || was.err == nil && w.now().Sub(was.at) < blindTime {
		slog.Debug("the database did not answer one look", "error", err.Error())
	} else {
		w.last.Store(&looked{was.at, was.health, err})
	}
	w.warn(w.readiness().Warnings)
}

// warn logs what is wrong when it begins and when it ends.
func (w *watch) warn(warnings []string) {
	if said := fmt.Sprint(warnings); said != w.warned {
		if len(warnings) > 0 {
			slog.Warn("something needs an operator", "warnings", warnings)
		} else if w.warned != "" {
			slog.Info("nothing needs an operator any more")
		}
		if w.warned = said; len(warnings) == 0 {
			w.warned = ""
		}
	}
}

// readiness is what /readyz answers. It holds no personal data.
type readiness struct {
	Ready           bool     `json:"ready"`
	Reasons         []string `json:"reasons"`  // why it is not ready
	Warnings        []string `json:"warnings"` // what an operator has to look at; it makes no process unready
	LookedSeconds   float64  `json:"lookedSeconds"`
	UnsealedSeconds float64  `json:"unsealedSeconds"`
	WorkerSeconds   *float64 `json:"workerSeconds"` // null where this process runs no clock worker
	PoolInUse       int      `json:"poolInUse"`
	PoolMost        int      `json:"poolMost"`
	PoolWaits       int64    `json:"poolWaits"`
}

// readiness says whether this process can answer, from what was found last. It asks nobody.
func (w *watch) readiness() readiness {
	r := readiness{Reasons: []string{}, Warnings: []string{}}
	r.PoolInUse, r.PoolMost, r.PoolWaits = w.pool()
	last := w.last.Load()
	switch {
	case last == nil:
		r.Reasons = append(r.Reasons, "the database has not answered yet")
	case w.now().Sub(last.at) > blindTime:
		r.Reasons = append(r.Reasons, "the database does not answer, or is not that of this program")
	}
	if w.draining.Load() {
		r.Reasons = append(r.Reasons, "this process is about to stop")
	}
	if last != nil {
		r.LookedSeconds, r.UnsealedSeconds = w.now().Sub(last.at).Seconds(), last.health.Unsealed.Seconds()
		if last.health.Unsealed > mostUnsealed {
			r.Warnings = append(r.Warnings, "the log is not sealed: no clock worker runs, or it is held up")
		}
	}
	if w.beat != nil {
		age := w.beat.Age()
		r.WorkerSeconds = new(age.Seconds())
		if age > mostWorkerAge {
			r.Warnings = append(r.Warnings, "the clock worker does not do all that is due")
		}
	}
	if drift := time.Duration(w.offset.Load()); drift.Abs() > time.Minute {
		r.Warnings = append(r.Warnings, "the clocks of this machine and of the database differ by more than a minute")
	}
	slices.Sort(r.Warnings)
	r.Ready = len(r.Reasons) == 0
	return r
}

// laterClock is our clock or, where that is behind, the database's as it was found last.
func (w *watch) laterClock() time.Time { return w.now().Add(max(time.Duration(w.offset.Load()), 0)) }

// serveReady answers whether requests should come to this process.
func (w *watch) serveReady(out http.ResponseWriter, _ *http.Request) {
	found := w.readiness()
	out.Header().Set("Content-Type", "application/json; charset=utf-8")
	out.Header().Set("Cache-Control", "no-store")
	if !found.Ready {
		out.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(out).Encode(found)
}

// serveHealth is the older form of serveReady, in plain text.
func (w *watch) serveHealth(out http.ResponseWriter, _ *http.Request) {
	out.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if found := w.readiness(); !found.Ready {
		out.WriteHeader(http.StatusServiceUnavailable)
		_, _ = fmt.Fprintln(out, found.Reasons[0])
		return
	}
	_, _ = fmt.Fprintln(out, "ok")
}

// serveLive says that the process runs. It asks nothing else, so that no restart follows from a database that is away.
func serveLive(out http.ResponseWriter, _ *http.Request) {
	out.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = fmt.Fprintln(out, "ok")
}
