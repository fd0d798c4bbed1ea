package resolvers

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/resolvers/internal/coded"
)

// canary represents personal data in a request: no error may repeat it.
const canary = "Zebediah-Synthetic"

func header(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Add(pairs[i], pairs[i+1])
	}
	return h
}

func TestTheFormOfARequestAndOfItsAnswer(t *testing.T) {
	w := newWorld(t)
	const good, unparsed, invalid = `{"query":"{ viewer { capacity } }"}`, `{"query":"{"}`, `{"query":"{ nothing }"}`
	const coerced = `{"query":"query ($id: ID!) { node(id: $id) { id } }","variables":{"id":null}}`
	forbidden := `{"query":"{ needs { edges { cursor } } }"}`
	for _, c := range []struct {
		name, method, body string
		header             http.Header
		status             int
		media, code        string
	}{
		{"no Accept", "POST", good, nil, 200, mediaJSON, ""},
		{"any Accept", "POST", good, header("Accept", "*/*"), 200, mediaJSON, ""},
		{"JSON", "POST", good, header("Accept", mediaJSON), 200, mediaJSON, ""},
		{"GraphQL", "POST", good, header("Accept", mediaGraphQL), 200, mediaGraphQL, ""},
		{"GraphQL first", "POST", good, header("Accept", "text/html, "+mediaGraphQL+", "+mediaJSON+";q=0.9"), 200, mediaGraphQL, ""},
		{"GraphQL refused", "POST", good, header("Accept", mediaGraphQL+";q=0, "+mediaJSON), 200, mediaJSON, ""},
		{"Accept that we have not", "POST", good, header("Accept", "text/html"), 406, mediaJSON, coded.BadInput},
		{"UTF-8", "POST", good, header("Content-Type", "application/json; charset=UTF-8"), 200, mediaJSON, ""},
		{"UTF-8 by another name", "POST", good, header("Content-Type", "application/json; charset=utf8"), 200, mediaJSON, ""},
		{"a byte order mark", "POST", "\ufeff" + good, nil, 200, mediaJSON, ""},
		{"two byte order marks", "POST", "\ufeff\ufeff" + good, nil, 400, mediaJSON, coded.BadInput},
		{"another charset", "POST", good, header("Content-Type", "application/json; charset=latin1"), 415, mediaJSON, coded.BadInput},
		{
			"a form", "POST", "query=%7Bviewer%7Bcapacity%7D%7D", header("Content-Type", "application/x-www-form-urlencoded"), 415,
			mediaJSON, coded.BadInput,
		},
		{"text, as another site's page can send it", "POST", good, header("Content-Type", "text/plain"), 415, mediaJSON, coded.BadInput},
		{"an upload", "POST", good, header("Content-Type", "multipart/form-data; boundary=x"), 415, mediaJSON, coded.BadInput},
		{"no content type", "POST", good, header("Content-Type", ""), 415, mediaJSON, coded.BadInput},
		{"GET", "GET", "", nil, 405, mediaJSON, coded.BadInput},
		{"OPTIONS", "OPTIONS", "", nil, 405, mediaJSON, coded.BadInput},
		{"no body", "POST", "", nil, 400, mediaJSON, coded.BadInput},
		{"bad JSON", "POST", `{"query":"` + canary, nil, 400, mediaJSON, coded.BadInput},
		{"bad JSON, GraphQL", "POST", `{"query":"` + canary, header("Accept", mediaGraphQL), 400, mediaGraphQL, coded.BadInput},
		{"something behind", "POST", good + good, nil, 400, mediaJSON, coded.BadInput},
		{"no query", "POST", `{"` + canary + `":1}`, nil, 400, mediaJSON, coded.BadInput},
		{"query no text", "POST", `{"query":{"` + canary + `":1}}`, nil, 400, mediaJSON, coded.BadInput},
		{"variables no object", "POST", `{"query":"{ viewer { capacity } }","variables":"` + canary + `"}`, nil, 400, mediaJSON, coded.BadInput},
		{"a batch", "POST", "[" + good + "," + good + "]", nil, 400, mediaJSON, coded.LimitExceeded},
		{"too large", "POST", `{"query":"#` + strings.Repeat(canary, 20000) + `"}`, nil, 413, mediaJSON, coded.LimitExceeded},
		{"unparsed", "POST", unparsed, nil, 200, mediaJSON, "GRAPHQL_PARSE_FAILED"},
		{"unparsed, GraphQL", "POST", unparsed, header("Accept", mediaGraphQL), 400, mediaGraphQL, "GRAPHQL_PARSE_FAILED"},
		{"invalid", "POST", invalid, nil, 200, mediaJSON, "GRAPHQL_VALIDATION_FAILED"},
		{"invalid, GraphQL", "POST", invalid, header("Accept", mediaGraphQL), 400, mediaGraphQL, "GRAPHQL_VALIDATION_FAILED"},
		{"variable missing", "POST", coerced, nil, 200, mediaJSON, "GRAPHQL_VALIDATION_FAILED"},
		{"variable missing, GraphQL", "POST", coerced, header("Accept", mediaGraphQL), 400, mediaGraphQL, "GRAPHQL_VALIDATION_FAILED"},
		{"not for the public", "POST", forbidden, nil, 200, mediaJSON, coded.Forbidden},
		{"not for the public, GraphQL", "POST", forbidden, header("Accept", mediaGraphQL), 403, mediaGraphQL, coded.Forbidden},
		{"bad token", "POST", good, header("Authorization", "Bearer "+canary), 401, mediaJSON, coded.Unauthenticated},
		{
			"bad token, GraphQL", "POST", good, header("Authorization", "Bearer "+canary, "Accept", mediaGraphQL), 401,
			mediaGraphQL, coded.Unauthenticated,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := roundTrip(t, w, c.method, c.body, c.header)
			codes := []string{}
			if c.code != "" {
				codes = []string{c.code}
			}
			if a.status != c.status || a.header.Get("Content-Type") != c.media+"; charset=utf-8" || !slices.Equal(a.errorCodes(), codes) {
				t.Errorf("got %d %s %s, want %d %s %q", a.status, a.header.Get("Content-Type"), a.text, c.status, c.media, c.code)
			}
			if a.header.Get("Cache-Control") != "no-store" {
				t.Error("the answer may be kept on the way")
			}
			if c.code != "" && strings.Contains(a.text, `"data"`) {
				t.Errorf("data in the answer to a refused request: %s", a.text)
			}
			if strings.Contains(a.text, canary) {
				t.Errorf("the request is repeated: %s", a.text)
			}
		})
	}
}

