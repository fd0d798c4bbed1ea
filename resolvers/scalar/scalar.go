// Package scalar says how the generated code reads and writes scalars of the schema that the market has rules for.
package scalar

import (
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
