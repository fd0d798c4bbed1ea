package e2e_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/southeasttogether/dps/demo"
)

// contract is the service's own description of itself, from which a test makes everything that can be asked.
type contract struct{ *ast.Schema }

func (w *world) readContract(t testing.TB) contract {
	t.Helper()
	sdl := w.sendQuery(t, demo.Public, `{ _service { sdl } }`, nil).Data.At("_service.sdl").Text()
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "federation", BuiltIn: true, Input: federationSDL},
		&ast.Source{Name: "sdl", Input: sdl})
	must(t, err)
	return contract{schema}
}

// federationSDL is the part of the SDL that a subgraph leaves to the composer.
const federationSDL = `
	scalar FieldSet
	directive @key(fields: FieldSet!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE
	directive @shareable repeatable on OBJECT | FIELD_DEFINITION
	directive @link(url: String!, as: String, import: [String]) repeatable on SCHEMA`

// actsOf are the acts that a persona's capacity has.
func (w *world) actsOf(t testing.TB, who demo.Persona) []string {
	t.Helper()
	var acts []string
	for _, act := range w.sendQuery(t, who, `{ viewer { can } }`, nil).Data.At("viewer.can").All() {
		acts = append(acts, act.Text())
	}
	return acts
}

// isAllowed says whether the acts include one that a field or type asks for.
func isAllowed(directives ast.DirectiveList, may []string) bool {
	can := directives.ForName("can")
	if can == nil {
		return true
	}
	return slices.ContainsFunc(can.Arguments.ForName("do").Value.Children,
		func(act *ast.ChildValue) bool { return slices.Contains(may, act.Value.Raw) })
}

// fullSelection is everything that can be asked of a type with these acts, to the given depth of objects. Pages are not
// counted.
func (c contract) fullSelection(typeName string, may []string, depth int) string {
	var all []string
	for _, field := range c.Types[typeName].Fields {
		if asked := c.fieldSelection(field, may, depth); asked != "" {
			all = append(all, asked)
		}
	}
	return strings.Join(all, " ")
}

func (c contract) fieldSelection(field *ast.FieldDefinition, may []string, depth int) string {
	result := c.Types[field.Type.Name()]
	if strings.HasPrefix(field.Name, "__") || !isAllowed(field.Directives, may) || !isAllowed(result.Directives, may) {
		return ""
	}
	name, page := field.Name, field.Arguments.ForName("first") != nil
	if page {
		name += "(first: 5)"
	}
	if result.Kind != ast.Object {
		return name
	}
	if !page && field.Name != "edges" && field.Name != "pageInfo" {
		depth--
	}
	if depth < 0 {
		return ""
	}
	inner := c.fullSelection(result.Name, may, depth)
	if inner == "" {
		return ""
	}
	return fmt.Sprintf("%s { %s }", name, inner)
}

// pagedLists are the fields at the root that are read in pages, with everything that can be asked of them.
func (c contract) pagedLists(may []string, depth int) map[string]string {
	all := map[string]string{}
	for _, field := range c.Query.Fields {
		if field.Arguments.ForName("first") == nil {
			continue
		}
		if asked := c.fieldSelection(field, may, depth); asked != "" {
			all[field.Name] = "{ " + asked + " }"
		}
	}
	return all
}

// nodeTypes are the types that can be read by their id with these acts.
func (c contract) nodeTypes(may []string) (names []string) {
	for _, def := range c.PossibleTypes["Node"] {
		if isAllowed(def.Directives, may) {
			names = append(names, def.Name)
		}
	}
	slices.Sort(names)
	return names
}
