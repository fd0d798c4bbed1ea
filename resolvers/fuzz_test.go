package resolvers

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// plantedWord is in everything that is sent. It is not a GraphQL name, which errors can repeat, so no answer and no
// line of the log may contain it. plantedHalf is what is left of it when an error cuts at a space.
const (
	plantedWord = "7f3a91c2 planted"
	plantedHalf = "7f3a91c2"
)

// fuzzWorld is the endpoint with a log that is kept.
type fuzzWorld struct {
	*world
	log bytes.Buffer
}

func newFuzzWorld(f *testing.F) *fuzzWorld {
	f.Helper()
	w := &fuzzWorld{world: newWorld(f)}
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	f.Cleanup(func() { slog.SetDefault(before) })
	return w
}

// postChecked sends a body and checks what every answer must be: JSON with a known status, without an internal error,
// and nothing planted in its errors, its headers or the log.
func (w *fuzzWorld) postChecked(t *testing.T, body []byte, header http.Header) {
	t.Helper()
	w.log.Reset()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", bytes.NewReader(body))
	request.Header.Set("Content-Type", mediaJSON)
	for key, values := range header {
		request.Header[key] = values
	}
	recorder := httptest.NewRecorder()
	w.ServeHTTP(recorder, request)
	var a struct {
		Data   json.RawMessage
		Errors json.RawMessage
	}
	raw := recorder.Body.Bytes()
	if err := json.Unmarshal(raw, &a); err != nil {
		t.Fatalf("%q is answered with what is no JSON: %v\n%s", body, err, raw)
	}
	if recorder.Code >= http.StatusInternalServerError || strings.Contains(string(a.Errors), `"INTERNAL"`) {
		t.Fatalf("%q is an internal error: %d %s\n%s", body, recorder.Code, raw, w.log.String())
	}
	shown := string(a.Errors)
	for _, values := range recorder.Header() {
		shown += strings.Join(values, " ")
	}
	if strings.Contains(shown, plantedHalf) || strings.Contains(w.log.String(), plantedHalf) {
		t.Fatalf("%q is repeated: %s\n%s", body, raw, w.log.String())
	}
}

// FuzzBody posts any body, as the public and as a commissioner.
func FuzzBody(f *testing.F) {
	w := newFuzzWorld(f)
	quoted := `\"` + plantedWord + `\"`
	for _, seed := range []string{
		`{"query":"{ markets { edges { node { id } } } }"}`, `{"query":"{ node(id: ` + quoted + `) { id } }"}`,
		`{"query":"query($id: ID!) { node(id: $id) { id } }","variables":{"id":"` + plantedWord + `"}}`,
		`{"query":"query($n: Int) { markets(first: $n) { edges { cursor } } }","variables":{"n":"` + plantedWord + `"}}`,
		`{"query":"{ markets(after: ` + quoted + `) { edges { cursor } } }"}`,
		`{"query":"{ a }","operationName":"` + plantedWord + `"}`, `{"query":"` + plantedWord + `"}`, `{"` + plantedWord + `":1}`, `"` +
			plantedWord + `"`, plantedWord, `[{"query":"` + plantedWord + `"}]`, ``, `{}`, `{"query":1}`, "\x00", `{"query":"\u0000"}`,
		`{"query":"mutation($i: CreateNeedInput!) { createNeed(input: $i) { problems { code field } } ` +
			`}","variables":{"i":{"idempotencyKey":"12345678","lot":"lot_0123456789abcdef0123456789abcdef","profile":"` + plantedWord + `"}}}`,
		`{"query":"mutation($i: RecordIdentityInput!) { recordIdentity(input: $i) { problems { code field } } ` +
			`}","variables":{"i":{"idempotencyKey":"12345678","need":"need_0123456789abcdef0123456789abcdef"` +
			`,"name":"` + plantedWord + `","dateOfBirth":"2016-02-30"}}}`,
		`{"query":"mutation($i: RecordIdentityInput!) { recordIdentity(input: $i) { problems { code field } } ` +
			`}","variables":{"i":{"idempotencyKey":"12345678","need":"need_0123456789abcdef0123456789abcdef"` +
			`,"name":"` + plantedWord + `","dateOfBirth":"2016-02-28"}}}`,
		`{"query":"mutation { recordIdentity(input: {idempotencyKey: ` + quoted + `, need: ` + quoted + `, name: ` + quoted + `, dateOfBirth: ` +
			quoted + `}) { need { id } } }"}`,
		`{"query":"{ _entities(representations: [{__typename: ` + quoted + `, id: ` + quoted + `}]) { __typename } }"}`,
		`{"query":"query($r: [_Any!]!) { _entities(representations: $r) { __typename } }","variables":{"r":[{"__typename":"Need","id":"` +
			plantedWord + `"}]}}`,
		`{"query":"{ __type(name: ` + quoted + `) { name } }"}`, `{"query":"{ markets { edges { node { id @include(if: ` + quoted + `) } } } }"}`,
		`{"query":"# ` + plantedWord + `\n{ markets { ","variables":null}`,
		`{"query":"{ needs @can(do: [` + quoted + `]) { edges { cursor } } }","extensions":{"` + plantedWord + `":1}}`,
		`{"query":"query($w: SubmitOfferInput = {weeks: ` + quoted + `}) { markets { edges { cursor } } }"}`,
		`{"query":"mutation { decideWords(input: {idempotencyKey: \"12345678\", words: \"words_0123456789abcdef0123456789abcdef\", decision: ` +
			quoted + `}) { problems { code } } }"}`,
		`{"query":"mutation($i: CreateNeedInput!) { createNeed(input: $i) { problems { code } } }","variables":{"i":{"` + plantedWord + `":"` +
			plantedWord + `"}}}`,
	} {
		f.Add([]byte(seed), false)
		f.Add([]byte(seed), true)
	}
	commissioner := w.credentialOf(f, demo.Commissioner).Authorization
	f.Fuzz(func(t *testing.T, body []byte, official bool) {
		header := http.Header{}
		if official {
			header.Set("Authorization", commissioner)
		}
		w.postChecked(t, body, header)
	})
}

