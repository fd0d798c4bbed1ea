package levels

import (
	"context"
	"fmt"
	"reflect"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// Edge is how one field of the schema comes to its value that is not in the object's own row.
type Edge struct {
	field          string       // as "Type.field"
	object, result reflect.Type // in Go; an object is a pointer
	openIn         func(*reading, market.Page) reader
}

// reader is an edge within a root field: the objects of a level say what they want, that is read in one statement, each finds its value.
type reader struct {
	want  func(object any)
	read  func(context.Context)
	value func(object any) (reflect.Value, error)
}

// Edges are those of a schema, by their fields.
type Edges map[string]*Edge

// EdgesOf lists edges by their fields, each one once.
func EdgesOf(list ...*Edge) Edges {
	edges := Edges{}
	for _, e := range list {
		if edges[e.field] != nil {
			panic("levels: two edges for " + e.field)
		}
		edges[e.field] = e
	}
	return edges
}

// One is a field that gives the thing with an id that the object names; a zero id names nothing.
func One[O, T any](field string, id func(*O) uuid.UUID, things *Loader[uuid.UUID, *T]) *Edge {
	return newEdge(field, id, things)
}

// Child is a field that gives the only thing that belongs to the object, or nothing. A zero key leaves it unread.
func Child[O any, K comparable, T any](field string, key func(*O) K, read Read[K, *T]) *Edge {
	return newEdge(field, key, newLoader(read, nil))
}

// Many is a field that gives the list of what belongs to the object. A zero key leaves it unread and empty.
func Many[O any, K comparable, T any](field string, key func(*O) K, read Read[K, []T]) *Edge {
	return newEdge(field, key, newLoader(read, []T{}))
}

// Page is a field with the arguments `first` and `after` that gives a page of the list of what belongs to the object.
func Page[O, T any](field string, id func(*O) uuid.UUID, read ReadPage[T]) *Edge {
	return newEdge(field, id, &Loader[uuid.UUID, *market.Connection[T]]{read: read})
}

func newEdge[O any, K comparable, V any](field string, key func(*O) K, l *Loader[K, V]) *Edge {
	return &Edge{field, reflect.TypeFor[*O](), reflect.TypeFor[V](), func(r *reading, page market.Page) reader {
		in := l.loadedIn(r, page)
		return reader{
			want: func(o any) { in.wantKeys(key(o.(*O))) },
			read: in.readWanted,
			value: func(o any) (reflect.Value, error) {
				value, err := in.findValue(key(o.(*O)))
				return reflect.ValueOf(value).Elem(), err
			},
		}
	}}
}

// Several is a field that gives the things with the ids that the object names, but for those that are hidden or absent.
func Several[O, T any](field string, ids func(*O) []uuid.UUID, things *Loader[uuid.UUID, *T]) *Edge {
	return &Edge{field, reflect.TypeFor[*O](), reflect.TypeFor[[]*T](), func(r *reading, page market.Page) reader {
		in := things.loadedIn(r, page)
		return reader{
			want: func(o any) { in.wantKeys(ids(o.(*O))...) },
			read: in.readWanted,
			value: func(o any) (reflect.Value, error) {
				var all []*T
				for _, id := range ids(o.(*O)) {
					found, err := in.findValue(id)
					if err != nil {
						return reflect.Value{}, err
					}
					if *found != nil {
						all = append(all, *found)
					}
				}
				return reflect.ValueOf(all), nil
			},
		}
	}}
}

// Derived is a field that follows from what another edge reads, without a statement of its own.
func Derived[O, V, R any](field string, from *Edge, result func(*O, V) R) *Edge {
	return &Edge{field, from.object, reflect.TypeFor[R](), func(r *reading, page market.Page) reader {
		base := from.openIn(r, page)
		return reader{base.want, base.read, func(o any) (reflect.Value, error) {
			found, err := base.value(o)
			if err != nil {
				return found, err
			}
			return reflect.ValueOf(result(o.(*O), found.Interface().(V))), nil
		}}
	}}
}

// Resolve gives gqlgen the value of a field for one object: by its edge, as it was read with its level or is read now, or from the object.
func Resolve[V, O any](ctx context.Context, edges Edges, object *O) (value V, err error) {
	at := graphql.GetFieldContext(ctx)
	edge := edges[at.Object+"."+at.Field.Name]
	if edge == nil {
		own := newAccess(reflect.TypeFor[*O](), at.Field.Name)
		found, err := own.value(reflect.ValueOf(object))
		if err != nil {
			return value, fmt.Errorf("no edge for %s.%s: %w", at.Object, at.Field.Name, err)
		}
		return found.Convert(reflect.TypeFor[V]()).Interface().(V), nil
	}
	page, err := pageAsked(ctx, at.Field)
	if err != nil {
		return value, err
	}
	r := edge.openIn(readingOf(ctx), page)
	r.want(object)
	r.read(ctx)
	found, err := r.value(object)
	if err != nil {
		return value, err
	}
	return found.Interface().(V), nil
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
