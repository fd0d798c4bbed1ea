package levels

import (
	"bytes"
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

// writeAnswer gives a root field as JSON; false where it is irregular.
func writeAnswer(root *field, answer *column, value reflect.Value) (*bytes.Buffer, bool) {
	w := writer{buffers.Get().(*bytes.Buffer)}
	if err := w.writeValue(root, root.Definition.Type, answer, value); err != nil {
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

// writeObject writes the next object of a group.
func (w writer) writeObject(g *group) error {
	i := g.written
	g.written++
	w.WriteByte('{')
	for n, f := range g.plan {
		if n > 0 {
			w.WriteByte(',')
		}
		w.Write(f.label)
		value, err := g.valueOf(n, i)
		if err != nil {
			return err
		}
		if err := w.writeValue(f, f.Definition.Type, &g.columns[n], value); err != nil {
			return err
		}
	}
	w.WriteByte('}')
	return nil
}

// writeValue writes a value of a type of the schema.
func (w writer) writeValue(f *field, typ *ast.Type, c *column, v reflect.Value) error {
	v = withoutInterfaces(v)
	switch {
	case !v.IsValid():
		return w.writeNothing(typ)
	case typ.Elem != nil:
		return w.writeList(f, typ.Elem, c, v)
	case len(f.Selections) == 0:
		return w.writeScalar(reflect.Indirect(v))
	case !isObject(v):
		return errIrregular
	}
	return w.writeObject(c.groupOf(v.Type()))
}

func (w writer) writeNothing(typ *ast.Type) error {
	if typ.NonNull {
		return errIrregular
	}
	w.WriteString("null")
	return nil
}

func (w writer) writeList(f *field, of *ast.Type, c *column, v reflect.Value) error {
	if v.Kind() != reflect.Slice {
		return errIrregular
	}
	w.WriteByte('[')
	for i := range v.Len() {
		if i > 0 {
			w.WriteByte(',')
		}
		if err := w.writeValue(f, of, c, v.Index(i)); err != nil {
			return err
		}
	}
	w.WriteByte(']')
	return nil
}

// writeScalar writes a scalar or a value of an enum, as gqlgen writes it.
func (w writer) writeScalar(v reflect.Value) error {
	switch v.Kind() {
	case reflect.String:
		w.writeText(v.String())
	case reflect.Bool:
		w.Write(strconv.AppendBool(w.AvailableBuffer(), v.Bool()))
	case reflect.Int:
		w.Write(strconv.AppendInt(w.AvailableBuffer(), v.Int(), 10))
	case reflect.Struct:
		return w.writeCustom(v)
	default:
		return errIrregular
	}
	return nil
}

// writeCustom writes a scalar that is a struct of Go.
func (w writer) writeCustom(v reflect.Value) error {
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
		return w.writeTime(*s)
	case time.Time:
		return w.writeTime(s)
	default:
		return errIrregular
	}
	return nil
}

func (w writer) writeTime(t time.Time) error {
	if t.IsZero() {
		return errIrregular
	}
	w.WriteByte('"')
	w.Write(t.AppendFormat(w.AvailableBuffer(), time.RFC3339Nano))
	w.WriteByte('"')
	return nil
}

// writeText writes a string as it is, unless something in it has to be escaped.
func (w writer) writeText(s string) {
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
