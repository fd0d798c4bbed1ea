package guard

import (
	"fmt"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/southeasttogether/dps/graph"
	"github.com/southeasttogether/dps/resolvers/internal/levels"
)

// doubling is a document whose fragments each spread the next one twice: n of them select 2^n fields.
func doubling(n int) string {
	var doc strings.Builder
	doc.WriteString("{ viewer { ...F0 } }")
	for i := range n {
		fmt.Fprintf(&doc, " fragment F%d on Viewer { ...F%d ...F%d }", i, i+1, i+1)
	}
	fmt.Fprintf(&doc, " fragment F%d on Viewer { capacity }", n)
	return doc.String()
}

// A fragment is measured once, however often it is used: the time grows only with the length of the document.
func TestAFragmentIsMeasuredOnce(t *testing.T) {
	doc, err := parser.ParseQuery(&ast.Source{Input: doubling(60)})
	if err != nil {
		t.Fatal(err)
	}
	m := newMeasure(doc)
	got := m.set(doc.Operations[0].SelectionSet)
	if got.fields != Unbounded || got.depth != 2 || len(m.known) != 61 {
		t.Errorf("got %+v with %d fragments known", got, len(m.known))
	}
}

// The objects below a fragment are counted once too.
func TestAFragmentIsTalliedOnce(t *testing.T) {
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	doc := gqlparser.MustLoadQueryWithRules(schema, strings.Replace(doubling(60), "{ capacity }",
		"{ organisation { delegations { givenAt } } }", 1), nil)
	limited := NewBounds(Limits{}.WithDefaults(), schema, graphql.NoCache[*ast.QueryDocument]{})
	if err := limited.MutateOperationContext(levels.WithRequest(t.Context(), &levels.Request{Budget: levels.NewBudget(1, 1)}),
		operation(doc)); err == nil || !strings.Contains(err.Message, "20000 objects") {
		t.Errorf("got %v", err)
	}
}
