package resolvers

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/lib/pq"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/graph"
	"github.com/southeasttogether/dps/market"
)

// with is an endpoint whose fields go through a middleware of the test's.
func (w *world) with(root *Resolver, field graphql.FieldMiddleware) *endpoint {
	exec := executor.New(graph.NewExecutableSchema(graph.Config{Resolvers: root}))
	exec.AroundRootFields((&ahead{}).InterceptRootField)
	exec.AroundFields(field)
	exec.SetErrorPresenter(present)
	exec.SetRecoverFunc(recovered)
	return &endpoint{exec: exec, db: w.API, tokens: w.tokens, limits: Limits{}.withDefaults()}
}

// untilOffers lives the story up to where the first opening officer comes in: a need with a sealed offer.
func (w *world) untilOffers(t *testing.T) demo.Told {
	t.Helper()
	server := httptest.NewServer(w)
	defer server.Close()
	stop := errors.New("here the story stops")
	told, err := demo.World{Client: demo.Client{URL: server.URL}, Out: new(bytes.Buffer),
		Token: func(p demo.Persona) (demo.Credential, error) {
			if p == demo.Opener1 {
				return demo.Credential{}, stop
			}
			return w.credential(t, p), nil
		}}.Live(t.Context())
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
	must(t, w.Admin.QueryRow("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'").Scan(&n))
	return n
}

func TestAnEarlyAttemptIsRecordedHoweverItEnds(t *testing.T) {
	w := newWorld(t)
	told := w.untilOffers(t)
	variables := map[string]any{"id": told.Need}
	root := &Resolver{db: w.API, policy: w.Policy}
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
	if a := w.ask(t, demo.Opener1, earlyQuestion, variables); a.Errors != nil || strings.Contains(a.text, "offer_") {
		t.Errorf("got %s", a.text)
	}
	if got := w.early(t) - before; got != 1 {
		t.Errorf("answered: %d records", got)
	}
	a := w.askAt(t, w.with(root, afterOffers(func() { panic(canary) })), demo.Opener2, earlyQuestion, variables)
	if got := w.early(t) - before; got != 2 || !slices.Equal(a.codes(), []string{codeInternal}) {
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
func (w *world) leaving(t *testing.T, ctx context.Context, e *endpoint, who demo.Persona, variables map[string]any) {
	t.Helper()
	request := httptest.NewRequestWithContext(ctx, http.MethodPost, "/graphql", nil)
	request.Header.Set("Authorization", w.credential(t, who).Authorization)
	a, err := w.tokens.Actor(request)
	must(t, err)
	_, err = e.run(withWork(withActor(ctx, a), &work{limits: e.limits}), &graphql.RawParams{Query: earlyQuestion, Variables: variables})
	var why *refusal
	if ctx.Err() == nil || err != nil && !errors.As(err, &why) {
		t.Errorf("got %v", err)
	}
}

// An early attempt that cannot be put on record is not answered.
func TestWithoutARecordThereIsNoAnswer(t *testing.T) {
	w := newWorld(t)
	told := w.untilOffers(t)
	_, err := w.Admin.Exec(`CREATE FUNCTION dps.no_record() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no record'; END $$;
		CREATE TRIGGER no_record BEFORE INSERT ON dps.event FOR EACH ROW WHEN (new.act = 'offer.read') EXECUTE FUNCTION dps.no_record()`)
	must(t, err)
	a := w.ask(t, demo.Opener1, earlyQuestion, map[string]any{"id": told.Need})
	if a.status != http.StatusInternalServerError || !slices.Equal(a.codes(), []string{codeInternal}) || a.Data != nil {
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
		`mutation { publishNeed(input: {idempotencyKey: "synthetic-1", need: "need_00000000000000000000000000000000"}) { problems { code } need { id } } }`,
	} {
		for _, who := range []demo.Persona{demo.Public, demo.Commissioner} {
			w.ask(t, who, query, nil)
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
		"in a resolver":      w.with(&Resolver{db: w.API}, func(ctx context.Context, next graphql.Resolver) (any, error) { return next(ctx) }),
		"in a middleware":    w.with(&Resolver{db: w.API, policy: w.Policy}, fails),
		"outside of a field": &endpoint{tokens: w.tokens, limits: Limits{}.withDefaults()},
	} {
		t.Run(name, func(t *testing.T) {
			var a answer
			log := logged(t, func() { a = w.askAt(t, e, demo.Commissioner, "{ viewer { capacity } }", nil) })
			if !slices.Equal(a.codes(), []string{codeInternal}) {
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

func TestEachErrorHasItsCode(t *testing.T) {
	for _, c := range []struct {
		err  error
		code string
	}{
		{market.Refuse(market.Invalid, "Ask for less."), codeBadInput},
		{db.ErrForbidden, codeForbidden},
		{db.ErrRevoked, codeToken},
		{errors.Join(db.ErrUnavailable, context.Canceled), codeUnavailable},
		{coded(codeLimit, "Too much."), codeLimit},
		{errors.New(canary), codeInternal},
		{gqlerror.WrapPath(nil, errors.New(canary)), codeInternal},
		{&gqlerror.Error{Message: canary}, codeInternal},
		{&pq.Error{Code: "42P01", Message: "relation is missing"}, codeInternal},
	} {
		logged(t, func() {
			shown := present(t.Context(), c.err)
			if shown.Extensions["code"] != c.code || strings.Contains(shown.Message, canary) {
				t.Errorf("%v: got %v", c.err, shown)
			}
		})
	}
}

// PostgreSQL repeats values in some of its errors: they may be personal data, and logs hold none.
func TestTheLogHasNoValuesOfTheDatabase(t *testing.T) {
	for _, c := range []struct {
		err  *pq.Error
		kept bool
	}{
		{&pq.Error{Code: "22P02", Message: canary}, false}, {&pq.Error{Code: "22001", Message: canary}, false},
		{&pq.Error{Code: "P0001", Message: canary}, false}, {&pq.Error{Code: "42P01", Message: canary}, true},
	} {
		log := logged(t, func() { _ = masked(c.err) })
		if strings.Contains(log, canary) != c.kept || !c.kept && !strings.Contains(log, c.err.SQLState()) {
			t.Errorf("%s: %s", c.err.SQLState(), log)
		}
	}
}

// The codes that callers meet stand in the schema.
func TestEachCodeStandsInTheSchema(t *testing.T) {
	codes := graph.NewExecutableSchema(graph.Config{}).Schema().Types["ErrorCode"].EnumValues
	for _, code := range []string{codeForbidden, codeBadInput, codeLimit, codeUnavailable, codeInternal, codeToken} {
		if codes.ForName(code) == nil {
			t.Errorf("%s is missing", code)
		}
	}
}
