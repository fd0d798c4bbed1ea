package guard

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// schemaCount counts the values that a selection of the schema itself returns, by walking the schema as the answer will. It stops where
// there are more than may be returned: a type of a type of a type returns more than anybody has time to count.
type schemaCount struct {
	schema    *ast.Schema
	variables map[string]any
	left      int
}

const (
	// textOfSchema is what the schema's text counts for, about as much as the values that it contains.
	textOfSchema = 4000
	// valuesOfObject is what an object counts for besides its values: it takes as long as two of them.
	valuesOfObject = 2
	// askedAgain is what a field of the schema counts for once more under an alias. No explorer uses one, and asking for the same several
	// times should reach the limit sooner than asking for everything once.
	askedAgain = 1.5
	// lettersOfValue is how many letters of a description take as long as a value.
	lettersOfValue = 64
)

func isIntrospection(field string) bool {
	return strings.HasPrefix(field, "__") || field == "_service"
}

// root counts a field of the schema at the root of an operation.
func (c *schemaCount) root(f *ast.Field) {
	switch f.Name {
	case "__schema":
		c.object(c.schema, f)
	case "__type":
		name, _ := f.ArgumentMap(c.variables)["name"].(string)
		if def := c.schema.Types[name]; def != nil {
			c.object(def, f)
		}
	case "_service":
		c.left -= textOfSchema
	}
	c.left--
}

// object counts what is selected of a thing of the schema.
func (c *schemaCount) object(thing any, f *ast.Field) {
	before := c.left
	c.left -= valuesOfObject
	c.set(thing, f.SelectionSet)
	if f.Alias != f.Name {
		c.left -= int(float64(before-c.left) * (askedAgain - 1))
	}
}

func (c *schemaCount) set(thing any, set ast.SelectionSet) {
	for _, selected := range set {
		if c.left < 0 {
			return
		}
		switch s := selected.(type) {
		case *ast.Field:
			c.left--
			for _, below := range c.below(thing, s.Name) {
				if c.left < 0 {
					return
				}
				c.object(below, s)
			}
		case *ast.InlineFragment:
			c.set(thing, s.SelectionSet)
		case *ast.FragmentSpread:
			c.set(thing, s.Definition.SelectionSet)
		}
	}
}

// below are the things that a field of a thing of the schema returns; none for a value. A description counts by its length.
func (c *schemaCount) below(thing any, field string) []any {
	switch thing := thing.(type) {
	case *ast.Schema:
		return c.belowSchema(field)
	case *ast.Type:
		if thing.NonNull || thing.NamedType == "" {
			return c.belowWrapped(thing, field)
		}
		return c.belowType(c.schema.Types[thing.NamedType], field)
	case *ast.Definition:
		return c.belowType(thing, field)
	case *ast.FieldDefinition:
		return c.belowField(thing.Description, thing.Type, thing.Arguments, field)
	case *ast.ArgumentDefinition:
		return c.belowField(thing.Description, thing.Type, nil, field)
	case *ast.DirectiveDefinition:
		return c.belowField(thing.Description, nil, thing.Arguments, field)
	case *ast.EnumValueDefinition:
		return c.belowField(thing.Description, nil, nil, field)
	}
	return nil
}

func (c *schemaCount) belowSchema(field string) (all []any) {
	switch field {
	case "types":
		for _, def := range c.schema.Types {
			all = append(all, def)
		}
	case "directives":
		for _, d := range c.schema.Directives {
			all = append(all, d)
		}
	case "queryType":
		all = append(all, c.schema.Query)
	case "mutationType":
		all = append(all, c.schema.Mutation)
	}
	return all
}

// belowWrapped is below a list or a type that cannot be null: the type of its type.
func (c *schemaCount) belowWrapped(t *ast.Type, field string) []any {
	if field != "ofType" {
		return nil
	}
	if !t.NonNull {
		return []any{t.Elem}
	}
	inner := *t
	inner.NonNull = false
	return []any{&inner}
}

func (c *schemaCount) belowType(def *ast.Definition, field string) (all []any) {
	switch field {
	case "fields", "inputFields":
		if (field == "inputFields") == (def.Kind == ast.InputObject) {
			for _, f := range def.Fields {
				all = append(all, f)
			}
		}
	case "enumValues":
		for _, v := range def.EnumValues {
			all = append(all, v)
		}
	case "interfaces":
		for _, name := range def.Interfaces {
			all = append(all, c.schema.Types[name])
		}
	case "possibleTypes":
		for _, t := range c.schema.PossibleTypes[def.Name] {
			all = append(all, t)
		}
	case "description":
		c.left -= len(def.Description) / lettersOfValue
	}
	return all
}

func (c *schemaCount) belowField(description string, t *ast.Type, arguments ast.ArgumentDefinitionList, field string) (all []any) {
	switch field {
	case "type":
		all = append(all, t)
	case "args":
		for _, a := range arguments {
			all = append(all, a)
		}
	case "description":
		c.left -= len(description) / lettersOfValue
	}
	return all
}
