package policy

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// CapacityHeader names the capacity of a request, one of those in its token.
const CapacityHeader = "Dps-Capacity"

// ErrUnauthenticated is the only answer to a token or an invitation that cannot be used, whatever the cause. The cause
// would help only a forger.
var ErrUnauthenticated = errors.New("the token is not valid: sign in again")

// CapacityError says that a valid token does not settle the capacity of the request. The message names only capacities
// of the caller's own token.
type CapacityError struct {
	Code    string // CapacityRequired or CapacityForbidden, as in the schema's ErrorCode
	Message string
}

// The codes of a CapacityError.
const (
	CapacityRequired  = "CAPACITY_REQUIRED"
	CapacityForbidden = "FORBIDDEN"
)

func (e *CapacityError) Error() string { return e.Message }

// TokenConfig says whose tokens are accepted: those of a real issuer, by its published keys, or those of a development
// key. It is never both, so that a forgotten development key cannot open a real service.
type TokenConfig struct {
	Issuer         string
	Audience       string
	JWKSURL        string        // https, or http on the loopback address; EdDSA, RS256 and ES256
	Leeway         time.Duration // tolerated between clocks; 30 s when zero
	DevelopmentKey ed25519.PublicKey
	HashCode       func(code string) []byte // hash of an invitation's code; nil for what cannot be a code
	Now            func() time.Time         // our clock, or a later one; time.Now when nil
}

// Verifier makes an Actor out of a request. It is safe for concurrent use.
type Verifier struct {
	parser         *jwt.Parser
	timesValidator *jwt.Validator
	findKey        jwt.Keyfunc
	hashCode       func(string) []byte
	verifiedTokens *lru.Cache[[sha256.Size]byte, verifiedToken] // by the whole token
}

// verifiedToken is a token that was found valid, with the key that signed it. While the issuer has that key, the
// signature is not checked again, because that costs more than a short answer. The token's times are checked each time.
type verifiedToken struct {
	token  *jwt.Token
	claims tokenClaims
	key    any
}

// maxVerifiedTokens limits how many tokens are remembered, about a kilobyte each.
const maxVerifiedTokens = 10_000

const (
	defaultLeeway = 30 * time.Second
	// maxCredential limits what is decoded for an unknown caller. No real token is that long.
	maxCredential = 8 << 10
)

