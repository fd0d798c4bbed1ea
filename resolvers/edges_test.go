package resolvers

import (
	"testing"

	"github.com/southeasttogether/dps/policy"
)

// The program starts: each field has its edge, each edge fits the schema, each Node can be read, and what tables read
// fits the schema. This does not need a database.
func TestEdgesAndTablesFitTheSchema(t *testing.T) {
	grants, err := policy.Load()
	must(t, err)
	if _, err := New(Config{Policy: grants}); err != nil {
		t.Error(err)
	}
}
