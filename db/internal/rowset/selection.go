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
	if fields == nil {
		fields = map[string]map[string]bool{}
	}
	return newSelection(fields)
}

func newSelection(fields map[string]map[string]bool) *Selection {
	statements, _ := lru.New[statementKey, *statement](mostStatements) // an error is of a size below one
	return &Selection{fields: fields, statements: statements}
}

// everything is what a request selects that has not said so: all columns, and nothing that belongs to their rows.
var everything = func() *Selection {
	s := newSelection(nil)
	s.Several()
	return s
}()

// Several says that the selection may take more than one statement.
func (s *Selection) Several() {
	if !s.several.Load() {
		s.several.Store(true)
	}
}

// single says whether a request may be one statement: none was seen to take more.
func (s *Selection) single() bool { return !s.several.Load() }

// has says whether one of some fields of a type is selected.
func (s *Selection) has(typ string, fields ...string) bool {
	return s.fields == nil || slices.ContainsFunc(fields, func(field string) bool { return s.fields[typ][field] })
}

// wants says whether a column is read.
func (s *Selection) wants(t *table, c *column) bool {
	return c.fields == nil || slices.ContainsFunc(t.types, func(typ string) bool { return s.has(typ, c.fields...) })
}

// brings says whether rows bring what they have as a field.
func (s *Selection) brings(t *table, field string) bool {
	return s.fields != nil && slices.ContainsFunc(t.types, func(typ string) bool { return s.fields[typ][field] })
}

// grants says which acts the capacity has that reads.
type grants func(policy.Act) bool

// reads says whether the rows of a table can be read.
func (can grants) reads(t *table) bool { return t.act == "" || can(t.act) }
