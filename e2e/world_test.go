// Package e2e_test asks the whole service over HTTP, with real tokens, on a real database.
package e2e_test

import (
	"context"
	"crypto/ed25519"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/postgres/postgrestest"
	"github.com/southeasttogether/dps/resolvers"
	"github.com/southeasttogether/dps/seal"
)

func TestMain(m *testing.M) { postgrestest.Main(m) }

const issuer, audience = "https://issuer.example", "dps"

// world is the service with the synthetic region, on a database of the test's own.
type world struct {
	demo.World
	*dbtest.Database
	key ed25519.PrivateKey
}

func newWorld(t testing.TB) *world {
	t.Helper()
	return newWorldOf(t, demo.Region(time.Now()), resolvers.Limits{})
}

// newWorldWithin is a world with other limits than usual.
func newWorldWithin(t testing.TB, limits resolvers.Limits) *world {
	t.Helper()
	return newWorldOf(t, demo.Region(time.Now()), limits)
}

// newWorldUnder is a world whose market has another legal regime than usual.
func newWorldUnder(t testing.TB, regime string) *world {
	t.Helper()
	return newWorldOf(t, demo.RegionUnder(regime, time.Now()), resolvers.Limits{})
}

func newWorldOf(t testing.TB, region db.Region, limits resolvers.Limits) *world {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	must(t, err)
	w := &world{Database: dbtest.New(t), key: private}
	w.Load(t, region)
	tokens, err := policy.NewVerifier(t.Context(), policy.TokenConfig{Issuer: issuer, Audience: audience, DevelopmentKey: public, HashCode: seal.HashCode})
	must(t, err)
	config := resolvers.Config{DB: w.API, Policy: w.Policy, Tokens: tokens, Limits: limits, Introspection: true}
	endpoint, err := resolvers.New(config)
	must(t, err)
	mux := http.NewServeMux()
	mux.Handle("/", endpoint)
	mux.Handle("/evidence/", resolvers.Files(config))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	w.World = demo.World{
		Client:    demo.Client{URL: server.URL},
		Token:     func(p demo.Persona) (demo.Credential, error) { return w.credential(t, p), nil },
		MoveClock: func(ctx context.Context, to time.Time) error { return db.MoveClock(ctx, w.AdminURL, to) },
		Out:       io.Discard,
	}
	return w
}

// credential is a fresh token of a persona; nothing for the public.
func (w *world) credential(t testing.TB, p demo.Persona) demo.Credential {
	t.Helper()
	if p.Capacity == policy.Public {
		return demo.Credential{}
	}
	token, err := policy.IssueDevelopment(w.key, policy.Claims{Issuer: issuer, Audience: audience, Person: p.Key,
		Organisation: p.Organisation, Capacities: []policy.Role{p.Capacity}, Expires: time.Now().Add(24 * time.Hour)})
	must(t, err)
	return demo.Credential{Authorization: "Bearer " + token}
}

// ask sends one operation as a persona.
func (w *world) ask(t testing.TB, p demo.Persona, query string, variables map[string]any) demo.Reply {
	t.Helper()
	reply, err := w.Client.Do(t.Context(), w.credential(t, p), query, variables)
	must(t, err)
	return reply
}

// live lives the story to its end.
func (w *world) live(t testing.TB) demo.Told {
	t.Helper()
	told, err := w.Live(t.Context())
	must(t, err)
	return told
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
