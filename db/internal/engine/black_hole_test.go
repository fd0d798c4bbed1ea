package engine_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/postgres/postgrestest"
)

// TestLostAnswersHoldNoConnection: the network loses the database's answers and keeps its connections. Whoever waited is told, whether
// the caller gave up or not, and every connection of the pool is there for others.
func TestLostAnswersHoldNoConnection(t *testing.T) {
	for name, patience := range map[string]time.Duration{"callers who give up": 100 * time.Millisecond, "callers who wait": time.Hour} {
		t.Run(name, func(t *testing.T) {
			f := dbtest.NewFixture(t, 1, 2)
			between := listenBetween(t, postgrestest.Server(t).URL("dps_api", f.Name))
			address := between.address
			for _, setting := range []string{"statement_timeout", "lock_timeout"} {
				address = engine.WithParameter(address, setting, "1000")
			}
			api := connect(t, f, address)
			read := func(ctx context.Context) error {
				v := api.View(dbtest.ActorAs(policy.Commissioner, f.Kent))
				var n []int
				return errors.Join(v.All(ctx, &n, "SELECT 1 AS n"), v.End(context.WithoutCancel(ctx)))
			}
			const pool = 8
			for _, err := range dbtest.AtOnce(pool, func(int) error { return read(t.Context()) }) {
				if err != nil {
					t.Fatal(err)
				}
			}
			between.swallows.Store(true)
			for i, err := range dbtest.AtOnce(pool, func(int) error {
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				return read(ctx)
			}) {
				if !errors.Is(err, db.ErrUnavailable) {
					t.Errorf("caller %d was told: %v", i, err)
				}
			}
			between.swallows.Store(false)
			for _, err := range dbtest.AtOnce(2*pool, func(int) error { return read(t.Context()) }) {
				if err != nil {
					t.Error("afterwards:", err)
				}
			}
			if err := api.Close(); err != nil {
				t.Error(err)
			}
			awaitCount(t, f, 0, "SELECT count(*) FROM pg_stat_activity WHERE usename = 'dps_api' AND datname = current_database()")
		})
	}
}

// between is a network between the service and PostgreSQL.
type between struct {
	address  string
	swallows atomic.Bool // what PostgreSQL answers
}

func listenBetween(t *testing.T, server string) *between {
	t.Helper()
	at, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	socket := at.Query().Get("host") + "/.s.PGSQL." + at.Query().Get("port")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &between{}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			service, err := listener.Accept()
			if err != nil {
				return
			}
			all.Go(func() { b.join(service, socket) })
		}
	})
	t.Cleanup(func() { _ = listener.Close(); all.Wait() })
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	b.address = engine.WithParameter(engine.WithParameter(server, "host", "127.0.0.1"), "port", port)
	return b
}

// join carries bytes both ways until one side ends.
func (b *between) join(service net.Conn, socket string) {
	defer service.Close()
	server, err := net.Dial("unix", socket)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		_, _ = io.Copy(server, service)
		_ = server.Close()
	}()
	answer := make([]byte, 4096)
	for {
		n, err := server.Read(answer)
		if err != nil {
			return
		}
		if b.swallows.Load() {
			continue
		}
		if _, err := service.Write(answer[:n]); err != nil {
			return
		}
	}
}
