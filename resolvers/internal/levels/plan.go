package levels

import (
	"context"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/southeasttogether/dps/market"
)

// plan is what is selected of the objects of one Go type at one place of an operation.
type plan struct {
	typ    *ast.Definition
	fields []*field // in the order of the answer
}

// field is a selected field, and where its value comes from.
type field struct {
	graphql.CollectedField
	access
	edge  levelEdge // nil unless the source is one
	label []byte    // its name in the answer, with quotes and colon

	plans sync.Map // of a Go type of its objects to the *plan of what is selected of them
}

// access says where an object of a Go type has the value of a field, found as gqlgen would find it.
type access struct {
	source source
	index  []int // of a struct's field
	method int
	text   []int // of a struct's field that is a text, or a list of texts, whose length counts
}

type source int

const (
	fromNowhere source = iota // a place that this package does not know: irregular
	fromTypeName
	fromGlobalID
	fromEdge
	fromMethod
	fromStruct
)

func newField(f graphql.CollectedField) *field {
	return &field{CollectedField: f, label: []byte(strconv.Quote(f.Alias) + ":")}
}

// planFor is the plan for objects of a Go type among a field's values. Its type of the schema is the field's, or where that is an
// interface or a union the one with the name of the Go type. It is nil where the schema has none.
func (x *Executor) planFor(ctx context.Context, f *field, goType reflect.Type) *plan {
	if known, ok := f.plans.Load(goType); ok {
		return known.(*plan)
	}
	typ := x.schema.Types[f.Definition.Type.Name()]
	if typ.IsAbstractType() {
		typ = x.schema.Types[goType.Elem().Name()]
	}
	if typ == nil {
		return nil
	}
	p := &plan{typ: typ}
	for _, selected := range graphql.CollectFields(graphql.GetOperationContext(ctx), f.Selections, x.fragmentTypes(typ)) {
		made := newField(selected)
		made.access = x.accessOf(goType, selected.Name)
		switch edge := x.edges[typ.Name+"."+selected.Name].(type) {
		case levelEdge:
			made.source, made.edge = fromEdge, edge
		case Own:
			made.source = fromStruct
		}
		p.fields = append(p.fields, made)
	}
	known, _ := f.plans.LoadOrStore(goType, p)
	return known.(*plan)
}

// fragmentTypes are the types whose fragments apply to a type.
func (x *Executor) fragmentTypes(typ *ast.Definition) []string {
	names := []string{typ.Name}
	for _, wider := range x.schema.Implements[typ.Name] {
		names = append(names, wider.Name)
	}
	return names
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

// newAccess looks for a method, then for a field of the struct, whose names are the field's in other letters.
func newAccess(goType reflect.Type, name string) (a access) {
	if f, ok := goType.Elem().FieldByNameFunc(func(goName string) bool { return strings.EqualFold(goName, name) }); ok {
		a.source, a.index = fromStruct, f.Index
		if isText(f.Type) {
			a.text = f.Index
		}
	}
	for i := range goType.NumMethod() {
		if m := goType.Method(i); strings.EqualFold(m.Name, name) && m.Type.NumIn() == 1 && givesValue(m.Type) {
			a.source, a.method = fromMethod, i
		}
	}
	switch {
	case name == "__typename":
		a.source = fromTypeName
	case name == "id" && goType.Implements(reflect.TypeFor[globalID]()):
		a.source = fromGlobalID
	}
	return a
}

// globalID has an id that is unique over all types.
type globalID interface{ GlobalID() market.ID }

// givesValue says whether a method gives a value, or a value and an error.
func givesValue(method reflect.Type) bool {
	return method.NumOut() == 1 || method.NumOut() == 2 && method.Out(1) == reflect.TypeFor[error]()
}

// isText says whether a type, or what it points to, is a text or a list of texts.
func isText(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.String || t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.String
}

// value gives what an object itself holds, by its method or in its struct.
func (a *access) value(object reflect.Value) (reflect.Value, error) {
	switch a.source {
	case fromMethod:
		out := object.Method(a.method).Call(nil)
		if len(out) == 2 && !out[1].IsNil() {
			return reflect.Value{}, errIrregular
		}
		return out[0], nil
	case fromStruct:
		return object.Elem().FieldByIndexErr(a.index)
	}
	return reflect.Value{}, errIrregular
}
