package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"github.com/MicahParks/jwkset"
)

// errNoKeys says that an issuer publishes no key that a token could name.
var errNoKeys = errors.New("the set has no key that a token can name: each key needs a kid, and Ed25519, RSA or P-256")

// errIssuerAway says that an issuer does not answer, or answers with an error of its own. One that answers with something else is wrong.
var errIssuerAway = errors.New("the issuer does not answer")

var errNotKeys = errors.New("the answer is not a set of keys")

// keyTransport reads no more than a key set can need, and passes on only those keys that can be used: one odd key must not hide the others.
type keyTransport struct{ http.RoundTripper }

func (b keyTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errIssuerAway, err)
	}
	if answer.StatusCode != http.StatusOK && answer.StatusCode < http.StatusInternalServerError {
		return answer, nil
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%w: status %d", errIssuerAway, answer.StatusCode)
	}
	written, err := io.ReadAll(http.MaxBytesReader(nil, answer.Body, maxKeySet))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNotKeys, err)
	}
	usable, setAside, err := usableKeys(written)
	for _, why := range setAside {
		slog.Warn("a key of the issuer is set aside", "reason", why)
	}
	if err != nil {
		return nil, err
	}
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(usable)), int64(len(usable))
	return answer, nil
}

// keyMembers are those members of a key that are used (RFC 7517 and 7518). Certificates and their digests are not, and are often odd.
var keyMembers = []string{"kty", "kid", "use", "alg", "key_ops", "crv", "x", "y", "n", "e"}

// usableKeys are the public keys of a set that a token can name, and why others are set aside.
func usableKeys(written []byte) (usable []byte, setAside []string, err error) {
	var set struct {
		Keys []map[string]json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(written, &set); err != nil || set.Keys == nil {
		return nil, nil, errNotKeys
	}
	kept := []json.RawMessage{}
	for number, key := range set.Keys {
		raw, why := usableKey(key)
		if why != "" {
			setAside = append(setAside, fmt.Sprintf("key %d: %s", number+1, why))
			continue
		}
		kept = append(kept, raw)
	}
	if len(kept) == 0 {
		return nil, setAside, errNoKeys
	}
	usable, err = json.Marshal(map[string]any{"keys": kept})
	return usable, setAside, err
}

// usableKey is a key with only the members that are used, or why it cannot be.
func usableKey(key map[string]json.RawMessage) (raw json.RawMessage, why string) {
	plain := map[string]json.RawMessage{}
	for _, name := range keyMembers {
		if value, ok := key[name]; ok {
			plain[name] = value
		}
	}
	var id string
	if json.Unmarshal(plain["kid"], &id) != nil || id == "" {
		return nil, "it has no id (kid), so no token can name it"
	}
	raw, err := json.Marshal(plain)
	if err != nil {
		return nil, "it cannot be read"
	}
	if _, err := jwkset.NewJWKFromRawJSON(raw, jwkset.JWKMarshalOptions{}, jwkset.JWKValidateOptions{}); err != nil {
		return nil, "it is not a public key of a known kind"
	}
	return raw, ""
}
