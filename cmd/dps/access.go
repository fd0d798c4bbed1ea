package main

import (
	"log/slog"
	"net/http"
	"net/http/pprof"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/southeasttogether/dps/db/tendering"
)

// requestIDHeader names a request, for whoever looks for it in several logs.
const requestIDHeader = "X-Request-Id"

var requestIDForm = regexp.MustCompile(`^[A-Za-z0-9._-]{8,64}$`)

var requestSeconds = promauto.NewHistogramVec(prometheus.HistogramOpts{
	Name: "dps_request_seconds", Help: "How long requests took, by route and status.",
	Buckets: []float64{.002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30, 120},
}, []string{"route", "status"})

// observed gives each request an id, which the caller can choose, measures it and, where that is asked for, logs it. The log holds neither
// the document, variables, addresses nor names: nothing of a person.
func observed(next http.Handler, accessLog bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get(requestIDHeader)
		if !requestIDForm.MatchString(id) {
			id = uuid.NewString()
		}
		w.Header().Set(requestIDHeader, id)
		began, seen := time.Now(), &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(seen, r)
		took, route := time.Since(began), routeOf(r)
		requestSeconds.WithLabelValues(route, strconv.Itoa(seen.status)).Observe(took.Seconds())
		if accessLog {
			slog.Info("request", "id", id, "method", methodOf(r), "route", route, "status", seen.status, "bytes", seen.bytes,
				"ms", took.Milliseconds())
		}
	})
}

// routeOf is which part of the service was asked. A path can hold a link.
func routeOf(r *http.Request) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch first {
	case "graphql", "evidence", "livez", "readyz", "healthz":
		return first
	}
	return "other"
}

// methodOf is a request's method, if it is a known one: a caller can send any word.
func methodOf(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodOptions, http.MethodHead:
		return r.Method
	}
	return "other"
}

// statusWriter remembers what was answered.
type statusWriter struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets deadlines reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// adminHandler is what only those who run the service can reach: metrics and profiles.
func (s *service) adminHandler() http.Handler {
	registry := prometheus.NewRegistry()
	for _, g := range s.measures() {
		registry.MustRegister(g)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(prometheus.Gatherers{prometheus.DefaultGatherer, registry}, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /livez", serveLive)
	mux.HandleFunc("GET /readyz", s.watch.serveReady)
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

// measures are what is read when somebody asks for metrics.
func (s *service) measures() []prometheus.Collector {
	gauge := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value)
	}
	counter := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, value)
	}
	all := []prometheus.Collector{
		gauge("dps_ready", "1 if this process is ready.", func() float64 {
			if s.watch.readiness().Ready {
				return 1
			}
			return 0
		}),
		gauge("dps_log_unsealed_seconds", "For how long the oldest event of the log has waited to be sealed.",
			func() float64 { return s.watch.readiness().UnsealedSeconds }),
		gauge("dps_database_looked_seconds", "How long ago the database last answered the watch.",
			func() float64 { return s.watch.readiness().LookedSeconds }),
		gauge("dps_pool_in_use", "Connections of the API that are in use.", func() float64 { return float64(s.api.Stats().InUse) }),
		gauge("dps_pool_most", "Connections that the API may open.", func() float64 { return float64(s.api.Stats().MaxOpenConnections) }),
		counter("dps_pool_waits_total", "Waits for a connection.", func() float64 { return float64(s.api.Stats().WaitCount) }),
		counter("dps_pool_wait_seconds_total", "Time spent waiting for a connection.",
			func() float64 { return s.api.Stats().WaitDuration.Seconds() }),
		counter("dps_needs_listed_early_total", "Unopened needs that were listed with their offers.",
			func() float64 { return float64(tendering.ListedEarly()) }),
	}
	if s.watch.beat != nil {
		all = append(all, gauge("dps_worker_age_seconds", "For how long a hand of the clock worker has not done all that was due.",
			func() float64 { return s.watch.beat.Age().Seconds() }))
	}
	return all
}
