package resolvers

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/southeasttogether/dps/db"
)

// selectionOf says which fields an operation asks of each type, whether or not it comes to them: those of an interface or a
// union count for each of its types.
func selectionOf(schema *ast.Schema, operation *ast.OperationDefinition) *db.Selection {
	fields := asked{}
	addSelected(fields, schema, operation.SelectionSet)
	return db.NewSelection(fields)
}

// asked are fields by their types.
type asked = map[string]map[string]bool

func addSelected(s asked, schema *ast.Schema, set ast.SelectionSet) {
	for _, selected := range set {
		switch x := selected.(type) {
		case *ast.Field:
			addField(s, schema, x)
			addSelected(s, schema, x.SelectionSet)
		case *ast.InlineFragment:
			addSelected(s, schema, x.SelectionSet)
		case *ast.FragmentSpread:
			addSelected(s, schema, x.Definition.SelectionSet)
		}
	}
}

func addField(s asked, schema *ast.Schema, field *ast.Field) {
	for _, typ := range schema.GetPossibleTypes(field.ObjectDefinition) {
		if s[typ.Name] == nil {
			s[typ.Name] = map[string]bool{}
		}
		s[typ.Name][field.Name] = true
	}
}
