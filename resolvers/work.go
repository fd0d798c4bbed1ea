package resolvers

import (
	"context"
	"reflect"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// work is what an operation really has the service do, as far as it has come: the values that it returns are counted
// before they are written out, the rows that it reads by its view. So a small request for long lists is stopped, and one
// for lists that could be long and are not goes through.
type work struct {
	limits Limits
	values atomic.Int64
	text   atomic.Int64 // bytes
	schema int          // values of the schema, about
	rows   int          // once it has ended
	before int          // values that were counted and thrown away
}

// anew begins the count again, for an operation that is answered anew; its caller is charged for both.
func (w *work) anew() {
	w.before += int(w.values.Swap(0))
	w.text.Store(0)
}

// units are what the operation counts for against its caller's rate.
func (w *work) units() int { return 1 + w.rows + (w.before+int(w.values.Load())+w.schema)/10 }

func withWork(ctx context.Context, w *work) context.Context {
	return context.WithValue(ctx, workKey, w)
}

func workOf(ctx context.Context) *work { return ctx.Value(workKey).(*work) }

// spend adds values, and the bytes of their texts.
func (w *work) spend(values, text int) error {
	switch {
	case w.values.Add(int64(values)) > int64(w.limits.Values):
		return exceeded("The operation returns more than %d values, one for each field of each object: ask for fewer with `first`, or for fewer fields.", w.limits.Values)
	case w.text.Add(int64(text)) > int64(w.limits.Text):
		return exceeded("The operation returns texts of more than %d bytes: ask for fewer with `first`, or for fewer fields.", w.limits.Text)
	}
	return nil
}

// spend adds the values of one level of a selection.
func (a *ahead) spend(ctx context.Context, groups []group) error {
	values, text := 0, 0
	for _, g := range groups {
		steps := a.stepsOf(ctx, g)
		values += len(steps) * len(g.objects)
		for i := range steps {
			if steps[i].texts != nil {
				text += g.text(steps[i].texts)
			}
		}
	}
	return workOf(ctx).spend(values, text)
}

// text is how many bytes a field of texts has in all objects of a group.
func (g group) text(field []int) (sum int) {
	for _, object := range g.objects {
		value := object.Elem().FieldByIndex(field)
		if value.Kind() == reflect.Pointer {
			value = value.Elem()
		}
		switch value.Kind() {
		case reflect.String:
			sum += value.Len()
		case reflect.Slice:
			for i := range value.Len() {
				sum += value.Index(i).Len()
			}
		}
	}
	return sum
}

// tooManyRows explains a view's bound.
func tooManyRows(most int) *gqlerror.Error {
	return exceeded("The operation reads more than %d things: ask for fewer with `first`, or for fewer lists.", most)
}

// stopped is the limit that an operation met on its way, if it did: of a query nothing is answered then. A change stays
// done, and a retry with its key reads it again.
func stopped(operation *graphql.OperationContext, response *graphql.Response) *refusal {
	if operation.Operation.Operation == ast.Mutation {
		return nil
	}
	for _, err := range response.Errors {
		if err.Extensions["code"] == codeLimit {
			return &refusal{0, gqlerror.List{&gqlerror.Error{Message: err.Message, Extensions: err.Extensions}}}
		}
	}
	return nil
}
