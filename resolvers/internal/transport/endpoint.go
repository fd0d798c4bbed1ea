// Package transport is GraphQL over HTTP, and the documents of evidence: the form of a request and of its answer, the one presenter of
// errors, and a view of the database for each request.
package transport

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/resolvers/internal/coded"
	"github.com/southeasttogether/dps/resolvers/internal/guard"
	"github.com/southeasttogether/dps/resolvers/internal/levels"
	"github.com/southeasttogether/dps/resolvers/internal/rate"
)

// Config is what the endpoint is made of.
type Config struct {
	DB            *db.DB
	Policy        *policy.Policy
	Tokens        *policy.Verifier
	Limits        guard.Limits // zero fields mean the defaults
	Rate          rate.Rate
	Proxies       rate.Proxies // that are believed when they say for whom they ask
	Scanner       Scanner      // of uploads; empty for none
	Files         FileLimits
	Queue         Queue
	Time          time.Duration // that one operation can take; 20 s when zero
	Introspection bool          // with it go the suggestions of names in errors
}

// Endpoint answers GraphQL over HTTP: form of the request, token, bounds, validation, gate, execution in one snapshot.
type Endpoint struct {
	Executor *executor.Executor
	DB       *db.DB
	Tokens   *policy.Verifier
	Limits   guard.Limits
	Meter    *rate.Meter
	Time     time.Duration // that one operation can take; 0 for no bound
	queue    *queue
	proxies  rate.Proxies
}

// New makes the endpoint of a schema.
func New(c Config, schema graphql.ExecutableSchema, reads *levels.Executor) (*Endpoint, error) {
	// A deferred part would be read after its request's snapshot has ended.
	delete(schema.Schema().Directives, "defer")
	gate, err := guard.NewGate(c.Policy, schema.Schema())
	if err != nil {
		return nil, err
	}
	limits := c.Limits.WithDefaults()
	exec := executor.New(schema)
	exec.SetParserTokenLimit(limits.Tokens)
	kept := NewDocuments()
	exec.SetQueryCache(kept)
	if c.Introspection {
		exec.Use(extension.Introspection{})
	} else {
		exec.SetDisableSuggestion(true)
		exec.SetDefaultRulesFn(withoutSuggestions)
	}
	exec.Use(guard.NewBounds(limits, schema.Schema(), kept))
	exec.Use(guard.NewNulls(schema.Schema()))
	exec.Use(guard.NewEntities(schema.Schema()))
	exec.Use(gate)
	exec.Use(guard.NewSchemaAnswers())
	exec.Use(reads)
	exec.SetErrorPresenter(Present)
	exec.SetRecoverFunc(Recovered)
	return &Endpoint{exec, c.DB, c.Tokens, limits, rate.NewMeter(c.Rate), cmp.Or(c.Time, mostTime), newQueue(c.Queue), c.Proxies}, nil
}

// mostTime is how long one operation can take. Its caller's proxy has gone after it, and what it reads holds up others.
const mostTime = 20 * time.Second

// Documents keeps documents that were found valid, so that a partner's few are parsed and validated only once. Long
// documents are not kept.
type Documents struct{ *lru.LRU[*ast.QueryDocument] }

// NewDocuments keeps as many as the executor does.
func NewDocuments() Documents { return Documents{lru.New[*ast.QueryDocument](levels.KeptDocuments)} }

// Add keeps a document unless it is long.
func (d Documents) Add(ctx context.Context, text string, document *ast.QueryDocument) {
	if len(text) <= levels.LongestKept {
		d.LRU.Add(ctx, text, document)
	}
}

// withoutSuggestions are gqlparser's rules without their "Did you mean", including those that gqlgen's own switch
// forgets.
func withoutSuggestions() *rules.Rules {
	all := rules.NewDefaultRules()
	all.ReplaceRule(rules.KnownArgumentNamesRule.Name, rules.KnownArgumentNamesRuleWithoutSuggestions.RuleFunc)
	all.ReplaceRule(rules.KnownTypeNamesRule.Name, rules.KnownTypeNamesRuleWithoutSuggestions.RuleFunc)
	all.ReplaceRule(rules.ValuesOfCorrectTypeRule.Name, rules.ValuesOfCorrectTypeRuleWithoutSuggestions.RuleFunc)
	return all
}

func (e *Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	media, err := negotiate(r)
	if err != nil {
		reject(w, mediaJSON, err)
		return
	}
	actor, err := e.Tokens.Actor(r)
	if err != nil {
		refused.noteToken(err)
		reject(w, media, unauthenticated(err))
		return
	}
	settle, wait := e.Meter.Reserve(rate.Payers(actor, r, e.proxies))
	if wait > 0 {
		reject(w, media, tooMuchWork(w, e.Meter, wait))
		return
	}
	request := &levels.Request{View: e.DB.View(actor), Budget: levels.NewBudget(e.Limits.Values, e.Limits.Text)}
	defer func() { settle(unitsOf(request)) }()
	params, err := readParams(w, r, e.Limits)
	if err != nil {
		reject(w, media, err)
		return
	}
	leave, err := e.queue.enter(r.Context(), w)
	if err != nil {
		reject(w, media, err)
		return
	}
	response, err := e.answer(levels.WithRequest(r.Context(), request), params, leave)
	if err != nil {
		reject(w, media, err)
		return
	}
	tellErrors(w, response.Errors)
	respond(w, media, http.StatusOK, response)
}

