package guard

import "cmp"

// Limits limit one request, so that a short text cannot cause much work. The limits on the document's text are checked
// before gqlgen validates it, those on objects before the operation is executed, and those on rows and values before
// the answer is written. The defaults keep each request under 50 ms of a processor and 16 MB (package prove/hostile
// measures it). A zero field means the default in its comment.
type Limits struct {
	BodyBytes  int64 // of the request: 262144
	Tokens     int   // of the document, as GraphQL counts them: 4000
	Depth      int   // of nested fields, fragments followed: 20
	Fields     int   // of an operation, each fragment counted wherever it is used: 1200
	RootFields int   // of an operation: 20
	Aliases    int   // written in the document: 100
	Directives int   // written in the document: 50
	Spreads    int   // uses of fragments, written in the document: 200
	Pairs      int   // of fields with one name that are compared with each other: 10000
	Name       int   // letters of a name or digits of a number in the document: 128
	Items      int   // of lists and objects in the body's JSON: 10000
	Objects    int   // that an operation may return if every list is full: 20000
	Entities   int   // representations given to an _entities field: 200
	Rows       int   // that an operation may read from the database: 1000
	Values     int   // that an operation may return, one for each field of each object: 10000
	Text       int   // bytes of the texts among them: 1000000
	Schema     int   // values that introspection can return, about, unless it asks for the schema once: 20000
}

// WithDefaults fills the zero fields.
func (l Limits) WithDefaults() Limits {
	return Limits{
		BodyBytes:  cmp.Or(l.BodyBytes, 256<<10),
		Tokens:     cmp.Or(l.Tokens, 4000),
		Depth:      cmp.Or(l.Depth, 20),
		Fields:     cmp.Or(l.Fields, 1200),
		RootFields: cmp.Or(l.RootFields, 20),
		Aliases:    cmp.Or(l.Aliases, 100),
		Directives: cmp.Or(l.Directives, 50),
		Spreads:    cmp.Or(l.Spreads, 200),
		Pairs:      cmp.Or(l.Pairs, 10000),
		Name:       cmp.Or(l.Name, 128),
		Items:      cmp.Or(l.Items, 10000),
		Objects:    cmp.Or(l.Objects, 20000),
		Entities:   cmp.Or(l.Entities, 200),
		Rows:       cmp.Or(l.Rows, 1000),
		Values:     cmp.Or(l.Values, 10000),
		Text:       cmp.Or(l.Text, 1_000_000),
		Schema:     cmp.Or(l.Schema, 20000),
	}
}

// Unbounded is a limit that allows everything. It also keeps the counts of a document from overflowing: doubling
// fragments reach any number.
const Unbounded = 1 << 40

func plus(a, b int) int { return min(a+b, Unbounded) }

func times(a, b int) int {
	if a != 0 && b > Unbounded/a {
		return Unbounded
	}
	return a * b
}