func TestRefusalsSayWhatToSend(t *testing.T) {
	w := newWorld(t)
	if got := roundTrip(t, w, "GET", "", nil).header.Get("Allow"); got != "POST" {
		t.Errorf("Allow: %q", got)
	}
	if got := postBody(t, w, "{}", header("Authorization", "Bearer x")).header.Get("WWW-Authenticate"); got == "" {
		t.Error("no WWW-Authenticate")
	}
}

func TestACapacityHasToBeNamedAndOnesOwn(t *testing.T) {
	w := newWorld(t)
	two := w.credentialOf(t, demo.Commissioner, policy.Approver).Authorization
	for _, c := range []struct {
		named string
		code  string
	}{{"", "CAPACITY_REQUIRED"}, {"auditor", coded.Forbidden}, {"approver", ""}} {
		h := header("Authorization", two)
		if c.named != "" {
			h.Set(policy.CapacityHeader, c.named)
		}
		a := postBody(t, w, `{"query":"{ viewer { capacity } }"}`, h)
		if c.code == "" && (a.status != 200 || a.Errors != nil) || c.code != "" && (a.status != 403 ||
			!slices.Equal(a.errorCodes(), []string{c.code})) {
			t.Errorf("%q: got %d %s", c.named, a.status, a.text)
		}
	}
}