// answer executes an operation within its time, and leaves its place in the queue before anything is sent.
func (e *Endpoint) answer(ctx context.Context, params *graphql.RawParams, leave func()) (*graphql.Response, error) {
	defer leave()
	if e.Time > 0 {
		within, stop := context.WithTimeout(ctx, e.Time)
		defer stop()
		ctx = within
	}
	return e.run(ctx, params)
}

// unitsOf is what a request costs its caller's rate: one, one more for each row that it read, and one for each ten
// values that it returned.
func unitsOf(r *levels.Request) int { return 1 + r.View.Rows() + r.Budget.Values()/10 }

// tooMuchWork rejects a caller who has to wait, and says how long.
func tooMuchWork(w http.ResponseWriter, m *rate.Meter, wait time.Duration) *rejection {
	seconds := int(math.Ceil(wait.Seconds()))
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	return &rejection{http.StatusTooManyRequests, gqlerror.List{coded.Limit(
		"You used more than %d units of work a second (a unit is one row or ten values): try again in %d seconds, and ask for "+
			"less at a time.",
		m.PerSecond, seconds)}}
}

// run executes one operation. A rejection of the whole, with nothing executed, is an error.
func (e *Endpoint) run(ctx context.Context, params *graphql.RawParams) (response *graphql.Response, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = &rejection{http.StatusInternalServerError, gqlerror.List{masked(Recovered(ctx, cause))}}
		}
	}()
	ctx = graphql.StartOperationTrace(ctx)
	operation, errs := e.Executor.CreateOperationContext(ctx, params)
	if errs != nil {
		shown := e.Executor.DispatchError(graphql.WithOperationContext(ctx, operation), errs[:min(len(errs), mostErrors)])
		return nil, &rejection{0, shown.Errors}
	}
	return e.runInView(ctx, operation)
}

// mostErrors limits how many errors of one operation are reported.
const mostErrors = 20

// recordTime is how long the record of an early attempt can take after its reader has gone.
const recordTime = 10 * time.Second

// runInView ends the request's view with the operation, whatever happens. An operation that tried to read sealed offers
// too early is answered only after that is recorded, and recorded even if its reader has gone.
func (e *Endpoint) runInView(ctx context.Context, operation *graphql.OperationContext) (response *graphql.Response, err error) {
	request := levels.RequestOf(ctx)
	view := request.View
	view.Bound(e.Limits.Rows)
	defer func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
		defer cancel()
		if failed := view.End(ending); failed != nil {
			response, err = nil, &rejection{http.StatusInternalServerError, gqlerror.List{masked(failed)}}
		}
	}()
	if response = e.dispatch(ctx, operation); view.Restart(ctx) {
		request.Budget.Restart()
		response = e.dispatch(ctx, operation)
	}
	if response == nil { // the reader has gone
		return nil, &rejection{http.StatusServiceUnavailable, gqlerror.List{explain(ctx, db.ErrUnavailable)}}
	}
	if isRevoked(ctx, response, view) {
		refused.note(causeRevoked)
		return nil, unauthenticated(db.ErrRevoked)
	}
	if limit := limitMet(operation, response); limit != nil {
		return nil, limit
	}
	response.Errors = response.Errors[:min(len(response.Errors), mostErrors)]
	for range bytes.Count(response.Data, []byte(`"code":"NOT_FOUND"`)) {
		refused.note(causeNotFound)
	}
	return response, nil
}

func (e *Endpoint) dispatch(ctx context.Context, operation *graphql.OperationContext) *graphql.Response {
	answer, ctx := e.Executor.DispatchOperation(ctx, operation)
	return answer(ctx)
}

// isRevoked says whether the reader's token was revoked. A request that reached the database learned it there; for
// others this asks. A revoked token gets no answer; a change of the same request that was made before is in the log.
func isRevoked(ctx context.Context, response *graphql.Response, view *db.View) bool {
	for _, err := range response.Errors {
		if err.Extensions["code"] == coded.Unauthenticated {
			return true
		}
	}
	return view.Actor().Person != "" && errors.Is(view.Admit(ctx), db.ErrRevoked)
}

// limitMet is the limit that an operation reached while it ran, if it did. A query then gets no answer. A change stays
// made, and a retry with its key reads it again.
func limitMet(operation *graphql.OperationContext, response *graphql.Response) *rejection {
	if operation.Operation.Operation == ast.Mutation {
		return nil
	}
	for _, err := range response.Errors {
		if err.Extensions["code"] == coded.LimitExceeded {
			return &rejection{0, gqlerror.List{&gqlerror.Error{Message: err.Message, Extensions: err.Extensions}}}
		}
	}
	return nil
}

// unauthenticated explains a token, code or capacity that is not good. It uses the same words for every cause of a bad
// token or code.
func unauthenticated(err error) *rejection {
	var capacity *policy.CapacityError
	if errors.As(err, &capacity) {
		return rejected(http.StatusForbidden, capacity.Code, capacity.Message)
	}
	return rejected(http.StatusUnauthorized, coded.Unauthenticated,
		"The token or invitation code is missing or not valid: sign in again, or check the code. If you have just signed in, tell whoever "+
			"runs the service: its log says why.")
}
