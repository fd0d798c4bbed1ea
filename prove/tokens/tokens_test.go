// Package tokens_test presents to the service, over HTTP, what another library has forged.
package tokens_test

import (
	"crypto/ed25519"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/postgres/postgrestest"
	"github.com/southeasttogether/dps/prove"
	"github.com/southeasttogether/dps/resolvers"
	"github.com/southeasttogether/dps/seal"
)

func TestMain(m *testing.M) { postgrestest.Main(m) }

// fixture is what forge.mjs has made.
//
//go:embed testdata/forged.json
var fixture []byte

type shown struct {
	Name          string
	Authorization []string // headers
}

var made struct {
	Published    json.RawMessage // the issuer's keys
	Good, Forged []shown
}

func init() {
	if err := json.Unmarshal(fixture, &made); err != nil {
		panic(err)
	}
}

const issuer, audience = "https://issuer.example", "dps"

// service is the whole endpoint over the synthetic region.
type service struct {
	*dbtest.Database
	address string
}

func newService(t testing.TB, change func(*policy.TokenConfig)) *service {
	t.Helper()
	s := &service{Database: dbtest.New(t)}
	s.Load(t, demo.Region(time.Now()))
	config := policy.TokenConfig{Issuer: issuer, Audience: audience, HashCode: seal.HashCode}
	change(&config)
	verifier, err := policy.NewVerifier(t.Context(), config)
	must(t, err)
	endpoint, err := resolvers.New(resolvers.Config{DB: s.API, Policy: s.Policy, Tokens: verifier, Introspection: true})
	must(t, err)
	server := httptest.NewServer(endpoint)
	t.Cleanup(server.Close)
	s.address = server.Listener.Addr().String()
	return s
}

// issuerOf publishes keys on the loopback address.
func issuerOf(t testing.TB, keys func() []byte) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(keys()) }))
	t.Cleanup(server.Close)
	return server
}

// answer is all that comes back on the wire, but for the one line that tells the time.
type answer string

var date = regexp.MustCompile(`(?m)^Date: .*\r\n`)

func (a answer) is(status int) bool {
	return strings.HasPrefix(string(a), fmt.Sprintf("HTTP/1.1 %d ", status))
}

// what asks for, in JSON.
const (
	asViewer    = `{"query":"{ viewer { person capacity organisation { name } } }"}`
	nobodyAsked = `{"query":"{ __typename }"}`
)

// send posts a body with Authorization headers as they are.
func (s *service) send(t testing.TB, body string, authorization ...string) answer {
	t.Helper()
	connection, err := net.Dial("tcp", s.address)
	must(t, err)
	defer connection.Close()
	request := "POST /graphql HTTP/1.1\r\nHost: dps.example\r\nConnection: close\r\nContent-Type: application/json\r\n"
	for _, header := range authorization {
		request += "Authorization: " + header + "\r\n"
	}
	_, err = fmt.Fprintf(connection, "%sContent-Length: %d\r\n\r\n%s", request, len(body), body)
	must(t, err)
	raw, err := io.ReadAll(connection)
	must(t, err)
	return answer(date.ReplaceAllString(string(raw), ""))
}

// refusal is the one answer to whatever is not believed: to a token that nobody could take for one.
func (s *service) refusal(t testing.TB) answer {
	t.Helper()
	refusal := s.send(t, asViewer, "Bearer synthetic")
	if !refusal.is(http.StatusUnauthorized) || !strings.Contains(string(refusal), "Www-Authenticate: Bearer") || !strings.Contains(string(refusal), "UNAUTHENTICATED") {
		t.Fatalf("the refusal is %s", refusal)
	}
	return refusal
}

func TestEachForgedTokenIsTheSameRefusal(t *testing.T) {
	server := issuerOf(t, func() []byte { return made.Published })
	s := newService(t, func(c *policy.TokenConfig) { c.JWKSURL = server.URL })
	s.believed(t)
	want := s.refusal(t)
	accepted := 0
	for _, token := range made.Forged {
		for _, body := range bodies[:prove.Size(2, len(bodies), len(bodies))] {
			before := s.Statements()
			got := s.send(t, body, token.Authorization...)
			if s.Statements() != before {
				t.Errorf("%s: the database was asked", token.Name)
			}
			if got == want {
				continue
			}
			t.Errorf("%s, asked %s: got\n%s", token.Name, body, got)
			if !got.is(http.StatusUnauthorized) {
				accepted++
				break
			}
		}
	}
	prove.Record(t, "tokens.forged", len(made.Forged))
	prove.Record(t, "tokens.accepted", accepted)
}

// bodies ask for something of the public's, of a commissioner's, for a change, and for nothing that can be answered.
var bodies = []string{
	asViewer, nobodyAsked,
	`{"query":"{ needs { edges { node { id } } } }"}`,
	`{"query":"mutation { submitApplication(input: {}) { problems { code } } }"}`,
	`{"query":"{"}`, `[]`, ``,
}

// believed: the same issuer's good tokens are, so that a refusal shows a fault and not a fixture that has come apart.
func (s *service) believed(t *testing.T) {
	t.Helper()
	for _, token := range made.Good {
		got := s.send(t, asViewer, token.Authorization...)
		if !got.is(http.StatusOK) || !strings.HasSuffix(string(got), `{"data":{"viewer":{"person":"kent.commissioner","capacity":"commissioner","organisation":{"name":"Kent"}}}}`) {
			t.Errorf("%s: got\n%s", token.Name, got)
		}
	}
}

// The forged ones are each for a cause of their own.
func TestEachForgedTokenIsAnother(t *testing.T) {
	names, tokens := map[string]bool{}, map[string]string{}
	for _, token := range append(made.Forged, made.Good...) {
		header := strings.Join(token.Authorization, "\n")
		if names[token.Name] || tokens[header] != "" {
			t.Errorf("%s stands twice, or is the same as %s", token.Name, tokens[header])
		}
		names[token.Name], tokens[header] = true, token.Name
	}
}

// developmentService believes a key that the test holds.
func developmentService(t testing.TB) (*service, ed25519.PrivateKey) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	must(t, err)
	return newService(t, func(c *policy.TokenConfig) { c.DevelopmentKey = public }), private
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
