package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
)

// tokenClaims is a token's claims as they are sent. Pointers tell a missing claim from an empty one.
type tokenClaims struct {
	jwt.RegisteredClaims
	Organisation string        `json:"org"`
	Capacities   []Role        `json:"capacities"`
	Epoch        *int32        `json:"epoch"`
	Purpose      purposeClaims `json:"-"`
}

// purposeClaims are claims that an access token does not have: of a token to log out (RFC 8417), and of an identity token.
type purposeClaims struct {
	Events     json.RawMessage `json:"events"`
	AccessHash json.RawMessage `json:"at_hash"`
	CodeHash   json.RawMessage `json:"c_hash"`
}

// claimNames are the names of the claims that are read.
var claimNames = []string{"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "org", "capacities", "epoch"}

// UnmarshalJSON reads the claims as RFC 7519 means them: each once, in its own spelling, with dates as numbers. The
// standard library would take "SUB" for "sub" and the last of two, so a person who can make an issuer write a claim of
// another name could become another person. The token's library accepts a text as a date.
func (w *tokenClaims) UnmarshalJSON(raw []byte) error {
	given, err := objectMembers(raw)
	if err != nil {
		return err
	}
	for name := range given {
		for _, claim := range claimNames {
			if name != claim && strings.EqualFold(name, claim) {
				return cause("a claim is written in the wrong case")
			}
		}
	}
	for _, date := range []string{"exp", "nbf", "iat"} {
		if value, ok := given[date]; ok && !isNumericDate(value) {
			return cause("claim " + date + " is not a date")
		}
	}
	type plain tokenClaims
	return errors.Join(json.Unmarshal(raw, (*plain)(w)), json.Unmarshal(raw, &w.Purpose))
}

// objectMembers are the members of a JSON object, which has each name once (RFC 7515, section 4, and RFC 7519, section
// 4).
func objectMembers(raw []byte) (map[string]json.RawMessage, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if opening, err := decoder.Token(); err != nil || opening != json.Delim('{') {
		return nil, cause("this is not a JSON object")
	}
	all := map[string]json.RawMessage{}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		name, _ := key.(string)
		if _, ok := all[name]; ok {
			return nil, cause("a name is there twice")
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, err
		}
		all[name] = value
	}
	return all, nil
}

// endOfDates is the end of the year 9999. Later dates overflow, differently on different processors.
const endOfDates = 253402300799

// isNumericDate says whether a value is a NumericDate: a number of seconds, whole or not.
func isNumericDate(raw json.RawMessage) bool {
	seconds, err := strconv.ParseFloat(string(raw), 64)
	return err == nil && seconds >= 0 && seconds <= endOfDates
}

// checkedActor checks our own claims, which the parser does not know.
func (w tokenClaims) checkedActor() (Actor, []Role, error) {
	organisation, err := uuid.Parse(w.Organisation)
	if err != nil || organisation == uuid.Nil || len(w.Organisation) != len(uuid.Nil.String()) {
		return Actor{}, nil, cause("claim org is not the id of an organisation")
	}
	if !IsPerson(w.Subject) {
		return Actor{}, nil, cause("claim sub is missing, too long, reserved or not printable")
	}
	if w.Epoch == nil || *w.Epoch < 0 {
		return Actor{}, nil, cause("claim epoch is missing or negative")
	}
	carried := slices.DeleteFunc(slices.Clone(w.Capacities), isForeign)
	if len(carried) == 0 || slices.ContainsFunc(carried, isNotCarried) {
		return Actor{}, nil, cause("claim capacities names none of the capacities, or one that no token can carry")
	}
	return Actor{Person: w.Subject, Organisation: organisation, Epoch: int(*w.Epoch)}, distinctRoles(carried), nil
}

func isNotCarried(r Role) bool { return !slices.Contains(Capacities, r) }

// isForeign says whether a role is none of ours. An issuer may give a person roles of other systems in the same claim.
func isForeign(r Role) bool {
	return r != "" && isNotCarried(r) && !slices.Contains(Roles, r) && r != Operator
}

func distinctRoles(roles []Role) []Role { return slices.Compact(slices.Sorted(slices.Values(roles))) }

// reservedNames are the names that the log uses for callers without one.
var reservedNames = []string{string(Public), string(Family), string(Keeper), string(Worker), string(Importer), string(Operator), "system"}

// IsPerson says whether a text can be the subject of a token. It follows OpenID Connect Core, section 2: a subject is at most 255 ASCII
// characters. Control characters are
// refused because the subject is used in statements and in the log.
func IsPerson(subject string) bool {
	if subject == "" || len(subject) > 255 || subject != strings.TrimSpace(subject) {
		return false
	}
	isReserved := func(name string) bool { return strings.EqualFold(name, subject) }
	notPrintable := func(c rune) bool { return c < ' ' || c > '~' }
	return !slices.ContainsFunc(reservedNames, isReserved) && !strings.ContainsFunc(subject, notPrintable)
}
