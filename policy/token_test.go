package policy

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
)

// All persons and organisations here are synthetic.
const (
	testIssuer   = "https://issuer.invalid"
	testAudience = "dps"
)

var testOrganisation = uuid.MustParse("6f2d9a54-1111-4222-8333-444455556666")

// hashOfCode replaces the real hash. It knows one form of code, and returns nil for any other.
func hashOfCode(code string) []byte {
	if strings.HasPrefix(code, "CODE-") {
		return []byte("hash of " + code)
	}
	return nil
}

func testConfig() TokenConfig {
	return TokenConfig{Issuer: testIssuer, Audience: testAudience, HashCode: hashOfCode}
}

func developmentVerifier(t *testing.T) (*Verifier, ed25519.PrivateKey) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := testConfig()
	c.DevelopmentKey = public
	v, err := NewVerifier(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return v, private
}

func goodClaims() jwt.MapClaims {
	return jwt.MapClaims{
		"iss": testIssuer, "aud": testAudience, "sub": "officer-1", "org": testOrganisation.String(),
		"exp": time.Now().Add(time.Hour).Unix(), "capacities": []string{"commissioner"}, "epoch": 3,
	}
}

func signToken(t *testing.T, method jwt.SigningMethod, key any, header map[string]any, claims jwt.Claims) string {
	t.Helper()
	token := jwt.NewWithClaims(method, claims)
	for name, value := range header {
		token.Header[name] = value
	}
	s, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func requestWith(authorization ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/graphql", nil)
	for _, a := range authorization {
		r.Header.Add("Authorization", a)
	}
	return r
}

// claimsWith are the good claims with one of them changed; nil removes it.
func claimsWith(name string, value any) jwt.MapClaims {
	c := goodClaims()
	c[name] = value
	if value == nil {
		delete(c, name)
	}
	return c
}

func TestActorRefusesWrongClaims(t *testing.T) {
	v, key := developmentVerifier(t)
	wrong := map[string]jwt.MapClaims{
		"other issuer":          claimsWith("iss", "https://other.invalid"),
		"no issuer":             claimsWith("iss", nil),
		"other audience":        claimsWith("aud", "elsewhere"),
		"no audience":           claimsWith("aud", nil),
		"expired":               claimsWith("exp", time.Now().Add(-31*time.Second).Unix()),
		"no end":                claimsWith("exp", nil),
		"not yet valid":         claimsWith("nbf", time.Now().Add(time.Minute).Unix()),
		"no subject":            claimsWith("sub", nil),
		"empty subject":         claimsWith("sub", ""),
		"control character":     claimsWith("sub", "officer\x00"),
		"long subject":          claimsWith("sub", strings.Repeat("a", 256)),
		"subject of families":   claimsWith("sub", "Family"),
		"subject of the clock":  claimsWith("sub", "system"),
		"no organisation":       claimsWith("org", nil),
		"no real organisation":  claimsWith("org", uuid.Nil.String()),
		"organisation's name":   claimsWith("org", "West Sussex"),
		"organisation as urn":   claimsWith("org", testOrganisation.URN()),
		"no capacities":         claimsWith("capacities", nil),
		"empty capacities":      claimsWith("capacities", []string{}),
		"unknown capacity":      claimsWith("capacities", []string{"director"}),
		"operator":              claimsWith("capacities", []string{"commissioner", "operator"}),
		"of a token to log out": claimsWith("events", map[string]any{}),
		"of an identity token":  claimsWith("at_hash", "synthetic"),
		"capacity as text":      claimsWith("capacities", "commissioner"),
		"subject of policy":     claimsWith("capacities", []string{"role:commissioner"}),
		"public":                claimsWith("capacities", []string{"public"}),
		"family":                claimsWith("capacities", []string{"family"}),
		"keeper":                claimsWith("capacities", []string{"keeper"}),
		"worker":                claimsWith("capacities", []string{"commissioner", "worker"}),
		"no epoch":              claimsWith("epoch", nil),
		"negative epoch":        claimsWith("epoch", -1),
		"epoch out of range":    claimsWith("epoch", int64(1)<<31),
		"epoch as text":         claimsWith("epoch", "3"),
	}
	for name, claims := range wrong {
		t.Run(name, func(t *testing.T) {
			requireUnauthenticated(t, v, requestWith("Bearer "+signToken(t, jwt.SigningMethodEdDSA, key, nil, claims)))
		})
	}
}

// requireUnauthenticated requires exactly the one error, so that nothing can be added to it.
func requireUnauthenticated(t *testing.T, v *Verifier, r *http.Request) {
	t.Helper()
	if actor, err := v.Actor(r); !errors.Is(err, ErrUnauthenticated) || err.Error() != ErrUnauthenticated.Error() || actor.Role != "" {
		t.Errorf("got %+v, %v; want %v", actor, err, ErrUnauthenticated)
	}
}

func TestActorRefusesForgedSignatures(t *testing.T) {
	v, key := developmentVerifier(t)
	public := key.Public().(ed25519.PublicKey)
	_, stranger, _ := ed25519.GenerateKey(rand.Reader)
	good := signToken(t, jwt.SigningMethodEdDSA, key, nil, goodClaims())
	parts := strings.Split(good, ".")
	other := strings.Split(signToken(t, jwt.SigningMethodEdDSA, key, nil, claimsWith("sub", "officer-2")), ".")
	forged := map[string]string{
		"none":               signToken(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil, goodClaims()),
		"none, other case":   signToken(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, map[string]any{"alg": "nOnE"}, goodClaims()),
		"public key as HMAC": signToken(t, jwt.SigningMethodHS256, []byte(public), nil, goodClaims()),
		"another key":        signToken(t, jwt.SigningMethodEdDSA, stranger, nil, goodClaims()),
		"key in the header": signToken(t, jwt.SigningMethodEdDSA, stranger, map[string]any{"jwk": publicJWK(t, stranger.Public(), "x")},
			goodClaims()),
		"critical extension": signToken(t, jwt.SigningMethodEdDSA, key, map[string]any{"crit": []string{"exp"}}, goodClaims()),
		"other's signature":  parts[0] + "." + parts[1] + "." + other[2],
		"no signature":       parts[0] + "." + parts[1] + ".",
		"two parts":          parts[0] + "." + parts[1],
		"nothing":            "",
		"longer than any":    good + strings.Repeat("A", maxCredential),
	}
	for name, token := range forged {
		t.Run(name, func(t *testing.T) { requireUnauthenticated(t, v, requestWith("Bearer "+token)) })
	}
	t.Run("two headers", func(t *testing.T) { requireUnauthenticated(t, v, requestWith("Bearer "+good, "Bearer "+good)) })
	t.Run("other scheme", func(t *testing.T) { requireUnauthenticated(t, v, requestWith("Basic "+good)) })
	t.Run("empty header", func(t *testing.T) { requireUnauthenticated(t, v, requestWith("")) })
	t.Run("no such code", func(t *testing.T) { requireUnauthenticated(t, v, requestWith("Invitation "+good)) })
}

func TestActorOfAGoodToken(t *testing.T) {
	v, key := developmentVerifier(t)
	token, err := IssueDevelopment(key, Claims{
		Issuer: testIssuer, Audience: testAudience, Person: "commissioner", Organisation: testOrganisation,
		Capacities: []Role{Evaluator, Evaluator}, Epoch: 2, Expires: time.Now().Add(-20 * time.Second), // within the leeway
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := v.Actor(requestWith("bearer " + token))
	if err != nil {
		t.Fatal(err)
	}
	// The person has the name of a role, and is still only an evaluator.
	if got.Role.Subject() != "role:evaluator" || got.Person != "commissioner" || got.Organisation != testOrganisation || got.Epoch != 2 {
		t.Errorf("got %+v", got)
	}
}

func TestActorWithoutAToken(t *testing.T) {
	v, _ := developmentVerifier(t)
	public, err := v.Actor(requestWith())
	if err != nil || public.Role != Public || public.Person != "" || public.Invitation != nil {
		t.Errorf("without a header: %+v, %v", public, err)
	}
	family, err := v.Actor(requestWith("Invitation CODE-1"))
	if err != nil || family.Role != Family || string(family.Invitation) != "hash of CODE-1" {
		t.Errorf("with an invitation: %+v, %v", family, err)
	}
	r := requestWith()
	r.Header.Set(CapacityHeader, "commissioner")
	requireCapacityError(t, v, r, CapacityForbidden)
}

func requireCapacityError(t *testing.T, v *Verifier, r *http.Request, code string) {
	t.Helper()
	actor, err := v.Actor(r)
	var refusal *CapacityError
	if !errors.As(err, &refusal) || refusal.Code != code || actor.Role != "" {
		t.Errorf("got %+v, %v; want code %s", actor, err, code)
	}
}

func TestActorTakesACapacityOfTheToken(t *testing.T) {
	v, key := developmentVerifier(t)
	token := "Bearer " + signToken(t, jwt.SigningMethodEdDSA, key, nil, claimsWith("capacities", []string{"approver", "commissioner"}))
	requireCapacityError(t, v, requestWith(token), CapacityRequired)
	for _, name := range []string{"evaluator", "Approver", "role:approver", "public", ""} {
		r := requestWith(token)
		r.Header.Set(CapacityHeader, name)
		requireCapacityError(t, v, r, CapacityForbidden)
	}
	r := requestWith(token)
	r.Header.Add(CapacityHeader, "approver")
	if got, err := v.Actor(r); err != nil || got.Role != Approver {
		t.Errorf("got %+v, %v", got, err)
	}
	r.Header.Add(CapacityHeader, "commissioner")
	requireCapacityError(t, v, r, CapacityForbidden)
}

func TestActorContextsDiffer(t *testing.T) {
	org := testOrganisation
	actors := []Actor{
		{Role: Public},
		{Role: Family, Invitation: []byte{1}},
		{Role: Family, Invitation: []byte{2}},
		{Role: Commissioner, Person: "a", Organisation: org},
		{Role: Approver, Person: "a", Organisation: org},
		{Role: Commissioner, Person: "b", Organisation: org},
		{Role: Commissioner, Person: "a"},
		{Role: Commissioner, Person: `a"|` + org.String() + "|", Organisation: org},
	}
	seen := map[string]Actor{}
	for _, a := range actors {
		if twin, ok := seen[a.Context()]; ok {
			t.Errorf("%+v and %+v have one context", a, twin)
		}
		seen[a.Context()] = a
	}
	renewed := actors[3]
	renewed.Epoch++
	if renewed.Context() != actors[3].Context() {
		t.Error("a new token must go on with the same list")
	}
}

// TestRefusalHasACauseForTheOperator, which says nothing of the token.
func TestRefusalHasACauseForTheOperator(t *testing.T) {
	v, key := developmentVerifier(t)
	_, stranger, _ := ed25519.GenerateKey(rand.Reader)
	of := func(header map[string]any, claims jwt.MapClaims) string {
		return signToken(t, jwt.SigningMethodEdDSA, key, header, claims)
	}
	for name, c := range map[string]struct{ token, cause string }{
		"expired":             {of(nil, claimsWith("exp", time.Now().Add(-time.Hour).Unix())), "claim exp: the token has expired"},
		"no end":              {of(nil, claimsWith("exp", nil)), "one of the claims exp"},
		"another issuer":      {of(nil, claimsWith("iss", "https://synthetic.invalid")), "--issuer"},
		"another audience":    {of(nil, claimsWith("aud", "synthetic")), "--audience"},
		"capacities a text":   {of(nil, claimsWith("capacities", "commissioner")), "claim capacities is not a list"},
		"no capacities":       {of(nil, claimsWith("capacities", []string{"synthetic"})), "claim capacities names none"},
		"another's signature": {signToken(t, jwt.SigningMethodEdDSA, stranger, nil, goodClaims()), CauseForged},
		"to log out":          {of(map[string]any{"typ": "logout+jwt"}, goodClaims()), "no access token (typ)"},
		"an odd type":         {of(map[string]any{"typ": 7}, goodClaims()), "no access token (typ)"},
		"no token":            {"synthetic", "malformed"},
	} {
		_, err := v.Actor(requestWith("Bearer " + c.token))
		var refused *RefusedTokenError
		if !errors.As(err, &refused) || !strings.Contains(refused.Cause, c.cause) {
			t.Errorf("%s: %v, %+v", name, err, refused)
			continue
		}
		if strings.Contains(refused.Cause, "synthetic") || strings.Contains(refused.Cause, "officer") {
			t.Errorf("%s: the cause holds what the caller sent: %s", name, refused.Cause)
		}
	}
	for _, typ := range []string{"JWT", "at+jwt", "application/at+JWT"} {
		if _, err := v.Actor(requestWith("Bearer " + of(map[string]any{"typ": typ}, goodClaims()))); err != nil {
			t.Errorf("%s: %v", typ, err)
		}
	}
	if a, err := v.Actor(requestWith("Bearer " + of(nil, claimsWith("capacities", []string{"director", "commissioner"})))); err != nil ||
		a.Role != Commissioner {
		t.Errorf("with a role of another system: %+v, %v", a, err)
	}
}

// TestExpiryFollowsTheLaterClock: a token that has expired by the database's clock is refused although the service's own is behind, and
// although it was found valid before.
func TestExpiryFollowsTheLaterClock(t *testing.T) {
	public, key, _ := ed25519.GenerateKey(rand.Reader)
	c, ahead := testConfig(), time.Duration(0)
	c.DevelopmentKey, c.Now = public, func() time.Time { return time.Now().Add(ahead) }
	v, err := NewVerifier(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	r := requestWith("Bearer " + signToken(t, jwt.SigningMethodEdDSA, key, nil, goodClaims()))
	if _, err := v.Actor(r); err != nil {
		t.Fatal(err)
	}
	ahead = 2 * time.Hour
	requireUnauthenticated(t, v, r)
}

// TestOneOddKeyHidesNoOther, and a set without a key that a token can name is told at the start.
func TestOneOddKeyHidesNoOther(t *testing.T) {
	public, key, _ := ed25519.GenerateKey(rand.Reader)
	good := publicJWK(t, public, "good")
	oddDigest := bytes.Replace(publicJWK(t, public, "digest"), []byte("{"), []byte(`{"x5t":"ABCDEF0123456789ABCDEF0123456789ABCDEF01",`), 1)
	withoutID := publicJWK(t, public, "")
	i := newKeyServer(t, json.RawMessage(`{"kty":"OKP","crv":"Ed25519","kid":"odd","x":"!"}`), good, oddDigest, withoutID,
		json.RawMessage(`{"kid":7}`))
	v := i.startVerifier(t.Context(), t)
	for _, id := range []string{"good", "digest"} {
		token := signToken(t, jwt.SigningMethodEdDSA, key, map[string]any{"kid": id}, goodClaims())
		if _, err := v.Actor(requestWith("Bearer " + token)); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	for name, keys := range map[string][]json.RawMessage{"empty": {}, "without an id": {withoutID}} {
		c := testConfig()
		c.JWKSURL = newKeyServer(t, keys...).URL
		if _, err := NewVerifier(t.Context(), c); err == nil || !strings.Contains(err.Error(), "kid") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestIssuerCanBeAwayAtTheStart: tokens are refused until it is back.
func TestIssuerCanBeAwayAtTheStart(t *testing.T) {
	public, key, _ := ed25519.GenerateKey(rand.Reader)
	i := newKeyServer(t, publicJWK(t, public, "key"))
	i.away.Store(true)
	v := i.startVerifier(t.Context(), t)
	i.away.Store(false)
	token := signToken(t, jwt.SigningMethodEdDSA, key, map[string]any{"kid": "key"}, goodClaims())
	if _, err := v.Actor(requestWith("Bearer " + token)); err != nil {
		t.Errorf("once the issuer is back: %v", err)
	}
}

// keyServer serves a key set that can be replaced, and counts how often it is read.
type keyServer struct {
	*httptest.Server
	keySet atomic.Value // []json.RawMessage
	reads  atomic.Int32
	away   atomic.Bool // it answers with an error of its own
}

func newKeyServer(t *testing.T, keys ...json.RawMessage) *keyServer {
	t.Helper()
	i := &keyServer{}
	i.keySet.Store(keys)
	i.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		i.reads.Add(1)
		if i.away.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": i.keySet.Load()})
	}))
	t.Cleanup(i.Close)
	return i
}

func publicJWK(t *testing.T, key any, id string) json.RawMessage {
	t.Helper()
	return marshalJWK(t, key, jwkset.JWKOptions{Metadata: jwkset.JWKMetadataOptions{KID: id}})
}

func marshalJWK(t *testing.T, key any, o jwkset.JWKOptions) json.RawMessage {
	t.Helper()
	k, err := jwkset.NewJWKFromKey(key, o)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(k.Marshal())
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func (i *keyServer) startVerifier(ctx context.Context, t *testing.T) *Verifier {
	t.Helper()
	c := testConfig()
	c.JWKSURL = i.URL
	v, err := NewVerifier(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestActorAcceptsOnlyPublishedKeys(t *testing.T) {
	rsaKey, _ := rsa.GenerateKey(rand.Reader, 2048)
	ecKey, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	edPublic, edKey, _ := ed25519.GenerateKey(rand.Reader)
	_, encKey, _ := ed25519.GenerateKey(rand.Reader)
	secret := bytes.Repeat([]byte("s"), 32)
	i := newKeyServer(t, publicJWK(t, rsaKey.Public(), "rsa"), publicJWK(t, ecKey.Public(), "ec"), publicJWK(t, edPublic, "ed"),
		marshalJWK(t, encKey.Public(), jwkset.JWKOptions{Metadata: jwkset.JWKMetadataOptions{KID: "enc", USE: jwkset.UseEnc}}),
		marshalJWK(t, secret, jwkset.JWKOptions{
			Marshal:  jwkset.JWKMarshalOptions{Private: true},
			Metadata: jwkset.JWKMetadataOptions{KID: "oct"},
		}))
	v := i.startVerifier(t.Context(), t)
	by := func(method jwt.SigningMethod, key any, header map[string]any) *http.Request {
		return requestWith("Bearer " + signToken(t, method, key, header, goodClaims()))
	}
	kid := func(id any) map[string]any { return map[string]any{"kid": id} }
	for id, r := range map[string]*http.Request{
		"rsa": by(jwt.SigningMethodRS256, rsaKey, kid("rsa")),
		"ec":  by(jwt.SigningMethodES256, ecKey, kid("ec")),
		"ed":  by(jwt.SigningMethodEdDSA, edKey, kid("ed")),
	} {
		if got, err := v.Actor(r); err != nil || got.Role != Commissioner {
			t.Errorf("%s: %+v, %v", id, got, err)
		}
	}
	for name, r := range map[string]*http.Request{
		"no key id":          by(jwt.SigningMethodEdDSA, edKey, nil),
		"empty key id":       by(jwt.SigningMethodEdDSA, edKey, kid("")),
		"key id as number":   by(jwt.SigningMethodEdDSA, edKey, kid(1)),
		"another's key id":   by(jwt.SigningMethodEdDSA, edKey, kid("rsa")),
		"key for encryption": by(jwt.SigningMethodEdDSA, encKey, kid("enc")),
		"shared secret":      by(jwt.SigningMethodHS256, secret, kid("oct")),
		"RSA of other kind":  by(jwt.SigningMethodPS256, rsaKey, kid("rsa")),
		"key by its address": by(jwt.SigningMethodEdDSA, encKey, map[string]any{"kid": "ed", "jku": i.URL}),
	} {
		t.Run(name, func(t *testing.T) { requireUnauthenticated(t, v, r) })
	}
}

func TestKeyRotationNeedsNoRestart(t *testing.T) {
	oldPublic, oldKey, _ := ed25519.GenerateKey(rand.Reader)
	newPublic, newKey, _ := ed25519.GenerateKey(rand.Reader)
	i := newKeyServer(t, publicJWK(t, oldPublic, "old"))
	v := i.startVerifier(t.Context(), t)
	old := "Bearer " + signToken(t, jwt.SigningMethodEdDSA, oldKey, map[string]any{"kid": "old"}, goodClaims())
	rotated := "Bearer " + signToken(t, jwt.SigningMethodEdDSA, newKey, map[string]any{"kid": "new"}, goodClaims())
	if _, err := v.Actor(requestWith(old)); err != nil {
		t.Fatal(err)
	}

	i.keySet.Store([]json.RawMessage{publicJWK(t, newPublic, "new")})
	// A caller who hangs up must not use up the reading.
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := v.Actor(requestWith(rotated).WithContext(gone)); err != nil {
		t.Errorf("after the rotation: %v", err)
	}
	requireUnauthenticated(t, v, requestWith(old))

	// Both unknown key ids came within the same half minute: one reading at the start, one for the rotation, no more.
	if n := i.reads.Load(); n != 2 {
		t.Errorf("the issuer was read %d times", n)
	}
}

func TestVerifierRefusesWrongConfiguration(t *testing.T) {
	public, _, _ := ed25519.GenerateKey(rand.Reader)
	i := newKeyServer(t)
	moved := httptest.NewServer(http.RedirectHandler(i.URL, http.StatusFound))
	defer moved.Close()
	for name, change := range map[string]func(*TokenConfig){
		"no keys":            func(*TokenConfig) {},
		"both kinds of keys": func(c *TokenConfig) { c.DevelopmentKey, c.JWKSURL = public, i.URL },
		"no issuer":          func(c *TokenConfig) { c.DevelopmentKey, c.Issuer = public, "" },
		"no audience":        func(c *TokenConfig) { c.DevelopmentKey, c.Audience = public, "" },
		"no hash of codes":   func(c *TokenConfig) { c.DevelopmentKey, c.HashCode = public, nil },
		"keys in the clear":  func(c *TokenConfig) { c.JWKSURL = "http://issuer.invalid/keys" },
		"keys moved":         func(c *TokenConfig) { c.JWKSURL = moved.URL },
	} {
		t.Run(name, func(t *testing.T) {
			c := testConfig()
			change(&c)
			if _, err := NewVerifier(t.Context(), c); err == nil {
				t.Error("accepted")
			}
		})
	}
}

// The signature of a token that was found valid is not checked again. Its times are, and whether the issuer still has
// its key.
func TestVerifiedTokenIsStillBoundToItsTimesAndKey(t *testing.T) {
	v, key := developmentVerifier(t)
	bearer := requestWith("Bearer " + signToken(t, jwt.SigningMethodEdDSA, key, nil, goodClaims()))
	if _, err := v.Actor(bearer); err != nil {
		t.Fatal(err)
	}
	v.parser = nil // what checks signatures
	if _, err := v.Actor(bearer); err != nil {
		t.Error(err)
	}
	v.timesValidator = jwt.NewValidator(jwt.WithLeeway(defaultLeeway),
		jwt.WithTimeFunc(func() time.Time { return time.Now().Add(2 * time.Hour) }))
	requireUnauthenticated(t, v, bearer)

	v, key = developmentVerifier(t)
	bearer = requestWith("Bearer " + signToken(t, jwt.SigningMethodEdDSA, key, nil, goodClaims()))
	if _, err := v.Actor(bearer); err != nil {
		t.Fatal(err)
	}
	another, _, _ := ed25519.GenerateKey(rand.Reader)
	v.findKey = developmentKey(another)
	requireUnauthenticated(t, v, bearer)
}
