package guard

import (
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/resolvers/internal/levels"
)

func operation(doc *ast.QueryDocument) *graphql.OperationContext {
	return &graphql.OperationContext{Doc: doc, Operation: doc.Operations[0]}
}

// A fragment is walked once, however often it is used, so that a doubling document takes no time. The bounds would
// refuse it earlier, so this tests only the gate.
func TestTheGateWalksAFragmentOnce(t *testing.T) {
	p, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: `directive @can(do: [String!]!) on FIELD_DEFINITION | OBJECT
		type Query { viewer: Viewer } type Viewer { capacity: String can: String @can(do: ["price.read"]) }`})
	g, err := NewGate(p, schema)
	if err != nil {
		t.Fatal(err)
	}
	for document, want := range map[string]bool{doubling(64): false, strings.Replace(doubling(64), "{ capacity }", "{ can }", 1): true} {
		doc := gqlparser.MustLoadQueryWithRules(schema, document, nil)
		refused := g.MutateOperationContext(levels.WithRequest(t.Context(),
			&levels.Request{View: (&db.DB{}).View(policy.Actor{Role: policy.Public})}), operation(doc))
		if got := refused != nil; got != want {
			t.Errorf("got %v, want refused: %v", refused, want)
		}
	}
}

func TestTheGateKnowsEachActOfTheSchema(t *testing.T) {
	p, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, acts := range []string{`["offer.raed"]`, `[]`} {
		schema := gqlparser.MustLoadSchema(&ast.Source{Input: `directive @can(do: [String!]!) on FIELD_DEFINITION | OBJECT
			type Query { a: Int @can(do: ` + acts + `) }`})
		if _, err := NewGate(p, schema); err == nil {
			t.Errorf("@can(do: %s) is taken", acts)
		}
	}
}
