// Package e2e_test asks the whole service over HTTP, with real tokens, on a real database.
package e2e_test

import (
	"crypto/ed25519"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

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
	return newWorldUnder(t, demo.Regimes[0])
}

// newWorldUnder is a world whose market has another legal regime than usual.
func newWorldUnder(t testing.TB, regime string) *world {
	t.Helper()
	return serve(t, founded(t, regime), resolvers.Limits{})
}

// founded is a database of the synthetic region.
func founded(t testing.TB, regime string) *dbtest.Database {
	t.Helper()
	return dbtest.Prepared(t, "region under "+regime, func(d *dbtest.Database) { d.Load(t, demo.RegionUnder(regime, time.Now())) })
}

// newTold is a world in which the story was lived to its end.
func newTold(t testing.TB) (*world, demo.Told) {
	t.Helper()
	d := dbtest.Prepared(t, "story", func(d *dbtest.Database) {
		d.Load(t, demo.Region(time.Now()))
		theStory = serve(t, d, resolvers.Limits{}).liveStory(t)
	})
	return serve(t, d, resolvers.Limits{}), theStory
}

// theStory is what was told in the template of newTold, and so in each copy of it.
var theStory demo.Told

// serve serves a database.
func serve(t testing.TB, d *dbtest.Database, limits resolvers.Limits) *world {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	must(t, err)
	w := &world{Database: d, key: private}
	tokens, err := policy.NewVerifier(t.Context(), policy.TokenConfig{
		Issuer: issuer, Audience: audience, DevelopmentKey: public,
		HashCode: seal.HashCode,
	})
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
		Token:     func(p demo.Persona) (demo.Credential, error) { return w.credentialOf(t, p), nil },
		MoveClock: w.SetClock,
		Out:       io.Discard,
	}
	return w
}

// credentialOf is a fresh token of a persona; nothing for the public.
func (w *world) credentialOf(t testing.TB, p demo.Persona) demo.Credential {
	t.Helper()
	if p.Capacity == policy.Public {
		return demo.Credential{}
	}
	token, err := policy.IssueDevelopment(w.key, policy.Claims{
		Issuer: issuer, Audience: audience, Person: p.Key,
		Organisation: p.Organisation, Capacities: []policy.Role{p.Capacity}, Expires: time.Now().Add(24 * time.Hour),
	})
	must(t, err)
	return demo.Credential{Authorization: "Bearer " + token}
}

// sendQuery sends one operation as a persona.
func (w *world) sendQuery(t testing.TB, p demo.Persona, query string, variables map[string]any) demo.Reply {
	t.Helper()
	reply, err := w.Client.Do(t.Context(), w.credentialOf(t, p), query, variables)
	must(t, err)
	return reply
}

// liveStory lives the story to its end.
func (w *world) liveStory(t testing.TB) demo.Told {
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
