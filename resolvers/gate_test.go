package resolvers

import (
	"slices"
	"strings"
	"testing"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/resolvers/internal/coded"
)

// The evaluator can read offers but not their prices; the public can read neither needs nor offers; the commissioner
// cannot give scores.
func TestTheGateResolvesEachSelectionByItsType(t *testing.T) {
	w := newWorld(t)
	const id = `"need_00000000000000000000000000000000"`
	const entities = `query ($r: [_Any!]! = [{__typename: "Need", id: ` + id + `}]) `
	for _, c := range []struct {
		name    string
		who     demo.Persona
		query   string
		refused string // what the refusal names; "" if there is none
	}{
		{"a root field", demo.Public, `{ needs { edges { cursor } } }`, "Query.needs"},
		{"a type by an interface", demo.Public, `{ node(id: ` + id + `) { ... on Need { id } } }`, "Need"},
		{"a type by an interface, allowed", demo.Evaluator1, `{ node(id: ` + id + `) { ... on Need { id status } } }`, ""},
		{"an interface's own field", demo.Public, `{ node(id: ` + id + `) { id __typename } }`, ""},
		{"a field below an interface", demo.Evaluator1, `{ node(id: ` + id + `) { ... on Offer { price { weekly } } } }`, "OfferPrice"},
		{"a named fragment", demo.Evaluator1, `{ node(id: ` + id + `) { ...F } } fragment F on Offer { price { weekly } }`, "OfferPrice"},
		{"a fragment in a fragment", demo.Evaluator1, `{ node(id: ` + id +
			`) { ...F } } fragment F on Node { ...G } fragment G on Offer { price { weekly } }`, "OfferPrice"},
		{"a fragment without a type", demo.Public, `{ ... { needs { edges { cursor } } } }`, "Query.needs"},
		{"a fragment on the root", demo.Public, `{ ...F } fragment F on Query { needs { edges { cursor } } }`, "Query.needs"},
		{"an alias", demo.Evaluator1, `{ needs { edges { node { offers { id: price { weekly } } } } } }`, "OfferPrice"},
		{"a nested path", demo.Evaluator1, `{ needs { edges { node { offers { price { weekly } } } } } }`, "OfferPrice"},
		{"a nested path, allowed", demo.Evaluator1, `{ needs { edges { node { offers { startsOn } } } } }`, ""},
		{"an entity", demo.Public, entities + `{ _entities(representations: $r) { ... on Need { id } } }`, "Need"},
		{
			"an entity's field", demo.Evaluator1, entities + `{ _entities(representations: $r) { ... on Offer { price { weekly } } } }`,
			"OfferPrice",
		},
		{
			"an entity by an interface", demo.Public, entities + `{ _entities(representations: $r) { ... on Node { ... on Need { id } } } }`,
			"Need",
		},
		{"an entity, allowed", demo.Evaluator1, entities + `{ _entities(representations: $r) { __typename ... on Need { id } } }`, ""},
		{"a mutation", demo.Commissioner, `mutation { lockQuality(input: {need: ` + id +
			`, idempotencyKey: "synthetic-1"}) { problems { code } } }`, "Mutation.lockQuality"},
		{"below a mutation", demo.Opener1, `mutation { openOffers(input: {need: ` + id +
			`, idempotencyKey: "synthetic-1"}) { need { ceilingWeekly } } }`, "Need.ceilingWeekly"},
		{"skipped", demo.Public, `query ($all: Boolean = false) { viewer { capacity } needs @include(if: $all) { edges { cursor } } }`, ""},
		{"skipped by a literal", demo.Public, `{ viewer { capacity } ... @skip(if: true) { needs { edges { cursor } } } }`, ""},
		{
			"included", demo.Public, `query ($all: Boolean = true) { needs @include(if: $all) @skip(if: false) { edges { cursor } } }`,
			"Query.needs",
		},
		{"a spread skipped", demo.Public, `{ viewer { capacity } ...F @skip(if: true) } fragment F on Query { needs { edges { cursor } } }`, ""},
		{
			"a spread skipped before one that is not", demo.Public,
			`{ ...F @skip(if: true) ...F } fragment F on Query { needs { edges { cursor } } }`, "Query.needs",
		},
		{"introspection", demo.Public, `{ __type(name: "Need") { name } _service { sdl } }`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := w.Statements()
			a := w.askAs(t, c.who, c.query, nil)
			if c.refused == "" {
				if a.Errors != nil {
					t.Errorf("got %s, want no error", a.text)
				}
				return
			}
			if !slices.Equal(a.errorCodes(), []string{coded.Forbidden}) || !strings.Contains(a.Errors[0].Message, "cannot use "+c.refused+":") {
				t.Errorf("got %s, want %s refused", a.text, c.refused)
			}
			if sent := w.Statements() - before; sent != 0 {
				t.Errorf("%d statements were sent", sent)
			}
		})
	}
}

// The gate walks only the operation that is executed.
func TestTheGateWalksTheOperationThatIsNamed(t *testing.T) {
	w := newWorld(t)
	for name, want := range map[string][]string{"a": {}, "b": {coded.Forbidden}} {
		a := postBody(t, w, `{"query":"query a { viewer { capacity } } query b { needs { edges { cursor } } }","operationName":"`+name+`"}`, nil)
		if !slices.Equal(a.errorCodes(), want) {
			t.Errorf("%s: %s", name, a.text)
		}
	}
}
