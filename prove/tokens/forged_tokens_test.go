// Package tokens_test sends the service, over HTTP, tokens that another library has forged.
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

// forgedFixture is what forge.mjs has made.
//
//go:embed testdata/forged.json
var forgedFixture []byte

type fixtureToken struct {
	Name          string
	Authorization []string // headers
}

var fixtureTokens struct {
	Published    json.RawMessage // the issuer's keys
	Good, Forged []fixtureToken
}

func init() {
	if err := json.Unmarshal(forgedFixture, &fixtureTokens); err != nil {
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

// serveKeys publishes keys on the loopback address.
func serveKeys(t testing.TB, keys func() []byte) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(keys()) }))
	t.Cleanup(server.Close)
	return server
}

// rawAnswer is everything that comes back, except the line with the time.
type rawAnswer string

var dateHeader = regexp.MustCompile(`(?m)^Date: .*\r\n`)

func (a rawAnswer) hasStatus(status int) bool {
	return strings.HasPrefix(string(a), fmt.Sprintf("HTTP/1.1 %d ", status))
}

// what asks for, in JSON.
const (
	viewerBody   = `{"query":"{ viewer { person capacity organisation { name } } }"}`
	typenameBody = `{"query":"{ __typename }"}`
)

// postWith posts a body with Authorization headers as they are.
func (s *service) postWith(t testing.TB, body string, authorization ...string) rawAnswer {
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
	return rawAnswer(dateHeader.ReplaceAllString(string(raw), ""))
}

// usualRefusal is the only answer to every token that is not accepted: the answer to a text that nobody could take for
// a token.
func (s *service) usualRefusal(t testing.TB) rawAnswer {
	t.Helper()
	refusal := s.postWith(t, viewerBody, "Bearer synthetic")
	if !refusal.hasStatus(http.StatusUnauthorized) || !strings.Contains(string(refusal), "Www-Authenticate: Bearer") ||
		!strings.Contains(string(refusal), "UNAUTHENTICATED") {
		t.Fatalf("the refusal is %s", refusal)
	}
	return refusal
}

func TestForgedTokensAreRefusedAlike(t *testing.T) {
	server := serveKeys(t, func() []byte { return fixtureTokens.Published })
	s := newService(t, func(c *policy.TokenConfig) { c.JWKSURL = server.URL })
	s.requireGoodTokensAccepted(t)
	want := s.usualRefusal(t)
	accepted := 0
	for _, token := range fixtureTokens.Forged {
		for _, body := range requestBodies[:prove.Scaled(2, len(requestBodies), len(requestBodies))] {
			before := s.Statements()
			got := s.postWith(t, body, token.Authorization...)
			if s.Statements() != before {
				t.Errorf("%s: the database was asked", token.Name)
			}
			if got == want {
				continue
			}
			t.Errorf("%s, asked %s: got\n%s", token.Name, body, got)
			if !got.hasStatus(http.StatusUnauthorized) {
				accepted++
				break
			}
		}
	}
	prove.RecordFigure(t, "tokens.forged", len(fixtureTokens.Forged))
	prove.RecordFigure(t, "tokens.accepted", accepted)
}

// requestBodies ask for something of the public's, of a commissioner's, for a change, and for nothing that can be answered.
var requestBodies = []string{
	viewerBody, typenameBody,
	`{"query":"{ needs { edges { node { id } } } }"}`,
	`{"query":"mutation { submitApplication(input: {}) { problems { code } } }"}`,
	`{"query":"{"}`, `[]`, ``,
}

// requireGoodTokensAccepted: the same issuer's good tokens are, so that a refusal shows a fault and not a fixture that has come apart.
func (s *service) requireGoodTokensAccepted(t *testing.T) {
	t.Helper()
	for _, token := range fixtureTokens.Good {
		got := s.postWith(t, viewerBody, token.Authorization...)
		if !got.hasStatus(http.StatusOK) || !strings.HasSuffix(string(got),
			`{"data":{"viewer":{"person":"kent.commissioner","capacity":"commissioner","organisation":{"name":"Kent"}}}}`) {
			t.Errorf("%s: got\n%s", token.Name, got)
		}
	}
}

// The forged ones are each for a cause of their own.
func TestForgedTokensAreDistinct(t *testing.T) {
	names, tokens := map[string]bool{}, map[string]string{}
	for _, token := range append(fixtureTokens.Forged, fixtureTokens.Good...) {
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
