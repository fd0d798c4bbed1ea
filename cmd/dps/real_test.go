package main

import (
	"crypto/ed25519"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/postgres/postgrestest"
)

// issuerOfTokens is an issuer as real ones are: it publishes its keys, and signs tokens for people.
type issuerOfTokens struct {
	t      testing.TB
	url    string
	key    ed25519.PrivateKey
	claims map[string]jwt.MapClaims // by person: what the operator was told to give them
}

func newIssuer(t testing.TB) *issuerOfTokens {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	must(t, err)
	keys, err := json.Marshal(map[string]any{"keys": []any{map[string]string{
		"kty": "OKP", "crv": "Ed25519", "kid": "synthetic-1", "use": "sig", "alg": "EdDSA", "x": base64.RawURLEncoding.EncodeToString(public),
	}}})
	must(t, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(keys) }))
	t.Cleanup(server.Close)
	return &issuerOfTokens{t: t, url: server.URL, key: private, claims: map[string]jwt.MapClaims{}}
}

var claimLine = regexp.MustCompile(`(?m)^  sub (\S+), org (\S+) \(.*\), capacities (.*), epoch ([0-9]+)$`)

// configure gives people the claims that an applied region asks for.
func (i *issuerOfTokens) configure(report string) {
	for _, found := range claimLine.FindAllStringSubmatch(report, -1) {
		i.give(found[1], found[2], strings.Fields(found[3])...)
	}
}

func (i *issuerOfTokens) give(person, organisation string, capacities ...string) {
	i.claims[person] = jwt.MapClaims{"sub": person, "org": organisation, "capacities": capacities, "epoch": 0, "iss": i.url, "aud": "dps"}
}

// issueToken signs a token for a person.
func (i *issuerOfTokens) issueToken(p demo.Persona) (demo.Credential, error) {
	claims, ok := i.claims[p.Key]
	if !ok {
		return demo.Credential{}, fmt.Errorf("the issuer was not told of %s", p.Key)
	}
	claims["exp"] = time.Now().Add(time.Hour).Unix()
	token := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims)
	token.Header["kid"] = "synthetic-1"
	signed, err := token.SignedString(i.key)
	return demo.Credential{Authorization: "Bearer " + signed}, err
}

// foundersDatabase is an empty database of a login that is no superuser and can create roles, and the login's address.
func foundersDatabase(t testing.TB) (name, address string) {
	t.Helper()
	admin, err := sql.Open("postgres", loginURL(t, "postgres", "postgres"))
	must(t, err)
	t.Cleanup(func() { _ = admin.Close() })
	name = "real_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	for _, statement := range []string{
		"CREATE ROLE " + name + " LOGIN CREATEROLE NOSUPERUSER", "CREATE DATABASE " + name + " OWNER " + name,
	} {
		_, err = admin.Exec(statement)
		must(t, err)
	}
	t.Cleanup(func() {
		_, _ = admin.Exec("DROP DATABASE " + name + " WITH (FORCE)")
		_, _ = admin.Exec("DROP ROLE " + name)
	})
	return name, loginURL(t, name, name)
}

// realService is the service as docs/operating.md says to run it.
type realService struct {
	demo.Player
	t      testing.TB
	issuer *issuerOfTokens
	admin  string // address
	name   string // of the database
	keys   string
}

