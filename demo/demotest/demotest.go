// Package demotest gives a test the whole service with the synthetic region, over HTTP, on a database of its own.
package demotest

import (
	"crypto/ed25519"
	"io"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/resolvers"
	"github.com/southeasttogether/dps/seal"
)

// The issuer and audience whose tokens the service accepts.
const (
	Issuer   = "https://issuer.example"
	Audience = "dps"
)

// World is the service, in which the story can be told, and its database as the superuser.
type World struct {
	demo.World
	*dbtest.Database
	Key ed25519.PrivateKey // signs tokens
}

// New starts a service that ends with the test. Its TestMain must call postgrestest.Main.
func New(t testing.TB) *World {
	t.Helper()
	return startService(t, dbtest.Prepared(t, "demotest", func(d *dbtest.Database) { d.Load(t, demo.Region(time.Now())) }), newKey(t))
}

// NewWithRegion is New with another region.
func NewWithRegion(t testing.TB, region db.Region) *World {
	t.Helper()
	d := dbtest.New(t)
	d.Load(t, region)
	return startService(t, d, newKey(t))
}

func newKey(t testing.TB) ed25519.PrivateKey {
	t.Helper()
	_, private, err := ed25519.GenerateKey(nil)
	must(t, err)
	return private
}

// Copy starts another service on a copy of the database, which accepts the same tokens. This one cannot be used after
// that.
func (w *World) Copy(t testing.TB) *World {
	t.Helper()
	return startService(t, w.Database.Copy(t), w.Key)
}

func startService(t testing.TB, d *dbtest.Database, key ed25519.PrivateKey) *World {
	t.Helper()
	w := &World{Database: d, Key: key}
	tokens, err := policy.NewVerifier(t.Context(), policy.TokenConfig{
		Issuer: Issuer, Audience: Audience,
		DevelopmentKey: key.Public().(ed25519.PublicKey), HashCode: seal.HashCode,
	})
	must(t, err)
	endpoint, err := resolvers.New(resolvers.Config{DB: w.API, Policy: w.Policy, Tokens: tokens, Introspection: true})
	must(t, err)
	server := httptest.NewServer(endpoint)
	t.Cleanup(server.Close)
	w.World = demo.World{
		Client:    demo.Client{URL: server.URL},
		Token:     func(p demo.Persona) (demo.Credential, error) { return w.Credential(t, p), nil },
		MoveClock: w.SetClock,
		Out:       io.Discard,
	}
	return w
}

// Credential is a fresh token of a persona; nothing for the public.
func (w *World) Credential(t testing.TB, p demo.Persona) demo.Credential {
	t.Helper()
	if p.Capacity == policy.Public {
		return demo.Credential{}
	}
	token, err := policy.IssueDevelopment(w.Key, policy.Claims{
		Issuer: Issuer, Audience: Audience, Person: p.Key,
		Organisation: p.Organisation, Capacities: []policy.Role{p.Capacity}, Expires: time.Now().Add(24 * time.Hour),
	})
	must(t, err)
	return demo.Credential{Authorization: "Bearer " + token}
}

// Ask sends one operation as a persona.
func (w *World) Ask(t testing.TB, p demo.Persona, query string, variables map[string]any) demo.Reply {
	t.Helper()
	reply, err := w.Client.Do(t.Context(), w.Credential(t, p), query, variables)
	must(t, err)
	return reply
}

// TellStory tells the story to its end.
func (w *World) TellStory(t testing.TB) demo.Told {
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
