package resolvers

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/graph"
)

// ahead reads what is selected below a root field, level by level, before gqlgen runs the resolvers of it: it calls the
// resolvers of one level for all objects at once, lets the loaders read what they were asked for, and goes on with what
// came. When gqlgen then calls the same resolvers, one object after the other and in any order, all is there.
//
// gqlgen's own batch resolvers share a list's items only, not those of the lists of a list, nor the nodes of a page's
// edges; a loader that waits for a while splits a level on a busy machine.
type ahead struct {
	schema    *ast.Schema
	resolvers map[string]reflect.Value // by "Type.field", those of gqlgen's interfaces
	writes    bool                     // whether what is plain is written without gqlgen

	learnt *lru.Cache[*ast.OperationDefinition, *learnt] // of the documents that are kept
}

// learnt is what was found out about an operation, so that it is found out once.
type learnt struct {
	selection *db.Selection
	steps     *sync.Map // of selected to []step, and of fields at the root; nil where they depend on a request's variables
}

// newAhead looks up the resolvers once. One with arguments other than those of a page could not be called.
func newAhead(root graph.ResolverRoot, schema *ast.Schema) (*ahead, error) {
	known, err := lru.New[*ast.OperationDefinition, *learnt](keptDocuments)
	if err != nil {
		return nil, err
	}
	a := &ahead{schema: schema, resolvers: map[string]reflect.Value{}, writes: true, learnt: known}
	for _, def := range schema.Types {
		of := method(reflect.ValueOf(root), def.Name)
		if !of.IsValid() || def == schema.Query || def == schema.Mutation {
			continue
		}
		for _, field := range def.Fields {
			resolver := method(of.Call(nil)[0], field.Name)
			if !resolver.IsValid() {
				continue
			}
			if !callable(resolver, field) {
				return nil, fmt.Errorf("schema: %s.%s: below the root only `first` and `after` can be arguments", def.Name, field.Name)
			}
			a.resolvers[def.Name+"."+field.Name] = resolver
		}
	}
	return a, nil
}

// describe says which fields a type has, and whether a resolver answers each; nil where there is no such type.
func (a *ahead) describe(typ string) map[string]bool {
	def := a.schema.Types[typ]
	if def == nil {
		return nil
	}
	fields := map[string]bool{}
	for _, f := range def.Fields {
		fields[f.Name] = a.resolvers[def.Name+"."+f.Name].IsValid()
	}
	return fields
}

// callable says whether a resolver takes the context, the object, and beyond them nothing but a page.
func callable(resolver reflect.Value, field *ast.FieldDefinition) bool {
	switch resolver.Type().NumIn() {
	case 2:
		return true
	case 4:
		return field.Arguments.ForName("first") != nil && field.Arguments.ForName("after") != nil
	}
	return false
}

// method is the one that gqlgen names after a type or field.
func method(of reflect.Value, name string) reflect.Value {
	for i := range of.NumMethod() {
		if strings.EqualFold(of.Type().Method(i).Name, name) {
			return of.Method(i)
		}
	}
	return reflect.Value{}
}

func (*ahead) ExtensionName() string                   { return "ahead" }
func (*ahead) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptOperation tells the view what will be asked for, so that a statement brings along what its rows belong to.
func (a *ahead) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	known := a.learn(graphql.GetOperationContext(ctx))
	ctx.Value(viewKey).(*db.View).Select(known.selection)
	return next(context.WithValue(ctx, learntKey, known))
}

// learn finds out once what there is to know of each operation of a document that is kept. One that is not is read in a snapshot
// from the first: nothing would be learnt of it. So is a change, which cannot be answered anew.
func (a *ahead) learn(op *graphql.OperationContext) *learnt {
	if known, there := a.learnt.Get(op.Operation); there {
		return known
	}
	made, kept := &learnt{selection: selectionOf(a.schema, op.Operation)}, len(op.RawQuery) <= longestKept
	if !kept || op.Operation.Operation == ast.Mutation || len(op.Operation.SelectionSet) > 1 {
		made.selection.Several()
	}
	if !kept {
		return made
	}
	if !strings.Contains(op.RawQuery, "@") { // neither @skip nor @include
		made.steps = &sync.Map{}
	}
	if first, there, _ := a.learnt.PeekOrAdd(op.Operation, made); there {
		return first
	}
	return made
}

