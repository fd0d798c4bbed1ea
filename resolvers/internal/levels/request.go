package levels

import (
	"bytes"
	"context"
	"sync"

	"github.com/southeasttogether/dps/db"
)

// Request is what lives as long as one request.
type Request struct {
	View   *db.View
	Budget *Budget

	operation *operation // once it is known
}

// reading is what one field at the root has read, and its answer. Each has its own, so that what a field costs does not depend on the
// order in which gqlgen runs the others.
type reading struct {
	view *db.View

	mu     sync.Mutex
	loaded map[loadedKey]any // of type *loaded

	irregular bool          // something is left to gqlgen
	answer    *bytes.Buffer // as JSON; nil where gqlgen writes it
}

type contextKey int

const (
	requestKey contextKey = iota
	readingKey
)

// WithRequest gives a request to all that is done for it.
func WithRequest(ctx context.Context, r *Request) context.Context {
	return context.WithValue(ctx, requestKey, r)
}

// RequestOf is the request that something is done for.
func RequestOf(ctx context.Context) *Request { return ctx.Value(requestKey).(*Request) }

// withReading gives a field at the root what it has read.
func withReading(ctx context.Context) context.Context {
	return context.WithValue(ctx, readingKey, &reading{view: RequestOf(ctx).View, loaded: map[loadedKey]any{}})
}

func readingOf(ctx context.Context) *reading { return ctx.Value(readingKey).(*reading) }
