package guard

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/southeasttogether/dps/graph"
)

// TestNullIsNeverTheOppositeOfADefault: each field and argument of the schema that has a default refuses null with its name, in the
// document
// and as a variable, or can be null and means the same as when it is absent.
func TestNullIsNeverTheOppositeOfADefault(t *testing.T) {
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	sameAsAbsent := map[string]bool{"first": true, "quarters": true} // market.Page and QuartersOrDefault
	found := 0
	for _, root := range []*ast.Definition{schema.Query, schema.Mutation} {
		for _, f := range root.Fields {
			for _, argument := range f.Arguments {
				if argument.DefaultValue != nil && !argument.Type.NonNull && !sameAsAbsent[argument.Name] {
					t.Errorf("%s(%s) can be null and has a default: say here that null means the same", f.Name, argument.Name)
				}
				def := schema.Types[argument.Type.Name()]
				if def.Kind != ast.InputObject {
					continue
				}
				for _, field := range def.Fields {
					if field.DefaultValue == nil || !strings.Contains(def.Name, "Input") {
						continue
					}
					found++
					if !field.Type.NonNull {
						t.Errorf("%s.%s can be null and has a default: say what null means", def.Name, field.Name)
						continue
					}
					requireNullRefused(t, schema, root, f, argument, field)
				}
			}
		}
	}
	if found < 10 {
		t.Errorf("only %d fields with a default", found)
	}
}

func requireNullRefused(t *testing.T, schema *ast.Schema, root *ast.Definition, f *ast.FieldDefinition, a *ast.ArgumentDefinition,
	field *ast.FieldDefinition,
) {
	t.Helper()
	operation := "query"
	if root == schema.Mutation {
		operation = "mutation"
	}
	want := a.Name + "." + field.Name + " cannot be null"
	document, _ := gqlparser.LoadQueryWithRules(schema,
		fmt.Sprintf("%s ($i: %s) { %s(%s: $i) { __typename } }", operation, a.Type, f.Name, a.Name), nil)
	if document == nil {
		t.Fatalf("%s does not parse", f.Name)
	}
	op := &graphql.OperationContext{
		Operation: document.Operations[0], Variables: map[string]any{"i": map[string]any{field.Name: nil}},
	}
	if err := NewNulls(schema).MutateOperationContext(context.Background(), op); err == nil || !strings.Contains(err.Message, want) {
		t.Errorf("%s: %v, want %q", f.Name, err, want)
	}
	op.Variables = map[string]any{"i": map[string]any{}}
	if err := NewNulls(schema).MutateOperationContext(context.Background(), op); err != nil {
		t.Errorf("%s, absent: %v", f.Name, err)
	}
}
