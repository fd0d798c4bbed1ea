package resolvers

import (
	"testing"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/graph"
)

// What the tables of the database read fits the schema: the service would not start otherwise.
func TestTablesFitTheSchema(t *testing.T) {
	root := &Resolver{}
	reading, err := newAhead(root, graph.NewExecutableSchema(graph.Config{Resolvers: root}).Schema())
	must(t, err)
	must(t, db.CheckTables(reading.describe))
}
