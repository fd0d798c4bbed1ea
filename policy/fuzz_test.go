package policy

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
)

// plantedWord is a word that no answer and no line of the log may contain.
const plantedWord = "planted-7f3a91c2"

// captureLog takes what is logged until the test ends.
func captureLog(t *testing.T) *bytes.Buffer {
	t.Helper()
	var out bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { slog.SetDefault(before) })
	return &out
}

// fuzzVerifier accepts one key, the same in each of the fuzzer's processes.
func fuzzVerifier(f *testing.F) (*Verifier, ed25519.PrivateKey) {
	f.Helper()
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	c := testConfig()
	c.DevelopmentKey = key.Public().(ed25519.PublicKey)
	v, err := NewVerifier(f.Context(), c)
	if err != nil {
		f.Fatal(err)
	}
	return v, key
}

// FuzzAuthorization: a header is the one token that was issued, or a code of the right form. Anything else gets the one
// answer, and neither the answer nor the log repeats a part of the header.
func FuzzAuthorization(f *testing.F) {
	v, key := fuzzVerifier(f)
	claims := goodClaims()
	claims["exp"] = 4102444800 // 2100, so that the token is the same in each process
	issued, err := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims).SignedString(key)
	if err != nil {
		f.Fatal(err)
	}
	parts := strings.Split(issued, ".")
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","kid":"` + plantedWord + `"}`))
	for _, seed := range []string{
		"Bearer " + issued, "bearer " + issued, "Bearer  " + issued, "Bearer " + none + "." + parts[1] + ".",
		"Bearer " + parts[0] + "." + parts[1] + ".",
		"Bearer " + plantedWord, "Bearer " + plantedWord + "." + plantedWord + "." + plantedWord, "Invitation CODE-1", "Invitation " +
			plantedWord, "Basic " + plantedWord, plantedWord, "", "Bearer",
		"Bearer " + base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"EdDSA"}`)) + "." +
			base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"`+plantedWord+`"}`)) + ".AAAA",
	} {
		f.Add(seed, "commissioner")
	}
	f.Add("Bearer "+issued, plantedWord)
	f.Fuzz(func(t *testing.T, header, capacity string) {
		log := captureLog(t)
		r := httptest.NewRequest(http.MethodPost, "/graphql", nil)
		r.Header["Authorization"] = []string{header}
		if capacity != "" {
			r.Header[CapacityHeader] = []string{capacity}
		}
		actor, err := v.Actor(r)
		var wrong *CapacityError
		scheme, credential, _ := strings.Cut(header, " ")
		switch {
		case errors.As(err, &wrong), errors.Is(err, ErrUnauthenticated):
			if strings.Contains(err.Error(), plantedWord) {
				t.Fatalf("%q: the answer repeats it: %v", header, err)
			}
		case err != nil:
			t.Fatalf("%q: %v", header, err)
		case strings.EqualFold(scheme, "bearer") && credential == issued && actor.Person == "officer-1" && actor.Role == Commissioner:
		case strings.EqualFold(scheme, "invitation") && actor.Role == Family && actor.Person == "" && actor.Organisation == uuid.Nil:
		default:
			t.Fatalf("%q is believed to be %+v", header, actor)
		}
		if strings.Contains(log.String(), plantedWord) {
			t.Fatalf("%q: the log repeats it: %s", header, log)
		}
	})
}

// FuzzContext: two actors have the same context if and only if they are the same.
func FuzzContext(f *testing.F) {
	f.Add("a|", "a", uint8(3), uint8(4), []byte("1"), []byte(nil))
	f.Add(`a"|"b`, `a`, uint8(1), uint8(0), []byte("1"), []byte("2"))
	f.Add("", "x", uint8(0), uint8(0), []byte{}, []byte(nil))
	f.Add("same", "same", uint8(5), uint8(5), []byte{7}, []byte{7})
	f.Fuzz(func(t *testing.T, person, other string, role, otherRole uint8, invitation, otherInvitation []byte) {
		if person != "" && !IsPerson(person) || other != "" && !IsPerson(other) {
			return // no token that names such a person is accepted
		}
		a := Actor{Person: person, Role: Roles[int(role)%len(Roles)], Organisation: testOrganisation, Invitation: invitation}
		b := Actor{Person: other, Role: Roles[int(otherRole)%len(Roles)], Organisation: testOrganisation, Invitation: otherInvitation}
		same := a.Person == b.Person && a.Role == b.Role && bytes.Equal(a.Invitation, b.Invitation)
		if same != (a.Context() == b.Context()) {
			t.Fatalf("%+v and %+v: %q and %q", a, b, a.Context(), b.Context())
		}
		b.Organisation = uuid.Nil
		if a.Context() == b.Context() {
			t.Fatalf("the context of %+v leaves the organisation out", a)
		}
	})
}

// FuzzPolicyFile: any policy.csv is refused, or each role has no more than the lines that name it or its groups.
func FuzzPolicyFile(f *testing.F) {
	f.Add("p, role:evaluator, need, read, own")
	f.Add("p, role:public, lot, read, published\ng, role:public, role:anyone\np, role:anyone, market, read, all")
	for _, hostile := range []string{
		"p, role:evaluator, need, read, own, deny", "g, role:evaluator, role:commissioner",
		"p, role:evaluator, need, read, *", "p,role:evaluator,need,read,own",
		"p, role:evaluator, need, read, self:", "p, evaluator, need, read, own", "p, role:evaluator, need, read, own # \n",
		"p, role:evaluator, need, read, own\r\n", "p2, role:evaluator, need, read, own", "\ufeffp, role:evaluator, need, read, own",
	} {
		f.Add(hostile)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parsePolicy(modelText, text)
		if err != nil {
			return
		}
		_ = p.SQL() // whatever is accepted can be compiled
		for _, role := range Roles {
			for _, act := range Acts() {
				for _, scope := range p.Scopes(role, act) {
					if !textGrants(text, role, act, scope) {
						t.Fatalf("%s has %s on %s, and no line says so:\n%s", role, act, scope, text)
					}
				}
			}
		}
	})
}

// textGrants says whether a line of the text gives a role an act, itself or through groups.
func textGrants(text string, role Role, act Act, scope Scope) bool {
	lines := strings.Split(text, "\n")
	subjects := []string{role.Subject()}
	for i := 0; i < len(subjects); i++ {
		for _, line := range lines {
			if group, ok := strings.CutPrefix(line, "g, "+subjects[i]+", "); ok && !slices.Contains(subjects, group) {
				subjects = append(subjects, group)
			}
		}
	}
	return slices.ContainsFunc(subjects, func(s string) bool {
		return slices.Contains(lines, "p, "+s+", "+act.Object()+", "+act.Verb()+", "+string(scope))
	})
}
