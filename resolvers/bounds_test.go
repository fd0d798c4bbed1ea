package resolvers

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql/introspection"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/resolvers/internal/coded"
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

// repeated joins n texts made by number.
func repeated(n int, text string) string {
	var doc strings.Builder
	for i := range n {
		doc.WriteString(strings.ReplaceAll(text, "#", fmt.Sprint(i)))
	}
	return doc.String()
}

// hostile are documents that ask for much more than their length suggests, and what their refusal names.
var hostile = []struct{ name, document, limit string }{
	{"doubling fragments", doubling(60), "1200 fields"},
	{"10,000 aliases", "{ viewer { " + repeated(10000, "a#: capacity ") + "} }", "4000 tokens"},
	{"500 aliases", "{ viewer { " + repeated(500, "a#: capacity ") + "} }", "100 aliases"},
	{
		"500 aliases in a fragment never spread", "{ viewer { capacity } } fragment A on Viewer { " + repeated(500, "a#: capacity ") + "}",
		"100 aliases",
	},
	{"the same field over and over", "{ viewer { " + repeated(1500, "capacity ") + "} }", "1200 fields"},
	{"many fields at the root", "{ " + repeated(30, "viewer { capacity } ") + "}", "20 fields at its root"},
	{
		"many fields at the root, by fragments", "{ ...A ...A } fragment A on Query { " + repeated(11, "viewer { capacity } ") + "}",
		"20 fields at its root",
	},
	{
		"a large operation after a small one", "query small { viewer { capacity } } query large { " + repeated(30, "viewer { capacity } ") + "}",
		"20 fields at its root",
	},
	{"deep nesting", "{ needs { " + strings.Repeat("a { ", 20) + "b" + strings.Repeat(" }", 20) + " } }", "20 fields deep"},
	{
		"deep nesting, by fragments", "{ needs { ...A } } fragment A on B { a { a { a { a { a { a { a { ...C } } } } } } } }" +
			" fragment C on B { a { a { a { a { a { a { a { ...D } } } } } } } } fragment D on B { a { a { a { a { a { a } } } } } }",
		"20 fields deep",
	},
	{"very deep nesting", strings.Repeat("{ a ", 1500) + strings.Repeat("}", 1500), "nested more than"},
	{"a huge list literal", `{ _entities(representations: [` + strings.Repeat("1,", 50000) + `]) { __typename } }`, "4000 tokens"},
	{"a deep list literal", `{ node(id: ` + strings.Repeat("[", 1500) + strings.Repeat("]", 1500) + `) { id } }`, "nested more than"},
	{"many directives", "{ viewer { capacity " + strings.Repeat("@skip(if: false) ", 60) + "} }", "50 directives"},
	{"many directives on a fragment", "{ viewer { ...A } } fragment A on Viewer " + strings.Repeat("@a ", 60) +
		"{ capacity }", "50 directives"},
	{"many directives on an operation", "query " + strings.Repeat("@a ", 60) + "{ viewer { capacity } }", "50 directives"},
	{"many directives on spreads", "{ viewer { ...A " + strings.Repeat("@a ", 30) + " ... " + strings.Repeat("@a ", 30) +
		"{ capacity } } } fragment A on Viewer { person }", "50 directives"},
	{"pages of pages", `{ markets(first: 100) { edges { node { lots(first: 100) { edges { node { members(first: 100) { edges { cursor } } } }
		} } } } }`, "20000 objects"},
	{
		"pages of pages, by default",
		`{ markets { edges { node { lots { edges { node { members { edges { node { provider { figures { answers } } } } } } } } } } } }`,
		"20000 objects",
	},
	{
		"pages in a fragment spread often",
		`{ a: providers(first: 100) { ...P } b: providers(first: 100) { ...P } c: providers(first: 100) { ...P } }` +
			` fragment P on ProviderConnection { edges { node { settings(first: 100) { edges { cursor } } } } }`, "20000 objects",
	},
	{
		"introspection over and over", "{ " + repeated(20, "a#: __schema { types { fields { args { name } } } } ") + "}",
		"20000 values of the schema",
	},
}

func TestAHostileDocumentIsRefusedByItsLimit(t *testing.T) {
	w := newWorld(t)
	for _, h := range hostile {
		t.Run(h.name, func(t *testing.T) {
			before := w.Statements()
			a := w.askAs(t, demo.Commissioner, h.document, nil)
			if len(a.Errors) != 1 || a.Errors[0].Extensions.Code != coded.LimitExceeded || !strings.Contains(a.Errors[0].Message, h.limit) {
				t.Errorf("got %.300s, want %s with %q", a.text, coded.LimitExceeded, h.limit)
			}
			if sent := w.Statements() - before; sent != 0 {
				t.Errorf("%d statements were sent", sent)
			}
		})
	}
}

