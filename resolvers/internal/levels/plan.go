package levels

import (
	"context"
	"errors"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"

	"github.com/southeasttogether/dps/market"
)

// plan is the fields that are selected of the objects of one Go type at one place of an operation, in the order of the answer.
type plan []*field

// field is a selected field, and where its value comes from.
type field struct {
	graphql.CollectedField
	access
	edge  *Edge  // that reads it; nil where the object has it
	label []byte // its name in the answer, with quotes and colon

	plans sync.Map // of a Go type of its objects to the plan of what is selected of them
}

func newField(f graphql.CollectedField) *field {
	return &field{CollectedField: f, label: []byte(strconv.Quote(f.Alias) + ":")}
}

// planFor is the plan for objects of a Go type among a field's values. Its type of the schema is the field's, or where that is an
// interface or a union the one with the name of the Go type. It is nil where the schema has none.
func (x *Executor) planFor(ctx context.Context, f *field, goType reflect.Type) plan {
	if known, ok := f.plans.Load(goType); ok {
		return known.(plan)
	}
	typ := x.schema.Types[f.Definition.Type.Name()]
	if typ.IsAbstractType() {
		typ = x.schema.Types[goType.Elem().Name()]
	}
	if typ == nil {
		return nil
	}
	names := []string{typ.Name} // of the types whose fragments apply
	for _, wider := range x.schema.Implements[typ.Name] {
		names = append(names, wider.Name)
	}
	p := plan{}
	for _, selected := range graphql.CollectFields(graphql.GetOperationContext(ctx), f.Selections, names) {
		made := newField(selected)
		made.edge = x.edges[typ.Name+"."+selected.Name]
		made.access = x.accessOf(goType, selected.Name)
		if selected.Name == "__typename" {
			made.value = func(reflect.Value) (reflect.Value, error) { return reflect.ValueOf(typ.Name), nil }
		}
		p = append(p, made)
	}
	known, _ := f.plans.LoadOrStore(goType, p)
	return known.(plan)
}

// access is how an object of a Go type gives the value of a field, found as gqlgen would find it.
type access struct {
	value func(object reflect.Value) (reflect.Value, error)
	text  []int // to a struct's field that is a text, or a list of texts, whose length counts
}

// accessKey is a field of a Go type.
type accessKey struct {
	typ  reflect.Type
	name string
}

func (x *Executor) accessOf(goType reflect.Type, name string) access {
	key := accessKey{goType, name}
	if known, ok := x.accesses.Load(key); ok {
		return known.(access)
	}
	found := newAccess(goType, name)
	x.accesses.Store(key, found)
	return found
}

// errIrregular leaves a root field to gqlgen.
var errIrregular = errors.New("levels: not regular")

// newAccess looks for a method, then for a field of the struct, whose names are the field's in other letters.
func newAccess(goType reflect.Type, name string) access {
	if name == "id" && goType.Implements(reflect.TypeFor[globalID]()) {
		return access{value: func(object reflect.Value) (reflect.Value, error) {
			id := object.Interface().(globalID).GlobalID()
			return reflect.ValueOf(&id), nil
		}}
	}
	for i := range goType.NumMethod() {
		if m := goType.Method(i); strings.EqualFold(m.Name, name) && m.Type.NumIn() == 1 && givesValue(m.Type) {
			return access{value: func(object reflect.Value) (reflect.Value, error) { return callMethod(object.Method(i)) }}
		}
	}
	if f, ok := goType.Elem().FieldByNameFunc(func(goName string) bool { return strings.EqualFold(goName, name) }); ok {
		a := access{value: func(object reflect.Value) (reflect.Value, error) { return object.Elem().FieldByIndexErr(f.Index) }}
		if isText(f.Type) {
			a.text = f.Index
		}
		return a
	}
	return access{value: func(reflect.Value) (reflect.Value, error) { return reflect.Value{}, errIrregular }}
}

// globalID has an id that is unique over all types.
type globalID interface{ GlobalID() market.ID }

// givesValue says whether a method gives a value, or a value and an error.
func givesValue(method reflect.Type) bool {
	return method.NumOut() == 1 || method.NumOut() == 2 && method.Out(1) == reflect.TypeFor[error]()
}

func callMethod(method reflect.Value) (reflect.Value, error) {
	out := method.Call(nil)
	if len(out) == 2 && !out[1].IsNil() {
		return reflect.Value{}, errIrregular
	}
	return out[0], nil
}

// isText says whether a type, or what it points to, is a text or a list of texts.
func isText(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.String || t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.String
}
