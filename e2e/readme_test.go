package e2e_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// firstQuery is how the README shows a query: who asks, then the query.
var firstQuery = regexp.MustCompile("(?s)As `([a-z0-9.]+)`[^\n]*\n\n```graphql\n(.*?)```")

func TestTheReadmesQueriesAnswer(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	must(t, err)
	queries := firstQuery.FindAllSubmatch(readme, -1)
	if shown := strings.Count(string(readme), "```graphql"); len(queries) != shown || shown < 10 {
		t.Fatalf("the README shows %d queries, %d of them with who asks", shown, len(queries))
	}
	w, _ := newTold(t)
	for _, q := range queries {
		who, query := persona(t, string(q[1])), string(q[2])
		t.Run(who.Key, func(t *testing.T) {
			if reply := w.ask(t, who, query, nil); len(reply.Errors) > 0 || !reply.Data.Is() {
				t.Errorf("%s", reply.Raw)
			}
		})
	}
}

func persona(t *testing.T, key string) demo.Persona {
	t.Helper()
	for _, p := range append([]demo.Persona{demo.Public}, demo.Personas...) {
		if p.Key == key {
			return p
		}
	}
	t.Fatalf("nobody is called %q", key)
	return demo.Persona{}
}
