package tokens_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

// signedHeader is a header with a good token of the commissioner's, changed.
func signedHeader(t testing.TB, key ed25519.PrivateKey, kid string, change jwt.MapClaims) string {
	t.Helper()
	who := demo.Commissioner
	claims := jwt.MapClaims{
		"iss": issuer, "aud": audience, "sub": who.Key, "org": who.Organisation.String(),
		"capacities": []policy.Role{who.Capacity}, "epoch": 0, "exp": time.Now().Add(time.Hour).Unix(),
	}
	for name, value := range change {
		claims[name] = value
	}
	token := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims)
	token.Header["kid"] = kid
	text, err := token.SignedString(key)
	must(t, err)
	return "Bearer " + text
}

func (s *service) requireAccepted(t testing.TB, what, header string) {
	t.Helper()
	if got := s.postWith(t, viewerBody, header); !got.hasStatus(http.StatusOK) || !strings.Contains(string(got),
		`"person":"kent.commissioner"`) {
		t.Errorf("%s: got\n%s", what, got)
	}
}

func (s *service) requireRefused(t testing.TB, what, header string, want rawAnswer) {
	t.Helper()
	if got := s.postWith(t, viewerBody, header); got != want {
		t.Errorf("%s: got\n%s", what, got)
	}
}

// marshalKeySet is an issuer's, by key id.
func marshalKeySet(t testing.TB, keys map[string]ed25519.PublicKey) []byte {
	t.Helper()
	all := []map[string]string{}
	for id, key := range keys {
		all = append(all, map[string]string{
			"kty": "OKP", "crv": "Ed25519", "kid": id, "use": "sig",
			"x": base64.RawURLEncoding.EncodeToString(key),
		})
	}
	raw, err := json.Marshal(map[string]any{"keys": all})
	must(t, err)
	return raw
}

// The service keeps running while the issuer starts to use a new key, drops the old one, and goes away.
func TestKeysRotateWithoutARestart(t *testing.T) {
	oldPublic, oldKey, err := ed25519.GenerateKey(nil)
	must(t, err)
	newPublic, newKey, err := ed25519.GenerateKey(nil)
	must(t, err)
	var published atomic.Value
	published.Store(marshalKeySet(t, map[string]ed25519.PublicKey{"old": oldPublic}))
	keys := serveKeys(t, func() []byte { return published.Load().([]byte) })
	s := newService(t, func(c *policy.TokenConfig) { c.JWKSURL = keys.URL })
	want := s.usualRefusal(t)
	before, after := signedHeader(t, oldKey, "old", nil), signedHeader(t, newKey, "new", nil)
	s.requireAccepted(t, "before the rotation", before)

	published.Store(marshalKeySet(t, map[string]ed25519.PublicKey{"new": newPublic}))
	s.requireAccepted(t, "a token of the new key", after)
	s.requireRefused(t, "a token of a key that was dropped", before, want)
	s.requireRefused(t, "the old key under the new one's id", signedHeader(t, oldKey, "new", nil), want)

	published.Store([]byte("{}"))
	s.requireAccepted(t, "with an issuer that publishes nothing", after)
	keys.Close()
	s.requireAccepted(t, "with an issuer that has gone", after)
	s.requireRefused(t, "an unknown key with an issuer that has gone", signedHeader(t, oldKey, "other", nil), want)
}

// Clocks may differ by half a minute, and not by more.
func TestClockSkewIsBounded(t *testing.T) {
	s, key := developmentService(t)
	want := s.usualRefusal(t)
	at := func(claim string, by time.Duration) string {
		return signedHeader(t, key, "", jwt.MapClaims{claim: time.Now().Add(by).Unix()})
	}
	s.requireRefused(t, "ended 31 s ago", at("exp", -31*time.Second), want)
	for _, claim := range []string{"nbf", "iat"} {
		s.requireAccepted(t, claim+" in 29 s", at(claim, 29*time.Second))
		s.requireRefused(t, claim+" in a minute", at(claim, time.Minute), want)
	}
	s.acceptsWithinLeeway(t, key)
}

// acceptsWithinLeeway: a token that ended 29 s ago is accepted while it is no more than 30 s. On a busy machine the
// second may pass on the way: then the try shows nothing, and another one is made.
func (s *service) acceptsWithinLeeway(t *testing.T, key ed25519.PrivateKey) {
	t.Helper()
	for range 20 {
		ended := time.Now().Add(-29 * time.Second).Truncate(time.Second)
		got := s.postWith(t, viewerBody, signedHeader(t, key, "", jwt.MapClaims{"exp": ended.Unix()}))
		if time.Since(ended) >= 30*time.Second {
			continue
		}
		if !got.hasStatus(http.StatusOK) {
			t.Errorf("ended 29 s ago: got\n%s", got)
		}
		return
	}
	t.Error("each of twenty tries took longer than a second")
}

// A person's tokens can be revoked before they expire. From then on they are like any other bad token.
func TestRevokedTokenIsRefusedAtOnce(t *testing.T) {
	s, key := developmentService(t)
	want := s.usualRefusal(t)
	first, second := signedHeader(t, key, "", nil), signedHeader(t, key, "", jwt.MapClaims{"epoch": 1})
	colleague := signedHeader(t, key, "", jwt.MapClaims{"sub": "kent.colleague"})
	asked := []string{
		viewerBody, `{"query":"{ __typename }"}`, `{"query":"{ viewer { capacity } }"}`, `{"query":"{ __schema { queryType { name } } }"}`,
		`{"query":"{ needs { edges { node { id } } } organisations { edges { node { name } } } }"}`,
		`{"query":"{ node(id: \"need_00000000000000000000000000000000\") { id } }"}`,
		fmt.Sprintf(`{"query":"{ _entities(representations: [{__typename: \"Organisation\", id: \"org_%x\"}]) { __typename } }"}`,
			demo.Commissioner.Organisation[:]),
		`{"query":"mutation { proposeAward(input: {idempotencyKey: \"synthetic-1\", offer: \"offer_00000000000000000000000000000000\", ` +
			`reason: \"synthetic\"}) { problems { code } } }"}`,
	}
	for _, body := range asked {
		if got := s.postWith(t, body, first); !got.hasStatus(http.StatusOK) || strings.Contains(string(got), `"errors"`) {
			t.Errorf("before, asked %s: got\n%s", body, got)
		}
	}
	_, err := s.Admin.Exec("INSERT INTO dps.revocation (person, epoch) VALUES ($1, 1)", demo.Commissioner.Key)
	must(t, err)
	for _, body := range asked {
		if got := s.postWith(t, body, first); got != want {
			t.Errorf("taken back, asked %s: got\n%s", body, got)
		}
		if got := s.postWith(t, body, second); !got.hasStatus(http.StatusOK) || strings.Contains(string(got), `"errors"`) {
			t.Errorf("of the next epoch, asked %s: got\n%s", body, got)
		}
	}
	if got := s.postWith(t, viewerBody, colleague); !got.hasStatus(http.StatusOK) {
		t.Errorf("a colleague: got\n%s", got)
	}
}
