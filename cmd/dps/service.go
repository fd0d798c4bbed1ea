package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
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

	queue        resolvers.Queue
	proxies      resolvers.Proxies
	adminAddress string // of metrics and profiles; empty for none
	accessLog    bool
	drain        time.Duration // for which it says that it is not ready, before it stops

	api, worker *db.DB // worker is nil if another process runs the clock worker
	probe       *db.DB // a connection of its own, for whether the database is well; nil for one of api's
	watch       *watch
	listener    net.Listener
}

func (s *service) closeDatabases() {
	for _, d := range []*db.DB{s.api, s.worker, s.probe} {
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
var workPace = record.Pace{End: 300 * time.Millisecond, Warn: 20 * time.Second, Seal: 500 * time.Millisecond, Remove: 6 * time.Hour}

// serveUntilDone serves until ctx ends, then lets running requests finish.
func (s *service) serveUntilDone(ctx context.Context) error {
	s.newWatch()
	handler, err := s.newHandler(ctx)
	if err != nil {
		return err
	}
	defer s.runBeside(ctx)()
	stopAdmin, err := s.serveAdmin(ctx)
	if err != nil {
		return err
	}
	defer stopAdmin()
	server := &http.Server{
		Handler: observed(handler, s.accessLog), ReadHeaderTimeout: headerTimeout, ReadTimeout: bodyTimeout, WriteTimeout: answerTimeout,
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
	if s.watch.draining.Store(true); s.drain > 0 {
		slog.Info("about to stop", "drain", s.drain.String())
		time.Sleep(s.drain)
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	return server.Shutdown(stopping)
}

// serveAdmin serves metrics and profiles at an address of their own, if there is one, until what it returns is called.
func (s *service) serveAdmin(ctx context.Context) (stop func(), err error) {
	if s.adminAddress == "" {
		return func() {}, nil
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.adminAddress)
	if err != nil {
		return nil, fmt.Errorf("--%s %s is not a free address of this machine: write it as host:port", flagAdminAddress, s.adminAddress)
	}
	server := &http.Server{Handler: s.adminHandler(), ReadHeaderTimeout: headerTimeout}
	go func() { _ = server.Serve(listener) }()
	slog.Info("serving metrics", "at", listener.Addr().String())
	return func() { _ = server.Close() }, nil
}

// newWatch makes the watch, which has looked once before anything is served.
func (s *service) newWatch() {
	asked := cmp.Or(s.probe, s.api)
	s.watch = &watch{
		now: time.Now, look: func(ctx context.Context) (db.Health, error) { return db.CheckHealth(ctx, asked) },
		pool: func() (int, int, int64) {
			stats := s.api.Stats()
			return stats.InUse, stats.MaxOpenConnections, stats.WaitCount
		},
	}
	if s.worker != nil {
		s.watch.beat = record.NewBeat()
	}
}

// runBeside runs the watch and the clock worker, until what it returns is called.
func (s *service) runBeside(ctx context.Context) (stop func()) {
	beside, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	s.watch.lookOnce(beside)
	running.Go(func() { s.watch.run(beside) })
	if s.worker != nil {
		running.Go(func() { record.Run(beside, s.worker, workPace, s.watch.beat) })
	}
	return func() { cancel(); running.Wait() }
}

func (s *service) newHandler(ctx context.Context) (http.Handler, error) {
	s.tokens.Now = s.watch.laterClock
	verifier, err := policy.NewVerifier(ctx, s.tokens)
	if err != nil {
		return nil, err
	}
	config := resolvers.Config{
		DB: s.api, Policy: s.policy, Tokens: verifier, Introspection: s.introspection, Scanner: s.scanner, Queue: s.queue, Proxies: s.proxies,
		Rate: resolvers.Rate{PerSecond: s.workPerSecond, Burst: 10 * s.workPerSecond},
	}
	endpoint, err := resolvers.New(config)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/graphql", endpoint)
	mux.Handle("/evidence/", resolvers.Files(config))
	mux.HandleFunc("GET /livez", serveLive)
	mux.HandleFunc("GET /readyz", s.watch.serveReady)
	mux.HandleFunc("GET /healthz", s.watch.serveHealth)
	if page, ok := graphiql.Handler(); s.graphiql && ok {
		mux.Handle("/", page)
	}
	return mux, nil
}
