package guard

import (
	"context"
	"fmt"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/idkind"
	"github.com/southeasttogether/dps/resolvers/internal/coded"
)

// Entities answers a representation that is not an entity of this service with null and an error of its own, so that it empties no other.
// gqlgen's federation would empty all of its type, and repeat it in its error.
type Entities struct{ schema *ast.Schema }

// NewEntities makes the check for a schema.
func NewEntities(schema *ast.Schema) Entities { return Entities{schema} }

// ExtensionName is for gqlgen.
func (Entities) ExtensionName() string { return "entities" }

// Validate is for gqlgen.
func (Entities) Validate(graphql.ExecutableSchema) error { return nil }

// nobody finds nothing.
var nobody = map[string]any{"__typename": "Lot", "id": market.ID{Kind: idkind.Lot}.String()}

// InterceptField looks at what is given to _entities.
func (e Entities) InterceptField(ctx context.Context, next graphql.Resolver) (any, error) {
	at := graphql.GetFieldContext(ctx)
	given, ok := at.Args["representations"].([]map[string]any)
	if !ok || at.Field.Name != "_entities" {
		return next(ctx)
	}
	good := slices.Clone(given)
	for i, representation := range given {
		if e.isEntity(representation) {
			continue
		}
		good[i] = nobody
		graphql.AddError(graphql.WithPathContext(ctx, graphql.NewPathWithIndex(i)), coded.New(coded.BadInput, fmt.Sprintf(
			"Representation %d sent to _entities is not an entity of this service: enter its `__typename` and its `id`.", i+1)))
	}
	at.Args["representations"] = good
	return next(ctx)
}

func (e Entities) isEntity(values map[string]any) bool {
	name, _ := values["__typename"].(string)
	var id market.ID
	def := e.schema.Types[name]
	return def != nil && def.Directives.ForName("key") != nil && id.UnmarshalGQL(values["id"]) == nil
}
