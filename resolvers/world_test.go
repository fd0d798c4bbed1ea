package resolvers

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
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
	"github.com/southeasttogether/dps/seal"
)

func TestMain(m *testing.M) { postgrestest.Main(m) }

const (
	mediaJSON    = "application/json"
	mediaGraphQL = "application/graphql-response+json"
)

const issuer, audience = "https://issuer.example", "dps"

// world is the endpoint over a database with the synthetic region: invented people and organisations only.
type world struct {
	*dbtest.Database
	http.Handler
	tokens *policy.Verifier
	key    ed25519.PrivateKey
}

func newWorld(t testing.TB) *world {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	must(t, err)
	w := &world{Database: dbtest.New(t), key: private}
	w.Load(t, demo.Region(time.Now()))
	w.tokens, err = policy.NewVerifier(t.Context(), policy.TokenConfig{
		Issuer: issuer, Audience: audience, DevelopmentKey: public,
		HashCode: seal.HashCode,
	})
	must(t, err)
	w.Handler = w.newEndpoint(t, Limits{}, true)
	return w
}

func (w *world) newEndpoint(t testing.TB, l Limits, introspection bool) http.Handler {
	t.Helper()
	endpoint, err := New(Config{DB: w.API, Policy: w.Policy, Tokens: w.tokens, Limits: l, Introspection: introspection})
	must(t, err)
	return endpoint
}

func (w *world) credentialOf(t testing.TB, p demo.Persona, capacities ...policy.Role) demo.Credential {
	t.Helper()
	if p.Capacity == policy.Public {
		return demo.Credential{}
	}
	token, err := policy.IssueDevelopment(w.key, policy.Claims{
		Issuer: issuer, Audience: audience, Person: p.Key,
		Organisation: p.Organisation, Capacities: append(capacities, p.Capacity), Expires: time.Now().Add(time.Hour),
	})
	must(t, err)
	return demo.Credential{Authorization: "Bearer " + token}
}

// liveStory tells the story of one need over HTTP.
func (w *world) liveStory(t testing.TB) demo.Told {
	t.Helper()
	server := httptest.NewServer(w)
	defer server.Close()
	told, err := demo.World{
		Client:    demo.Client{URL: server.URL},
		Token:     func(p demo.Persona) (demo.Credential, error) { return w.credentialOf(t, p), nil },
		MoveClock: func(ctx context.Context, to time.Time) error { return db.MoveClock(ctx, w.AdminURL, to) },
		Out:       io.Discard,
	}.Live(t.Context())
	must(t, err)
	return told
}

// testAnswer is what came back.
type testAnswer struct {
	status int
	header http.Header
	text   string
	Data   map[string]any
	Errors []struct {
		Message    string
		Path       []any
		Extensions struct{ Code string }
	}
}

func (a testAnswer) errorCodes() []string {
	codes := []string{}
	for _, e := range a.Errors {
		codes = append(codes, e.Extensions.Code)
	}
	return codes
}

// postBody posts a body as it is.
func postBody(t testing.TB, h http.Handler, body string, header http.Header) testAnswer {
	t.Helper()
	return roundTrip(t, h, http.MethodPost, body, header)
}

func roundTrip(t testing.TB, h http.Handler, method, body string, header http.Header) testAnswer {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), method, "/graphql", bytes.NewBufferString(body))
	request.Header.Set("Content-Type", mediaJSON)
	for key, values := range header {
		request.Header[key] = values
	}
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, request)
	a := testAnswer{status: recorder.Code, header: recorder.Header(), text: recorder.Body.String()}
	if err := json.Unmarshal(recorder.Body.Bytes(), &a); err != nil {
		t.Fatalf("the answer is not JSON: %v\n%s", err, a.text)
	}
	return a
}

// askAs sends one operation as a persona.
func (w *world) askAs(t testing.TB, p demo.Persona, query string, variables map[string]any) testAnswer {
	t.Helper()
	return w.askAt(t, w.Handler, p, query, variables)
}

func (w *world) askAt(t testing.TB, h http.Handler, p demo.Persona, query string, variables map[string]any) testAnswer {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	must(t, err)
	header := http.Header{}
	if c := w.credentialOf(t, p); c.Authorization != "" {
		header.Set("Authorization", c.Authorization)
	}
	return postBody(t, h, string(body), header)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
