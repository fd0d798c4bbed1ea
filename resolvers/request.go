package resolvers

import (
	"bytes"
	"context"
	"reflect"
	"sync"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// request is what lives as long as one field at the root of an operation: the operation's view of the database, and
// the loaders that batch what the field reads of it.
type request struct {
	view *db.View
	*loaders
	mu       sync.Mutex
	loading  map[any]any                // what was read, by the batches that read it
	resolved map[resolved]reflect.Value // what resolvers gave while the field was read ahead
	steps    *sync.Map                  // of its selections
	answer   *bytes.Buffer              // as it was written without gqlgen; nil where gqlgen writes it
}

// resolvedOf is what resolvers gave, with room for what they give of so many objects where nothing is there yet.
func (r *request) resolvedOf(objects int) map[resolved]reflect.Value {
	if r.resolved == nil {
		r.resolved = make(map[resolved]reflect.Value, objects)
	}
	return r.resolved
}

type contextKey int

const (
	actorKey contextKey = iota
	viewKey
	requestKey
	levelKey
	workKey
	learntKey
)

func withActor(ctx context.Context, a policy.Actor) context.Context {
	return context.WithValue(ctx, actorKey, a)
}

func actor(ctx context.Context) policy.Actor { return ctx.Value(actorKey).(policy.Actor) }

func withView(ctx context.Context, v *db.View) context.Context {
	return context.WithValue(ctx, viewKey, v)
}

// withRequest gives a root field room of its own for what its loaders read, so that what it costs does not hang on the order in which gqlgen
// runs those beside it.
func withRequest(ctx context.Context) context.Context {
	view := ctx.Value(viewKey).(*db.View)
	return context.WithValue(ctx, requestKey, &request{view: view, loaders: allLoaders, loading: map[any]any{}, steps: &sync.Map{}})
}

func current(ctx context.Context) *request { return ctx.Value(requestKey).(*request) }

// nested reads a page of a list that belongs to a parent.
func nested[T any](ctx context.Context, l paged[T], parent uuid.UUID, first *int, after *string) (*market.Connection[T], error) {
	page, err := market.NewPage(first, after)
	if err != nil {
		return nil, err
	}
	return l.Load(ctx, part{parent, page})
}

// list reads a page of a list at the root.
func list[T any](ctx context.Context, read func(context.Context, *db.View, market.Page) (*market.Connection[T], error), first *int, after *string) (*market.Connection[T], error) {
	page, err := market.NewPage(first, after)
	if err != nil {
		return nil, err
	}
	return read(ctx, current(ctx).view, page)
}

// changed runs a change and reads its result again, under the rights of now; a refusal becomes a problem.
func changed[In, Out any](ctx context.Context, d *db.DB, do func(context.Context, *db.DB, policy.Actor, In) (uuid.UUID, error), in In,
	read func(*request) loader[*Out]) (*Out, []*market.Refusal, error) {
	id, err := do(ctx, d, actor(ctx), in)
	if problems := refusals(err); problems != nil {
		return nil, problems, nil
	}
	if err != nil {
		return nil, nil, err
	}
	result, err := read(current(ctx)).Load(ctx, id)
	return result, []*market.Refusal{}, err
}
