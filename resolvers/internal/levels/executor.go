package levels

import (
	"bytes"
	"context"
	"io"
	"reflect"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/southeasttogether/dps/db"
)

// Executor is an extension of gqlgen's executor that reads what is selected below a field at the root, one level at a time, and
// writes the answer.
type Executor struct {
	schema *ast.Schema
	edges  Edges

	accesses   sync.Map // of accessKey to access
	operations *lru.Cache[*ast.OperationDefinition, *operation]
}

// What is found out about an operation is kept: of this many documents, of at most this many bytes each, so that the memory has room.
const (
	KeptDocuments = 100
	LongestKept   = 4096
)

// New checks the edges against the schema, and against the interface of gqlgen's resolvers.
func New(schema *ast.Schema, resolvers reflect.Type, edges Edges) (*Executor, error) {
	if err := checkEdges(schema, resolvers, edges); err != nil {
		return nil, err
	}
	operations, err := lru.New[*ast.OperationDefinition, *operation](KeptDocuments)
	return &Executor{schema: schema, edges: edges, operations: operations}, err
}

// ExtensionName is for gqlgen.
func (*Executor) ExtensionName() string { return "levels" }

// Validate is for gqlgen: New has checked the schema.
func (*Executor) Validate(graphql.ExecutableSchema) error { return nil }

// operation is what was found out about an operation, once for all its requests.
type operation struct {
	selection *db.Selection
	roots     *sync.Map // of the *ast.Field at the root to its *field; nil where plans depend on a request's variables
}

// InterceptOperation tells the view what will be asked for, so that a statement brings along what its rows belong to.
func (x *Executor) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	request := RequestOf(ctx)
	request.operation = x.operationOf(graphql.GetOperationContext(ctx))
	request.View.Select(request.operation.selection)
	return next(ctx)
}

// operationOf finds out what there is to know of an operation whose document is kept. One that is not is read in a snapshot from the
// first, because nothing would be learnt of it; so is a change, which cannot begin again.
func (x *Executor) operationOf(op *graphql.OperationContext) *operation {
	if known, ok := x.operations.Get(op.Operation); ok {
		return known
	}
	made, kept := &operation{selection: selectionOf(x.schema, op.Operation)}, len(op.RawQuery) <= LongestKept
	if !kept || op.Operation.Operation == ast.Mutation || len(op.Operation.SelectionSet) > 1 {
		made.selection.Several()
	}
	if !kept {
		return made
	}
	if !strings.Contains(op.RawQuery, "@") { // neither @skip nor @include
		made.roots = &sync.Map{}
	}
	if first, ok, _ := x.operations.PeekOrAdd(op.Operation, made); ok {
		return first
	}
	return made
}

// rootField is a field at the root, with the plans below it that are known.
func (o *operation) rootField(f graphql.CollectedField) *field {
	if o.roots == nil {
		return newField(f)
	}
	if known, ok := o.roots.Load(f.Field); ok {
		return known.(*field)
	}
	known, _ := o.roots.LoadOrStore(f.Field, newField(f))
	return known.(*field)
}

// InterceptRootField gives each root field its own reading, and each change a new view to be read after it. A change has a
// connection of its own: while its request held another, as many requests as there are connections would wait for each other for ever.
func (*Executor) InterceptRootField(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
	ctx = withReading(ctx)
	r := readingOf(ctx)
	if graphql.GetOperationContext(ctx).Operation.Operation == ast.Mutation {
		r.view.Renew(ctx)
	}
	value := next(ctx)
	if r.answer == nil {
		return value
	}
	return graphql.WriterFunc(func(w io.Writer) {
		_, _ = w.Write(r.answer.Bytes())
		giveBack(r.answer)
		r.answer = new(bytes.Buffer) // the old one is another answer's from now on
	})
}

// InterceptField reads what is below a root field once that has its value, and writes it all. An irregular one is left to gqlgen,
// whose resolvers meet what was read.
func (x *Executor) InterceptField(ctx context.Context, next graphql.Resolver) (any, error) {
	value, err := next(ctx)
	at := graphql.GetFieldContext(ctx)
	atRoot := at.Object == x.schema.Query.Name || at.Object == x.schema.Mutation.Name
	if err != nil || !atRoot || strings.HasPrefix(at.Field.Name, "__") {
		return value, err
	}
	r, root := readingOf(ctx), RequestOf(ctx).operation.rootField(at.Field)
	answer := &column{}
	if err := x.readBelow(ctx, r, root, answer, reflect.ValueOf(value)); err != nil {
		return nil, err
	}
	if r.irregular || value == nil || at.Field.Definition.Type.NonNull {
		return value, nil // gqlgen takes nothing for the answer of a field that may be nothing, and of no other
	}
	if text, ok := writeAnswer(root, answer, reflect.ValueOf(value)); ok {
		r.answer = text
		return nil, nil
	}
	return value, nil
}

// readBelow reads level by level what is below the value of a root field.
func (x *Executor) readBelow(ctx context.Context, r *reading, root *field, answer *column, value reflect.Value) error {
	x.collectObjects(ctx, r, root, answer, value)
	for level := answer.groups; len(level) > 0; {
		if err := RequestOf(ctx).Budget.spendLevel(level); err != nil {
			return err
		}
		for _, g := range level {
			g.wantEdges(ctx, r)
		}
		var below []*group
		for _, g := range level {
			below = append(below, x.readEdges(ctx, r, g)...)
		}
		level = below
	}
	return nil
}
