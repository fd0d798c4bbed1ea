package guard

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"
)

// SchemaAnswers answers the usual query of an explorer, which asks for the whole schema once, from what was answered before: it is the
// dearest request there is, and its answer is the same for everybody as long as the service runs. However the schema grows, it stays
// within the bounds.
type SchemaAnswers struct{ kept *lru.LRU[[]byte] }

// keptAnswers are few, because each is about as long as the schema, and explorers differ in few ways.
const keptAnswers = 8

// NewSchemaAnswers keeps nothing yet.
func NewSchemaAnswers() SchemaAnswers { return SchemaAnswers{lru.New[[]byte](keptAnswers)} }

// ExtensionName is for gqlgen.
func (SchemaAnswers) ExtensionName() string { return "schema answers" }

// Validate is for gqlgen.
func (SchemaAnswers) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptOperation is gqlgen's hook around execution.
func (s SchemaAnswers) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	if !readsSchemaOnce(op.Operation) {
		return next(ctx)
	}
	key := op.Operation.Name + "\n" + op.RawQuery
	if answer, ok := s.kept.Get(ctx, key); ok {
		return graphql.OneShot(&graphql.Response{Data: answer})
	}
	execute := next(ctx)
	return func(ctx context.Context) *graphql.Response {
		response := execute(ctx)
		if response != nil && len(response.Errors) == 0 {
			s.kept.Add(ctx, key, slices.Clone(response.Data))
		}
		return response
	}
}

// listsOfTypes are the lists that a type of the schema has.
var listsOfTypes = []string{"fields", "inputFields", "interfaces", "enumValues", "possibleTypes"}

// readsSchemaOnce says whether an operation asks for the schema, for nothing else, and for each of its parts once: without aliases,
// variables and directives, and with no list of a type below another type. Its answer is then no longer than the schema, with a few names
// of types for each field.
func readsSchemaOnce(op *ast.OperationDefinition) bool {
	if len(op.VariableDefinitions)+len(op.Directives) > 0 || len(op.SelectionSet) != 1 {
		return false
	}
	root, ok := op.SelectionSet[0].(*ast.Field)
	return ok && root.Name == "__schema" && isReadOnce(root, false)
}

// isReadOnce looks at a selection; inType says whether it is below a type that is named by another part of the schema.
func isReadOnce(selected ast.Selection, inType bool) bool {
	var below ast.SelectionSet
	switch s := selected.(type) {
	case *ast.Field:
		if s.Alias != s.Name || len(s.Directives) > 0 || inType && slices.Contains(listsOfTypes, s.Name) {
			return false
		}
		below, inType = s.SelectionSet, inType || namesTypes(s)
	case *ast.InlineFragment:
		if len(s.Directives) > 0 {
			return false
		}
		below = s.SelectionSet
	case *ast.FragmentSpread:
		if len(s.Directives) > 0 {
			return false
		}
		below = s.Definition.SelectionSet
	}
	return !slices.ContainsFunc(below, func(s ast.Selection) bool { return !isReadOnce(s, inType) })
}

// namesTypes says whether a field gives types, other than the list of all.
func namesTypes(f *ast.Field) bool {
	return f.Definition != nil && f.Definition.Type.Name() == "__Type" && f.Name != "types"
}
