package hostile_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/resolvers"
)

// delegateMutation is a change that succeeds, by a borough's commissioner, each under a key of its own.
func delegateMutation(key, act string) string {
	return fmt.Sprintf(`mutation { giveDelegation(input: {idempotencyKey: %q, act: %s}) { delegation { id } problems { code } } }`,
		"synthetic-"+key, act)
}

func (g *attackTarget) countDelegations(t testing.TB) int {
	t.Helper()
	var n int
	must(t, g.Admin.QueryRow("SELECT count(*) FROM dps.delegation").Scan(&n))
	return n
}

func TestServiceWithIntrospection(t *testing.T) {
	g := newTarget(t, nil)
	t.Run("posts from another site have no effect", g.checkCrossSitePosts)
	t.Run("the schema is shown", g.checkSchemaShown)
	t.Run("a slow body holds nobody up", g.checkSlowBody)
}

func TestServiceWithoutIntrospection(t *testing.T) {
	g := newTarget(t, func(s *serverSetup) { s.Introspection, s.Rate = false, resolvers.Rate{PerSecond: 1, Burst: 500} })
	t.Run("the schema is not shown", g.checkSchemaHidden)
	t.Run("the rate is of work", g.checkRateIsOfWork)
}

// A page of another site can make a browser post, with the credentials that it has, in the ways that need no
// permission: forms, text, or no content type. None has an effect. The same change in the only accepted way has.
func (g *attackTarget) checkCrossSitePosts(t *testing.T) {
	change := requestBody(delegateMutation("cross-site", "PUBLISH"), nil)
	var parts bytes.Buffer
	form := multipart.NewWriter(&parts)
	must(t, form.WriteField("operations", change))
	must(t, form.WriteField("map", "{}"))
	must(t, form.Close())
	encoded := url.Values{"query": {delegateMutation("cross-site", "PUBLISH")}}.Encode()
	for _, post := range []struct{ method, kind, body, address string }{
		{"POST", "text/plain", change, ""},
		{"POST", "text/plain;charset=UTF-8", change, ""},
		{"POST", "text/plain; a=application/json", change, ""},
		{"POST", "text/plain, application/json", change, ""},
		{"POST", "application/json, text/plain", change, ""},
		{"POST", "application/x-www-form-urlencoded", change, ""},
		{"POST", "application/x-www-form-urlencoded", encoded, ""},
		{"POST", form.FormDataContentType(), parts.String(), ""},
		{"POST", "", change, ""},
		{"POST", "", change, "?" + encoded},
		{"POST", "application/graphql", delegateMutation("cross-site", "PUBLISH"), ""},
		{"GET", "", "", "?" + encoded},
		{"GET", "application/json", "", "?" + encoded},
		{"HEAD", "application/json", "", "?" + encoded},
		{"PUT", "application/json", change, ""},
		{"OPTIONS", "application/json", change, ""},
	} {
		r, err := http.NewRequestWithContext(t.Context(), post.method, g.url+"/graphql"+post.address, strings.NewReader(post.body))
		must(t, err)
		r.Header = http.Header{
			"Authorization": {g.authorizationOf(t, demo.Borough)}, "Origin": {"https://elsewhere.example"},
			"Cookie": {"session=synthetic"},
		}
		if post.kind != "" {
			r.Header.Set("Content-Type", post.kind)
		}
		response, err := http.DefaultClient.Do(r)
		must(t, err)
		_ = response.Body.Close()
		if response.StatusCode < 400 || response.Header.Get("Access-Control-Allow-Origin") != "" || g.countDelegations(t) != 0 {
			t.Errorf("%s as %q: %d %v, %d delegations", post.method, post.kind, response.StatusCode, response.Header, g.countDelegations(t))
		}
	}
	header := http.Header{"Content-Type": {"application/json"}, "Authorization": {g.authorizationOf(t, demo.Borough)}}
	if r := g.postBody(t, []byte(change), header); g.countDelegations(t) != 1 {
		t.Errorf("the change itself does not succeed, so that this shows nothing: %s", r.body)
	}
}

// schemaProbes ask for the schema, and for what a near miss would show.
var schemaProbes = []string{
	"{ __schema { types { name } } }", `{ __type(name: "Need") { name } }`, "{ _service { sdl } }",
	"{ ...A } fragment A on Query { __schema { queryType { name } } }",
	"{ provider { edges { cursor } } }", "{ providers(firs: 1) { edges { cursor } } }", "{ viewer { ... on Viewr { capacity } } }",
	"query ($a: Needd) { viewer { capacity } }",
	"mutation { inviteFamily(input: {kin: FEEDBACK}) { problems { code } } }",
	"mutation { inviteFamily(input: {kind: FEEDBAK}) { problems { code } } }", "{ viewer @skp(if: true) { capacity } }",
	"{ providers { edges { node { setings { edges { cursor } } } } } }", "{ viewer { capacity { x } } }", "{ viewer }",
}

