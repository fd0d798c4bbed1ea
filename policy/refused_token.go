package policy

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

// RefusedTokenError is ErrUnauthenticated with its cause, which is for the operator's log alone: it would help a forger. The cause is
// one of a few fixed texts. It holds nothing of the token.
type RefusedTokenError struct{ Cause string }

func (e *RefusedTokenError) Error() string { return ErrUnauthenticated.Error() }

// Is makes it one with ErrUnauthenticated.
func (e *RefusedTokenError) Is(target error) bool { return target == ErrUnauthenticated }

// cause is why a token is refused, in our own words.
type cause string

func (c cause) Error() string { return string(c) }

// CauseForged is that of a token that no key of the issuer has signed. Others are accidents more often than not.
const CauseForged = "the signature is not that of the key"

// libraryCauses are our words for what the token's library says. The first that fits is taken.
var libraryCauses = []struct {
	err  error
	says cause
}{
	{jwt.ErrTokenSignatureInvalid, CauseForged},
	{jwt.ErrTokenExpired, "claim exp: the token has expired; if it is new, compare the clocks of the issuer, the service and the database"},
	{jwt.ErrTokenNotValidYet, "claim nbf: the token is not valid yet: compare the clocks of the issuer and the service"},
	{jwt.ErrTokenUsedBeforeIssued, "claim iat: the token is from the future: compare the clocks of the issuer and the service"},
	{jwt.ErrTokenInvalidIssuer, "claim iss is not --issuer"},
	{jwt.ErrTokenInvalidAudience, "claim aud does not name --audience"},
	{jwt.ErrTokenRequiredClaimMissing, "one of the claims exp, iss and aud is missing"},
	{jwt.ErrTokenInvalidClaims, "a claim is not valid"},
}

// causeOf is why a token was refused.
func causeOf(err error) cause {
	var own cause
	var wrongType *json.UnmarshalTypeError
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &wrongType):
		if name := wrongType.Field[strings.LastIndex(wrongType.Field, ".")+1:]; name == "capacities" {
			return "claim capacities is not a list of texts"
		}
		return "a claim has the wrong type"
	}
	for _, known := range libraryCauses {
		if errors.Is(err, known.err) {
			return known.says
		}
	}
	if errors.Is(err, jwt.ErrTokenUnverifiable) {
		return "no key of the issuer has the token's key id, or the issuer's keys cannot be read"
	}
	return "the token is malformed"
}
