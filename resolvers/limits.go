package resolvers

import "cmp"

// Limits bound what one request may ask. They are checked before the document is validated, because validation and
// execution cost more than the document is long. A zero field means the default that stands beside it.
type Limits struct {
	BodyBytes  int64 // of the request body: 262144
	Tokens     int   // of the document, as GraphQL counts them: 4000
	Depth      int   // of nested selections, fragments followed: 20
	Fields     int   // of the selection, each fragment counted wherever it is spread: 1000
	RootFields int   // of one operation: 20
	Aliases    int   // written in the document: 100
	Directives int   // written in the document: 50
	Nodes      int   // that the page sizes of nested lists multiply to: 10000
	Entities   int   // representations in _entities: 200
}

func (l Limits) withDefaults() Limits {
	return Limits{
		BodyBytes:  cmp.Or(l.BodyBytes, 256<<10),
		Tokens:     cmp.Or(l.Tokens, 4000),
		Depth:      cmp.Or(l.Depth, 20),
		Fields:     cmp.Or(l.Fields, 1000),
		RootFields: cmp.Or(l.RootFields, 20),
		Aliases:    cmp.Or(l.Aliases, 100),
		Directives: cmp.Or(l.Directives, 50),
		Nodes:      cmp.Or(l.Nodes, 10000),
		Entities:   cmp.Or(l.Entities, 200),
	}
}