// TestRunningItForReal does what docs/operating.md says, on an empty database, from the first command to the first place.
func TestRunningItForReal(t *testing.T) {
	postgrestest.Server(t)
	s := &realService{t: t, issuer: newIssuer(t), keys: filepath.Join(t.TempDir(), "keys.json")}
	s.name, s.admin = foundersDatabase(t)
	runDPS(t, "keys", "--out", s.keys).requireSuccess(t)
	runDPS(t, "migrate", "--admin-database-url", s.admin).requireSuccess(t)
	applied := runDPS(t, "region", "apply", "--admin-database-url", s.admin, "--by", "synthetic.operator",
		writeFile(t, "region.yaml", exampleRegion(t))).requireSuccess(t)
	s.issuer.configure(applied.out)
	r := startDPS(t, "serve", "--keys", s.keys, "--issuer", s.issuer.url, "--jwks-url", s.issuer.url+"/keys.json", "--address", "127.0.0.1:0",
		"--database-url", loginURL(t, "dps_api", s.name), "--worker-database-url", loginURL(t, "dps_worker", s.name))
	s.Player = demo.NewPlayer(t.Context(), demo.World{
		Client: demo.Client{URL: (&url.URL{Scheme: "http", Host: addressOf(t, r.waitForLine(`"serving"`)), Path: "/graphql"}).String()},
		Token:  s.issuer.issueToken,
	})
	runDPS(t, "import", "gias", "--keys", s.keys, "--importer-database-url", loginURL(t, "dps_importer", s.name),
		writeFile(t, "synthetic.csv", extractWithPlaces())).requireSuccess(t)
	provider := s.registerProvider()
	lot := s.admitToLot(provider)
	s.awardFirstPlace(lot)
	s.revokeTheProvider()
	must(t, s.Err)
	if code := r.signalAndWait(interrupt); code != 0 {
		t.Errorf("exit code %d: %s", code, r.outputSoFar())
	}
}

// extractWithPlaces is the extract with how many places each school has, and for children with autism.
func extractWithPlaces() string {
	header, schools, _ := strings.Cut(giasExtract, "\r\n")
	return header + ",SchoolCapacity\r\n" + strings.NewReplacer("\r\n", ",40\r\n", "HI - Hearing Impairment",
		"ASD - Autistic Spectrum Disorder").Replace(schools)
}

func personOf(key string) demo.Persona { return demo.Persona{Key: key} }

var (
	manager      = personOf("north.manager")
	commissioner = personOf("south.commissioner")
	bidder       = personOf("synthetic.bids")
)

// registerProvider registers a provider, is confirmed, and has its school. Before that it can do nothing else.
func (s *realService) registerProvider() (provider string) {
	s.issuer.give(bidder.Key, uuid.NewString(), string(policy.BidsManager))
	s.ExpectRefused(bidder, "keepContacts", demo.Input{"contacts": []demo.Input{{
		"purpose": "GENERAL", "name": "x",
		"telephone": "01632 960001",
	}}},
		"NOT_FOUND")
	made := s.Act(bidder, "registerProvider", demo.Input{
		"name": "O'Synthetic Schools Ltd", "companyNumber": "1234567", "ukprn": "1001 2345", "urns": []string{"989001"},
		"contacts": []demo.Input{{"purpose": "REFERRALS", "name": "Synthetic Desk", "email": "referrals@synthetic.example"}},
	}, "registration { id companyNumber ukprn settings { id name } provider { id } }").At("registration")
	s.ExpectValue("the company number", made.At("companyNumber"), "01234567")
	s.ExpectValue("no provider yet", made.At("provider"), "")
	waiting := s.Ask(manager, "{ registrations { edges { node { id name contacts { email } } } } }", nil).At("registrations.edges.0.node")
	s.ExpectValue("what the manager reads", waiting.At("contacts.0.email"), "referrals@synthetic.example")
	done := s.Act(manager, "decideRegistration", demo.Input{"registration": waiting.At("id").Text(), "decision": "CONFIRMED"},
		"registration { provider { id } settings { id } }").At("registration")
	s.Act(manager, "linkSetting", demo.Input{"setting": done.At("settings.0.id").Text(), "provider": done.At("provider.id").Text()},
		"setting { id }")
	return done.At("provider.id").Text()
}