// A value of the caller may be personal data; names of fields, types and variables are not.
func TestNoErrorRepeatsAValue(t *testing.T) {
	w := newWorld(t)
	const need = "need_00000000000000000000000000000000"
	for _, c := range []struct {
		name, query string
		variables   map[string]any
		code        string
	}{
		{"text for a number", `{ providers(first: "` + canary + `") { edges { cursor } } }`, nil, "GRAPHQL_VALIDATION_FAILED"},
		{"text for an input", `mutation { publishNeed(input: "` + canary + `") { problems { code } } }`, nil, "GRAPHQL_VALIDATION_FAILED"},
		{
			"a wrong enum in the document", `mutation { inviteFamily(input: {kind: Zebediah_Synthetic}) { problems { code } } }`, nil,
			"GRAPHQL_VALIDATION_FAILED",
		},
		{
			"a text enum in the document", `mutation { inviteFamily(input: {kind: "` + canary + `"}) { problems { code } } }`, nil,
			"GRAPHQL_VALIDATION_FAILED",
		},
		{
			"a wrong enum in a variable", `mutation ($k: FamilyInvitationKind!) { inviteFamily(input: {kind: $k, need: "` + need +
				`", respondent: PARENT, idempotencyKey: "k"}) { problems { code } } }`,
			map[string]any{"k": canary},
			"GRAPHQL_VALIDATION_FAILED",
		},
		{
			"a wrong type in a variable", `query ($n: Int) { providers(first: $n) { edges { cursor } } }`,
			map[string]any{"n": canary},
			"GRAPHQL_VALIDATION_FAILED",
		},
		{
			"a name that the input has not", `mutation ($i: PublishNeedInput!) { publishNeed(input: $i) { problems { code } } }`,
			map[string]any{"i": map[string]any{canary: 1}},
			"GRAPHQL_VALIDATION_FAILED",
		},
		{"an operation that is not there", `query q { viewer { capacity } }`, nil, ""},
		{"an id in the document", `{ node(id: "` + canary + `") { id } }`, nil, coded.BadInput},
		{"an id in a variable", `query ($id: ID!) { node(id: $id) { id } }`, map[string]any{"id": canary}, coded.BadInput},
		{"a number beyond its range", `{ providers(first: 99999999999999999999) { edges { cursor } } }`, nil, "GRAPHQL_VALIDATION_FAILED"},
		{"a cursor", `{ providers(after: "` + canary + `") { edges { cursor } } }`, nil, coded.BadInput},
		{
			"a cursor below", `{ providers(first: 1) { edges { node { settings(after: "` + canary + `") { edges { cursor } } } } } }`, nil,
			coded.BadInput,
		},
		{
			"a type of entity", `query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }`,
			map[string]any{"r": []any{map[string]any{"__typename": canary, "id": need}}},
			coded.BadInput,
		},
		{
			"an id of an entity", `query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }`,
			map[string]any{"r": []any{map[string]any{"__typename": "Need", "id": canary}}},
			coded.BadInput,
		},
		{
			"no entity at all", `query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }`,
			map[string]any{"r": []any{canary}},
			coded.BadInput,
		},
		{"text that is no GraphQL", `{ viewer { "` + canary + `" } }`, nil, "GRAPHQL_PARSE_FAILED"},
		{"text that does not end", `{ viewer(a: "` + canary, nil, "GRAPHQL_PARSE_FAILED"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := w.askAs(t, demo.Commissioner, c.query, c.variables)
			if strings.Contains(a.text, canary) || strings.Contains(a.text, "Zebediah") {
				t.Errorf("the value is repeated: %s", a.text)
			}
			if c.code != "" && (len(a.Errors) == 0 || slices.ContainsFunc(a.errorCodes(), func(code string) bool { return code != c.code })) {
				t.Errorf("got %s, want %s", a.text, c.code)
			}
		})
	}
	a := postBody(t, w, `{"query":"query q { viewer { capacity } }","operationName":"`+canary+`"}`, nil)
	if strings.Contains(a.text, canary) || !slices.Equal(a.errorCodes(), []string{"GRAPHQL_VALIDATION_FAILED"}) {
		t.Errorf("the name of an operation: %s", a.text)
	}
}

// With introspection off, neither introspection nor a near miss shows the schema.
func TestASchemaNotShownIsNotGuessedEither(t *testing.T) {
	w := newWorld(t)
	closed := w.newEndpoint(t, Limits{}, false)
	for _, query := range []string{"{ __schema { types { name } } }", `{ __type(name: "Need") { name } }`, "{ _service { sdl } }"} {
		if a := w.askAt(t, closed, demo.Commissioner, query, nil); !slices.Equal(a.errorCodes(), []string{coded.Forbidden}) {
			t.Errorf("%s: %s", query, a.text)
		}
	}
	if a := w.askAt(t, closed, demo.Public, "{ viewer { __typename } }", nil); a.Errors != nil {
		t.Errorf("__typename: %s", a.text)
	}
	for _, query := range []string{
		"{ provider { edges { cursor } } }", "{ providers(firs: 1) { edges { cursor } } }", "{ providers }",
		"{ viewer { ... on Viewr { capacity } } }", "{ viewer { ...A } } fragment A on Viewr { capacity }",
		`mutation { inviteFamily(input: {kin: FEEDBACK}) { problems { code } } }`,
	} {
		a := w.askAt(t, closed, demo.Commissioner, query, nil)
		if a.Errors == nil || strings.Contains(a.text, "Did you mean") {
			t.Errorf("%s: %s", query, a.text)
		}
	}
	if a := w.askAs(t, demo.Commissioner, "{ provider { edges { cursor } } }", nil); !strings.Contains(a.text, "Did you mean") {
		t.Errorf("with introspection a near miss is told: %s", a.text)
	}
}

func TestManyFaultsAreToldInPart(t *testing.T) {
	w := newWorld(t)
	if a := w.askAs(t, demo.Public, "{ viewer { "+repeated(90, "x# ")+"} }", nil); len(a.Errors) != 20 {
		t.Errorf("%d errors", len(a.Errors))
	}
}

// gqlgen would go on reading after the answer, and so after the end of the snapshot.
func TestNothingCanBeDeferred(t *testing.T) {
	w := newWorld(t)
	a := w.askAs(t, demo.Public, "{ viewer { ... @defer { organisation { name } } } }", nil)
	if !slices.Equal(a.errorCodes(), []string{"GRAPHQL_VALIDATION_FAILED"}) {
		t.Error(a.text)
	}
}
