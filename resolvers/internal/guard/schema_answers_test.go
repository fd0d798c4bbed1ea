package guard

import (
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/introspection"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/southeasttogether/dps/graph"
	"github.com/southeasttogether/dps/resolvers/internal/levels"
)

func TestTheUsualIntrospectionReadsTheSchemaOnce(t *testing.T) {
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	for document, want := range map[string]bool{
		introspection.Query: true,
		"{ __schema { types { name fields { args { type { ofType { name } } } } } } }":                 true,
		"{ __schema { queryType { fields { name } } } }":                                               false,
		"{ __schema { types { fields { type { fields { name } } } } } }":                               false,
		"{ __schema { types { interfaces { possibleTypes { name } } } } }":                             false,
		"{ __schema { types { fields { name } more: fields { name } } } }":                             false,
		"{ s: __schema { types { name } } }":                                                           false,
		"{ __schema { types { name } } viewer { capacity } }":                                          false,
		"query ($d: Boolean!) { __schema { types { fields(includeDeprecated: $d) { name } } } }":       false,
		"{ __schema { types { fields { name @skip(if: true) } } } }":                                   false,
		"{ __schema { ...S } } fragment S on __Schema { types { a: name } }":                           false,
		`{ __type(name: "Need") { fields { name } } }`:                                                 false,
		"{ __schema { types { ofType { ...T } } } } fragment T on __Type { enumValues { name } kind }": false,
	} {
		doc := gqlparser.MustLoadQueryWithRules(schema, document, nil)
		if got := readsSchemaOnce(doc.Operations[0]); got != want {
			t.Errorf("%.120s: %v", document, got)
		}
	}
}

// What asks for the schema once is not bounded by the schema's size; what asks for as much in another way is.
func TestOnlyWhatAsksForTheSchemaOnceIsUnbounded(t *testing.T) {
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	limits := Limits{Schema: 100}.WithDefaults()
	for document, limited := range map[string]bool{
		introspection.Query: false,
		strings.Replace(introspection.Query, "types {", "t: types {", 1): true,
	} {
		doc := gqlparser.MustLoadQueryWithRules(schema, document, nil)
		ctx := levels.WithRequest(t.Context(), &levels.Request{Budget: levels.NewBudget(1, 1)})
		bounds := NewBounds(limits, schema, graphql.NoCache[*ast.QueryDocument]{})
		if err := bounds.MutateOperationContext(ctx, operation(doc)); (err != nil) != limited {
			t.Errorf("%.60s: %v", document, err)
		}
	}
}

var _ graphql.OperationInterceptor = SchemaAnswers{}
