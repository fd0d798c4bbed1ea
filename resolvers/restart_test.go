package resolvers

import (
	"strings"
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// A request that needed one statement, while there was nothing below it to read, is answered again when there is
// something. The caller sees the same answer as from a service that knows nothing about the request.
func TestARequestThatGrowsIsAnsweredAgain(t *testing.T) {
	w := newWorld(t)
	const document = "{ needs { edges { node { reference awards { status } invitations { answer } } } } }"
	for range 2 {
		before := w.Statements()
		if a := w.askAs(t, demo.Commissioner, document, nil); a.text != `{"data":{"needs":{"edges":[]}}}` {
			t.Fatalf("got %s", a.text)
		}
		if n := w.Statements() - before; n != 2 {
			t.Errorf("%d statements for nothing, its beginning among them", n)
		}
	}
	w.liveStory(t)
	var costs []int64
	want := w.askAt(t, w.newEndpoint(t, Limits{}, true), demo.Commissioner, document, nil)
	for range 2 {
		before := w.Statements()
		a := w.askAs(t, demo.Commissioner, document, nil)
		costs = append(costs, w.Statements()-before)
		if a.text != want.text || a.Errors != nil || !strings.Contains(a.text, `"awards":[{`) {
			t.Errorf("got  %s\nwant %s", a.text, want.text)
		}
	}
	if costs[0] != 2+4 || costs[1] != 4 {
		t.Errorf("%d statements: want two for nothing and four for all, then four", costs)
	}
}

// What is known about an operation does not depend on its variables.
func TestAnOperationWithOtherVariables(t *testing.T) {
	w := newWorld(t)
	const sized = `query ($n: Int) { providers(first: $n) { edges { node { name } } ...P } } fragment P on ProviderConnection
		{ edges { node { settings(first: $n) { edges { node { name } } } } } }`
	const varied = `query ($with: Boolean!) { providers(first: 1) { edges { node { name settings(first: 1) @include(if: $with)
		{ edges { node { name } } } } } } }`
	for range 3 {
		for n := 1; n <= 2; n++ {
			a := w.askAs(t, demo.Public, sized, map[string]any{"n": n})
			if a.Errors != nil || strings.Count(a.text, `"settings"`) != n {
				t.Errorf("%d providers: %s", n, a.text)
			}
		}
		for _, with := range []bool{true, false} {
			if a := w.askAs(t, demo.Public, varied, map[string]any{"with": with}); a.Errors != nil || strings.Contains(a.text, "settings") != with {
				t.Errorf("with %v: %s", with, a.text)
			}
		}
	}
}
