package hostile_test

import (
	"fmt"
	"strings"

	"github.com/southeasttogether/dps/demo"
)

const viewerRequest = `{"query":"{ viewer { capacity } }"}`

// nthOf gives the nth of several.
func nthOf[T any](of ...T) func(int) T { return func(n int) T { return of[n] } }

// hostileForms are requests that are hostile by their form.
var hostileForms = []documentFamily{
	{
		name: "batches", sizes: []int{0, 1, 2, 100, 3000}, code: codeLimit,
		bodyOf: func(n int) string { return "[" + strings.TrimSuffix(strings.Repeat(viewerRequest+",", n), ",") + "]" },
	},
	{
		name: "bodies too long", sizes: []int{262145, 300000, 1 << 20, 8 << 20}, code: codeLimit,
		bodyOf: func(n int) string { return `{"query":"#` + strings.Repeat("x", n) + `"}` },
	},
	{name: "white space", sizes: []int{100, 10000, 250000}, bodyOf: func(n int) string { return strings.Repeat(" ", n) + viewerRequest }},
	{
		name: "white space in the document", sizes: []int{100, 10000, 120000},
		documentOf: func(n int) string { return "{" + strings.Repeat(" ,\t", n/2) + " viewer { capacity } }" },
	},
	{
		name: "comments", sizes: []int{10, 1000, 20000, 80000},
		documentOf: func(n int) string { return strings.Repeat("#\n", n) + "{ viewer { capacity } }" },
	},
	{
		name: "one long comment", sizes: []int{10, 100000, 250000},
		documentOf: func(n int) string { return "#" + strings.Repeat("x", n) + "\n{ viewer { capacity } }" },
	},
	{
		name: "comments between", sizes: []int{10, 500, 900},
		documentOf: func(n int) string { return "{ viewer { " + strings.Repeat("capacity # x\n", n) + "} }" },
	},
	{
		name: "lines of three kinds", sizes: []int{1, 100, 30000},
		documentOf: func(n int) string { return strings.Repeat("\r\n\r\n\r", n) + "{ viewer { capacity } }" },
	},
	{
		name: "byte order marks", sizes: []int{1, 2, 1000, 50000},
		documentOf: func(n int) string { return strings.Repeat("\ufeff", n) + "{ viewer { capacity } }" },
	},
	{
		name: "several byte order marks before the body", sizes: []int{2, 100}, code: codeInput,
		bodyOf: func(n int) string { return strings.Repeat("\ufeff", n) + viewerRequest },
	},
	{
		name: "null bytes", sizes: []int{1, 100, 10000}, code: codeAny,
		documentOf: func(n int) string { return "{ viewer { capacity" + strings.Repeat("\u0000", n) + " } }" },
	},
	{
		name: "null bytes in the body", sizes: []int{1, 100, 10000}, code: codeInput,
		bodyOf: func(n int) string { return viewerRequest + strings.Repeat("\x00", n) },
	},
	{
		name: "invalid UTF-8", sizes: []int{1, 100, 100000}, code: codeAny,
		bodyOf: func(n int) string { return `{"query":"{ ` + strings.Repeat("\xff\xfe", n) + ` }"}` },
	},
	{
		name: "half surrogates", sizes: []int{1, 100, 10000}, code: codeAny,
		bodyOf: func(n int) string { return `{"query":"{ ` + strings.Repeat(`\ud800`, n) + ` }"}` },
	},
	{
		name: "unicode names", sizes: []int{1, 100, 50000}, code: codeAny,
		documentOf: func(n int) string { return "{ vi\u0435wer" + strings.Repeat("\u0301", n) + " { capacity } }" },
	},
	{
		name: "directions of writing", sizes: []int{1, 100, 30000}, code: codeAny,
		documentOf: func(n int) string { return "{ viewer" + strings.Repeat("\u202e\u200b", n) + " { capacity } }" },
	},
	{
		name: "invisible letters in a comment", sizes: []int{1, 100, 60000},
		documentOf: func(n int) string { return "# " + strings.Repeat("\u202e", n) + "\n{ viewer { capacity } }" },
	},
	{name: "punctuation", sizes: []int{10, 1000, 200000}, code: codeAny, documentOf: func(n int) string { return strings.Repeat("!", n) }},
	{
		name: "brackets that do not close", sizes: []int{10, 1000, 200000}, code: codeAny,
		documentOf: func(n int) string { return strings.Repeat("{", n) },
	},
	{
		name: "lists that do not close", sizes: []int{10, 1000, 200000}, code: codeAny,
		documentOf: func(n int) string { return "{ a(b:" + strings.Repeat("[", n) },
	},
	{
		name: "dots", sizes: []int{10, 1000, 200000}, code: codeAny,
		documentOf: func(n int) string { return "{" + strings.Repeat("...", n/3) + "}" },
	},
	{
		name: "quotes", sizes: []int{10, 1001, 100000}, code: codeAny,
		documentOf: func(n int) string { return "{ a(b: " + strings.Repeat(`"`, n) },
	},
	{name: "documents of no words", sizes: []int{0, 1, 2, 3, 4}, code: codeAny, documentOf: nthOf("", " ", "#", ",,,", "\ufeff")},
	{
		name: "schema definitions", sizes: fewSizes, code: codeAny,
		documentOf: func(n int) string { return repeatNumbered(n, "type T# { a: Int } ") },
	},
	{name: "a query and definitions", sizes: fewSizes, code: codeAny, documentOf: func(n int) string {
		return "{ viewer { capacity } } " + repeatNumbered(n, "extend type Query { a#: Int } ")
	}},
	{
		name: "descriptions", sizes: fewSizes, code: codeAny,
		documentOf: func(n int) string { return repeatNumbered(n, `"a" `) + "{ viewer { capacity } }" },
	},
	{name: "deferred parts", sizes: []int{1, 20, 60}, code: codeAny, documentOf: func(n int) string {
		return "{ viewer { " + repeatNumbered(n, "... @defer(label: \"d#\") { organisation { name } } ") + "} }"
	}},
	{name: "streamed parts", sizes: []int{1, 20, 60}, code: codeAny, documentOf: func(n int) string {
		return "{ providers { " + repeatNumbered(n, "edges @stream(initialCount: 0) { cursor } ") + "} }"
	}},
	{
		name: "subscriptions", sizes: []int{1, 20, 300}, code: codeAny,
		documentOf: func(n int) string { return "subscription { " + repeatNumbered(n, "events { id } ") + "}" },
	},
	{name: "extensions", sizes: []int{10, 1000, 20000}, bodyOf: func(n int) string {
		return `{"query":"{ viewer { capacity } }","extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + strings.Repeat("0", 64) +
			`"},"x":` + nestText(min(n, 9000), "[", "", "]") + `}}`
	}},
	{
		name: "names in the body", sizes: []int{10, 1000, 10000},
		bodyOf: func(n int) string { return `{` + repeatNumbered(n, `"a#":1,`) + `"query":"{ viewer { capacity } }"}` },
	},
	{name: "the query twice", sizes: []int{2, 100, 5000}, bodyOf: func(n int) string {
		return `{` + strings.Repeat(`"query":"{ nothing }",`, n) + `"query":"{ viewer { capacity } }"}`
	}},
	{name: "bodies that are no object", sizes: []int{0, 1, 2, 3, 4, 5, 6, 7, 8}, code: codeAny, bodyOf: nthOf("", "null", "1", `"x"`, "true",
		"{", `{"query":null}`, `{"query":1}`, `{"query":["a"]}`)},
	{name: "variables of wrong types", sizes: []int{0, 1, 2, 3}, code: codeInput, bodyOf: func(n int) string {
		return `{"query":"{ viewer { capacity } }","variables":` + nthOf("1", `"x"`, "[]", "true")(n) + `}`
	}},
	{name: "content types", sizes: []int{0, 1, 2, 3, 4, 5, 6, 7, 8}, code: codeInput, bodyOf: nthOf(strings.Split(strings.Repeat(viewerRequest+
		"\n", 9), "\n")...), headersOf: func(n int) map[string]string {
		return map[string]string{"Content-Type": nthOf("", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
			"application/graphql", "application/json; charset=utf-16",
			"application/json; a="+strings.Repeat("b", 2000)+"; a=c", "application/jsonp", strings.Repeat("x", 5000))(n)}
	}},
	{
		name: "what is accepted", sizes: []int{0, 1, 2, 3, 100, 10000}, bodyOf: func(int) string { return viewerRequest },
		headersOf: func(n int) map[string]string {
			return map[string]string{"Accept": strings.Repeat("a/b;q=0.1,", n) + "application/json"}
		},
	},
	{name: "odd headers", sizes: []int{0, 1, 2}, bodyOf: func(int) string { return viewerRequest }, headersOf: func(n int) map[string]string {
		return []map[string]string{
			{"Content-Encoding": "gzip"},
			{"Dps-Extra": strings.Repeat("x", 100000)},
			{"Cookie": strings.Repeat("a=b; ", 10000)},
		}[n]
	}},
	{
		name: "capacities", sizes: []int{1, 100, 50000}, code: "FORBIDDEN", bodyOf: func(int) string { return viewerRequest },
		headersOf: func(n int) map[string]string {
			return map[string]string{"Dps-Capacity": strings.Repeat("keeper", n)}
		},
	},
	{name: "one change and many", who: demo.Commissioner, sizes: []int{2, 10, 20, 21, 100}, documentOf: func(n int) string {
		return "mutation { " + repeatNumbered(n, "a#: proposeAward(input: {idempotencyKey: \"synthetic-#\", offer: \""+noOffer+
			"\", reason: \"x\"}) { problems { code } } ") + "}"
	}},
	{name: "fuzz of brackets", sizes: []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, code: codeAny, documentOf: jumbledText},
}

// jumbledText is the same odd text for the same number.
func jumbledText(n int) string {
	parts := []string{
		"{", "}", "(", ")", "[", "]", "...", "on", "a", ":", "$b", "@c", `"d"`, "1", "fragment", "query", "!", "|", "=",
		`"""e"""`, "\n", "#f\n",
	}
	var all strings.Builder
	state := uint32(n) * 2654435761
	for range 200 * n {
		state = state*1664525 + 1013904223
		fmt.Fprint(&all, parts[int(state>>16)%len(parts)], " ")
	}
	return all.String()
}