// InterceptRootField gives each root field its loaders, and each change the view that is read after it. A change has a
// connection of its own: while its request held another, as many requests as there are connections would wait for each
// other for ever.
func (*ahead) InterceptRootField(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
	ctx = withRequest(ctx)
	if graphql.GetOperationContext(ctx).Operation.Operation == ast.Mutation {
		current(ctx).view.Renew(ctx)
	}
	value := next(ctx)
	if text := current(ctx).answer; text != nil {
		return graphql.WriterFunc(func(w io.Writer) {
			_, _ = w.Write(text.Bytes())
			giveBack(text)
			text = new(bytes.Buffer) // the room is another answer's from now on
		})
	}
	return value
}

// InterceptField reads ahead once a root field has its value, and writes it where it is plain.
func (a *ahead) InterceptField(ctx context.Context, next graphql.Resolver) (any, error) {
	value, err := next(ctx)
	at := graphql.GetFieldContext(ctx)
	atRoot := at.Object == a.schema.Query.Name || at.Object == a.schema.Mutation.Name
	if err != nil || !atRoot || strings.HasPrefix(at.Field.Name, "__") {
		return value, err
	}
	field := a.root(ctx, at.Field)
	level := a.groups(nil, field, []reflect.Value{reflect.ValueOf(value)})
	for len(level) > 0 {
		if err := a.spend(ctx, level); err != nil {
			return nil, err
		}
		level = a.read(ctx, level)
	}
	if text, plain := a.written(ctx, field, value); plain {
		current(ctx).answer = text
		return nil, nil
	}
	return value, nil
}

// root is a field at the root with what is selected in it: the same selection each time, where all that was found out about the
// operation is kept, because steps are found by it.
func (a *ahead) root(ctx context.Context, field graphql.CollectedField) graphql.CollectedField {
	steps := ctx.Value(learntKey).(*learnt).steps
	if steps == nil {
		return field
	}
	current(ctx).steps = steps
	known, _ := steps.LoadOrStore(field.Field, field)
	return known.(graphql.CollectedField)
}

// group is objects of one type of which the same is selected; one at least.
type group struct {
	typ      *ast.Definition
	selected ast.SelectionSet
	objects  []reflect.Value // pointers to structs
}

// read reads what one level asks for and gives the next one. A resolver may ask again after an answer.
func (a *ahead) read(ctx context.Context, groups []group) []group {
	for {
		l := &level{}
		below := a.below(context.WithValue(ctx, levelKey, l), groups)
		if l.waiting == nil {
			return below
		}
		for _, batch := range l.waiting {
			batch.answer(ctx)
		}
	}
}

func (a *ahead) below(ctx context.Context, groups []group) []group {
	var below []group
	for _, g := range groups {
		steps := a.stepsOf(ctx, g)
		for i := range steps {
			if values := a.values(ctx, g, &steps[i]); len(steps[i].Selections) > 0 {
				below = a.groups(below, steps[i].CollectedField, values)
			}
		}
	}
	return below
}

// names are those of a type's fragments that apply to it.
func (a *ahead) names(typ *ast.Definition) []string {
	names := []string{typ.Name}
	for _, wider := range a.schema.Implements[typ.Name] {
		names = append(names, wider.Name)
	}
	return names
}

// values are those of one field of each object.
func (a *ahead) values(ctx context.Context, g group, s *step) []reflect.Value {
	switch {
	case s.of.kind == byResolver:
		return a.resolve(ctx, g, s)
	case len(s.Selections) > 0:
		values := make([]reflect.Value, 0, len(g.objects))
		for _, object := range g.objects {
			if value, err := s.of.get(object); err == nil {
				values = append(values, value)
			}
		}
		return values
	}
	return nil
}

