package resolvers

import (
	"bytes"
	"context"
	"errors"
	"io"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/southeasttogether/dps/market"
)

// reply writes a root field whose things were all read ahead, one after the other into one buffer: gqlgen would start a
// goroutine for each thing and make several small objects for each field, which is most of what an answer costs.
//
// It writes what is plain and nothing else. At the first thing that is not, an error of a resolver or nothing where
// something must be, it gives up, and gqlgen resolves the field again, from what was read, with its rules for errors.
type reply struct {
	*ahead
	ctx   context.Context
	found *sync.Map // steps
	*bytes.Buffer
}

// errNotPlain leaves a field to gqlgen.
var errNotPlain = errors.New("not plain")

// written is the JSON of a root field's value; false where it is not plain.
func (a *ahead) written(ctx context.Context, field graphql.CollectedField, value any) (*bytes.Buffer, bool) {
	if field.Definition.Type.NonNull || value == nil || !a.writes {
		return nil, false // gqlgen takes nothing for the answer of a field that may be nothing, and of no other
	}
	room := rooms.Get().(*bytes.Buffer)
	w := &reply{a, ctx, current(ctx).steps, room}
	if err := w.value(field, field.Definition.Type, reflect.ValueOf(value)); err != nil {
		giveBack(room)
		return nil, false
	}
	return room, true
}

// rooms are buffers of answers that were sent: each answer would otherwise grow its own, doubling it a dozen times.
var rooms = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// mostRoom is how large a buffer may be that is kept, in bytes.
const mostRoom = 256 << 10

func giveBack(room *bytes.Buffer) {
	if room.Cap() <= mostRoom {
		room.Reset()
		rooms.Put(room)
	}
}

// selected is a selection on one type.
type selected struct {
	first *ast.Selection
	size  int
	typ   reflect.Type
}

// step is one field that is asked of objects of a type.
type step struct {
	graphql.CollectedField
	name  string // as it is written, with its quotes and colon
	of    accessor
	texts []int // where a struct has it, if it is a text, or a list of texts
}

// stepsOf are the steps of a group.
func (a *ahead) stepsOf(ctx context.Context, g group) []step {
	return a.steps(ctx, current(ctx).steps, g.typ, g.objects[0].Type(), g.selected)
}

// steps are the fields that a selection asks of a type, in the order of the answer; found are those that are known.
func (a *ahead) steps(ctx context.Context, found *sync.Map, typ *ast.Definition, of reflect.Type, set ast.SelectionSet) []step {
	key := selected{size: len(set), typ: of}
	if len(set) > 0 {
		key.first = &set[0]
	}
	if known, there := found.Load(key); there {
		return known.([]step)
	}
	steps := []step{}
	for _, field := range graphql.CollectFields(graphql.GetOperationContext(ctx), set, a.names(typ)) {
		s := step{CollectedField: field, name: strconv.Quote(field.Alias) + ":", of: a.accessor(typ, of, field.Name)}
		if index := fieldNamed(of, field.Name); index != nil && textual(of.Elem().FieldByIndex(index).Type) {
			s.texts = index
		}
		steps = append(steps, s)
	}
	known, _ := found.LoadOrStore(key, steps)
	return known.([]step)
}

// textual says whether a type is a text, or a list of texts, that may not be there.
func textual(of reflect.Type) bool {
	if of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	return of.Kind() == reflect.String || of.Kind() == reflect.Slice && of.Elem().Kind() == reflect.String
}

// accessor finds a field's value in an object, as gqlgen would: by its resolver, its method, or its field of the struct.
// A field without any is not plain.
type accessor struct {
	resolver reflect.Value
	method   int
	index    []int
	kind     accessKind
}

type accessKind int

const (
	byNone accessKind = iota
	byTypeName
	byGlobalID
	byResolver
	byMethod
	byField
)

// accessors are found once.
var accessors sync.Map // of selectedField to accessor

type selectedField struct {
	typ  reflect.Type
	name string
}

func (a *ahead) accessor(typ *ast.Definition, of reflect.Type, name string) accessor {
	if resolver, there := a.resolvers[typ.Name+"."+name]; there {
		return accessor{kind: byResolver, resolver: resolver}
	}
	key := selectedField{of, name}
	if known, there := accessors.Load(key); there {
		return known.(accessor)
	}
	found := access(of, name)
	accessors.Store(key, found)
	return found
}

func access(of reflect.Type, name string) accessor {
	if name == "__typename" {
		return accessor{kind: byTypeName}
	}
	if _, global := reflect.Zero(of).Interface().(interface{ GlobalID() market.ID }); global && name == "id" {
		return accessor{kind: byGlobalID}
	}
	for i := range of.NumMethod() {
		if m := of.Method(i); strings.EqualFold(m.Name, name) && m.Type.NumIn() == 1 && gives(m.Type) {
			return accessor{kind: byMethod, method: i}
		}
	}
	if index := fieldNamed(of, name); index != nil {
		return accessor{kind: byField, index: index}
	}
	return accessor{}
}

// fieldsNamed are found once: of selectedField to []int.
var fieldsNamed sync.Map

// fieldNamed is where a struct, of which the type is a pointer, has the field that the schema gives a name to; nil where it has none.
func fieldNamed(of reflect.Type, name string) []int {
	key := selectedField{of, name}
	if known, there := fieldsNamed.Load(key); there {
		return known.([]int)
	}
	var index []int
	if f, there := of.Elem().FieldByNameFunc(func(field string) bool { return strings.EqualFold(field, name) }); there {
		index = f.Index
	}
	fieldsNamed.Store(key, index)
	return index
}

