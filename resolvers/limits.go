package resolvers

import (
	"cmp"
	"fmt"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Limits bound what one request may ask, so that a short text cannot ask for much work. Those of the document's text
// are checked before gqlgen validates it, those of the objects asked for before it is executed. A zero field means the
// default that stands beside it.
type Limits struct {
	BodyBytes  int64 // of the request: 262144
	Tokens     int   // of the document, as GraphQL counts them: 4000
	Depth      int   // of nested fields, fragments followed: 20
	Fields     int   // of an operation, each fragment counted wherever it is spread: 1000
	RootFields int   // of an operation: 20
	Aliases    int   // written in the document: 100
	Directives int   // written in the document: 50
	Objects    int   // that an operation may return if every list is full: 20000
	Entities   int   // representations given to an _entities field: 200
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
		Objects:    cmp.Or(l.Objects, 20000),
		Entities:   cmp.Or(l.Entities, 200),
	}
}

// exceeded says which limit was met and how to stay within. It repeats nothing of the request.
func exceeded(format string, args ...any) *gqlerror.Error {
	return coded(codeLimit, fmt.Sprintf(format, args...))
}

// most keeps the counts of a document from overflowing: doubling fragments reach any number.
const most = 1 << 40

func plus(a, b int) int { return min(a+b, most) }

func times(a, b int) int {
	if a != 0 && b > most/a {
		return most
	}
	return a * b
}
