package hostile_test

import (
	"fmt"
	"strings"

	"github.com/99designs/gqlgen/graphql/introspection"

	"github.com/southeasttogether/dps/demo"
)

// hostileShapes are documents that are hostile by what they select.
var hostileShapes = []documentFamily{
	{name: "deep fields", sizes: []int{10, 19, 25, 100, 400, 900, 1200, 5000}, documentOf: func(n int) string {
		return "{ organisations { edges { node { " + nestText(n, "consortium { ", "id", " }") + " } } } }"
	}},
	{
		name: "deep fields that are not there", sizes: []int{21, 100, 900, 5000, 30000}, code: codeAny,
		documentOf: func(n int) string { return nestText(n, "{ a ", "", "}") },
	},
	{name: "deep inline fragments", sizes: []int{10, 100, 400, 900, 3000}, documentOf: func(n int) string {
		return "{ viewer { " + nestText(n, "... on Viewer { ", "capacity", " }") + " } }"
	}},
	{name: "deep inline fragments without a type", sizes: []int{10, 100, 900, 3000}, documentOf: func(n int) string {
		return "{ " + nestText(n, "... { ", "viewer { capacity }", " }") + " }"
	}},
	{name: "deep lists in the document", sizes: fewSizes, code: codeAny, documentOf: func(n int) string {
		return "{ node(id: " + nestText(n, "[", "", "]") + ") { id } }"
	}},
	{name: "deep objects in the document", sizes: fewSizes, code: codeAny, documentOf: func(n int) string {
		return "mutation { createLot(input: " + nestText(n, "{a: ", "1", "}") + ") { problems { code } } }"
	}},
	{name: "deep types of variables", sizes: fewSizes, code: codeAny, documentOf: func(n int) string {
		return "query ($a: " + nestText(n, "[", "Int", "]") + ") { viewer { capacity } }"
	}},
	{
		name: "wide, one field", sizes: manySizes,
		documentOf: func(n int) string { return "{ viewer { " + repeatNumbered(n, "capacity ") + "} }" },
	},
	{
		name: "wide, fields that are not there", sizes: manySizes, code: codeAny,
		documentOf: func(n int) string { return "{ viewer { " + repeatNumbered(n, "x# ") + "} }" },
	},
	{
		name: "wide at the root", sizes: manySizes,
		documentOf: func(n int) string { return "{ " + repeatNumbered(n, "viewer { capacity } ") + "}" },
	},
	{name: "wide typename", sizes: manySizes, documentOf: func(n int) string { return "{ " + repeatNumbered(n, "__typename ") + "}" }},
	{name: "aliases", sizes: manySizes, documentOf: func(n int) string { return "{ viewer { " + repeatNumbered(n, "a#: capacity ") + "} }" }},
	{
		name: "aliases at the root", sizes: manySizes,
		documentOf: func(n int) string { return "{ " + repeatNumbered(n, "a#: viewer { capacity } ") + "}" },
	},
	{name: "aliases of lists", sizes: []int{2, 10, 20, 21, 100}, documentOf: func(n int) string {
		return "{ " + repeatNumbered(n, "a#: providers(first: 100) { edges { node { id name } } } ") + "}"
	}},
	{name: "aliases under aliases", sizes: smallSizes, documentOf: func(n int) string {
		return "{ " + repeatNumbered(n, "a#: providers(first: 20) { edges { node { "+repeatNumbered(4, "b#: name ")+"} } } ") + "}"
	}},
	{name: "doubling fragments", sizes: []int{2, 5, 8, 9, 10, 20, 40, 60, 100, 300}, documentOf: doublingFragments("viewer", "Viewer",
		"capacity")},
	{name: "doubling fragments of lists", sizes: []int{2, 5, 8, 9, 10, 30, 60}, documentOf: doublingFragments("providers(first: 100)",
		"ProviderConnection", "edges { node { name } }")},
	{name: "doubling fragments below a list", sizes: []int{2, 5, 8, 9, 10, 30}, documentOf: func(n int) string {
		return strings.Replace(doublingFragments("viewer", "Provider", "name ukprn")(n), "viewer { ...F0 }",
			"providers(first: 100) { edges { node { ...F0 } } }", 1)
	}},
	{name: "fragments of many fields spread often", sizes: []int{2, 5, 9, 12, 20}, documentOf: func(n int) string {
		return "{ " + repeatNumbered(n, "p#: providers(first: 100) { ...P } ") + "} fragment P on ProviderConnection { edges { node { " +
			repeatNumbered(70, "a#: name ") + "} } }"
	}},
	{name: "fragments in a circle", sizes: []int{1, 2, 10, 100, 300}, code: codeAny, documentOf: func(n int) string {
		return "{ viewer { ...F0 } } " + repeatNumbered(n-1, "fragment F# on Viewer { capacity ...G# } ") + fragmentCircle(n)
	}},
	{name: "many fragments in circles", sizes: []int{3, 10, 30, 60, 100}, code: codeAny, documentOf: func(n int) string {
		return "{ viewer { ...F0 } } " + repeatNumbered(n, "fragment F# on Viewer { "+repeatNumbered(min(n, 30), "...F# ")+"} ")
	}},
	{name: "fragments not used", sizes: manySizes, code: codeAny, documentOf: func(n int) string {
		return "{ viewer { capacity } } " + repeatNumbered(n, "fragment F# on Viewer { capacity } ")
	}},
	{name: "fragments of one name", sizes: fewSizes, code: codeAny, documentOf: func(n int) string {
		return "{ viewer { ...F } } " + repeatNumbered(n, "fragment F on Viewer { capacity } ")
	}},
	{
		name: "fragments that are not there", sizes: manySizes, code: codeAny,
		documentOf: func(n int) string { return "{ viewer { " + repeatNumbered(n, "...F# ") + "} }" },
	},
	{name: "one fragment spread often", sizes: manySizes, documentOf: func(n int) string {
		return "{ viewer { " + repeatNumbered(n, "...F ") + "} } fragment F on Viewer { capacity }"
	}},
	{
		name: "fragments on impossible types", sizes: fewSizes, code: codeAny,
		documentOf: func(n int) string { return "{ viewer { " + repeatNumbered(n, "... on Need { id } ") + "} }" },
	},
	{name: "fragments on every type", sizes: []int{1, 3, 9, 20}, documentOf: func(n int) string {
		return "{ node(id: \"" + noNeed + "\") { " + repeatNumbered(n,
			"... on Provider { id name } ... on Setting { id name } ... on Organisation { id name } ... on Lot { id name } ") + "} }"
	}},
	{name: "fields that overlap, many and deep", sizes: []int{2, 5, 10, 17, 23}, documentOf: func(n int) string {
		return "{ " + repeatNumbered(min(n, 19), "viewer { organisation { "+repeatNumbered(n, "name ")+"} } ") + "}"
	}},
	{name: "fields that overlap, in three levels", sizes: []int{2, 4, 6, 7}, documentOf: func(n int) string {
		return "{ " + repeatNumbered(n, "viewer { "+repeatNumbered(n, "organisation { "+repeatNumbered(n, "name ")+"} ")+"} ") + "}"
	}},
	{name: "fields that overlap with other spellings", sizes: []int{10, 50, 98}, code: codeAny, documentOf: func(n int) string {
		return "{ viewer { organisation { " + repeatNumbered(n, "x: name x: id ") + "} } }"
	}},
	{name: "fields that overlap", sizes: []int{5, 10, 30, 60, 90, 150, 299, 300}, documentOf: func(n int) string {
		return "{ viewer { organisation { " + repeatNumbered(n, "name ...{ name } ") + "} } }"
	}},
	{name: "fields that conflict by arguments", sizes: []int{10, 50, 98, 200, 299, 654, 1200}, code: codeAny, documentOf: func(n int) string {
		return "{ viewer { " + repeatNumbered(n, "person(a: #) ") + "} }"
	}},
	{name: "fields that conflict by known arguments", sizes: []int{10, 50, 98, 200, 299}, code: codeAny, documentOf: func(n int) string {
		return "{ viewer { organisation { " + repeatNumbered(n, "delegations(first: #) { id } ") + "} } }"
	}},
	{name: "fields that conflict", sizes: []int{5, 10, 30, 60, 90}, code: codeAny, documentOf: func(n int) string {
		return "{ viewer { " + repeatNumbered(n, "a: capacity b: person a: person b: capacity ") + "} }"
	}},
	{name: "fields that overlap through fragments", sizes: []int{3, 5, 10, 20, 30}, documentOf: func(n int) string {
		return "{ viewer { " + repeatNumbered(n, "...F# ") + "} } " + repeatNumbered(n,
			"fragment F# on Viewer { organisation { name consortium { name consortium { name } } } } ")
	}},
	{name: "fields that overlap through fragments of fragments", sizes: []int{3, 5, 10, 15, 20}, documentOf: func(n int) string {
		return "{ viewer { " + repeatNumbered(n, "...F# ") + "} } " + repeatNumbered(n, "fragment F# on Viewer { "+repeatNumbered(6, "...G# ")+
			"} ") + repeatNumbered(6, "fragment G# on Viewer { organisation { name id lead } } ")
	}},
	{name: "fields that overlap with arguments", sizes: []int{5, 10, 19, 50}, documentOf: func(n int) string {
		return "{ " + repeatNumbered(n, "providers(first: 5) { edges { node { settings(first: 5) { edges { node { name } } } } } } ") + "}"
	}},
	{name: "fields that overlap, deep and wide", sizes: []int{2, 3, 4, 5}, documentOf: func(n int) string {
		set := "name"
		for range 6 {
			set = repeatNumbered(n, "consortium { "+set+" } ")
		}
		return "{ viewer { organisation { " + set + "} } }"
	}},
	{
		name: "directives", sizes: manySizes,
		documentOf: func(n int) string { return "{ viewer { capacity " + repeatNumbered(n, "@include(if: true) ") + "} }" },
	},
	{
		name: "directives that are not there", sizes: manySizes, code: codeAny,
		documentOf: func(n int) string { return "{ viewer { capacity " + repeatNumbered(n, "@x# ") + "} }" },
	},
	{
		name: "directives on fields", sizes: []int{10, 50, 51, 300},
		documentOf: func(n int) string { return "{ viewer { " + repeatNumbered(n, "capacity @skip(if: false) ") + "} }" },
	},
	{
		name: "directives on operations", sizes: fewSizes, code: codeAny,
		documentOf: func(n int) string { return "query Q " + repeatNumbered(n, "@x ") + "{ viewer { capacity } }" },
	},
	{name: "directives on variables", sizes: fewSizes, code: codeAny, documentOf: func(n int) string {
		return "query Q($a: Int " + repeatNumbered(n, "@x ") + ") { providers(first: $a) { edges { cursor } } }"
	}},
	{name: "arguments", sizes: manySizes, code: codeAny, documentOf: func(n int) string {
		return "{ providers(" + repeatNumbered(n, "first: 1 ") + ") { edges { cursor } } }"
	}},
	{
		name: "arguments that are not there", sizes: manySizes, code: codeAny,
		documentOf: func(n int) string { return "{ providers(" + repeatNumbered(n, "x#: 1 ") + ") { edges { cursor } } }" },
	},
	{
		name: "operations", sizes: manySizes, code: codeAny,
		documentOf: func(n int) string { return repeatNumbered(n, "query Q# { viewer { capacity } } ") },
	},
	{
		name: "operations of one name", sizes: fewSizes, code: codeAny,
		documentOf: func(n int) string { return repeatNumbered(n, "query Q { viewer { capacity } } ") },
	},
	{
		name: "operations without a name", sizes: fewSizes, code: codeAny,
		documentOf: func(n int) string { return repeatNumbered(n, "{ viewer { capacity } } ") },
	},
	{name: "pages of pages", sizes: []int{1, 5, 10, 30, 60, 100}, documentOf: func(n int) string {
		return fmt.Sprintf("{ providers(first: %d) { edges { cursor node { id name settings(first: %d) { edges { cursor node { id name } } } } "+
			"} } }", n, n)
	}},
	{name: "searches that find nothing", sizes: []int{1, 2, 3, 20}, documentOf: func(n int) string {
		return "{ " + repeatNumbered(n,
			"a#: places(filter: { name: \"synthetic nothing\", inspection: { scale: \"none\", values: [\"none\"] } }) { edges { cursor } } ") + "}"
	}},
	{name: "pages of pages of pages", sizes: []int{1, 5, 10, 20, 100}, documentOf: func(n int) string {
		return fmt.Sprintf("{ markets(first: %[1]d) { edges { node { lots(first: %[1]d) { edges { node { members(first: %[1]d) { edges { node "+
			"{ provider { name settings(first: %[1]d) { edges { node { id } } } } } } } } } } } } } }", n)
	}},
	{name: "lists without pages", who: demo.Commissioner, sizes: []int{5, 20, 50, 100}, documentOf: func(n int) string {
		return fmt.Sprintf("{ needs(first: %d) { edges { node { reference profile invitations { invitedAt answer provider { name } } offers { "+
			"id } lot { criteria { name } } } } } }", n)
	}},
	{name: "a page of everything", who: demo.Commissioner, sizes: []int{5, 20, 50, 100}, documentOf: func(n int) string {
		return fmt.Sprintf("{ needs(first: %d) { edges { cursor node { "+repeatNumbered(60, "a#: profile ")+"} } } }", n)
	}},
	{name: "round and round", sizes: []int{1, 2, 3, 4}, documentOf: func(n int) string {
		return "{ providers(first: 9) { edges { node { " + nestText(n, "settings(first: 9) { edges { node { provider { ", "name", " } } } }") +
			" } } } }"
	}},
	{name: "long texts again and again", who: demo.Commissioner, sizes: []int{1, 2, 5, 10, 30, 90}, documentOf: func(n int) string {
		return "{ needs(first: 100) { edges { node { " + repeatNumbered(n, "a#: outcomes ") + "} } } }"
	}},
	{name: "many fields of few things", who: demo.Commissioner, sizes: []int{10, 50, 90, 98, 100}, documentOf: func(n int) string {
		return "{ needs(first: " + fmt.Sprint(n) + ") { edges { node { " + repeatNumbered(n, "a#: homeOutcode ") + "} } } }"
	}},
	{name: "many things below few", who: demo.Commissioner, sizes: []int{1, 5, 9, 10, 40}, documentOf: func(n int) string {
		return fmt.Sprintf("{ needs(first: %d) { edges { node { reference invitations { invitedAt provider { id name } } } } } }", n)
	}},
	{name: "things at the edge of what may be read", sizes: []int{7, 8, 9, 10, 11}, documentOf: func(n int) string {
		return fmt.Sprintf("{ providers(first: %d) { edges { cursor node { id name ukprn companyNumber settings(first: 99) { edges { cursor "+
			"node { id name } } } } } } }", n)
	}},
	{name: "the dearest of the schema", sizes: []int{1, 2, 3, 4, 5, 6}, documentOf: func(n int) string {
		return "{ __schema { types { " + repeatNumbered(n,
			"a#: fields(includeDeprecated: true) { name description args { name } type { name kind ofType { name kind } } } ") + "} } }"
	}},
	{name: "introspection", sizes: []int{1, 2, 5, 20, 100}, documentOf: func(n int) string {
		return "{ " + repeatNumbered(n, "a#: __schema { types { name fields { name type { name } } } } ") + "}"
	}},
	{name: "introspection, whole", sizes: []int{1}, documentOf: func(int) string { return introspection.Query }},
	{name: "introspection, deep", sizes: []int{1, 2, 3, 5, 10}, documentOf: func(n int) string {
		return "{ __schema { types { " + nestText(n, "fields { type { ", "name", " } }") + " } } }"
	}},
	{name: "introspection, by possible types", sizes: []int{1, 2, 3, 5, 10}, documentOf: func(n int) string {
		return "{ __type(name: \"Node\") { " + nestText(n, "possibleTypes { interfaces { ", "name", " } }") + " } }"
	}},
	{name: "introspection of types", sizes: []int{2, 10, 20, 21, 100}, documentOf: func(n int) string {
		return "{ " + repeatNumbered(n,
			"a#: __type(name: \"Need\") { fields { name description args { name } type { name fields { name description } } } } ") + "}"
	}},
	{name: "introspection, of types", sizes: smallSizes, documentOf: func(n int) string {
		return "{ __type(name: \"Need\") { " + nestText(n, "ofType { ", "name", " }") + " } }"
	}},
	{
		name: "the schema's text", sizes: []int{1, 2, 10, 20, 21, 100},
		documentOf: func(n int) string { return "{ " + repeatNumbered(n, "s#: _service { sdl } ") + "}" },
	},
	{
		name: "suggestions", sizes: []int{1, 5, 20, 90, 300, 1000}, code: codeAny,
		documentOf: func(n int) string { return "{ " + repeatNumbered(n, "providerz# organisationz# ") + "}" },
	},
	{name: "suggestions of long names", sizes: []int{10, 1000, 50000, 200000}, code: codeAny, documentOf: func(n int) string {
		return "{ provider" + strings.Repeat("s", n) + " { edges } }"
	}},
	{name: "suggestions of types", sizes: []int{1, 20, 90, 300}, code: codeAny, documentOf: func(n int) string {
		return "{ viewer { " + repeatNumbered(n, "... on Viewerz# { capacity } ") + "} }"
	}},
	{name: "suggestions of long types", sizes: []int{1000, 50000, 200000}, code: codeAny, documentOf: func(n int) string {
		return "{ viewer { ... on Viewer" + strings.Repeat("z", n) + " { capacity } } }"
	}},
	{name: "suggestions of inputs", who: demo.Commissioner, sizes: []int{1, 20, 90, 300}, code: codeAny, documentOf: func(n int) string {
		return "mutation { inviteFamily(input: {" + repeatNumbered(n, "needz#: 1 ") + "}) { problems { code } } }"
	}},
	{name: "suggestions of enums", who: demo.Commissioner, sizes: []int{1, 20, 90, 300}, code: codeAny, documentOf: func(n int) string {
		return "mutation { " + repeatNumbered(min(n, 19), "a#: inviteFamily(input: {kind: FEEDBACKK"+strings.Repeat("K", n)+
			"}) { problems { code } } ") + "}"
	}},
}

// doublingFragments makes fragments that each spread the next one twice.
func doublingFragments(root, on, field string) func(int) string {
	return func(n int) string {
		return "{ " + root + " { ...F0 } }" + func() string {
			var all strings.Builder
			for i := range n {
				fmt.Fprintf(&all, " fragment F%d on %s { ...F%d ...F%d }", i, on, i+1, i+1)
			}
			return all.String()
		}() + fmt.Sprintf(" fragment F%d on %s { %s }", n, on, field)
	}
}

// fragmentCircle closes a circle of n fragments.
func fragmentCircle(n int) string {
	all := ""
	for i := range n - 1 {
		all += fmt.Sprintf("fragment G%d on Viewer { ...F%d } ", i, i+1)
	}
	return all + fmt.Sprintf("fragment F%d on Viewer { ...F0 }", n-1)
}
