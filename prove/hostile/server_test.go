// Package hostile_test sends the service documents that were made to hurt it, and measures what each costs.
package hostile_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"syscall"
	"testing"
	"time"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/postgres/postgrestest"
	"github.com/southeasttogether/dps/resolvers"
	"github.com/southeasttogether/dps/seal"
)

// The service runs in its own process, which is this same binary, so that its cost is separate from the cost of the
// attack.
func TestMain(m *testing.M) {
	if wanted := os.Getenv(serverVariable); wanted != "" {
		if err := serveUntilEOF([]byte(wanted)); err != nil {
			fmt.Fprintln(os.Stderr, "the server under attack:", err)
			os.Exit(1)
		}
		return
	}
	postgrestest.Main(m)
}

const serverVariable = "DPS_PROVE_HOSTILE_SERVER"

// serverSetup is what the process is told, in JSON, by the variable.
type serverSetup struct {
	Database      string
	Keys          string // file
	Key           ed25519.PublicKey
	Introspection bool
	Rate          resolvers.Rate
}

const issuer, audience = "https://issuer.example", "dps"

// serveUntilEOF serves until its standard input ends, and with it the test. It writes its address first.
func serveUntilEOF(wanted []byte) error {
	var s serverSetup
	if err := json.Unmarshal(wanted, &s); err != nil {
		return err
	}
	handler, err := s.newHandler()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	// As in cmd/dps.
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: 2 * time.Minute,
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = server.Close()
	}()
	if err := server.Serve(listener); err != http.ErrServerClosed {
		return err
	}
	return nil
}

func (s serverSetup) newHandler() (http.Handler, error) {
	ctx := context.Background()
	p, err := policy.Load()
	if err != nil {
		return nil, err
	}
	keys, err := seal.Load(s.Keys)
	if err != nil {
		return nil, err
	}
	api, err := db.Open(ctx, db.Config{URL: s.Database, Policy: p, Keyring: keys})
	if err != nil {
		return nil, err
	}
	tokens, err := policy.NewVerifier(ctx, policy.TokenConfig{
		Issuer: issuer, Audience: audience, DevelopmentKey: s.Key,
		HashCode: seal.HashCode,
	})
	if err != nil {
		return nil, err
	}
	endpoint, err := resolvers.New(resolvers.Config{DB: api, Policy: p, Tokens: tokens, Introspection: s.Introspection, Rate: s.Rate})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/graphql", endpoint)
	mux.HandleFunc("/used", tellUse)
	return mux, nil
}

// resourceUse is what the process has used so far, or holds now.
type resourceUse struct {
	CPU        time.Duration
	Allocated  uint64 // bytes, since it began
	Held       uint64 // bytes
	Goroutines int
}

// tellUse reports what was used. With `?rest` it waits for the garbage collector, so that only what is still held is
// left.
func tellUse(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Has("rest") {
		debug.FreeOSMemory()
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	var times syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &times); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_ = json.NewEncoder(w).Encode(resourceUse{
		CPU:       time.Duration(times.Utime.Nano() + times.Stime.Nano()),
		Allocated: memory.TotalAlloc, Held: memory.HeapAlloc, Goroutines: runtime.NumGoroutine(),
	})
}
