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
// statements a page costs depends on its selection alone, and on no clock.
type batch[K comparable, T any] struct {
	fetch func(context.Context, []K) (map[K]T, error)
	came  func(K) (T, bool) // along with something else; nil where nothing does
	none  T                 // what there is under a key that nothing was found for

	mu    sync.Mutex
	known map[K]outcome[T] // nil until something was read: a request has a hundred batches and asks one or two
	asked []K
}

type outcome[T any] struct {
	value T
	err   error
}

func newBatch[K comparable, T any](fetch func(context.Context, []K) (map[K]T, error)) *batch[K, T] {
	return &batch[K, T]{fetch: fetch}
}

// along is a batch of things that may have come along with what names them.
func along[T any](v *db.View, fetch func(context.Context, []uuid.UUID) (map[uuid.UUID]*T, error)) loader[*T] {
	b := newBatch(fetch)
	b.came = func(id uuid.UUID) (*T, bool) { return db.Known[T](v, id) }
	return b
}

// lists is a batch of lists: one without rows is empty.
func lists[K comparable, T any](fetch func(context.Context, []K) (map[K][]T, error)) *batch[K, []T] {
	b := newBatch(fetch)
	b.none = []T{}
	return b
}

// loader loads by the id of the thing, or of the thing that it belongs to; what is hidden or absent is nil.
type loader[T any] = *batch[uuid.UUID, T]

// Load gives the thing; or nothing yet, while a level is read ahead.
func (b *batch[K, T]) Load(ctx context.Context, key K) (T, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if found, known := b.known[key]; known {
		return found.value, found.err
	}
	if b.came != nil {
		if value, came := b.came(key); came {
			return value, nil
		}
	}
	b.asked = append(b.asked, key)
	if level := levelOf(ctx); level != nil {
		level.waits(b)
		var nothing T
		return nothing, nil
	}
	b.read(ctx)
	return b.known[key].value, b.known[key].err
}

// LoadAll gives several things at once, in their order.
func (b *batch[K, T]) LoadAll(ctx context.Context, keys []K) ([]T, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked = append(b.asked, keys...)
	b.read(ctx)
	all := make([]T, len(keys))
	for i, key := range keys {
		if err := b.known[key].err; err != nil {
			return nil, err
		}
		all[i] = b.known[key].value
	}
	return all, nil
}

// answer reads what a level has asked for.
func (b *batch[K, T]) answer(ctx context.Context) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.read(ctx)
}

// read reads each key asked for that is not known; the lock is held.
func (b *batch[K, T]) read(ctx context.Context) {
	var missing []K
	noted := map[K]bool{}
	for _, key := range b.asked {
		if _, known := b.known[key]; !known && !noted[key] {
			noted[key] = true
			missing = append(missing, key)
		}
	}
	b.asked = nil
	if missing == nil {
		return
	}
	found, err := b.fetch(ctx, missing)
	if b.known == nil {
		b.known = make(map[K]outcome[T], len(missing))
	}
	for _, key := range missing {
		value, there := found[key]
		if !there {
			value = b.none
		}
		b.known[key] = outcome[T]{value, err}
	}
}

// part names one page of a list that belongs to a parent.
type part struct {
	parent uuid.UUID
	page   market.Page
}

// paged loads one page for each parent; pages of the same size and place are read together.
type paged[T any] = *batch[part, *market.Connection[T]]

func parts[T any](fetch func(context.Context, []uuid.UUID, market.Page) (map[uuid.UUID]*market.Connection[T], error)) paged[T] {
	return newBatch(func(ctx context.Context, asked []part) (map[part]*market.Connection[T], error) {
		parents := map[market.Page][]uuid.UUID{}
		for _, p := range asked {
			parents[p.page] = append(parents[p.page], p.parent)
		}
		all := map[part]*market.Connection[T]{}
		for page, ids := range parents {
			connections, err := fetch(ctx, ids, page)
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
