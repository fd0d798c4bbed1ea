package resolvers

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/graph"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/resolvers/internal/coded"
	"github.com/southeasttogether/dps/resolvers/internal/guard"
	"github.com/southeasttogether/dps/resolvers/internal/levels"
	"github.com/southeasttogether/dps/resolvers/internal/transport"
)

// everything selects everything that a capacity can read below a type, some levels deep.
type everything struct {
	policy *policy.Policy
	schema *ast.Schema
	role   policy.Role
}

func (e everything) may(directives ast.DirectiveList) bool {
	named := guard.ActsOf(directives)
	return named == nil || slices.ContainsFunc(named, func(act policy.Act) bool { return e.policy.Can(e.role, act) })
}

func (e everything) below(def *ast.Definition, levels int) string {
	selected := "__typename "
	for _, f := range def.Fields {
		result := e.schema.Types[f.Type.Name()]
		if strings.HasPrefix(f.Name, "__") || !e.may(f.Directives) || !e.may(result.Directives) {
			continue
		}
		switch {
		case strings.HasSuffix(strings.ToLower(f.Name), "cursor"): // never twice the same
		case result.IsLeafType():
			selected += f.Name + " "
		case levels > 0 && !result.IsAbstractType():
			next := levels
			if !strings.HasSuffix(def.Name, "Connection") && !strings.HasSuffix(def.Name, "Edge") {
				next--
			}
			selected += f.Name + " { " + e.below(result, next) + "} "
		}
	}
	return selected
}

// lists are documents that read each list at the root, with everything below it, by the list's name.
func (e everything) lists(levels int) map[string]string {
	all := map[string]string{}
	for _, f := range e.schema.Query.Fields {
		result := e.schema.Types[f.Type.Name()]
		if f.Arguments.ForName("first") != nil && e.may(f.Directives) && e.may(result.Directives) {
			all[f.Name] = "{ " + f.Name + "(first: 100) { " + e.below(result, levels) + "} }"
		}
	}
	return all
}

// unbounded allows the large documents of these tests.
var unbounded = Limits{Tokens: guard.Unbounded, Fields: guard.Unbounded, Objects: guard.Unbounded, Depth: guard.Unbounded}

var readers = []demo.Persona{
	demo.Public, demo.MarketManager, demo.Commissioner, demo.Evaluator1, demo.Moderator, demo.Auditor,
	demo.Safeguarding, demo.Winner, demo.Officer,
}

// costs are the statements of each list of each reader; the answers too.
func costs(t *testing.T, w *world, h http.Handler) (map[string]int64, map[string]string) {
	t.Helper()
	statements, answers := map[string]int64{}, map[string]string{}
	for _, who := range readers {
		for list, document := range (everything{w.Policy, graph.NewExecutableSchema(graph.Config{}).Schema(), who.Capacity}).lists(3) {
			w.askAt(t, h, who, document, nil) // once before, so that the service knows whether it is one statement
			before := w.Statements()
			a := w.askAt(t, h, who, document, nil)
			if a.Errors != nil {
				t.Fatalf("%s of %s: %.600s", list, who, a.text)
			}
			key := fmt.Sprintf("%s of %s", list, who)
			statements[key], answers[key] = w.Statements()-before, a.text
		}
	}
	return statements, answers
}

func TestAPageCostsTheSameWhateverItsSize(t *testing.T) {
	w := newWorld(t)
	h := w.newEndpoint(t, unbounded, true)
	w.liveStory(t)
	once, small := costs(t, w, h)
	w.liveStory(t)
	w.liveStory(t)
	thrice, large := costs(t, w, h)
	for key, n := range once {
		if n != thrice[key] {
			t.Errorf("%s: %d statements after one story, %d after three", key, n, thrice[key])
		}
	}
	for _, list := range []string{"needs of kent.commissioner", "myOffers of provider01.bids", "placements of kent.commissioner"} {
		if len(large[list]) < 2*len(small[list]) {
			t.Errorf("%s has not grown with the stories: %d and %d bytes", list, len(small[list]), len(large[list]))
		}
	}
}

// Reading one level at a time changes the cost of an answer, and nothing in it.
func TestLevelsChangeNoAnswer(t *testing.T) {
	w := newWorld(t)
	w.liveStory(t)
	level, with := costs(t, w, w.newEndpoint(t, unbounded, true))
	each, without := costs(t, w, w.withoutLevels())
	for key, text := range with {
		if text != without[key] {
			t.Errorf("%s differs:\n%.300s\n%.300s", key, text, without[key])
		}
	}
	if total(each) <= total(level) {
		t.Errorf("%d statements by level, %d object by object: this test compares nothing", total(level), total(each))
	}
}