// FuzzArguments reads every list and every single object with any arguments, as the people who can read most.
func FuzzArguments(f *testing.F) {
	w := newFuzzWorld(f)
	for _, id := range []string{"need_0123456789abcdef0123456789abcdef", plantedWord, "", "need_", "\x00", "é", strings.Repeat("a", 70)} {
		f.Add(id, id, int64(20), "1.00")
	}
	f.Add("market_0123456789abcdef0123456789abcdef", "AAAA", int64(-1), plantedWord)
	f.Add("Need", "AAAA", int64(1<<40), "1e9")
	const query = `query($id: ID!, $after: String, $first: Int) {
		node(id: $id) { id ... on Lot { members(first: $first, after: $after) { edges { cursor } } } }
		events(first: $first, after: $after) { edges { cursor } }
		markets(first: $first, after: $after) { edges { node { lots(first: $first, after: $after) { edges { cursor } } } } }
	}`
	const create = `mutation($i: CreateLotInput!) { createLot(input: $i) { problems { code field message } } }`
	auditor, manager := w.credentialOf(f, demo.Auditor).Authorization, w.credentialOf(f, demo.MarketManager).Authorization
	f.Fuzz(func(t *testing.T, id, after string, first int64, weight string) {
		for authorization, document := range map[string]string{auditor: query, manager: create} {
			body, err := json.Marshal(map[string]any{"query": document, "variables": map[string]any{
				"id": id, "after": after,
				"first": first, "i": map[string]any{
					"idempotencyKey": after, "market": id, "name": after, "description": after, "kind": "CHILDRENS_HOME", "procedure": "MATCHING",
					"ageLow": first, "ageHigh": first,
					"needs": []string{after}, "criteria": []map[string]any{{"kind": "PRICE", "name": after, "description": after, "weight": weight}},
					"contract": after, "contractVersion": after,
				},
			}})
			if err != nil {
				t.Fatal(err)
			}
			w.postChecked(t, body, http.Header{"Authorization": {authorization}})
		}
	})
}

// FuzzHeaders posts a good operation with any headers.
func FuzzHeaders(f *testing.F) {
	w := newFuzzWorld(f)
	for _, value := range []string{
		"", "application/json", "*/*;q=0", "application/graphql-response+json; charset=" + plantedWord, plantedWord,
		"text/html, " + plantedWord, "application/json; charset=utf-16", "Bearer " + plantedWord, "\xff",
	} {
		f.Add(value, value, value, value)
	}
	f.Fuzz(func(t *testing.T, contentType, accept, authorization, capacity string) {
		w.postChecked(t, []byte(`{"query":"{ markets { edges { node { name } } } }"}`), http.Header{
			"Content-Type": {contentType},
			"Accept":       {accept}, "Authorization": {authorization}, "Dps-Capacity": {capacity},
		})
	})
}
