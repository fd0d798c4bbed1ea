package resolvers

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/vektah/gqlparser/v2/gqlerror"

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
	Introspection bool
}

// New makes the GraphQL endpoint: bounds, token, gate, one snapshot a request, one presenter of errors.
func New(c Config) (http.Handler, error) {
	es := graph.NewExecutableSchema(graph.Config{Resolvers: &Resolver{db: c.DB, policy: c.Policy}})
	gate, err := newGate(c.Policy, es.Schema())
	if err != nil {
		return nil, err
	}
	server := newServer(es, c.Limits, c.Introspection)
	server.Use(gate)
	server.SetErrorPresenter(present)
	server.SetRecoverFunc(recovered)
	server.AroundOperations(oneSnapshot(c.DB))
	return bounded(conforming(authenticated(c.Tokens, server)), c.Limits), nil
}

// authenticated turns the token into the actor, or answers why not.
func authenticated(tokens *policy.Verifier, next *handler.Server) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, err := tokens.Actor(r)
		if err != nil {
			refuse(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(withActor(r.Context(), a)))
	})
}

// oneSnapshot gives each operation one view of the database and its loaders. An operation that asked for sealed offers
// too early is answered only once that is on record.
func oneSnapshot(d *db.DB) graphql.OperationMiddleware {
	return func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
		view := d.View(actor(ctx))
		respond := next(withRequest(ctx, newRequest(view)))
		return func(ctx context.Context) *graphql.Response {
			response := respond(ctx)
			if err := view.End(ctx); err != nil {
				slog.Error("early attempt could not be recorded", "error", err)
				return &graphql.Response{Errors: gqlerror.List{masked(err)}}
			}
			return response
		}
	}
}

// refuse answers a request whose token or capacity is not good: the same words for every cause of a bad token.
func refuse(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, policy.ErrUnauthenticated) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="dps"`)
		writeError(w, r, http.StatusUnauthorized, coded(codeToken, "The token is missing or not valid: sign in again."))
		return
	}
	writeError(w, r, http.StatusForbidden, coded(codeForbidden, err.Error()))
}