// A field that is read alone has the same value as when every column is read: no statement leaves out what it follows
// from.
func TestAFieldAskedAloneIsTheSame(t *testing.T) {
	w := newWorld(t)
	w.liveStory(t)
	_, err := w.Admin.Exec("SET search_path = dps; UPDATE dps.setting SET easting = 514000, northing = 103000 WHERE kind = 'SCHOOL'; SELECT " +
		"dps.place_again(ARRAY(SELECT id FROM dps.setting)); RESET search_path")
	must(t, err)
	whole := w.withoutLevels()
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	told := map[string]int{} // answers that contain something
	for typ, ways := range map[string][]string{
		"Need":      {"needs { edges { node { %s } } }", "placements { edges { node { need { %s } } } }"},
		"Lot":       {"needs { edges { node { lot { %s } } } }"},
		"Offer":     {"needs { edges { node { offers { %s } } } }", "myOffers { edges { node { %s } } }"},
		"Placement": {"placements { edges { node { %s } } }", "needs { edges { node { awards { placement { %s } } } } }"},
		"Provider": {
			"providers { edges { node { %s } } }", "needs { edges { node { offers { provider { %s } } } } }",
			"places { edges { node { setting { provider { %s } } } } }",
		},
		"Setting": {
			"places { edges { node { setting { %s } } } }",
			`places(filter: {needs: ["ASD - Autistic Spectrum Disorder"], age: 12, near: {easting: 514000, northing: 103000}}) { edges { node { ` +
				`setting { %s } } } }`,
			"placements { edges { node { setting { %s } } } }", "providers { edges { node { settings { edges { node { %s } } } } } }",
		},
	} {
		for _, who := range readers {
			e := everything{w.Policy, schema, who.Capacity}
			for _, field := range schema.Types[typ].Fields {
				selected := field.Name
				if result := schema.Types[field.Type.Name()]; !result.IsLeafType() {
					selected += " { " + e.below(result, 0) + "}"
				}
				for _, way := range ways {
					document := "{ " + fmt.Sprintf(way, selected) + " }"
					got, want := w.askAs(t, who, document, nil), w.askAt(t, whole, who, document, nil)
					if got.Errors != nil && got.Errors[0].Extensions.Code == coded.Forbidden {
						continue // the gate, which the other endpoint does not have
					}
					if got.text != want.text && want.Errors == nil {
						t.Errorf("%s of %s:\n%.400s\n%.400s", document, who, got.text, want.text)
					}
					if told[way] += 0; want.Errors == nil && strings.Contains(want.text, `"node":{"`) {
						told[way]++
					}
				}
			}
		}
	}
	for way, n := range told {
		if n < 5 {
			t.Errorf("%d answers to %s say something: this compares next to nothing", n, way)
		}
	}
}

func total(statements map[string]int64) int64 {
	var sum int64
	for _, n := range statements {
		sum += n
	}
	return sum
}

// withoutLevels is the endpoint with loaders that read each thing on demand.
func (w *world) withoutLevels() http.Handler {
	exec := executor.New(graph.NewExecutableSchema(graph.Config{Resolvers: &Resolver{DB: w.API, Policy: w.Policy}}))
	exec.AroundRootFields((&levels.Executor{}).InterceptRootField)
	exec.SetErrorPresenter(transport.Present)
	return &transport.Endpoint{Executor: exec, DB: w.API, Tokens: w.tokens, Limits: unbounded.WithDefaults()}
}

// Several pages of one list below, fragments, conditions, interfaces, entities: a level is one statement for each
// loader.
func TestALevelIsOneStatement(t *testing.T) {
	w := newWorld(t)
	told := w.liveStory(t)
	const opening = 2 // BEGIN, and the statement at the root
	for _, c := range []struct {
		name, query string
		who         demo.Persona
		levels      int64 // statements below the root
	}{
		{"nothing below", `{ providers { edges { node { name } } } }`, demo.Public, 0},
		{"a list in a list", `{ providers { edges { node { settings { edges { node { name } } } } } } }`, demo.Public, 1},
		{
			"the same list by two names",
			`{ providers { edges { node { a: settings { edges { node { name } } } b: settings { edges { node { urn } } } } } } }`, demo.Public, 1,
		},
		{
			"two pages of the same list",
			`{ providers { edges { node { a: settings(first: 1) { edges { node { name } } } b: settings(first: 2) { edges { node { name } } } } } }
				}`, demo.Public, 2,
		},
		{
			"a page's size in a variable",
			`query ($n: Int = 1) { providers { edges { node { a: settings(first: $n) { edges { node { name } } } b: settings(first: 1)
				{ edges { node { name } } } } } } }`, demo.Public, 1,
		},
		{
			"what came with the level above", `{ settings: providers { edges { node { settings { edges { node { provider { name } } } } } } } }`,
			demo.Public, 1,
		},
		{
			"two fields that give the same", `{ placements { edges { node { provider { name } award: provider { ukprn } } } } }`, demo.Commissioner,
			0,
		},
		{"what is worked out", `{ placements { edges { node { provider { name figures { mean } } } } } }`, demo.Commissioner, 0},
		{"what is left out", `{ providers { edges { node { name settings @skip(if: true) { edges { node { name } } } ... @include(if: false)
			{ figures { answers } } } } } }`, demo.Public, 0},
		{"fragments", `{ providers { ...P } } fragment P on ProviderConnection { edges { node { ...Q ...Q } } } fragment Q on Provider
			{ settings { edges { node { name } } } }`, demo.Public, 1},
		{"an interface", `query ($id: ID!) { node(id: $id) { ... on Need { offers { provider { name } setting { name } } } ... on Lot
			{ market { name } } } }`, demo.Commissioner, 0},
		{
			"entities", `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Need { lot { name } } ... on Offer { setting { name } } } }`,
			demo.Commissioner, 1,
		},
		{"entities by an interface", `query ($r: [_Any!]!) { _entities(representations: $r) { __typename ... on Node { ... on Offer
			{ setting { name } } } } }`, demo.Commissioner, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			variables := map[string]any{"id": told.Need, "r": []any{
				map[string]any{"__typename": "Need", "id": told.Need},
				map[string]any{"__typename": "Offer", "id": told.WinningOffer},
				map[string]any{"__typename": "Offer", "id": told.LosingOffer},
			}}
			w.askAs(t, c.who, c.query, variables) // once before, so that the service knows whether it is one statement
			before := w.Statements()
			a := w.askAs(t, c.who, c.query, variables)
			if a.Errors != nil || strings.Contains(a.text, `":null`) {
				t.Errorf("got %s", a.text)
			}
			if sent := w.Statements() - before - opening; sent != c.levels {
				t.Errorf("%d statements below the root, want %d", sent, c.levels)
			}
		})
	}
}
