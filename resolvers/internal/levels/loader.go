package levels

import (
	"context"
	"errors"
	"sync"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/market"
)

// Read reads things by their keys in one statement. What is hidden or absent is missing from the map.
type Read[K comparable, V any] func(context.Context, *db.View, []K) (map[K]V, error)

// ReadPage reads the same page of a list for several parents in one statement.
type ReadPage[T any] func(context.Context, *db.View, []uuid.UUID, market.Page) (map[uuid.UUID]*market.Connection[T], error)

// Loader reads each key once for a root field, and all keys of a level together. It holds nothing itself: what was read is kept with
// the root field.
type Loader[K comparable, V any] struct {
	read func(context.Context, *db.View, []K, market.Page) (map[K]V, error)
	none V // what there is under a key that nothing was found for
}

func newLoader[K comparable, V any](read Read[K, V], none V) *Loader[K, V] {
	return &Loader[K, V]{none: none, read: func(ctx context.Context, v *db.View, keys []K, _ market.Page) (map[K]V, error) {
		return read(ctx, v, keys)
	}}
}

// ByID loads things by their ids; what is hidden or absent is nil.
func ByID[T any](read Read[uuid.UUID, *T]) *Loader[uuid.UUID, *T] {
	return newLoader(read, nil)
}

// Load gives one thing to a resolver at the root.
func (l *Loader[K, V]) Load(ctx context.Context, key K) (V, error) {
	all, err := l.LoadAll(ctx, []K{key})
	if err != nil {
		return l.none, err
	}
	return all[0], nil
}

// LoadAll gives several things at once, in the order of their keys.
func (l *Loader[K, V]) LoadAll(ctx context.Context, keys []K) ([]V, error) {
	in := l.loadedIn(readingOf(ctx), market.Page{})
	in.wantKeys(keys...)
	in.readWanted(ctx)
	all := make([]V, len(keys))
	for i, key := range keys {
		found, err := in.findValue(key)
		if err != nil {
			return nil, err
		}
		all[i] = *found
	}
	return all, nil
}

// loaded is what a root field has read with a loader, and what it wants of it next.
type loaded[K comparable, V any] struct {
	*Loader[K, V]
	view *db.View
	page market.Page

	mu     sync.Mutex
	found  map[K]*outcome[V] // nil for a key that is wanted and was not read yet
	wanted []K
}

type outcome[V any] struct {
	value V
	err   error
}

var errNotRead = errors.New("levels: a key was not read yet")

// loadedKey names what a root field has read with a loader; each page is read for itself.
type loadedKey struct {
	loader any
	page   market.Page
}

func (l *Loader[K, V]) loadedIn(r *reading, page market.Page) *loaded[K, V] {
	r.mu.Lock()
	defer r.mu.Unlock()
	if known, ok := r.loaded[loadedKey{l, page}]; ok {
		return known.(*loaded[K, V])
	}
	var zero K // what is under a zero key is not read
	made := &loaded[K, V]{Loader: l, view: r.view, page: page, found: map[K]*outcome[V]{zero: {value: l.none}}}
	r.loaded[loadedKey{l, page}] = made
	return made
}

// wantKeys notes keys that are to be read, unless they were.
func (l *loaded[K, V]) wantKeys(keys ...K) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, key := range keys {
		if _, ok := l.found[key]; !ok {
			l.found[key] = nil
			l.wanted = append(l.wanted, key)
		}
	}
}

// readWanted reads all that is wanted, in one statement.
func (l *loaded[K, V]) readWanted(ctx context.Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.wanted) == 0 {
		return
	}
	values, err := l.read(ctx, l.view, l.wanted, l.page)
	outcomes := make([]outcome[V], len(l.wanted))
	for i, key := range l.wanted {
		value, ok := values[key]
		if !ok {
			value = l.none
		}
		outcomes[i] = outcome[V]{value, err}
		l.found[key] = &outcomes[i]
	}
	l.wanted = nil
}

// findValue gives where the value of a key is kept.
func (l *loaded[K, V]) findValue(key K) (*V, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if o := l.found[key]; o != nil {
		return &o.value, o.err
	}
	return &l.none, errNotRead
}
