package resolvers

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/graph"
	"github.com/southeasttogether/dps/resolvers/internal/coded"
	"github.com/southeasttogether/dps/resolvers/internal/levels"
	"github.com/southeasttogether/dps/resolvers/internal/transport"
)

// with is an endpoint whose fields go through a middleware of the test's.
func (w *world) with(root *Resolver, field graphql.FieldMiddleware) *transport.Endpoint {
	exec := executor.New(graph.NewExecutableSchema(graph.Config{Resolvers: root}))
	exec.AroundRootFields((&levels.Executor{}).InterceptRootField)
	exec.AroundFields(field)
	exec.SetErrorPresenter(transport.Present)
	exec.SetRecoverFunc(transport.Recovered)
	return &transport.Endpoint{Executor: exec, DB: w.API, Tokens: w.tokens, Limits: Limits{}.WithDefaults()}
}

// untilOffers tells the story until the first opening officer comes in: a need with a sealed offer.
func (w *world) untilOffers(t *testing.T) demo.Told {
	t.Helper()
	server := httptest.NewServer(w)
	defer server.Close()
	stop := errors.New("here the story stops")
	told, err := demo.World{
		Client: demo.Client{URL: server.URL}, Out: new(bytes.Buffer),
		Token: func(p demo.Persona) (demo.Credential, error) {
			if p == demo.Opener1 {
				return demo.Credential{}, stop
			}
			return w.credentialOf(t, p), nil
		},
	}.Live(t.Context())
	if !errors.Is(err, stop) || told.WinningOffer == "" {
		t.Fatalf("the story went elsewhere: %v", err)
	}
	return told
}

const earlyQuestion = `query ($id: ID!) { node(id: $id) { ... on Need { offers { id } } } }`

func (w *world) early(t *testing.T) int {
	t.Helper()
	var n int
	must(t, w.Admin.QueryRow("SELECT count(*) FROM dps.event WHERE act = 'offer.read'").Scan(&n))
	return n
}

// open counts transactions left open: each would keep a connection of the pool.
func (w *world) open(t *testing.T) int {
	t.Helper()
	var n int
	must(t, w.Admin.QueryRow("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in "+
		"transaction%'").Scan(&n))
	return n
}

func TestAnEarlyAttemptIsRecordedHoweverItEnds(t *testing.T) {
	w := newWorld(t)
	told := w.untilOffers(t)
	variables := map[string]any{"id": told.Need}
	root := &Resolver{DB: w.API, Policy: w.Policy}
	afterOffers := func(then func()) graphql.FieldMiddleware {
		return func(ctx context.Context, next graphql.Resolver) (any, error) {
			value, err := next(ctx)
			if graphql.GetFieldContext(ctx).Field.Name == "offers" {
				then()
			}
			return value, err
		}
	}
	before := w.early(t)
	if a := w.askAs(t, demo.Opener1, earlyQuestion, variables); a.Errors != nil || strings.Contains(a.text, "offer_") {
		t.Errorf("got %s", a.text)
	}
	if got := w.early(t) - before; got != 1 {
		t.Errorf("answered: %d records", got)
	}
	a := w.askAt(t, w.with(root, afterOffers(func() { panic(canary) })), demo.Opener2, earlyQuestion, variables)
	if got := w.early(t) - before; got != 2 || !slices.Equal(a.errorCodes(), []string{coded.Internal}) {
		t.Errorf("after a panic: %d records, %s", got, a.text)
	}
	ctx, leave := context.WithCancel(t.Context())
	w.leaving(t, ctx, w.with(root, afterOffers(leave)), demo.Commissioner, variables)
	if got := w.early(t) - before; got != 3 {
		t.Errorf("after the reader has gone: %d records", got)
	}
	if n := w.open(t); n != 0 {
		t.Errorf("%d transactions are left open", n)
	}
}

