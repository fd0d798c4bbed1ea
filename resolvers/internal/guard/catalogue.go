package guard

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// catalogue is how long the lists of introspection are: on average over the schema's types, or of the schema as a
// whole. What a document returns of the schema depends on nothing else, so it can be estimated before the document is
// executed.
type catalogue map[string]float64

func newCatalogue(s *ast.Schema) catalogue {
	c := catalogue{}
	types, fields, arguments := float64(len(s.Types)), 0.0, 0.0
	for _, def := range s.Types {
		list := "fields"
		if def.Kind == ast.InputObject {
			list = "inputFields"
		}
		for _, f := range def.Fields {
			fields++
			arguments += float64(len(f.Arguments))
		}
		c[list] += float64(len(def.Fields)) / types
		c["enumValues"] += float64(len(def.EnumValues)) / types
		c["interfaces"] += float64(len(def.Interfaces)) / types
		c["possibleTypes"] += float64(len(s.PossibleTypes[def.Name])) / types
	}
	c["args"], c["types"], c["directives"], c["locations"] = arguments/fields, types, float64(len(s.Directives)), 2
	c["ofType"] = wrapped
	return c
}

// wrapped is how often, about, a type is a list or non-null: those are types of a type.
const wrapped = 0.6

// textOfSchema is what the schema's text counts for, about as much as the values that it contains.
const textOfSchema = 4000

func isIntrospection(field string) bool {
	return strings.HasPrefix(field, "__") || field == "_service"
}

// introspected is about how many values a selection of the schema returns.
func (t *tally) introspected(set ast.SelectionSet) float64 {
	sum := 0.0
	for _, selected := range set {
		switch s := selected.(type) {
		case *ast.Field:
			sum += t.introspectedField(s)
		case *ast.InlineFragment:
			sum += t.introspected(s.SelectionSet)
		case *ast.FragmentSpread:
			known, ok := t.shown[s.Name]
			if !ok {
				known = t.introspected(s.Definition.SelectionSet)
				t.shown[s.Name] = known
			}
			sum += known
		}
	}
	return sum
}

// askedAgain is what a field of the schema costs under an alias. No explorer uses one, and asking for the same several
// times should reach the limit sooner than asking for everything once.
const askedAgain = 1.5

// introspectedField counts each object as two values more, because it takes as long as three.
func (t *tally) introspectedField(f *ast.Field) float64 {
	if f.Name == "sdl" {
		return textOfSchema
	}
	if len(f.SelectionSet) == 0 {
		return 1
	}
	items, ok := t.catalogue[f.Name]
	if !ok {
		items = 1
	}
	if f.Alias != f.Name {
		items *= askedAgain
	}
	return 1 + items*(2+t.introspected(f.SelectionSet))
}
