package resolvers

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/vikstrous/dataloadgen"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// request is what lives as long as one GraphQL operation: what it reads, and the loaders that batch those reads, so
// that a page costs a fixed number of statements whatever its size.
type request struct {
	view *db.View
	*loaders
}

type contextKey int

const (
	actorKey contextKey = iota
	requestKey
)

func withActor(ctx context.Context, a policy.Actor) context.Context {
	return context.WithValue(ctx, actorKey, a)
}

func actor(ctx context.Context) policy.Actor { return ctx.Value(actorKey).(policy.Actor) }

func withRequest(ctx context.Context, r *request) context.Context {
	return context.WithValue(ctx, requestKey, r)
}

func current(ctx context.Context) *request { return ctx.Value(requestKey).(*request) }

func newRequest(v *db.View) *request { return &request{view: v, loaders: newLoaders(v)} }

// renew forgets what was read before a change of the same request.
func (r *request) renew(ctx context.Context) {
	r.view.Renew(ctx)
	r.loaders = newLoaders(r.view)
}

// loader loads by the id of the thing, or of the thing that it belongs to.
type loader[T any] = *dataloadgen.Loader[uuid.UUID, T]

// wait is how long a loader gathers ids: long enough for one level of a page, short beside a round trip.
const wait = time.Millisecond

// one loads things by their own id, or the single thing of a parent; nil for what is hidden or absent.
func one[T any](fetch func(context.Context, []uuid.UUID) (map[uuid.UUID]T, error)) loader[T] {
	return dataloadgen.NewLoader(func(ctx context.Context, ids []uuid.UUID) ([]T, []error) {
		found, err := fetch(ctx, ids)
		if err != nil {
			return nil, []error{err}
		}
		all := make([]T, len(ids))
		for i, id := range ids {
			all[i] = found[id]
		}
		return all, nil
	}, dataloadgen.WithWait(wait))
}

// part names one page of a list that belongs to a parent.
type part struct {
	parent uuid.UUID
	page   market.Page
}

// paged loads one page for each parent; pages of the same size and place are read together.
type paged[T any] = *dataloadgen.Loader[part, *market.Connection[T]]

func parts[T any](fetch func(context.Context, []uuid.UUID, market.Page) (map[uuid.UUID]*market.Connection[T], error)) paged[T] {
	return dataloadgen.NewLoader(func(ctx context.Context, asked []part) ([]*market.Connection[T], []error) {
		parents := map[market.Page][]uuid.UUID{}
		for _, p := range asked {
			parents[p.page] = append(parents[p.page], p.parent)
		}
		found := map[part]*market.Connection[T]{}
		for page, ids := range parents {
			connections, err := fetch(ctx, ids, page)
			if err != nil {
				return nil, []error{err}
			}
			for id, c := range connections {
				found[part{id, page}] = c
			}
		}
		all := make([]*market.Connection[T], len(asked))
		for i, p := range asked {
			all[i] = found[p]
		}
		return all, nil
	}, dataloadgen.WithWait(wait))
}

// nested reads a page of a list that belongs to a parent.
func nested[T any](ctx context.Context, l paged[T], parent uuid.UUID, first *int, after *string) (*market.Connection[T], error) {
	page, err := market.NewPage(first, after)
	if err != nil {
		return nil, err
	}
	return l.Load(ctx, part{parent, page})
}

// list reads a page of a list at the root.
func list[T any](ctx context.Context, read func(context.Context, market.Page) (*market.Connection[T], error), first *int, after *string) (*market.Connection[T], error) {
	page, err := market.NewPage(first, after)
	if err != nil {
		return nil, err
	}
	return read(ctx, page)
}

// changed runs a change and reads its result again, under the rights of now; a refusal becomes a problem.
func changed[In, Out any](ctx context.Context, do func(context.Context, policy.Actor, In) (uuid.UUID, error), in In,
	read func(*request) loader[*Out]) (*Out, []*market.Refusal, error) {
	id, err := do(ctx, actor(ctx), in)
	if problems := refusals(err); problems != nil {
		return nil, problems, nil
	}
	if err != nil {
		return nil, nil, err
	}
	r := current(ctx)
	r.renew(ctx)
	result, err := read(r).Load(ctx, id)
	return result, []*market.Refusal{}, err
}
