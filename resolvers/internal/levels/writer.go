package levels

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strconv"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// writer writes a root field whose values were all read, one after the other into one buffer: gqlgen would start a goroutine for each
// object and make several small objects for each field, which is most of what an answer costs.
//
// It meets objects in the order in which they were collected. At the first irregular thing, such as nothing where something must be,
// it gives up, and gqlgen writes the field from what was read, with its rules for errors.
type writer struct{ *bytes.Buffer }

// errIrregular leaves a root field to gqlgen.
var errIrregular = errors.New("levels: not regular")

// write gives a root field as JSON; false where it is irregular.
func write(root *field, answer *column) (*bytes.Buffer, bool) {
	w := writer{buffers.Get().(*bytes.Buffer)}
	if err := w.value(root, root.Definition.Type, answer, answer.values[0]); err != nil {
		giveBack(w.Buffer)
		return nil, false
	}
	return w.Buffer, true
}

// buffers are those of answers that were sent: each answer would otherwise grow its own, doubling it a dozen times.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// largestKept is how large a buffer may be that is used again, in bytes.
const largestKept = 256 << 10

func giveBack(b *bytes.Buffer) {
	if b.Cap() <= largestKept {
		b.Reset()
		buffers.Put(b)
	}
}

// object writes the next object of a group.
func (w writer) object(g *group) error {
	i := g.written
	g.written++
	w.WriteByte('{')
	for n, f := range g.fields {
		if n > 0 {
			w.WriteByte(',')
		}
		w.Write(f.label)
		if err := w.field(g, n, i); err != nil {
			return err
		}
	}
	w.WriteByte('}')
	return nil
}

// field writes the nth field of the ith object of a group.
func (w writer) field(g *group, n, i int) error {
	f, c, object := g.fields[n], &g.columns[n], g.objects[i]
	switch {
	case f.source == fromTypeName:
		w.text(g.typ.Name)
		return nil
	case f.source == fromGlobalID:
		w.Write(object.Interface().(globalID).GlobalID().AppendJSON(w.AvailableBuffer()))
		return nil
	case c.values != nil:
		return w.value(f, f.Definition.Type, c, c.values[i])
	}
	value, err := f.value(object)
	if err != nil {
		return err
	}
	return w.value(f, f.Definition.Type, c, value)
}

// value writes a value of a type of the schema.
func (w writer) value(f *field, typ *ast.Type, c *column, v reflect.Value) error {
	v = pointed(v)
	switch {
	case !v.IsValid():
		return w.nothing(typ)
	case typ.Elem != nil:
		return w.list(f, typ.Elem, c, v)
	case len(f.Selections) == 0:
		return w.scalar(reflect.Indirect(v))
	case !isObject(v):
		return errIrregular
	}
	return w.object(c.groupOf(v.Type()))
}

func (w writer) nothing(typ *ast.Type) error {
	if typ.NonNull {
		return errIrregular
	}
	w.WriteString("null")
	return nil
}

func (w writer) list(f *field, of *ast.Type, c *column, v reflect.Value) error {
	if v.Kind() != reflect.Slice {
		return errIrregular
	}
	w.WriteByte('[')
	for i := range v.Len() {
		if i > 0 {
			w.WriteByte(',')
		}
		if err := w.value(f, of, c, v.Index(i)); err != nil {
			return err
		}
	}
	w.WriteByte(']')
	return nil
}

// scalar writes a scalar or a value of an enum, as gqlgen writes it.
func (w writer) scalar(v reflect.Value) error {
	switch v.Kind() {
	case reflect.String:
		w.text(v.String())
	case reflect.Bool:
		w.Write(strconv.AppendBool(w.AvailableBuffer(), v.Bool()))
	case reflect.Int:
		w.Write(strconv.AppendInt(w.AvailableBuffer(), v.Int(), 10))
	case reflect.Struct:
		return w.custom(v)
	default:
		return errIrregular
	}
	return nil
}

// custom writes a scalar that is a struct of Go.
func (w writer) custom(v reflect.Value) error {
	value := v.Interface
	if v.CanAddr() {
		value = v.Addr().Interface
	}
	switch s := value().(type) {
	case interface{ AppendJSON([]byte) []byte }:
		w.Write(s.AppendJSON(w.AvailableBuffer()))
	case interface{ MarshalGQL(io.Writer) }:
		s.MarshalGQL(w)
	case *time.Time:
		return w.time(*s)
	case time.Time:
		return w.time(s)
	default:
		return errIrregular
	}
	return nil
}

func (w writer) time(t time.Time) error {
	if t.IsZero() {
		return errIrregular
	}
	w.WriteByte('"')
	w.Write(t.AppendFormat(w.AvailableBuffer(), time.RFC3339Nano))
	w.WriteByte('"')
	return nil
}

// text writes a string as it is, unless something in it has to be escaped.
func (w writer) text(s string) {
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
