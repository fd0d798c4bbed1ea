package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/record"
	"github.com/southeasttogether/dps/graphiql"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/resolvers"
	"github.com/southeasttogether/dps/seal"
)

// service is everything that one process serves with.
type service struct {
	address                 string
	policy                  *policy.Policy
	keys                    *seal.Keyring
	tokens                  policy.TokenConfig
	introspection, graphiql bool
	scanner                 resolvers.Scanner
	workPerSecond           int // that one caller can be served in a second; 0 for no limit

	api, worker *db.DB // worker is nil if another process runs the clock worker
	listener    net.Listener
}

func (s *service) closeDatabases() {
	for _, d := range []*db.DB{s.api, s.worker} {
		if d != nil {
			_ = d.Close()
		}
	}
}

// listenOnAddress takes the address first, so that a taken one is found before anything else happens.
func (s *service) listenOnAddress(ctx context.Context) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("another program is listening at %s: stop it, or choose another address with --%s", s.address, flagAddress)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("this user cannot listen at %s: choose a port of 1024 or above with --%s", s.address, flagAddress)
	case err != nil:
		return fmt.Errorf("--%s %s is not an address that this machine can listen at: write it as host:port", flagAddress, s.address)
	}
	s.listener = listener
	return nil
}

// How long each part of a request can take, and how long a stop waits for running requests.
const (
	headerTimeout = 5 * time.Second
	bodyTimeout   = 15 * time.Second
	answerTimeout = 30 * time.Second
	idleTimeout   = 2 * time.Minute
	stopTimeout   = 20 * time.Second
)

// mostHeaderBytes is above what proxies pass on, and far above what a token needs.
const mostHeaderBytes = 24 << 10

// workPace is the pace of the clock worker. To look for what is to be told costs most: it reads every open duty.
var workPace = record.Pace{End: 300 * time.Millisecond, Warn: 20 * time.Second, Seal: 500 * time.Millisecond}

// serveUntilDone serves until ctx ends, then lets running requests finish.
func (s *service) serveUntilDone(ctx context.Context) error {
	handler, err := s.newHandler(ctx)
	if err != nil {
		return err
	}
	if s.worker != nil {
		work, stop := context.WithCancel(context.WithoutCancel(ctx))
		done := make(chan struct{})
		go func() { defer close(done); record.Run(work, s.worker, workPace) }()
		defer func() { stop(); <-done }()
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTimeout, ReadTimeout: bodyTimeout, WriteTimeout: answerTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: mostHeaderBytes,
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(s.listener) }()
	slog.Info("serving", "address", s.listener.Addr().String())
	select {
	case err := <-ended:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	return server.Shutdown(stopping)
}

func (s *service) newHandler(ctx context.Context) (http.Handler, error) {
	verifier, err := policy.NewVerifier(ctx, s.tokens)
	if err != nil {
		return nil, err
	}
	config := resolvers.Config{
		DB: s.api, Policy: s.policy, Tokens: verifier, Introspection: s.introspection, Scanner: s.scanner,
		Rate: resolvers.Rate{PerSecond: s.workPerSecond, Burst: 10 * s.workPerSecond},
	}
	endpoint, err := resolvers.New(config)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/graphql", endpoint)
	mux.Handle("/evidence/", resolvers.Files(config))
	mux.HandleFunc("GET /healthz", s.serveHealth)
	if page, ok := graphiql.Handler(); s.graphiql && ok {
		mux.Handle("/", page)
	}
	return mux, nil
}

// serveHealth says whether this process can answer: it asks the database.
func (s *service) serveHealth(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if err := s.api.Ping(ctx); err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = fmt.Fprintln(w, "the database does not answer")
		return
	}
	_, _ = fmt.Fprintln(w, "ok")
}