// gives says whether a method gives a value, or a value and an error.
func gives(method reflect.Type) bool {
	return method.NumOut() == 1 || method.NumOut() == 2 && method.Out(1) == reflect.TypeFor[error]()
}

// find finds a field's value of an object, a pointer to a struct.
func (w *reply) find(s *step, object reflect.Value) (reflect.Value, error) {
	switch s.of.kind {
	case byResolver:
		if value, known := current(w.ctx).resolved[resolved{object.Pointer(), s.Field}]; known {
			return value, nil
		}
		return plain(s.of.resolver.Call(append([]reflect.Value{reflect.ValueOf(w.ctx), object}, pageArguments(w.ctx, s)...)))
	}
	return s.of.get(object)
}

// get gives what an object itself has, without a resolver.
func (a accessor) get(object reflect.Value) (reflect.Value, error) {
	switch a.kind {
	case byMethod:
		return plain(object.Method(a.method).Call(nil))
	case byField:
		return object.Elem().FieldByIndexErr(a.index)
	}
	return reflect.Value{}, errNotPlain
}

// plain is what a call gave, if it gave no error.
func plain(out []reflect.Value) (reflect.Value, error) {
	if len(out) == 2 && !out[1].IsNil() {
		return reflect.Value{}, errNotPlain
	}
	return out[0], nil
}

// object writes an object, a pointer to a struct.
func (w *reply) object(typ *ast.Definition, object reflect.Value, set ast.SelectionSet) error {
	w.WriteByte('{')
	steps := w.steps(w.ctx, w.found, typ, object.Type(), set)
	for i := range steps {
		s := &steps[i]
		if i > 0 {
			w.WriteByte(',')
		}
		w.WriteString(s.name)
		if err := w.field(s, typ, object); err != nil {
			return err
		}
	}
	w.WriteByte('}')
	return nil
}

func (w *reply) field(s *step, typ *ast.Definition, object reflect.Value) error {
	switch s.of.kind {
	case byTypeName:
		w.text(typ.Name)
		return nil
	case byGlobalID:
		w.Write(object.Interface().(interface{ GlobalID() market.ID }).GlobalID().AppendJSON(w.AvailableBuffer()))
		return nil
	}
	value, err := w.find(s, object)
	if err != nil {
		return errNotPlain
	}
	return w.value(s.CollectedField, s.Definition.Type, value)
}

// value writes a value of a type of the schema.
func (w *reply) value(field graphql.CollectedField, typ *ast.Type, v reflect.Value) error {
	for v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer && v.Elem().Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if !v.IsValid() || (v.Kind() == reflect.Pointer || v.Kind() == reflect.Slice) && v.IsNil() {
		return w.nothing(typ)
	}
	switch {
	case typ.Elem != nil:
		return w.list(field, typ.Elem, v)
	case len(field.Selections) > 0:
		return w.composite(field, v)
	default:
		return w.leaf(v)
	}
}

func (w *reply) nothing(typ *ast.Type) error {
	if typ.NonNull {
		return errNotPlain
	}
	w.WriteString("null")
	return nil
}

func (w *reply) list(field graphql.CollectedField, of *ast.Type, v reflect.Value) error {
	if v.Kind() != reflect.Slice {
		return errNotPlain
	}
	w.WriteByte('[')
	for i := range v.Len() {
		if i > 0 {
			w.WriteByte(',')
		}
		if err := w.value(field, of, v.Index(i)); err != nil {
			return err
		}
	}
	w.WriteByte(']')
	return nil
}

// composite writes an object of the field's type, or of its own where that is an interface or a union.
func (w *reply) composite(field graphql.CollectedField, v reflect.Value) error {
	if v.Kind() == reflect.Struct && v.CanAddr() {
		v = v.Addr()
	}
	if v.Kind() != reflect.Pointer {
		return errNotPlain
	}
	typ := w.schema.Types[field.Definition.Type.Name()]
	if typ.IsAbstractType() {
		typ = w.schema.Types[v.Type().Elem().Name()]
	}
	if typ == nil {
		return errNotPlain
	}
	return w.object(typ, v, field.Selections)
}

// leaf writes a scalar or a value of an enum, as gqlgen writes it.
func (w *reply) leaf(v reflect.Value) error {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.String:
		w.text(v.String())
		return nil
	case reflect.Bool:
		w.Write(strconv.AppendBool(w.AvailableBuffer(), v.Bool()))
		return nil
	case reflect.Int:
		w.Write(strconv.AppendInt(w.AvailableBuffer(), v.Int(), 10))
		return nil
	case reflect.Struct:
		return w.scalar(v)
	}
	return errNotPlain
}

func (w *reply) scalar(v reflect.Value) error {
	value := v.Interface()
	if v.CanAddr() {
		value = v.Addr().Interface()
	}
	switch s := value.(type) {
	case interface{ AppendJSON([]byte) []byte }:
		w.Write(s.AppendJSON(w.AvailableBuffer()))
	case interface{ MarshalGQL(io.Writer) }:
		s.MarshalGQL(w)
	case *time.Time:
		return w.time(*s)
	case time.Time:
		return w.time(s)
	default:
		return errNotPlain
	}
	return nil
}

func (w *reply) time(t time.Time) error {
	if t.IsZero() {
		return errNotPlain
	}
	w.WriteByte('"')
	w.Write(t.AppendFormat(w.AvailableBuffer(), time.RFC3339Nano))
	w.WriteByte('"')
	return nil
}

// text writes a string: as it is, unless something in it has to be escaped.
func (w *reply) text(s string) {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] == '"' || s[i] == '\\' {
			graphql.MarshalString(s).MarshalGQL(w)
			return
		}
	}
	w.WriteByte('"')
	w.WriteString(s)
	w.WriteByte('"')
}
