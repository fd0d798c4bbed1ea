// Package scalar says how the generated code reads and writes scalars of the schema that the market has rules for.
package scalar

import (
	"github.com/99designs/gqlgen/graphql"

	"github.com/southeasttogether/dps/market"
)

// MarshalString writes a text of an answer.
func MarshalString(text string) graphql.Marshaler { return graphql.MarshalString(text) }

// UnmarshalString reads a text of a request, and cleans it (market.CleanText).
func UnmarshalString(v any) (string, error) {
	text, err := graphql.UnmarshalString(v)
	return market.CleanText(text), err
}
