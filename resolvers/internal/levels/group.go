package levels

import (
	"context"
	"reflect"
)

// group is objects of one Go type of which the same is selected, in the order in which the answer shows them. One that it shows twice is
// there twice.
type group struct {
	*plan
	objects []reflect.Value // pointers to structs
	columns []column        // one for each field of the plan
	written int             // objects, so far
}

// column is one field of a group's objects.
type column struct {
	reader levelReader     // of an edge
	values []reflect.Value // one for each object; none for what the writer finds in the objects themselves
	groups []*group        // of the objects among the values
}

// ask asks for what the edges of a group's fields read.
func (g *group) ask(ctx context.Context, r *reading) {
	for i, f := range g.fields {
		if f.edge == nil {
			continue
		}
		page, err := pageAsked(ctx, f.CollectedField)
		if err != nil {
			r.irregular = true
			continue
		}
		g.columns[i].reader = f.edge.openLevel(r, page)
		g.columns[i].reader.askFor(g.objects)
	}
}

// collect groups the objects among a column's values.
func (x *Executor) collect(ctx context.Context, r *reading, f *field, c *column) {
	for _, v := range c.values {
		x.collectValue(ctx, r, f, c, v)
	}
}

func (x *Executor) collectValue(ctx context.Context, r *reading, f *field, c *column, v reflect.Value) {
	v = pointed(v)
	switch {
	case !v.IsValid():
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			x.collectValue(ctx, r, f, c, v.Index(i))
		}
	case isObject(v):
		g := c.groupOf(v.Type())
		if g == nil {
			p := x.planFor(ctx, f, v.Type())
			if p == nil {
				r.irregular = true
				return
			}
			g = &group{plan: p, columns: make([]column, len(p.fields)), objects: make([]reflect.Value, 0, len(c.values))}
			c.groups = append(c.groups, g)
		}
		g.objects = append(g.objects, v)
	}
}

// pointed is a value without its interfaces, a struct as a pointer to it; invalid for nothing.
func pointed(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer && v.Elem().Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch {
	case v.Kind() == reflect.Struct && v.CanAddr():
		return v.Addr()
	case (v.Kind() == reflect.Pointer || v.Kind() == reflect.Slice) && v.IsNil():
		return reflect.Value{}
	}
	return v
}

func isObject(v reflect.Value) bool {
	return v.Kind() == reflect.Pointer && v.Elem().Kind() == reflect.Struct
}

// groupOf is the group of the objects of a Go type; nil where there is none.
func (c *column) groupOf(goType reflect.Type) *group {
	for _, g := range c.groups {
		if g.objects[0].Type() == goType {
			return g
		}
	}
	return nil
}

// ownValues are what the objects themselves hold as a field, with the first error.
func (g *group) ownValues(f *field) (all []reflect.Value, failed error) {
	all = make([]reflect.Value, len(g.objects))
	for i, object := range g.objects {
		value, err := f.value(object)
		if all[i] = value; failed == nil {
			failed = err
		}
	}
	return all, failed
}

// textOf is how many bytes a field of texts has in all objects.
func (g *group) textOf(index []int) (sum int) {
	for _, object := range g.objects {
		value := reflect.Indirect(object.Elem().FieldByIndex(index))
		switch value.Kind() {
		case reflect.String:
			sum += value.Len()
		case reflect.Slice:
			for i := range value.Len() {
				sum += value.Index(i).Len()
			}
		}
	}
	return sum
}
