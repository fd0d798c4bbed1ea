package rowset

import (
	"slices"
	"sync/atomic"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/southeasttogether/dps/policy"
)

// Selection is which fields a request selects of each type of the schema, and what was found out for it: an operation that comes again
// has its statements made.
type Selection struct {
	fields     map[string]map[string]bool // nil for all
	several    atomic.Bool                // statements are read for it, or may be
	statements *lru.Cache[statementKey, *statement]
}

// mostStatements bounds what is kept for a selection: callers choose the sizes of pages and their filters.
const mostStatements = 200

// NewSelection is the selection of fields by their types.
func NewSelection(fields map[string]map[string]bool) *Selection {
	statements, _ := lru.New[statementKey, *statement](mostStatements) // an error is of a size below one
	return &Selection{fields: fields, statements: statements}
}

// everything is what a request selects that has not said so: all columns, and nothing that belongs to their rows.
var everything = func() *Selection {
	s := NewSelection(nil)
	s.Several()
	return s
}()

// Several says that the selection may take more than one statement.
func (s *Selection) Several() { s.several.Store(true) }

// selectsAny says whether one of some fields of a table's types is named.
func (s *Selection) selectsAny(t *table, fields ...string) bool {
	return slices.ContainsFunc(t.types, func(typ string) bool {
		return slices.ContainsFunc(fields, func(field string) bool { return s.fields[typ][field] })
	})
}

// columnsOf are those of a table that are read.
func (s *Selection) columnsOf(t *table, keep func(*column) bool) []*column {
	return slices.DeleteFunc(slices.Clone(t.columns), func(c *column) bool {
		return s.fields != nil && c.fields != nil && !s.selectsAny(t, c.fields...) && !keep(c)
	})
}

// grants says which acts the capacity has that reads.
type grants func(policy.Act) bool

// canRead says whether the rows of a table can be read.
func (can grants) canRead(t *table) bool { return t.act == "" || can(t.act) }
