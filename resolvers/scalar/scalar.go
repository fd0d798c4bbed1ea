// Package scalar says how the generated code reads and writes scalars of the schema that the market has rules for.
package scalar

import (
	"errors"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/southeasttogether/dps/market/text"
)

// MarshalString writes a text of an answer.
func MarshalString(value string) graphql.Marshaler { return graphql.MarshalString(value) }

// UnmarshalString reads a text of a request, and cleans it (text.Clean).
func UnmarshalString(v any) (string, error) {
	typed, err := graphql.UnmarshalString(v)
	return text.Clean(typed), err
}

// MarshalTime writes a time of an answer.
func MarshalTime(value time.Time) graphql.Marshaler { return graphql.MarshalTime(value) }

var errNotATime = errors.New("a time is written with its offset, such as 2027-03-01T12:00:00Z, in a year from 1900 to 2199")

// UnmarshalTime reads a time of a request. gqlgen's own takes an empty text for no time, and a time without an offset for one of UTC.
func UnmarshalTime(v any) (time.Time, error) {
	typed, _ := v.(string)
	parsed, err := time.Parse(time.RFC3339Nano, typed)
	if err != nil || parsed.Year() < 1900 || parsed.Year() > 2199 {
		return time.Time{}, errNotATime
	}
	return parsed, nil
}
