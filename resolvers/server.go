package resolvers

import (
	"encoding/json"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

func newServer(es graphql.ExecutableSchema, l Limits, introspection bool) *handler.Server {
	server := handler.New(es)
	server.AddTransport(transport.POST{})
	server.SetParserTokenLimit(l.withDefaults().Tokens)
	server.SetDisableSuggestion(!introspection)
	if introspection {
		server.Use(extension.Introspection{})
	}
	return server
}

func bounded(next http.Handler, l Limits) http.Handler {
	return http.MaxBytesHandler(next, l.withDefaults().BodyBytes)
}

func conforming(next http.Handler) http.Handler { return next }

func writeError(w http.ResponseWriter, _ *http.Request, status int, err *gqlerror.Error) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": gqlerror.List{err}})
}
