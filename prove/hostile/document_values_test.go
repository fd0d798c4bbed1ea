package hostile_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/southeasttogether/dps/demo"
)

const entitiesQuery = "query ($r: [_Any!]!) { _entities(representations: $r) { __typename ... on Organisation { name } } }"

func entityRepresentation(name string, id any) map[string]any {
	return map[string]any{"__typename": name, "id": id}
}

func listOf(n int, item func(int) any) []any {
	all := []any{}
	for i := range n {
		all = append(all, item(i))
	}
	return all
}

// hostileValues are documents that are hostile by the values in them, or by those of their variables.
var hostileValues = []documentFamily{
	{
		name: "entities", sizes: []int{1, 50, 200, 201, 1000, 4000}, documentOf: func(int) string { return entitiesQuery },
		variablesOf: func(n int) map[string]any {
			return map[string]any{"r": listOf(n, func(i int) any { return entityRepresentation("Organisation", fmt.Sprintf("org_%032x", i)) })}
		},
	},
	{
		name: "one entity again and again", sizes: []int{2, 200, 201, 3000}, documentOf: func(int) string { return entitiesQuery },
		variablesOf: func(n int) map[string]any {
			return map[string]any{"r": listOf(n,
				func(int) any { return entityRepresentation("Organisation", "org_00000000000000000000000000000000") })}
		},
	},
	{
		name: "entities of wrong types", sizes: []int{1, 50, 200}, code: codeInput, documentOf: func(int) string { return entitiesQuery },
		variablesOf: func(n int) map[string]any {
			return map[string]any{"r": listOf(n, func(i int) any {
				return entityRepresentation(fmt.Sprint("Query", i), "org_00000000000000000000000000000000")
			})}
		},
	},
	{
		name: "entities with more fields", sizes: []int{1, 100, 3000}, documentOf: func(int) string { return entitiesQuery },
		variablesOf: func(n int) map[string]any {
			r := entityRepresentation("Organisation", "org_00000000000000000000000000000000")
			for i := range n {
				r[fmt.Sprint("more", i)] = i
			}
			return map[string]any{"r": []any{r}}
		},
	},
	{
		name: "entities by odd ids", sizes: []int{0, 1, 2, 3, 4, 5, 6}, code: codeAny, documentOf: func(int) string { return entitiesQuery },
		variablesOf: func(n int) map[string]any {
			odd := []any{nil, 1, 1.5, true, []any{"x"}, map[string]any{"id": "x"}, strings.Repeat("x", 100000)}
			return map[string]any{"r": []any{entityRepresentation("Organisation", odd[n])}}
		},
	},
	{name: "entities in the document", sizes: []int{1, 50, 100, 200, 400, 2000}, documentOf: func(n int) string {
		return "{ _entities(representations: [" + repeatNumbered(n, `{__typename: "Organisation", id: "org_00000000000000000000000000000000"} `) +
			"]) { __typename } }"
	}},
	{name: "entities asked for often", sizes: []int{2, 10, 20}, documentOf: func(n int) string {
		return "query ($r: [_Any!]!) { " + repeatNumbered(n, "a#: _entities(representations: $r) { __typename ... on Organisation { name } } ") +
			"}"
	}, variablesOf: func(int) map[string]any {
		return map[string]any{"r": listOf(200, func(i int) any { return entityRepresentation("Organisation", fmt.Sprintf("org_%032x", i)) })}
	}},
	{
		name: "ids of odd forms", sizes: []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, code: codeAny,
		documentOf: func(int) string { return "query ($id: ID!) { node(id: $id) { id } }" }, variablesOf: func(n int) map[string]any {
			return map[string]any{"id": []any{
				"", "x", "need_", "need_0", noNeed + "0", strings.ToUpper(noNeed), "Need_" + noNeed[5:], " " + noNeed,
				noNeed + "\u0000", "need_0000000000000000000000000000000\u0660", strings.Repeat("need_", 20000), "' OR true --",
			}[n]}
		},
	},
	{
		name: "ids of wrong types", sizes: []int{0, 1, 2, 3, 4}, code: codeAny,
		documentOf: func(int) string { return "query ($id: ID!) { node(id: $id) { id } }" }, variablesOf: func(n int) map[string]any {
			return map[string]any{"id": []any{nil, 1e300, true, []any{noNeed}, map[string]any{"a": 1}}[n]}
		},
	},
	{
		name: "forged cursors", sizes: []int{0, 1, 16, 40, 90, 92, 1000, 100000}, code: codeInput,
		documentOf: func(int) string { return "query ($a: String) { providers(after: $a) { edges { cursor } } }" },
		variablesOf: func(n int) map[string]any {
			return map[string]any{"a": "x" + base64.RawURLEncoding.EncodeToString([]byte(strings.Repeat("\u0001", n)))}
		},
	},
	{
		name: "cursors of odd texts", sizes: []int{0, 1, 2, 3, 4, 5, 6, 7}, code: codeInput,
		documentOf: func(int) string { return "query ($a: String) { organisations(after: $a) { edges { cursor } } }" },
		variablesOf: func(n int) map[string]any {
			return map[string]any{"a": []any{"=", "A===", "0", "-1", "W10", "WyJhIl0=", "\u0000-", "' OR true --"}[n]}
		},
	},
	{name: "cursors below a list", sizes: []int{1, 20, 100}, code: codeInput, documentOf: func(n int) string {
		return fmt.Sprintf(`{ providers(first: %d) { edges { node { settings(after: "forged") { edges { cursor } } } } } }`, n)
	}},
	{name: "page sizes", sizes: []int{-2147483648, -1, 0, 101, 1000, 2147483647}, code: codeInput, documentOf: func(n int) string {
		return fmt.Sprintf("{ providers(first: %d) { edges { cursor } } }", n)
	}},
	{name: "numbers beyond", sizes: fewSizes, code: codeAny, documentOf: func(n int) string {
		return "{ providers(first: " + strings.Repeat("9", n) + ") { edges { cursor } } }"
	}},
	{name: "fractions beyond", sizes: fewSizes, code: codeAny, documentOf: func(n int) string {
		return "{ providers(first: 0." + strings.Repeat("9", n) + "e999999999) { edges { cursor } } }"
	}},
	{name: "numbers beyond in variables", sizes: fewSizes, code: codeAny, bodyOf: func(n int) string {
		return `{"query":"query ($n: Int) { providers(first: $n) { edges { cursor } } }","variables":{"n":` + strings.Repeat("9", n) + `}}`
	}},
	{name: "exponents in variables", sizes: fewSizes, code: codeAny, bodyOf: func(n int) string {
		return `{"query":"query ($n: Int) { providers(first: $n) { edges { cursor } } }","variables":{"n":1e` + strings.Repeat("9", n) + `}}`
	}},
	{name: "decimals beyond", who: demo.Winner, sizes: fewSizes, code: codeAny, documentOf: func(int) string {
		return "mutation ($w: Decimal!) { submitOffer(input: {idempotencyKey: \"synthetic-1\", need: \"" + noNeed + "\", setting: \"" + noNeed +
			"\", startsOn: \"2030-01-01\", needsMet: \"x\", outcomesMet: \"x\", weeks: 38, fees: [{kind: OTHER, description: \"x\", weekly: " +
			"$w}]}) { problems { code } } }"
	}, variablesOf: func(n int) map[string]any { return map[string]any{"w": "1e" + strings.Repeat("9", n)} }},
	{name: "decimals of many digits", who: demo.Winner, sizes: fewSizes, documentOf: func(int) string {
		return "mutation ($w: Decimal!) { submitOffer(input: {idempotencyKey: \"synthetic-1\", need: \"" + noNeed +
			"\", setting: \"setting_00000000000000000000000000000000\", startsOn: \"2030-01-01\", needsMet: \"x\", outcomesMet: \"x\", weeks: 38, " +
			"fees: [{kind: OTHER, description: \"x\", weekly: $w}]}) { problems { code } } }"
	}, variablesOf: func(n int) map[string]any { return map[string]any{"w": strings.Repeat("9", n*30)} }},
	{name: "variables declared", sizes: manySizes, documentOf: func(n int) string {
		return "query (" + repeatNumbered(n, "$v#: Int ") + ") { viewer { capacity } }"
	}},
	{
		name: "variables of one name", sizes: fewSizes, code: codeAny,
		documentOf: func(n int) string { return "query (" + repeatNumbered(n, "$v: Int ") + ") { viewer { capacity } }" },
	},
	{
		name: "variables given", sizes: fewSizes, documentOf: func(int) string { return "{ viewer { capacity } }" },
		variablesOf: func(n int) map[string]any {
			all := map[string]any{}
			for i := range n {
				all[fmt.Sprint("v", i)] = i
			}
			return all
		},
	},
	{name: "variables not declared", sizes: manySizes, code: codeAny, documentOf: func(n int) string {
		return "{ providers(" + repeatNumbered(n, "first: $v# ") + ") { edges { cursor } } }"
	}},
	{name: "defaults of variables", sizes: fewSizes, documentOf: func(n int) string {
		return "query ($v: [_Any!]! = [" + repeatNumbered(n, "1 ") + "]) { _entities(representations: $v) { __typename } }"
	}, code: codeAny},
	{name: "deep variables", sizes: []int{10, 1000, 9000, 11000, 60000}, bodyOf: func(n int) string {
		return `{"query":"{ viewer { capacity } }","variables":{"v":` + nestText(n, "[", "", "]") + `}}`
	}},
	{name: "deep objects in variables", sizes: []int{10, 1000, 9000, 20000}, code: codeAny, bodyOf: func(n int) string {
		return `{"query":"query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }","variables":{"r":[` +
			nestText(n, `{"a":`, "1", "}") + `]}}`
	}},
	{name: "wide variables", sizes: []int{1000, 30000, 80000}, code: codeAny, bodyOf: func(n int) string {
		return `{"query":"query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }","variables":{"r":[` +
			strings.TrimSuffix(strings.Repeat("1,", n), ",") + `]}}`
	}},
	{name: "many objects in variables", sizes: []int{1000, 30000, 60000}, code: codeAny, bodyOf: func(n int) string {
		return `{"query":"query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }","variables":{"r":[` +
			strings.TrimSuffix(strings.Repeat("{},", n), ",") + `]}}`
	}},
	{
		name: "lists for single values", who: demo.MarketManager, sizes: fewSizes, code: codeAny,
		documentOf: func(int) string { return createLot }, variablesOf: func(n int) map[string]any {
			return map[string]any{"i": listOf(n, func(int) any { return map[string]any{} })}
		},
	},
	{
		name: "inputs with lists of inputs", who: demo.MarketManager, sizes: []int{1, 100, 1000, 3000},
		documentOf: func(int) string { return createLot }, variablesOf: func(n int) map[string]any {
			return map[string]any{"i": lotInput(listOf(n, func(i int) any {
				return map[string]any{"kind": "QUALITY", "name": fmt.Sprint("c", i), "description": "d", "weight": "1", "topScore": 5}
			}))}
		},
	},
	{
		name: "inputs with wrong inputs", who: demo.MarketManager, sizes: []int{1, 100, 3000, 20000}, code: codeAny,
		documentOf: func(int) string { return createLot }, variablesOf: func(n int) map[string]any {
			return map[string]any{"i": lotInput(listOf(n, func(int) any { return map[string]any{} }))}
		},
	},
	{
		name: "lists of enums", who: demo.Evaluator1, sizes: []int{1, 100, 1500}, documentOf: func(int) string { return assessSuitability },
		variablesOf: func(n int) map[string]any {
			return map[string]any{"c": listOf(n, func(int) any { return map[string]any{"check": "AGE", "passed": true, "reason": "x"} })}
		},
	},
	{
		name: "lists of wrong enums", who: demo.Evaluator1, sizes: []int{1, 100, 1500}, code: codeAny,
		documentOf: func(int) string { return assessSuitability }, variablesOf: func(n int) map[string]any {
			return map[string]any{"c": listOf(n,
				func(i int) any { return map[string]any{"check": fmt.Sprint("AGE", i), "passed": true, "reason": "x"} })}
		},
	},
	{
		name: "long texts", sizes: fewSizes, documentOf: func(int) string {
			return "mutation ($w: String!) { givePreference(input: {words: $w}) { problems { code message } } }"
		},
		code: codeAny, variablesOf: func(n int) map[string]any { return map[string]any{"w": strings.Repeat("\u20ac", n*20)} },
	},
	{name: "blocks of text", sizes: fewSizes, code: codeAny, documentOf: func(n int) string {
		return `{ node(id: """` + strings.Repeat("\n  x", n) + `""") { id } }`
	}},
	{name: "blocks of text with quotes", sizes: fewSizes, code: codeAny, documentOf: func(n int) string {
		return `{ node(id: """` + strings.Repeat(`\"""`, n) + `""") { id } }`
	}},
	{
		name: "blocks of text that do not end", sizes: fewSizes, code: codeAny,
		documentOf: func(n int) string { return `{ node(id: """` + strings.Repeat(`"" `, n) },
	},
	{
		name: "escapes", sizes: fewSizes, code: codeAny,
		documentOf: func(n int) string { return `{ node(id: "` + strings.Repeat(`\u0041`, n) + `") { id } }` },
	},
	{
		name: "wrong escapes", sizes: fewSizes, code: codeAny,
		documentOf: func(n int) string { return `{ node(id: "` + strings.Repeat(`\ud800`, n) + `\q") { id } }` },
	},
	{name: "long names", sizes: fewSizes, code: codeAny, documentOf: func(n int) string { return "{ " + strings.Repeat("a", n*20) + " }" }},
	{
		name: "long aliases", sizes: fewSizes,
		documentOf: func(n int) string { return "{ " + strings.Repeat("a", n*20) + ": viewer { capacity } }" },
	},
	{name: "long names of operations", sizes: fewSizes, bodyOf: func(n int) string {
		name := strings.Repeat("a", n*20)
		return `{"query":"query ` + name + ` { viewer { capacity } }","operationName":"` + name + `"}`
	}},
	{name: "names of operations", sizes: []int{0, 1, 2, 3, 4, 5}, code: codeAny, bodyOf: func(n int) string {
		raw, _ := json.Marshal([]any{"b", "", strings.Repeat("x", 100000), "a\u0000", 1, []any{"a"}}[n])
		return `{"query":"query a { viewer { capacity } } query c { viewer { capacity } }","operationName":` + string(raw) + `}`
	}},
}

const (
	createLot         = "mutation ($i: CreateLotInput!) { createLot(input: $i) { problems { code } } }"
	assessSuitability = "mutation ($c: [SuitabilityCheckInput!]!) { assessSuitability(input: {idempotencyKey: \"synthetic-1\", offer: \"" +
		noOffer + "\", checks: $c}) { problems { code } } }"
)

func lotInput(criteria []any) map[string]any {
	return map[string]any{
		"idempotencyKey": "synthetic-1", "market": "market_00000000000000000000000000000000", "name": "Synthetic",
		"description": "d", "kind": "INMSS_DAY",
		"procedure": "SCORED", "ageLow": 5, "ageHigh": 9, "needs": []string{"x"}, "contract": "c", "contractVersion": "1", "criteria": criteria,
	}
}
