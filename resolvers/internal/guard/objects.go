package guard

import (
	"context"
	"fmt"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/resolvers/internal/coded"
	"github.com/southeasttogether/dps/resolvers/internal/levels"
)

// MutateOperationContext is gqlgen's hook between validation and execution.
func (b Bounds) MutateOperationContext(ctx context.Context, op *graphql.OperationContext) *gqlerror.Error {
	t := &tally{
		Bounds: b, known: map[string]int{},
		ofSchema: schemaCount{schema: b.schema, variables: op.Variables, left: b.limits.Schema}, variables: op.Variables,
	}
	objects := t.set(op.Operation.SelectionSet)
	levels.RequestOf(ctx).Budget.AddSchema(b.limits.Schema - max(0, t.ofSchema.left))
	if t.refused == nil && t.ofSchema.left < 0 && !readsSchemaOnce(op.Operation) {
		return coded.Limit(
			"The operation returns more than about %d values of the schema: ask for it only once, and do not nest types in types.",
			b.limits.Schema)
	}
	if t.refused == nil && objects > b.limits.Objects {
		return coded.Limit(
			"The operation could return more than %d objects, because the sizes of nested lists are multiplied: ask for fewer "+
				"with `first`, which is at most %d, or nest fewer lists.", b.limits.Objects, market.MaxPageSize)
	}
	return t.refused
}

// unpaged is what a list without pages counts as: offers of a need, fees of an offer and criteria of a lot are few.
const unpaged = 10

// tally counts the objects that an operation returns if every page is full. Each fragment is counted once, however
// often it is used.
type tally struct {
	Bounds
	variables map[string]any
	known     map[string]int
	ofSchema  schemaCount
	refused   *gqlerror.Error
}

func (t *tally) set(set ast.SelectionSet) int {
	sum := 0
	for _, selected := range set {
		switch s := selected.(type) {
		case *ast.Field:
			sum = plus(sum, t.field(s))
		case *ast.InlineFragment:
			sum = plus(sum, t.set(s.SelectionSet))
		case *ast.FragmentSpread:
			sum = plus(sum, t.fragment(s.Definition))
		}
	}
	return sum
}

func (t *tally) fragment(f *ast.FragmentDefinition) int {
	sum, ok := t.known[f.Name]
	if !ok {
		sum = t.set(f.SelectionSet)
		t.known[f.Name] = sum
	}
	return sum
}

// field counts a list as its items, and anything else as what is below it.
func (t *tally) field(f *ast.Field) int {
	if len(f.SelectionSet) == 0 {
		return 0
	}
	if isIntrospection(f.Name) {
		t.ofSchema.root(f)
		return 0
	}
	below := t.set(f.SelectionSet)
	switch {
	case f.Name == "_entities":
		return times(t.entities(f), plus(1, below))
	case f.Definition.Arguments.ForName("first") != nil:
		return times(t.first(f), plus(1, below))
	case f.Definition.Type.Elem != nil && !strings.HasSuffix(f.ObjectDefinition.Name, "Connection"):
		return times(unpaged, plus(1, below))
	}
	return below
}

// first is the page's size. Its resolver refuses a size that is out of range.
func (t *tally) first(f *ast.Field) int {
	size, err := graphql.UnmarshalInt(f.ArgumentMap(t.variables)["first"])
	if err != nil {
		return market.DefaultPageSize
	}
	return min(max(size, 1), market.MaxPageSize)
}

// entities counts the representations, and refuses one that is no object. What is wrong with a single one, Entities says in its place.
func (t *tally) entities(f *ast.Field) int {
	given, _ := f.ArgumentMap(t.variables)["representations"].([]any)
	if len(given) > t.limits.Entities && t.refused == nil {
		t.refused = coded.Limit("You sent more than %d representations to _entities: send several requests.", t.limits.Entities)
	}
	for i, representation := range given[:min(len(given), t.limits.Entities)] {
		if _, ok := representation.(map[string]any); !ok && t.refused == nil {
			t.refused = coded.New(coded.BadInput, fmt.Sprintf(
				"Representation %d sent to _entities is not an object: enter its `__typename` and its `id`.", i+1))
		}
	}
	return len(given)
}
