package levels

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// checkEdges compares the edges with the schema and with the interface of gqlgen's resolvers, and says of each fault what to do.
func checkEdges(schema *ast.Schema, resolvers reflect.Type, edges Edges) error {
	methods := resolverMethods(schema, resolvers)
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(edges)) {
		faults = append(faults, checkEdge(schema, methods, edges[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(methods)) {
		if f := fieldNamed(schema, name); edges[name] == nil && !inRow(f, methods[name]) {
			faults = append(faults, fmt.Errorf("%s has no edge: add %s to resolvers/edges.go, as docs/reading.md says", name, suggestedEdge(f)))
		}
	}
	return errors.Join(faults...)
}

// resolverMethods are what gqlgen asks for below the root, by the field.
func resolverMethods(schema *ast.Schema, resolvers reflect.Type) map[string]reflect.Type {
	all := map[string]reflect.Type{}
	for _, def := range schema.Types {
		of, ok := methodNamed(resolvers, def.Name)
		if !ok || def == schema.Query || def == schema.Mutation {
			continue
		}
		for _, f := range def.Fields {
			if m, ok := methodNamed(of.Out(0), f.Name); ok && m.In(1).Kind() == reflect.Pointer { // others find entities
				all[def.Name+"."+f.Name] = m
			}
		}
	}
	return all
}

// methodNamed is the method of an interface that gqlgen names after a type or field.
func methodNamed(of reflect.Type, name string) (reflect.Type, bool) {
	for i := range of.NumMethod() {
		if m := of.Method(i); strings.EqualFold(m.Name, name) {
			return m.Type, true
		}
	}
	return nil, false
}

// fieldNamed is a field by its name, as "Type.field"; nil where the schema has none.
func fieldNamed(schema *ast.Schema, name string) *ast.FieldDefinition {
	typ, field, _ := strings.Cut(name, ".")
	if def := schema.Types[typ]; def != nil {
		return def.Fields.ForName(field)
	}
	return nil
}

func checkEdge(schema *ast.Schema, methods map[string]reflect.Type, e *Edge) error {
	f, method := fieldNamed(schema, e.field), methods[e.field]
	switch {
	case f == nil:
		return fmt.Errorf("edge %s: the schema has no such field: correct its name", e.field)
	case method == nil:
		return fmt.Errorf("edge %s: gqlgen reads this field from the object: remove the edge, "+
			"or set `resolver: true` for the field in gqlgen.yml", e.field)
	case !argumentsFit(f):
		return fmt.Errorf("edge %s: below the root the only arguments are `first` and `after`, of a page", e.field)
	case e.object != method.In(1):
		return fmt.Errorf("edge %s: its key comes from a %v, but objects of the type are %v", e.field, e.object, method.In(1))
	case e.result != method.Out(0):
		return fmt.Errorf("edge %s: it reads a %v, but the field gives a %v: use %s", e.field, e.result, method.Out(0), suggestedEdge(f))
	}
	return nil
}

// inRow says whether the object itself has a list of texts as a field, which gqlgen cannot take as it is.
func inRow(f *ast.FieldDefinition, method reflect.Type) bool {
	own := newAccess(method.In(1), f.Name)
	return own.text != nil && method.Out(0).Kind() == reflect.Slice &&
		method.In(1).Elem().FieldByIndex(own.text).Type.ConvertibleTo(method.Out(0))
}

func argumentsFit(f *ast.FieldDefinition) bool {
	if !strings.HasSuffix(f.Type.Name(), "Connection") {
		return len(f.Arguments) == 0
	}
	return len(f.Arguments) == 2 && f.Arguments.ForName("first") != nil && f.Arguments.ForName("after") != nil
}

// Describe tells of a type of the schema its fields, and of each whether an edge reads it; nil for no type of it.
func (x *Executor) Describe(typ string) map[string]bool {
	def := x.schema.Types[typ]
	if def == nil {
		return nil
	}
	fields := map[string]bool{}
	for _, f := range def.Fields {
		fields[f.Name] = x.edges[typ+"."+f.Name] != nil
	}
	return fields
}

// suggestedEdge is the usual edge for a field.
func suggestedEdge(f *ast.FieldDefinition) string {
	switch {
	case strings.HasSuffix(f.Type.Name(), "Connection"):
		return "levels.Page"
	case f.Type.Elem != nil:
		return "levels.Many"
	}
	return "levels.One if the object has the id of what the field gives, else levels.Child"
}
