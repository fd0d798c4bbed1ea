package levels

import (
	"context"
	"reflect"
)

// group is objects of one Go type of which the same is selected, in the order in which the answer shows them. One that it shows twice is
// there twice.
type group struct {
	plan
	objects []reflect.Value // pointers to structs
	columns []column        // one for each field of the plan
	written int             // objects, so far
}

// column is one field of a group's objects.
type column struct {
	reader          // of an edge
	groups []*group // of the objects among the values
}

// valueOf is the value of the nth field of the ith object.
func (g *group) valueOf(n, i int) (reflect.Value, error) {
	if read := g.columns[n].value; read != nil {
		return read(g.objects[i].Interface())
	}
	if g.plan[n].edge != nil {
		return reflect.Value{}, errIrregular // its arguments were wrong
	}
	return g.plan[n].value(g.objects[i])
}

// wantEdges says what the edges of a group's fields are to read.
func (g *group) wantEdges(ctx context.Context, r *reading) {
	for n, f := range g.plan {
		if f.edge == nil {
			continue
		}
		page, err := pageAsked(ctx, f.CollectedField)
		if err != nil {
			r.irregular = true
			continue
		}
		g.columns[n].reader = f.edge.openIn(r, page)
		for _, object := range g.objects {
			g.columns[n].want(object.Interface())
		}
	}
}

// readEdges reads what the edges want, and gives the groups of the objects below. All of the level has said what it wants: the first to
// read does so for the others.
func (x *Executor) readEdges(ctx context.Context, r *reading, g *group) (below []*group) {
	for n, f := range g.plan {
		c := &g.columns[n]
		if c.read != nil {
			c.read(ctx)
		}
		if len(f.Selections) == 0 {
			continue
		}
		for i := range g.objects {
			value, err := g.valueOf(n, i)
			if err != nil {
				r.irregular = true
				continue
			}
			x.collectObjects(ctx, r, f, c, value)
		}
		below = append(below, c.groups...)
	}
	return below
}

// collectObjects groups the objects of a field's value.
func (x *Executor) collectObjects(ctx context.Context, r *reading, f *field, c *column, v reflect.Value) {
	v = withoutInterfaces(v)
	switch {
	case !v.IsValid():
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			x.collectObjects(ctx, r, f, c, v.Index(i))
		}
	case isObject(v):
		g := c.groupOf(v.Type())
		if g == nil {
			p := x.planFor(ctx, f, v.Type())
			if p == nil {
				r.irregular = true
				return
			}
			g = &group{plan: p, columns: make([]column, len(p))}
			c.groups = append(c.groups, g)
		}
		g.objects = append(g.objects, v)
	}
}

// withoutInterfaces is a value without its interfaces, a struct as a pointer to it; invalid for nothing.
func withoutInterfaces(v reflect.Value) reflect.Value {
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

// textLength is how many bytes a field of texts has in all objects.
func (g *group) textLength(index []int) (sum int) {
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
