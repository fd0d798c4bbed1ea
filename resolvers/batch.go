package resolvers

import (
	"context"
	"sync"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/market"
)

// batch reads things by their keys, each once a root field. While a level of a selection is read ahead (ahead.go) it
// only notes which keys are asked for, and reads them in one statement when all of the level have been; so how many
// statements a page costs depends on its selection alone, and on no clock. What it has read is kept with the request.
type batch[K comparable, T any] struct {
	fetch func(context.Context, *db.View, []K) (map[K]T, error)
	none  T // what there is under a key that nothing was found for
}

// loading is what a root field has read and asks of one batch.
type loading[K comparable, T any] struct {
	*batch[K, T]
	view *db.View

	mu    sync.Mutex
	known map[K]outcome[T]
	asked []K
}

type outcome[T any] struct {
	value T
	err   error
}

func newBatch[K comparable, T any](fetch func(context.Context, *db.View, []K) (map[K]T, error)) *batch[K, T] {
	return &batch[K, T]{fetch: fetch}
}

// lists is a batch of lists: one without rows is empty.
func lists[K comparable, T any](fetch func(context.Context, *db.View, []K) (map[K][]T, error)) *batch[K, []T] {
	b := newBatch(fetch)
	b.none = []T{}
	return b
}

// loader loads by the id of the thing, or of the thing that it belongs to; what is hidden or absent is nil.
type loader[T any] = *batch[uuid.UUID, T]

// of is the batch's part of a request.
func (b *batch[K, T]) of(ctx context.Context) *loading[K, T] {
	r := current(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	if l, there := r.loading[b]; there {
		return l.(*loading[K, T])
	}
	l := &loading[K, T]{batch: b, view: r.view, known: map[K]outcome[T]{}}
	r.loading[b] = l
	return l
}

// Load gives the thing; or nothing yet, while a level is read ahead.
func (b *batch[K, T]) Load(ctx context.Context, key K) (T, error) {
	l := b.of(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	if found, known := l.known[key]; known {
		return found.value, found.err
	}
	l.asked = append(l.asked, key)
	if level := levelOf(ctx); level != nil {
		level.waits(l)
		var nothing T
		return nothing, nil
	}
	l.read(ctx)
	return l.known[key].value, l.known[key].err
}

// LoadAll gives several things at once, in their order.
func (b *batch[K, T]) LoadAll(ctx context.Context, keys []K) ([]T, error) {
	l := b.of(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = append(l.asked, keys...)
	l.read(ctx)
	all := make([]T, len(keys))
	for i, key := range keys {
		if err := l.known[key].err; err != nil {
			return nil, err
		}
		all[i] = l.known[key].value
	}
	return all, nil
}

// answer reads what a level has asked for.
func (l *loading[K, T]) answer(ctx context.Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.read(ctx)
}

// read reads each key asked for that is not known; the lock is held.
func (l *loading[K, T]) read(ctx context.Context) {
	var missing []K
	noted := map[K]bool{}
	for _, key := range l.asked {
		if _, known := l.known[key]; !known && !noted[key] {
			noted[key] = true
			missing = append(missing, key)
		}
	}
	l.asked = nil
	if missing == nil {
		return
	}
	found, err := l.fetch(ctx, l.view, missing)
	for _, key := range missing {
		value, there := found[key]
		if !there {
			value = l.none
		}
		l.known[key] = outcome[T]{value, err}
	}
}

// part names one page of a list that belongs to a parent.
type part struct {
	parent uuid.UUID
	page   market.Page
}

// paged loads one page for each parent; pages of the same size and place are read together.
type paged[T any] = *batch[part, *market.Connection[T]]

func parts[T any](fetch func(context.Context, *db.View, []uuid.UUID, market.Page) (map[uuid.UUID]*market.Connection[T], error)) paged[T] {
	return newBatch(func(ctx context.Context, v *db.View, asked []part) (map[part]*market.Connection[T], error) {
		parents := map[market.Page][]uuid.UUID{}
		for _, p := range asked {
			parents[p.page] = append(parents[p.page], p.parent)
		}
		all := map[part]*market.Connection[T]{}
		for page, ids := range parents {
			connections, err := fetch(ctx, v, ids, page)
			if err != nil {
				return nil, err
			}
			for id, c := range connections {
				all[part{id, page}] = c
			}
		}
		return all, nil
	})
}
