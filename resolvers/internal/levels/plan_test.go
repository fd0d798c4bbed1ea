package levels

import (
	"reflect"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// What is found out about an operation is found out once, unless it depends on the request's variables or the document is too long to
// be kept.
func TestAPlanIsMadeOnce(t *testing.T) {
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: library})
	x, err := New(schema, reflect.TypeFor[libraryResolvers](), libraryEdges(""))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		document string
		once     bool
	}{
		{`{ shelf { books { shelf { labels } } } }`, true},
		{`query ($n: Int) { shelf { pages(first: $n) { size } } }`, true},
		{`query ($with: Boolean!) { shelf { labels @include(if: $with) } }`, false},
		{`{ shelf { labels } } #` + strings.Repeat("long", LongestKept), false},
	} {
		doc := gqlparser.MustLoadQueryWithRules(schema, c.document, nil)
		ctx := graphql.WithOperationContext(t.Context(), &graphql.OperationContext{
			RawQuery: c.document, Doc: doc, Operation: doc.Operations[0],
			Variables: map[string]any{"with": true},
		})
		made := func() plan {
			root := x.operationOf(graphql.GetOperationContext(ctx)).rootField(graphql.CollectFields(graphql.GetOperationContext(ctx),
				doc.Operations[0].SelectionSet, nil)[0])
			return x.planFor(ctx, root, reflect.TypeFor[*shelf]())
		}
		first, second := made(), made()
		if len(first) != 1 || (first[0] == second[0]) != c.once {
			t.Errorf("%.80s: made once is %v", c.document, first[0] == second[0])
		}
	}
}