// Introspection and suggestions are switched together.
func (g *attackTarget) checkSchemaHidden(t *testing.T) {
	header := http.Header{"Content-Type": {"application/json"}}
	for _, query := range schemaProbes {
		r := g.postBody(t, []byte(requestBody(query, nil)), header)
		if len(r.errors) == 0 || r.data || strings.Contains(string(r.body), "Did you mean") || strings.Contains(string(r.body), "FEEDBACK") {
			t.Errorf("not shown, %s: %s", query, r.body)
		}
	}
}

func (g *attackTarget) checkSchemaShown(t *testing.T) {
	for _, query := range schemaProbes[:5] {
		r := g.postBody(t, []byte(requestBody(query, nil)), http.Header{"Content-Type": {"application/json"}})
		if shown := r.data || strings.Contains(string(r.body), "Did you mean"); !shown {
			t.Errorf("not shown, %s: %s", query, r.body)
		}
	}
}

// A body that never ends, in small pieces, costs no more than its connection. Others are answered, and it is cut off at
// the limit, however it comes.
func (g *attackTarget) checkSlowBody(t *testing.T) {
	h := g.newHonestCaller(t)
	var slow []net.Conn
	for range 50 {
		connection, err := net.Dial("tcp", strings.TrimPrefix(g.url, "http://"))
		must(t, err)
		defer connection.Close()
		_, err = io.WriteString(connection,
			"POST /graphql HTTP/1.1\r\nHost: dps.example\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n")
		must(t, err)
		slow = append(slow, connection)
	}
	before := g.readUse(t, "")
	for _, connection := range slow {
		for range 20 {
			_, err := io.WriteString(connection, "1\r\n \r\n")
			must(t, err)
		}
	}
	h.timeRequest(t)
	if after := g.readUse(t, ""); after.Allocated-before.Allocated > slower*16<<20 {
		t.Errorf("%d bytes for slow bodies", after.Allocated-before.Allocated)
	}
	g.sendUntilCutOff(t, slow[0])
}

// sendUntilCutOff sends pieces until the limit is reached, and expects to be told.
func (g *attackTarget) sendUntilCutOff(t testing.TB, connection net.Conn) {
	t.Helper()
	must(t, connection.SetDeadline(time.Now().Add(time.Minute)))
	piece := fmt.Sprintf("4000\r\n%s\r\n", strings.Repeat(" ", 0x4000))
	for range 16 { // as many as the bound holds, and a little was sent before
		if _, err := io.WriteString(connection, piece); err != nil {
			break // the answer has come, and the connection ends
		}
	}
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	must(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	must(t, err)
	if response.StatusCode != http.StatusRequestEntityTooLarge || !bytes.Contains(body, []byte(codeLimit)) {
		t.Errorf("a body without end: %s %s", response.Status, body)
	}
}

// A caller is limited by the cost of its requests, and not by their number. Others are not limited.
func (g *attackTarget) checkRateIsOfWork(t *testing.T) {
	ask := func(p demo.Persona, query string) reply {
		return g.postBody(t, []byte(requestBody(query, nil)), http.Header{
			"Content-Type":  {"application/json"},
			"Authorization": {g.authorizationOf(t, p)},
		})
	}
	for range 200 {
		if r := ask(demo.Commissioner, "{ viewer { capacity } }"); r.status != http.StatusOK {
			t.Fatalf("a small request is refused: %s", r.body)
		}
	}
	const dear = "{ providers(first: 20) { edges { node { name settings { edges { node { name district } } } } } } }"
	refused := reply{}
	for range 40 {
		if refused = ask(demo.Commissioner, dear); refused.status != http.StatusOK {
			break
		}
	}
	if refused.status != http.StatusTooManyRequests || refused.errorCode() != codeLimit || refused.header.Get("Retry-After") == "" ||
		!limitExplanation.MatchString(refused.errors[0].Message) {
		t.Errorf("got %d %v %s", refused.status, refused.header, refused.body)
	}
	if r := ask(demo.Neighbour, dear); r.status != http.StatusOK {
		t.Errorf("somebody else is held back too: %s", r.body)
	}
}