// resolve asks a field's resolver for each object, but for what came along with it, and keeps what it gives; once nothing waits, that
// is good. Errors are left for gqlgen, which meets them again.
func (a *ahead) resolve(ctx context.Context, g group, s *step) []reflect.Value {
	r, values := current(ctx), make([]reflect.Value, 0, len(g.objects))
	known := r.resolvedOf(len(g.objects))
	arguments := append([]reflect.Value{reflect.ValueOf(ctx), {}}, pageArguments(ctx, s)...)
	for _, object := range g.objects {
		at := resolved{object.Pointer(), s.Field}
		arguments[1] = object
		out := s.of.resolver.Call(arguments)
		values = append(values, out[0])
		if value, err := plain(out); err == nil {
			known[at] = value
		} else {
			delete(known, at)
		}
	}
	return values
}

// pageArguments are `first` and `after`, as gqlgen reads them.
func pageArguments(ctx context.Context, s *step) []reflect.Value {
	if len(s.Definition.Arguments) == 0 {
		return nil
	}
	given := s.ArgumentMap(graphql.GetOperationContext(ctx).Variables)
	var first *int
	var after *string
	if n, err := graphql.UnmarshalInt(given["first"]); err == nil && given["first"] != nil {
		first = &n
	}
	if text, err := graphql.UnmarshalString(given["after"]); err == nil && given["after"] != nil {
		after = &text
	}
	return []reflect.Value{reflect.ValueOf(first), reflect.ValueOf(after)}
}

// groups adds the objects among a field's values, by their type: that of the field, or their own where it is an
// interface or a union, whose objects are named in Go as in the schema.
func (a *ahead) groups(groups []group, field graphql.CollectedField, values []reflect.Value) []group {
	all := objects(make([]reflect.Value, 0, len(values)), values)
	declared := a.schema.Types[field.Definition.Type.Name()]
	if !declared.IsAbstractType() {
		if len(all) > 0 {
			groups = append(groups, group{declared, field.Selections, all})
		}
		return groups
	}
	at := map[string]int{}
	for _, object := range all {
		typ := a.schema.Types[object.Type().Elem().Name()]
		i, known := at[typ.Name]
		if !known {
			i = len(groups)
			at[typ.Name] = i
			groups = append(groups, group{typ: typ, selected: field.Selections})
		}
		groups[i].objects = append(groups[i].objects, object)
	}
	return groups
}

// objects are the pointers to structs in values, in lists and interfaces too.
func objects(all, values []reflect.Value) []reflect.Value {
	for _, v := range values {
		switch {
		case !v.IsValid():
		case v.Kind() == reflect.Interface:
			all = objects(all, []reflect.Value{v.Elem()})
		case v.Kind() == reflect.Slice:
			all = slices.Grow(all, v.Len())
			for i := range v.Len() {
				all = objects(all, []reflect.Value{v.Index(i)})
			}
		case v.Kind() == reflect.Struct && v.CanAddr():
			all = append(all, v.Addr())
		case v.Kind() == reflect.Pointer && !v.IsNil() && v.Elem().Kind() == reflect.Struct:
			all = append(all, v)
		}
	}
	return all
}

// level is one level of a selection while it is asked for.
type level struct {
	waiting []interface{ answer(context.Context) } // loaders, in the order in which they were first asked
}

// resolved names what the resolver of a field gave for an object. The address alone keeps no object alive: those that have
// resolvers hang on the request's answer or its loaders until it ends.
type resolved struct {
	object uintptr
	field  *ast.Field
}

func levelOf(ctx context.Context) *level {
	l, _ := ctx.Value(levelKey).(*level)
	return l
}

func (l *level) waits(loader interface{ answer(context.Context) }) {
	for _, known := range l.waiting {
		if known == loader {
			return
		}
	}
	l.waiting = append(l.waiting, loader)
}
