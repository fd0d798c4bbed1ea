package levels

import (
	"context"
	"fmt"
	"reflect"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// Edge is how one field of the schema, for which gqlgen asks for a resolver, comes to its value.
type Edge interface {
	Field() string                        // as "Type.field"
	types() (object, result reflect.Type) // of Go; an object is a pointer
}

// Edges are those of a schema, by their fields.
type Edges map[string]Edge

// EdgesOf lists edges by their fields, each one once.
func EdgesOf(list ...Edge) Edges {
	edges := Edges{}
	for _, e := range list {
		if _, ok := edges[e.Field()]; ok {
			panic("levels: two edges for " + e.Field())
		}
		edges[e.Field()] = e
	}
	return edges
}

// Relation is an Edge that reads a V for each object of type O.
type Relation[O, V any] struct {
	field string
	open  func(*reading, market.Page) opened[O, V]
}

// opened is a relation within a root field: the objects of a level ask, their keys are read in one statement, each finds its value.
type opened[O, V any] struct {
	ask  func(*O)
	read func(context.Context)
	find func(*O) (*V, error)
}

// One is a field that gives the thing with an id that the object names; a zero id names nothing.
func One[O, T any](field string, id func(*O) uuid.UUID, things *Loader[uuid.UUID, *T]) *Relation[O, *T] {
	return relation(field, id, things)
}

// Child is a field that gives the only thing that belongs to the object, or nothing. A zero key leaves it unread.
func Child[O any, K comparable, T any](field string, key func(*O) K, read Read[K, *T]) *Relation[O, *T] {
	return relation(field, key, newLoader(read, nil))
}

// Many is a field that gives the list of what belongs to the object. A zero key leaves it unread and empty.
func Many[O any, K comparable, T any](field string, key func(*O) K, read Read[K, []T]) *Relation[O, []T] {
	return relation(field, key, newLoader(read, []T{}))
}

// Page is a field with the arguments `first` and `after` that gives a page of the list of what belongs to the object.
func Page[O, T any](field string, id func(*O) uuid.UUID, read ReadPage[T]) *Relation[O, *market.Connection[T]] {
	return relation(field, id, &Loader[uuid.UUID, *market.Connection[T]]{read: read})
}

func relation[O any, K comparable, V any](field string, key func(*O) K, l *Loader[K, V]) *Relation[O, V] {
	var zero K
	return &Relation[O, V]{field, func(r *reading, page market.Page) opened[O, V] {
		in := l.loadedIn(r, page)
		return opened[O, V]{
			ask: func(o *O) {
				if k := key(o); k != zero {
					in.ask(k)
				}
			},
			read: in.readAsked,
			find: func(o *O) (*V, error) {
				if k := key(o); k != zero {
					return in.get(k)
				}
				return &l.none, nil
			},
		}
	}}
}

// Several is a field that gives the things with the ids that the object names, but for those that are hidden or absent.
func Several[O, T any](field string, ids func(*O) []uuid.UUID, things *Loader[uuid.UUID, *T]) *Relation[O, []*T] {
	return &Relation[O, []*T]{field, func(r *reading, page market.Page) opened[O, []*T] {
		in := things.loadedIn(r, page)
		return opened[O, []*T]{
			ask: func(o *O) {
				for _, id := range ids(o) {
					in.ask(id)
				}
			},
			read: in.readAsked,
			find: func(o *O) (*[]*T, error) {
				var all []*T
				for _, id := range ids(o) {
					found, err := in.get(id)
					if err != nil {
						return nil, err
					}
					if *found != nil {
						all = append(all, *found)
					}
				}
				return &all, nil
			},
		}
	}}
}

// Derived is a field that follows from what another edge reads, without a statement of its own.
func Derived[O, V, R any](field string, from *Relation[O, V], result func(*O, V) R) *Relation[O, R] {
	return &Relation[O, R]{field, func(r *reading, page market.Page) opened[O, R] {
		base := from.open(r, page)
		return opened[O, R]{base.ask, base.read, func(o *O) (*R, error) {
			found, err := base.find(o)
			if err != nil {
				return nil, err
			}
			derived := result(o, *found)
			return &derived, nil
		}}
	}}
}

// Field is the field's name, as "Type.field".
func (e *Relation[O, V]) Field() string { return e.field }

func (e *Relation[O, V]) types() (object, result reflect.Type) {
	return reflect.TypeFor[*O](), reflect.TypeFor[V]()
}

// levelEdge is a Relation of any types.
type levelEdge interface {
	openLevel(*reading, market.Page) levelReader
}

// levelReader is what is opened of a Relation of any types.
type levelReader interface {
	askFor(objects []reflect.Value)
	values(ctx context.Context, objects []reflect.Value) ([]reflect.Value, error)
}

func (e *Relation[O, V]) openLevel(r *reading, page market.Page) levelReader { return e.open(r, page) }

func (l opened[O, V]) askFor(objects []reflect.Value) {
	for _, object := range objects {
		l.ask(object.Interface().(*O))
	}
}

// values are those of the objects, in their order, with the first error; one with an error is missing. All of the level has asked: the
// first to want its values reads for the others.
func (l opened[O, V]) values(ctx context.Context, objects []reflect.Value) (all []reflect.Value, failed error) {
	l.read(ctx)
	all = make([]reflect.Value, len(objects))
	for i, object := range objects {
		found, err := l.find(object.Interface().(*O))
		switch {
		case err == nil:
			all[i] = reflect.ValueOf(found).Elem()
		case failed == nil:
			failed = err
		}
	}
	return all, failed
}

// Own is a field that the object holds itself under the same name, although gqlgen asks for a resolver because it cannot take the Go type.
type Own string

// Field is the field's name, as "Type.field".
func (o Own) Field() string { return string(o) }

func (Own) types() (object, result reflect.Type) { return nil, nil }

// Resolve gives gqlgen the value of a field that has an edge, for one object: what was read with its level, or what is read now.
func Resolve[V, O any](ctx context.Context, edges Edges, object *O) (value V, err error) {
	at := graphql.GetFieldContext(ctx)
	edge, ok := edges[at.Object+"."+at.Field.Name].(*Relation[O, V])
	if !ok {
		return value, fmt.Errorf("levels: no edge gives a %T for %s.%s", value, at.Object, at.Field.Name)
	}
	page, err := pageAsked(ctx, at.Field)
	if err != nil {
		return value, err
	}
	l := edge.open(readingOf(ctx), page)
	l.ask(object)
	l.read(ctx)
	found, err := l.find(object)
	if err != nil {
		return value, err
	}
	return *found, nil
}

// pageAsked reads the arguments `first` and `after` of a field; the zero Page where it has none.
func pageAsked(ctx context.Context, f graphql.CollectedField) (market.Page, error) {
	if len(f.Definition.Arguments) == 0 {
		return market.Page{}, nil
	}
	given := f.ArgumentMap(graphql.GetOperationContext(ctx).Variables)
	var first *int
	var after *string
	if n, err := graphql.UnmarshalInt(given["first"]); err == nil && given["first"] != nil {
		first = &n
	}
	if text, err := graphql.UnmarshalString(given["after"]); err == nil && given["after"] != nil {
		after = &text
	}
	return market.NewPage(first, after)
}
