package guard

import (
	"context"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/southeasttogether/dps/resolvers/internal/coded"
)

// Nulls refuses null where the schema has no null. GraphQL lets a variable that can be null stand where a default is, and only says when it
// is null that this is an error (October 2021, 5.8.5). Without this, null would become the zero of its type: false in place of a default
// of true.
type Nulls struct{ schema *ast.Schema }

// NewNulls makes the check for a schema.
func NewNulls(schema *ast.Schema) Nulls { return Nulls{schema} }

// ExtensionName is for gqlgen.
func (Nulls) ExtensionName() string { return "nulls" }

// Validate is for gqlgen.
func (Nulls) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext is gqlgen's hook between validation and execution.
func (n Nulls) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	w := nullWalk{schema: n.schema, variables: op.Variables, seen: map[string]bool{}}
	w.walkSelection(op.Operation.SelectionSet)
	if w.found == "" {
		return nil
	}
	return coded.New(coded.BadInput, w.found+" cannot be null: leave it out to get its default, or give a value.")
}

// nullWalk goes through the arguments of an operation, each fragment once.
type nullWalk struct {
	schema    *ast.Schema
	variables map[string]any
	seen      map[string]bool
	found     string // the path of the first null
}

func (w *nullWalk) walkSelection(set ast.SelectionSet) {
	for _, selected := range set {
		switch s := selected.(type) {
		case *ast.Field:
			w.field(s)
		case *ast.InlineFragment:
			w.walkSelection(s.SelectionSet)
		case *ast.FragmentSpread:
			if !w.seen[s.Name] && s.Definition != nil {
				w.seen[s.Name] = true
				w.walkSelection(s.Definition.SelectionSet)
			}
		}
	}
}

func (w *nullWalk) field(f *ast.Field) {
	for _, argument := range f.Arguments {
		if f.Definition == nil || argument.Value == nil {
			continue
		}
		if defined := f.Definition.Arguments.ForName(argument.Name); defined != nil {
			w.literal([]string{argument.Name}, defined.Type, argument.Value)
		}
	}
	w.walkSelection(f.SelectionSet)
}

// literal looks for null in a value of the document, and in the variables that it names.
func (w *nullWalk) literal(path []string, typ *ast.Type, value *ast.Value) {
	switch value.Kind {
	case ast.Variable:
		if given, ok := w.variables[value.Raw]; ok {
			w.given(path, typ, given)
		}
	case ast.NullValue:
		w.given(path, typ, nil)
	case ast.ListValue:
		for _, child := range value.Children {
			if typ.Elem != nil {
				w.literal(path, typ.Elem, child.Value)
			}
		}
	case ast.ObjectValue:
		def := w.schema.Types[typ.Name()]
		for _, child := range value.Children {
			if field := fieldOf(def, child.Name); field != nil {
				w.literal(append(path[:len(path):len(path)], child.Name), field.Type, child.Value)
			}
		}
	}
}

// given looks for null in a value that was sent as a variable.
func (w *nullWalk) given(path []string, typ *ast.Type, value any) {
	switch v := value.(type) {
	case nil:
		if typ.NonNull && w.found == "" {
			w.found = strings.Join(path, ".")
		}
	case []any:
		for _, item := range v {
			if typ.Elem != nil {
				w.given(path, typ.Elem, item)
			}
		}
	case map[string]any:
		def := w.schema.Types[typ.Name()]
		for name, item := range v {
			if field := fieldOf(def, name); field != nil {
				w.given(append(path[:len(path):len(path)], name), field.Type, item)
			}
		}
	}
}

func fieldOf(def *ast.Definition, name string) *ast.FieldDefinition {
	if def == nil || def.Kind != ast.InputObject {
		return nil
	}
	return def.Fields.ForName(name)
}