// NewVerifier reads the issuer's keys once, and fails if the answer is not a set of keys, so that a wrong address is found at start. An
// issuer that is away is asked again when a token comes. Keys are read again in the background until ctx ends.
func NewVerifier(ctx context.Context, c TokenConfig) (*Verifier, error) {
	if c.Issuer == "" || c.Audience == "" || c.HashCode == nil {
		return nil, errors.New("tokens: the issuer, the audience and the hash of invitation codes must be configured")
	}
	if (c.JWKSURL == "") == (len(c.DevelopmentKey) == 0) {
		return nil, errors.New("tokens: configure either the address of the issuer's keys or a development key")
	}
	if c.Leeway == 0 {
		c.Leeway = defaultLeeway
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.JWKSURL == "" {
		return newVerifier(c, developmentKey(c.DevelopmentKey), "EdDSA"), nil
	}
	keys, err := publishedKeys(ctx, c.JWKSURL)
	if err != nil {
		return nil, err
	}
	return newVerifier(c, keys, "EdDSA", "RS256", "ES256"), nil
}

// newVerifier sets every check that the parser leaves out by default: it would accept a token without an end and for
// any audience.
func newVerifier(c TokenConfig, key jwt.Keyfunc, methods ...string) *Verifier {
	checks := []jwt.ParserOption{
		jwt.WithValidMethods(methods), jwt.WithIssuer(c.Issuer), jwt.WithAudience(c.Audience),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(c.Leeway), jwt.WithStrictDecoding(), jwt.WithTimeFunc(c.Now),
	}
	seen, err := lru.New[[sha256.Size]byte, verifiedToken](maxVerifiedTokens)
	if err != nil {
		panic(err) // only for a size below one
	}
	return &Verifier{
		parser: jwt.NewParser(checks...), timesValidator: jwt.NewValidator(checks...), findKey: key,
		hashCode: c.HashCode, verifiedTokens: seen,
	}
}

func developmentKey(key ed25519.PublicKey) jwt.Keyfunc {
	return func(*jwt.Token) (any, error) { return key, nil }
}

// Actor is the caller of the request, in one capacity: the public without an Authorization header, a family with
// `Invitation <code>`, and with `Bearer <token>` the person that the token names. It fails with ErrUnauthenticated or a
// *CapacityError. The database decides whether an invitation exists and whether the token's epoch is revoked.
func (v *Verifier) Actor(r *http.Request) (Actor, error) {
	actor, capacities, err := v.identifyCaller(r)
	if err != nil {
		return Actor{}, &RefusedTokenError{string(causeOf(err))}
	}
	actor.Role, err = chooseCapacity(capacities, r.Header.Values(CapacityHeader))
	if err != nil {
		return Actor{}, err
	}
	return actor, nil
}

// identifyCaller says who the caller is and which capacities they have. Its errors give the cause, and are only for the
// log. They name no person and contain no token.
func (v *Verifier) identifyCaller(r *http.Request) (Actor, []Role, error) {
	headers := r.Header.Values("Authorization")
	if len(headers) == 0 {
		return Actor{}, []Role{Public}, nil
	}
	switch {
	case len(headers) > 1:
		return Actor{}, nil, cause("more than one Authorization header")
	case len(headers[0]) > maxCredential:
		return Actor{}, nil, cause("the token is longer than 8 kB: let the issuer put less into it")
	}
	scheme, credential, _ := strings.Cut(headers[0], " ")
	switch strings.ToLower(scheme) {
	case "bearer":
		return v.identifyBearer(credential)
	case "invitation":
		return v.identifyFamily(credential)
	}
	return Actor{}, nil, cause("unknown authorization scheme")
}

func (v *Verifier) identifyFamily(code string) (Actor, []Role, error) {
	hash := v.hashCode(code)
	if len(hash) == 0 {
		return Actor{}, nil, cause("this is not the form of an invitation code")
	}
	return Actor{Invitation: hash}, []Role{Family}, nil
}

func (v *Verifier) identifyBearer(token string) (Actor, []Role, error) {
	digest := sha256.Sum256([]byte(token))
	if verified, ok := v.verifiedTokens.Get(digest); ok && v.hasKey(verified) {
		if err := v.timesValidator.Validate(verified.claims); err != nil {
			return Actor{}, nil, err
		}
		return verified.claims.checkedActor()
	}
	good, err := v.verifyToken(token)
	if err != nil {
		return Actor{}, nil, err
	}
	good.token = &jwt.Token{Header: good.token.Header, Method: good.token.Method} // to look up its key
	v.verifiedTokens.Add(digest, good)
	return good.claims.checkedActor()
}

// hasKey says whether the issuer still has the key of a token that was found valid.
func (v *Verifier) hasKey(b verifiedToken) bool {
	keyNow, err := v.findKey(b.token)
	keyThen, ok := b.key.(interface{ Equal(crypto.PublicKey) bool })
	return err == nil && ok && keyThen.Equal(keyNow)
}

// verifyToken checks everything about a token.
func (v *Verifier) verifyToken(token string) (b verifiedToken, err error) {
	b.token, err = v.parser.ParseWithClaims(token, &b.claims, func(t *jwt.Token) (key any, err error) {
		b.key, err = v.findKey(t)
		return b.key, err
	})
	if err != nil {
		return b, err
	}
	// RFC 7515, 4.1.11: a token that names an extension the verifier does not know must be refused. The parser does not
	// do that.
	if _, critical := b.token.Header["crit"]; critical {
		return b, cause("the token asks for an extension")
	}
	if err := checkPurpose(b.token.Header["typ"], b.claims.Purpose); err != nil {
		return b, err
	}
	return b, v.checkHeader(token)
}

// checkPurpose refuses what the same issuer signed for another purpose: a token to log out, an identity token, and so on (RFC 8725, 3.11).
// Many issuers say nothing, or only JWT, of an access token; RFC 9068 says at+jwt.
func checkPurpose(typ any, claims purposeClaims) error {
	text, isText := typ.(string)
	named := strings.TrimPrefix(strings.ToLower(text), "application/")
	switch {
	case typ != nil && (!isText || !slices.Contains([]string{"jwt", "at+jwt"}, named)):
		return cause("the header of the token says that it is no access token (typ)")
	case claims.Events != nil || claims.AccessHash != nil || claims.CodeHash != nil:
		return cause("the token is a logout or identity token, and no access token")
	}
	return nil
}

// checkHeader requires each name in the header only once. The parser would take the last.
func (v *Verifier) checkHeader(token string) error {
	encoded, _, _ := strings.Cut(token, ".")
	raw, err := v.parser.DecodeSegment(encoded)
	if err == nil {
		_, err = objectMembers(raw)
	}
	return err
}

// chooseCapacity decides the capacity: the named one, if the token has it or, if none is named, the only one that it
// has.
func chooseCapacity(carried []Role, named []string) (Role, error) {
	switch {
	case len(named) > 1:
		return "", &CapacityError{CapacityForbidden, "Send one capacity in one " + CapacityHeader + " header."}
	case len(named) == 1 && slices.Contains(carried, Role(named[0])):
		return Role(named[0]), nil
	case len(named) == 1:
		return "", &CapacityError{CapacityForbidden, "You do not have this capacity. You have: " + joinRoleNames(carried) + "."}
	case len(carried) == 1:
		return carried[0], nil
	}
	return "", &CapacityError{CapacityRequired, "Choose the capacity to act in and send it in the header " + CapacityHeader + ". You have: " +
		joinRoleNames(carried) + "."}
}

const (
	refreshEvery = 10 * time.Minute
	// A token with an unknown key id makes us read the keys again, so that a rotation needs no restart. This limits how
	// often, because anybody can send such a token.
	refreshUnknownEvery = 30 * time.Second
	refreshTimeout      = 5 * time.Second
	maxKeySet           = 1 << 20
)

// publishedKeys reads the issuer's keys and keeps them fresh. If a later reading fails, the last keys stay.
func publishedKeys(ctx context.Context, address string) (jwt.Keyfunc, error) {
	if !isTrustworthy(address) {
		return nil, errors.New("tokens: the address of the issuer's keys must begin with https://")
	}
	options := jwkset.HTTPClientStorageOptions{
		Client:          keyClient(),
		Ctx:             ctx,
		HTTPTimeout:     refreshTimeout,
		RefreshInterval: refreshEvery,
		RefreshErrorHandler: func(_ context.Context, err error) {
			slog.Warn("the issuer's keys could not be read, so those that were read before stay", "error", err)
		},
	}
	remote, err := jwkset.NewStorageFromHTTP(address, options)
	if errors.Is(err, errIssuerAway) {
		slog.Warn("the issuer does not answer: every token is refused until it does, and it is asked again when a token comes")
		options.NoErrorReturnFirstHTTPReq = true
		remote, err = jwkset.NewStorageFromHTTP(address, options)
	}
	if err != nil {
		return nil, fmt.Errorf("tokens: the issuer's keys could not be read: check the address and that the issuer answers: %w", err)
	}
	storage, err := jwkset.NewHTTPClient(jwkset.HTTPClientOptions{
		HTTPURLs:          map[string]jwkset.Storage{address: remote},
		RateLimitWaitMax:  refreshTimeout,
		RefreshUnknownKID: rate.NewLimiter(rate.Every(refreshUnknownEvery), 1),
	})
	if err != nil {
		return nil, fmt.Errorf("tokens: %w", err)
	}
	keys, err := keyfunc.New(keyfunc.Options{Ctx: ctx, Storage: storage, UseWhitelist: []jwkset.USE{jwkset.UseSig, ""}})
	if err != nil {
		return nil, fmt.Errorf("tokens: %w", err)
	}
	return withKeyID(keys), nil
}

// withKeyID refuses a token without a key id: the library would otherwise try every key, including those for other
// uses. It looks keys up under the verifier's context and not the request's. Otherwise a caller who sends an unknown
// key id and hangs up would use the one reading that is allowed in a while, and a rotated key would stay unknown.
func withKeyID(keys keyfunc.Keyfunc) jwt.Keyfunc {
	return func(t *jwt.Token) (any, error) {
		if id, ok := t.Header[jwkset.HeaderKID].(string); !ok || id == "" {
			return nil, cause("the header of the token names no key id (kid)")
		}
		return keys.Keyfunc(t)
	}
}

// isTrustworthy requires https or the loopback address, because anybody could change the keys on their way.
func isTrustworthy(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	return u.Scheme == "https" && u.Host != "" || u.Scheme == "http" && net.ParseIP(u.Hostname()).IsLoopback()
}

// keyClient goes only to the configured address, and reads no more than a key set can need.
func keyClient() *http.Client {
	return &http.Client{
		Timeout:       refreshTimeout,
		Transport:     keyTransport{http.DefaultTransport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Claims are the content of a development token.
type Claims struct {
	Issuer, Audience string
	Person           string
	Organisation     uuid.UUID
	Capacities       []Role
	Epoch            int
	Expires          time.Time
}

// IssueDevelopment signs a token for development, demonstration and tests. It checks nothing: the verifier does.
func IssueDevelopment(key ed25519.PrivateKey, c Claims) (string, error) {
	epoch := int32(c.Epoch)
	token := jwt.NewWithClaims(jwt.SigningMethodEdDSA, tokenClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: c.Issuer, Audience: jwt.ClaimStrings{c.Audience}, Subject: c.Person, ExpiresAt: jwt.NewNumericDate(c.Expires),
		},
		Organisation: c.Organisation.String(), Capacities: c.Capacities, Epoch: &epoch,
	})
	signed, err := token.SignedString(key)
	if err != nil {
		return "", fmt.Errorf("development token: %w", err)
	}
	return signed, nil
}