// The size of a page can be in a variable, or in its default.
func TestPageSizesInVariablesCount(t *testing.T) {
	w := newWorld(t)
	const document = `query ($n: Int = 100) { providers(first: $n) { edges { node { settings(first: $n)
		{ edges { node { provider { settings(first: $n) { edges { cursor } } } } } } } } } }`
	for name, c := range map[string]struct {
		variables map[string]any
		want      string
	}{
		"by default":   {nil, coded.LimitExceeded},
		"too many":     {map[string]any{"n": 60}, coded.LimitExceeded},
		"few":          {map[string]any{"n": 5}, ""},
		"out of range": {map[string]any{"n": -100}, coded.BadInput},
	} {
		got := ""
		if codes := w.askAs(t, demo.Public, document, c.variables).errorCodes(); len(codes) > 0 {
			got = codes[0]
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// entities3 asks for three providers with a page of settings each.
func entities3(page int) string {
	provider := `{__typename: "Provider", id: "provider_` + strings.Repeat("0", 32) + `"}`
	return fmt.Sprintf("{ _entities(representations: [%s, %s, %s]) { ... on Provider { settings(first: %d) { edges { cursor } } } } }",
		provider, provider, provider, page)
}

// Each limit allows exactly its size, and not one more.
func TestEachLimitIsMetExactly(t *testing.T) {
	w := newWorld(t)
	representations := func(n int) map[string]any {
		all := make([]any, n)
		for i := range all {
			all[i] = map[string]any{"__typename": "Organisation", "id": "org_" + strings.Repeat("0", 32)}
		}
		return map[string]any{"r": all}
	}
	const entities = "query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }"
	for name, c := range map[string]struct {
		limits                 Limits
		within, beyond         string
		withinVars, beyondVars map[string]any
	}{
		"tokens":      {limits: Limits{Tokens: 6}, within: "{ viewer { capacity } }", beyond: "{ viewer { capacity person } }"},
		"depth":       {limits: Limits{Depth: 2}, within: "{ viewer { capacity } }", beyond: "{ viewer { organisation { name } } }"},
		"fields":      {limits: Limits{Fields: 3}, within: "{ viewer { capacity person } }", beyond: "{ viewer { capacity person can } }"},
		"root fields": {limits: Limits{RootFields: 1}, within: "{ viewer { capacity } }", beyond: "{ viewer { capacity } viewer { person } }"},
		"aliases":     {limits: Limits{Aliases: 1}, within: "{ a: viewer { capacity } }", beyond: "{ a: viewer { b: capacity } }"},
		"directives": {
			limits: Limits{Directives: 1}, within: "{ viewer { capacity @skip(if: false) } }",
			beyond: "{ viewer { capacity @skip(if: false) @include(if: true) } }",
		},
		"objects": {
			limits: Limits{Objects: 6}, within: "{ organisations(first: 6) { edges { cursor } } }",
			beyond: "{ organisations(first: 7) { edges { cursor } } }",
		},
		"nested": {
			limits: Limits{Objects: 6},
			within: "{ providers(first: 2) { edges { node { settings(first: 2) { edges { cursor } } } } } }",
			beyond: "{ providers(first: 2) { edges { node { settings(first: 3) { edges { cursor } } } } } }",
		},
		"below entities": {limits: Limits{Objects: 6}, within: entities3(1), beyond: entities3(2)},
		"entities": {
			limits: Limits{Entities: 3}, within: entities, beyond: entities, withinVars: representations(3),
			beyondVars: representations(4),
		},
		"spreads": {
			limits: Limits{Spreads: 1}, within: "{ viewer { ...A } } fragment A on Viewer { capacity }",
			beyond: "{ viewer { ...A ...A } } fragment A on Viewer { capacity }",
		},
		"pairs": {
			limits: Limits{Pairs: 3}, within: "{ viewer { person person person } }", beyond: "{ viewer { person person person person } }",
		},
		"pairs below": {
			limits: Limits{Pairs: 2}, within: "{ viewer { organisation { name } organisation { name } } }",
			beyond: "{ viewer { organisation { name ...A } organisation { name } } } fragment A on Organisation { name }",
		},
		"names": {
			limits: Limits{Name: 12}, within: "{ abcdefghijkl: viewer { capacity } }",
			beyond: "{ abcdefghijklm: viewer { capacity } }",
		},
		"items": {
			limits: Limits{Items: 3}, within: "{ viewer { capacity } }", beyond: "{ viewer { capacity } }",
			withinVars: map[string]any{"a": "1,2,[{"}, beyondVars: map[string]any{"a": 1, "b": 2},
		},
		// one more is read, to know of the next page
		"rows": {
			limits: Limits{Rows: 6}, within: "{ organisations(first: 5) { edges { cursor } } }",
			beyond: "{ organisations(first: 6) { edges { cursor } } }",
		},
		"rows below": {
			limits: Limits{Rows: 7}, within: "{ providers(first: 2) { edges { node { settings { edges { cursor } } } } } }",
			beyond: "{ providers(first: 3) { edges { node { settings { edges { cursor } } } } } }",
		},
		"values": {
			limits: Limits{Values: 10}, within: "{ organisations(first: 3) { edges { node { id name } } } }",
			beyond: "{ organisations(first: 4) { edges { node { id name } } } }",
		},
		"values, alone": {limits: Limits{Values: 2}, within: "{ viewer { capacity person } }", beyond: "{ viewer { capacity person can } }"},
		"text":          {limits: Limits{Text: 12}, within: "{ viewer { capacity } }", beyond: "{ viewer { a: capacity b: capacity } }"},
		"of a method": {
			limits: Limits{Values: 8}, within: "{ markets(first: 1) { edges { node { name } } } }",
			beyond: "{ markets(first: 1) { edges { node { rules { code value source } } } } }",
		},
		"text in lists": {
			limits: Limits{Text: 30}, within: "{ places(first: 1) { edges { node { setting { urn } } } } }",
			beyond: "{ places(first: 1) { edges { node { setting { needs } } } } }",
		},
		"schema": {limits: Limits{Schema: 10}, within: "{ __schema { queryType { name } } }", beyond: "{ schema: __schema { types { name } } }"},
		"bytes of body": {limits: Limits{BodyBytes: 100}, within: "{ viewer { capacity } }", beyond: "{ viewer { capacity } } # " +
			strings.Repeat("x", 100)},
	} {
		t.Run(name, func(t *testing.T) {
			endpoint := w.newEndpoint(t, c.limits, true)
			if a := w.askAt(t, endpoint, demo.Commissioner, c.within, c.withinVars); a.Errors != nil {
				t.Errorf("within: %s", a.text)
			}
			if a := w.askAt(t, endpoint, demo.Commissioner, c.beyond, c.beyondVars); !slices.Equal(a.errorCodes(), []string{coded.LimitExceeded}) {
				t.Errorf("beyond: %s", a.text)
			}
		})
	}
}

// Once the limit on rows is reached, nothing more is read.
func TestNothingIsReadBeyondTheRows(t *testing.T) {
	w := newWorld(t)
	endpoint, before := w.newEndpoint(t, Limits{Rows: 2}, true), w.Statements()
	a := w.askAt(t, endpoint, demo.Public,
		"{ a: providers { edges { cursor } } b: providers { edges { cursor } } c: providers { edges { cursor } } }", nil)
	if !slices.Equal(a.errorCodes(), []string{coded.LimitExceeded}) || w.Statements()-before != 2 {
		t.Errorf("%d statements, BEGIN among them: %s", w.Statements()-before, a.text)
	}
}

// The query of the API's own explorer has to stay within the limits.
func TestTheUsualIntrospectionIsWithinTheLimits(t *testing.T) {
	w := newWorld(t)
	if a := w.askAs(t, demo.Public, introspection.Query, nil); a.Errors != nil {
		t.Error(a.text)
	}
}

// Fragments that spread each other have no end. Validation says so, and nothing before it follows them.
func TestAFragmentInItselfIsInvalid(t *testing.T) {
	w := newWorld(t)
	for _, spread := range []string{"...A", "capacity"} {
		a := w.askAs(t, demo.Public, "{ viewer { "+spread+" } } fragment A on Viewer { ...B ...B } fragment B on Viewer { ...A ...A }", nil)
		if len(a.Errors) == 0 || a.Errors[0].Extensions.Code != "GRAPHQL_VALIDATION_FAILED" {
			t.Errorf("got %s", a.text)
		}
	}
}
