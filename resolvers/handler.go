package resolvers

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/graph"
	"github.com/southeasttogether/dps/policy"
)

// Config is what the endpoint is made of.
type Config struct {
	DB            *db.DB
	Policy        *policy.Policy
	Tokens        *policy.Verifier
	Limits        Limits // zero fields mean the defaults
	Rate          Rate
	Introspection bool // with it go the suggestions of names in errors
}

// endpoint answers GraphQL over HTTP: form of the request, token, bounds, validation, gate, execution in one snapshot.
type endpoint struct {
	exec   *executor.Executor
	db     *db.DB
	tokens *policy.Verifier
	limits Limits
	meter  *meter
}

// New makes the GraphQL endpoint.
func New(c Config) (http.Handler, error) {
	root := &Resolver{db: c.DB, policy: c.Policy}
	es := graph.NewExecutableSchema(graph.Config{Resolvers: root})
	// A deferred part would be read after its request's snapshot has ended.
	delete(es.Schema().Directives, "defer")
	gate, err := newGate(c.Policy, es.Schema())
	if err != nil {
		return nil, err
	}
	ahead, err := newAhead(root, es.Schema())
	if err != nil {
		return nil, err
	}
	if err := db.CheckTables(ahead.describe); err != nil {
		return nil, err
	}
	limits := c.Limits.withDefaults()
	exec := executor.New(es)
	exec.SetParserTokenLimit(limits.Tokens)
	kept := documents{lru.New[*ast.QueryDocument](keptDocuments)}
	exec.SetQueryCache(kept)
	if c.Introspection {
		exec.Use(extension.Introspection{})
	} else {
		exec.SetDisableSuggestion(true)
		exec.SetDefaultRulesFn(withoutSuggestions)
	}
	exec.Use(bounds{limits, es.Schema(), newCatalogue(es.Schema()), kept})
	exec.Use(gate)
	exec.Use(ahead)
	exec.SetErrorPresenter(present)
	exec.SetRecoverFunc(recovered)
	return &endpoint{exec: exec, db: c.DB, tokens: c.Tokens, limits: limits, meter: newMeter(c.Rate)}, nil
}

// documents keeps those that were found valid, so that a partner's few are parsed and validated once: not so many, and none
// so long, that keeping them could fill the memory.
type documents struct{ *lru.LRU[*ast.QueryDocument] }

const (
	keptDocuments = 100
	longestKept   = 4096 // bytes
)

// Add keeps a document unless it is long.
func (d documents) Add(ctx context.Context, text string, document *ast.QueryDocument) {
	if len(text) <= longestKept {
		d.LRU.Add(ctx, text, document)
	}
}

// withoutSuggestions are gqlparser's rules, those that gqlgen's own switch forgets without their "Did you mean".
func withoutSuggestions() *rules.Rules {
	all := rules.NewDefaultRules()
	all.ReplaceRule(rules.KnownArgumentNamesRule.Name, rules.KnownArgumentNamesRuleWithoutSuggestions.RuleFunc)
	all.ReplaceRule(rules.KnownTypeNamesRule.Name, rules.KnownTypeNamesRuleWithoutSuggestions.RuleFunc)
	all.ReplaceRule(rules.ValuesOfCorrectTypeRule.Name, rules.ValuesOfCorrectTypeRuleWithoutSuggestions.RuleFunc)
	return all
}

func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	media, err := negotiated(r)
	if err != nil {
		refuse(w, mediaJSON, err)
		return
	}
	a, err := e.tokens.Actor(r)
	if err != nil {
		refuse(w, media, unauthorised(err))
		return
	}
	who := caller(a, r)
	if wait := e.meter.wait(who); wait > 0 {
		refuse(w, media, e.meter.tooMuch(w, wait))
		return
	}
	params, err := read(w, r, e.limits)
	if err != nil {
		refuse(w, media, err)
		return
	}
	done := &work{limits: e.limits}
	response, err := e.run(withWork(withActor(r.Context(), a), done), params)
	e.meter.charge(who, done.units())
	if err != nil {
		refuse(w, media, err)
		return
	}
	write(w, media, http.StatusOK, response)
}

// run executes one operation. A refusal of the whole, with nothing executed, is an error.
func (e *endpoint) run(ctx context.Context, params *graphql.RawParams) (response *graphql.Response, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = &refusal{http.StatusInternalServerError, gqlerror.List{masked(recovered(ctx, cause))}}
		}
	}()
	ctx = graphql.StartOperationTrace(ctx)
	operation, errs := e.exec.CreateOperationContext(ctx, params)
	if errs != nil {
		shown := e.exec.DispatchError(graphql.WithOperationContext(ctx, operation), errs[:min(len(errs), mostErrors)])
		return nil, &refusal{0, shown.Errors}
	}
	return e.inSnapshot(ctx, operation)
}

// mostErrors bounds how many faults of one operation are told.
const mostErrors = 20

// recordTime is how long the record of an early attempt may take after its reader has gone.
const recordTime = 10 * time.Second

// inSnapshot gives each operation one view of the database, which ends with it, whatever happens. An operation that
// asked for sealed offers too early is answered only once that is on record, and recorded even if its reader has gone.
func (e *endpoint) inSnapshot(ctx context.Context, operation *graphql.OperationContext) (response *graphql.Response, err error) {
	view := e.db.View(actor(ctx))
	view.Bound(e.limits.Rows)
	defer func() {
		workOf(ctx).rows = view.Rows()
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
		defer cancel()
		if failed := view.End(ending); failed != nil {
			response, err = nil, &refusal{http.StatusInternalServerError, gqlerror.List{masked(failed)}}
		}
	}()
	ctx = withView(ctx, view)
	if response = e.respond(ctx, operation); view.Restart(ctx) {
		workOf(ctx).anew()
		response = e.respond(ctx, operation)
	}
	if response == nil { // the reader has gone
		return nil, &refusal{http.StatusServiceUnavailable, gqlerror.List{explain(ctx, db.ErrUnavailable)}}
	}
	if revoked(ctx, response, view) {
		return nil, unauthorised(db.ErrRevoked)
	}
	if limit := stopped(operation, response); limit != nil {
		return nil, limit
	}
	response.Errors = response.Errors[:min(len(response.Errors), mostErrors)]
	return response, nil
}

func (e *endpoint) respond(ctx context.Context, operation *graphql.OperationContext) *graphql.Response {
	respond, ctx := e.exec.DispatchOperation(ctx, operation)
	return respond(ctx)
}

// revoked says whether the reader's token was taken back: the database tells whoever comes to it, and is asked for those
// who have not. Then nothing is answered; a change of the same request that went through before is in the log.
func revoked(ctx context.Context, response *graphql.Response, view *db.View) bool {
	for _, err := range response.Errors {
		if err.Extensions["code"] == codeToken {
			return true
		}
	}
	return actor(ctx).Person != "" && errors.Is(view.Admit(ctx), db.ErrRevoked)
}

// unauthorised explains a token, code or capacity that is not good: the same words for every cause of a bad token or code.
func unauthorised(err error) *refusal {
	var capacity *policy.CapacityError
	if errors.As(err, &capacity) {
		return refused(http.StatusForbidden, capacity.Code, capacity.Message)
	}
	return refused(http.StatusUnauthorized, codeToken, "The token, or the code of an invitation, is missing or not valid: sign in again, or look at the code once more.")
}
