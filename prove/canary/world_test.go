package canary_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/postgres/postgrestest"
	"github.com/southeasttogether/dps/resolvers"
	"github.com/southeasttogether/dps/seal"
)

type fields = map[string]any

// world is the service with the synthetic region. Everything that it writes is kept.
type world struct {
	*dbtest.Database
	*secrets
	t      *testing.T
	client demo.Client
	key    ed25519.PrivateKey

	credentials map[string]demo.Credential
	lots        map[string]string // by authority: Kent's is scored, Surrey's is not
	needs       []*need
	codes       []string          // of feedback, not used yet
	granted     map[string]string // who can write, by table and privilege

	statements map[string]bool // that were sent to the database
	mu         sync.Mutex      // over them
	errors     bytes.Buffer    // answers with errors or problems

	found     map[sighting]bool // where secrets were and must not be
	seen      map[string]int    // how often each kind was where it can be
	lookCount int               // at how many places
}

// authorities are the authorities whose secrets are planted.
var authorities = []string{"Kent", "Surrey"}

const leadAuthority = "West Sussex"

func officerOf(authority string, capacity policy.Role) demo.Persona {
	return demo.Persona{
		Key:          strings.ToLower(strings.ReplaceAll(authority, " ", "")) + "." + string(capacity),
		Organisation: demo.OrganisationID(authority), Capacity: capacity,
	}
}

func bidsManagerOf(n int) demo.Persona {
	return demo.Persona{Key: fmt.Sprintf("provider%02d.bids", n), Organisation: demo.ProviderID(n), Capacity: policy.BidsManager}
}

func opaqueID(kind string, id uuid.UUID) string { return kind + "_" + hex.EncodeToString(id[:]) }

// newWorld plants the addresses with the region; the rest comes through the API.
func newWorld(t *testing.T) *world {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	must(t, err)
	w := &world{
		Database: dbtest.New(t), secrets: newSecrets(), t: t, key: private, credentials: map[string]demo.Credential{},
		lots: map[string]string{}, statements: map[string]bool{}, found: map[sighting]bool{}, seen: map[string]int{},
	}
	region := demo.Region(time.Now())
	for i := range region.Settings {
		region.Settings[i].Places = new(1000)
		region.Settings[i].Address = "1 " + w.plantWord(secret{kind: "address", provider: i/2 + 1}) + " Lane"
	}
	w.Load(t, region)
	w.readGrants()
	api, err := db.Open(t.Context(), db.Config{
		URL: postgrestest.Server(t).URL("dps_api", w.Name), Policy: w.Policy, Keyring: w.Keyring,
		Trace: func(_ context.Context, statement string) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.statements[statement] = true
		},
	})
	must(t, err)
	t.Cleanup(func() { _ = api.Close() })
	tokens, err := policy.NewVerifier(t.Context(), policy.TokenConfig{
		Issuer: "https://issuer.example", Audience: "dps",
		DevelopmentKey: public, HashCode: seal.HashCode,
	})
	must(t, err)
	endpoint, err := resolvers.New(resolvers.Config{DB: api, Policy: w.Policy, Tokens: tokens, Introspection: true})
	must(t, err)
	server := httptest.NewServer(endpoint)
	t.Cleanup(server.Close)
	w.client = demo.Client{URL: server.URL}
	return w
}

// credentialOf is a persona's token, planted too.
func (w *world) credentialOf(p demo.Persona) demo.Credential {
	w.t.Helper()
	if p.Capacity == policy.Public {
		return demo.Credential{}
	}
	if known, ok := w.credentials[p.Key]; ok {
		return known
	}
	token, err := policy.IssueDevelopment(w.key, policy.Claims{
		Issuer: "https://issuer.example", Audience: "dps", Person: p.Key,
		Organisation: p.Organisation, Capacities: []policy.Role{p.Capacity}, Expires: time.Now().Add(24 * time.Hour),
	})
	must(w.t, err)
	w.credentials[p.Key] = demo.Credential{Authorization: "Bearer " + w.plantToken(token, secret{kind: "token"})}
	return w.credentials[p.Key]
}

// sendQuery sends one operation; an answer with errors or problems is kept.
func (w *world) sendQuery(as demo.Credential, query string, variables fields) demo.Reply {
	w.t.Helper()
	reply, err := w.client.Do(w.t.Context(), as, query, variables)
	must(w.t, err)
	if len(reply.Errors) > 0 || strings.Contains(reply.Raw, `"problems":[{`) {
		w.errors.WriteString(reply.Raw + "\n")
	}
	return reply
}

// tryChange asks for a change.
func (w *world) tryChange(as demo.Credential, mutation string, in fields, selection string) (demo.Value, demo.Reply) {
	w.t.Helper()
	if mutation != "givePreference" && mutation != "giveFeedback" && mutation != "viewIdentity" && mutation != "uploadEvidence" &&
		in["idempotencyKey"] == nil {
		in["idempotencyKey"] = uuid.NewString()
	}
	reply := w.sendQuery(as, fmt.Sprintf("mutation($input: %s%sInput!) { %s(input: $input) { %s problems { code field message } } }",
		strings.ToUpper(mutation[:1]), mutation[1:], mutation, selection), fields{"input": in})
	return reply.Data.At(mutation), reply
}

// mustChange is tryChange that must succeed.
func (w *world) mustChange(who demo.Persona, mutation string, in fields, selection string) demo.Value {
	w.t.Helper()
	return w.mustChangeAs(w.credentialOf(who), mutation, in, selection)
}

func (w *world) mustChangeAs(as demo.Credential, mutation string, in fields, selection string) demo.Value {
	w.t.Helper()
	done, reply := w.tryChange(as, mutation, in, selection)
	if !done.Exists() || done.At("problems.0").Exists() {
		w.t.Fatalf("%s: %s", mutation, reply.Raw)
	}
	return done
}

func (w *world) marketTime() (now time.Time) {
	w.t.Helper()
	must(w.t, w.Admin.QueryRow("SELECT dps.now()").Scan(&now))
	return now
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