// leaving asks as a reader who goes before the answer.
func (w *world) leaving(t *testing.T, ctx context.Context, e http.Handler, who demo.Persona, variables map[string]any) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": earlyQuestion, "variables": variables})
	must(t, err)
	request := httptest.NewRequestWithContext(ctx, http.MethodPost, "/graphql", bytes.NewReader(body))
	request.Header.Set("Content-Type", mediaJSON)
	request.Header.Set("Authorization", w.credentialOf(t, who).Authorization)
	e.ServeHTTP(httptest.NewRecorder(), request)
	if ctx.Err() == nil {
		t.Error("the reader has not gone")
	}
}

// An early attempt that cannot be recorded is not answered.
func TestWithoutARecordThereIsNoAnswer(t *testing.T) {
	w := newWorld(t)
	told := w.untilOffers(t)
	_, err := w.Admin.Exec(`CREATE FUNCTION dps.no_record() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no record'; END $$;
		CREATE TRIGGER no_record BEFORE INSERT ON dps.event FOR EACH ROW WHEN (new.act = 'offer.read') EXECUTE FUNCTION dps.no_record()`)
	must(t, err)
	a := w.askAs(t, demo.Opener1, earlyQuestion, map[string]any{"id": told.Need})
	if a.status != http.StatusInternalServerError || !slices.Equal(a.errorCodes(), []string{coded.Internal}) || a.Data != nil {
		t.Errorf("got %d %s", a.status, a.text)
	}
	if n := w.open(t); n != 0 {
		t.Errorf("%d transactions are left open", n)
	}
}

func TestNoTransactionIsLeftOpen(t *testing.T) {
	w := newWorld(t)
	for _, query := range []string{
		"{ viewer { organisation { name } } }", "{", "{ nothing }", "{ needs { edges { node { id } } } }", `{ node(id: "x") { id } }`,
		`{ providers(after: "x") { edges { node { name } } } }`, "{ providers { edges { node { settings(first: 0) { edges { cursor } } } } } }",
		`mutation { publishNeed(input: {idempotencyKey: "synthetic-1", need: "need_00000000000000000000000000000000"}) { problems { code }
			need { id } } }`,
	} {
		for _, who := range []demo.Persona{demo.Public, demo.Commissioner} {
			w.askAs(t, who, query, nil)
			if n := w.open(t); n != 0 {
				t.Errorf("%s: %q left %d transactions open", who, query, n)
			}
		}
	}
}

// logged is what was logged while do ran.
func logged(t *testing.T, do func()) string {
	t.Helper()
	var log bytes.Buffer
	was := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(was)
	do()
	return log.String()
}

func TestAPanicIsMaskedAndLoggedUnderItsNumber(t *testing.T) {
	w := newWorld(t)
	fails := func(context.Context, graphql.Resolver) (any, error) { panic(canary) }
	for name, e := range map[string]http.Handler{
		"in a resolver":      w.with(&Resolver{DB: w.API}, func(ctx context.Context, next graphql.Resolver) (any, error) { return next(ctx) }),
		"in a middleware":    w.with(&Resolver{DB: w.API, Policy: w.Policy}, fails),
		"outside of a field": &transport.Endpoint{DB: w.API, Tokens: w.tokens, Limits: Limits{}.WithDefaults()},
	} {
		t.Run(name, func(t *testing.T) {
			var a testAnswer
			log := logged(t, func() { a = w.askAt(t, e, demo.Commissioner, "{ viewer { capacity } }", nil) })
			if !slices.Equal(a.errorCodes(), []string{coded.Internal}) {
				t.Fatalf("got %s", a.text)
			}
			_, number, _ := strings.Cut(a.Errors[0].Message, "number ")
			if !strings.Contains(log, strings.TrimSuffix(number, ".")) || !strings.Contains(log, "panic") {
				t.Errorf("logged %.300s", log)
			}
			if strings.Contains(log+a.text, canary) || strings.Contains(a.text, "nil pointer") {
				t.Errorf("the cause is shown: %s\n%.300s", a.text, log)
			}
		})
	}
}