// admitToLot applies to the lot for the provider, and admits it.
func (s *realService) admitToLot(provider string) (lot string) {
	lot = s.Ask(demo.Public, "{ markets { edges { node { lots { edges { node { id } } } } } } }", nil).
		At("markets.edges.0.node.lots.edges.0.node.id").Text()
	application := s.Act(bidder, "submitApplication", demo.Input{
		"lot": lot, "statement": "Synthetic: we meet every criterion.", "noGroundForExclusion": true,
	}, "application { id provider { id } }").At("application")
	s.ExpectValue("the applicant", application.At("provider.id"), provider)
	s.Act(bidder, "recordEvidence", demo.Input{
		"kind": "EXCLUSION_GROUNDS", "reference": "Synthetic", "validFrom": dayFromToday(0), "validUntil": dayFromToday(300), "declared": true,
	}, "evidence { id }")
	s.Act(manager, "decideApplication", demo.Input{
		"application": application.At("id").Text(), "decision": "ADMITTED", "reasons": "Synthetic: every criterion is met.",
	}, "application { decision }")
	return lot
}

func dayFromToday(daysLater int) string {
	return time.Now().AddDate(0, 0, daysLater).Format(time.DateOnly)
}

// awardFirstPlace awards a place by the quickest route that the law has, because no deadline can pass in a test.
func (s *realService) awardFirstPlace(lot string) {
	need := s.Act(commissioner, "broadcastUrgentNeed", demo.Input{
		"lot": lot, "age": 11, "primaryNeed": "ASD - Autistic Spectrum Disorder", "legalBasis": "SECTION_20", "homeOutcode": "ME14",
		"ceilingWeekly": "6000.00", "profile": "Synthetic: needs a calm school at once.", "reason": "Synthetic: the school has closed.",
		"hours": 4, "vacant": false,
	}, "need { id invitations { settings { id } } }").At("need")
	s.Act(commissioner, "recordPanelDecision", demo.Input{
		"need": need.At("id").Text(), "decidedOn": dayFromToday(0), "agreed": true, "reasons": "Synthetic: no place nearer meets the need.",
		"education": "50.00", "socialCare": "30.00", "icb": "20.00",
	}, "need { id }")
	offer := s.Act(commissioner, "enterTelephoneOffer", demo.Input{
		"need": need.At("id").Text(), "setting": need.At("invitations.0.settings.0.id").Text(), "startsOn": dayFromToday(0), "weekly": "1500.00",
		"weeks": 38,
		"words": "Synthetic: one place is free.", "saidBy": "Synthetic head on call", "saidAt": time.Now().UTC().Format(time.RFC3339Nano),
	}, "telephoneOffer { id }").At("telephoneOffer.id").Text()
	s.Act(bidder, "confirmTelephoneOffer", demo.Input{"telephoneOffer": offer, "right": true}, "telephoneOffer { status }")
	approver := personOf("south.approver")
	for _, who := range []demo.Persona{commissioner, approver} {
		s.Act(who, "declareInterest", demo.Input{"need": need.At("id").Text(), "conflict": false}, "need { id }")
	}
	award := s.Act(commissioner, "proposeUrgentPlace", demo.Input{"telephoneOffer": offer, "reasons": "Synthetic: the nearest."},
		"award { id }").At("award.id").Text()
	s.Act(approver, "approvePlace", demo.Input{"award": award}, "award { approvedAt }")
	s.ExpectValue("the first place", s.AskNode(commissioner, "Award", award, "placement { status }").At("placement.status"), "AGREED")
}

// revokeTheProvider takes the bids manager's access away: the next request is refused.
func (s *realService) revokeTheProvider() {
	s.t.Helper()
	must(s.t, s.Err)
	runDPS(s.t, "revoke", "--admin-database-url", s.admin, "--by", "synthetic.operator", "--person", bidder.Key, "--reason",
		"Synthetic: left").requireSuccess(s.t)
	credential, err := s.issuer.issueToken(bidder)
	must(s.t, err)
	reply, err := s.Client.Do(s.t.Context(), credential, "{ viewer { person } }", nil)
	must(s.t, err)
	if reply.Status != http.StatusUnauthorized {
		s.t.Errorf("a token that was taken back is answered with %d: %s", reply.Status, reply.Raw)
	}
}
