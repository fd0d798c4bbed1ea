package levels

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/southeasttogether/dps/db"
)

// selectionOf says which fields an operation asks of each type, whether or not it comes to them: those of an interface or a union count
// for each of its types.
func selectionOf(schema *ast.Schema, operation *ast.OperationDefinition) *db.Selection {
	fields := map[string]map[string]bool{}
	addSelected(fields, schema, operation.SelectionSet)
	return db.NewSelection(fields)
}

func addSelected(fields map[string]map[string]bool, schema *ast.Schema, set ast.SelectionSet) {
	for _, selected := range set {
		switch s := selected.(type) {
		case *ast.Field:
			for _, typ := range schema.GetPossibleTypes(s.ObjectDefinition) {
				if fields[typ.Name] == nil {
					fields[typ.Name] = map[string]bool{}
				}
				fields[typ.Name][s.Name] = true
			}
			addSelected(fields, schema, s.SelectionSet)
		case *ast.InlineFragment:
			addSelected(fields, schema, s.SelectionSet)
		case *ast.FragmentSpread:
			addSelected(fields, schema, s.Definition.SelectionSet)
		}
	}
}
