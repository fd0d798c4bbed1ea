package resolvers

import (
	"context"
	"fmt"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/southeasttogether/dps/policy"
)

// gate refuses, before anything is executed, a document that selects what its actor's capacity can never use or read:
// it walks the selection and looks up each field and each type in the schema's @can. Which rows are the actor's is for
// the database to say; the gate only knows capacities. It covers entities and fragments because it resolves every
// selection by the object's type.
type gate struct {
	policy *policy.Policy
	schema *ast.Schema
}

// newGate checks that each act named in the schema exists, so that a misspelt one is found at start.
func newGate(p *policy.Policy, s *ast.Schema) (*gate, error) {
	for _, def := range s.Types {
		lists := []ast.DirectiveList{def.Directives}
		for _, f := range def.Fields {
			lists = append(lists, f.Directives)
		}
		for _, directives := range lists {
			for _, act := range acts(directives) {
				if !policy.Knows(act) {
					return nil, fmt.Errorf("schema: type %s: the policy knows no act %q", def.Name, act)
				}
			}
		}
	}
	return &gate{p, s}, nil
}

// acts are those that @can names, if it is there.
func acts(directives ast.DirectiveList) []policy.Act {
	can := directives.ForName("can")
	if can == nil {
		return nil
	}
	var named []policy.Act
	for _, child := range can.Arguments.ForName("do").Value.Children {
		named = append(named, policy.Act(child.Value.Raw))
	}
	return named
}

func (g *gate) ExtensionName() string                   { return "gate" }
func (g *gate) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext is gqlgen's hook between validation and execution.
func (g *gate) MutateOperationContext(ctx context.Context, op *graphql.OperationContext) *gqlerror.Error {
	w := walk{gate: g, role: actor(ctx).Role, seen: map[string]bool{}}
	root := g.schema.Query
	if op.Operation.Operation == ast.Mutation {
		root = g.schema.Mutation
	}
	w.selection(root, op.Operation.SelectionSet)
	return w.refused
}

type walk struct {
	*gate
	role    policy.Role
	seen    map[string]bool // fragments walked already, by name: a fragment's type condition is its own
	refused *gqlerror.Error
}

func (w *walk) selection(parent *ast.Definition, set ast.SelectionSet) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			w.field(parent, s)
		case *ast.InlineFragment:
			w.fragment(parent, s.TypeCondition, s.SelectionSet)
		case *ast.FragmentSpread:
			if !w.seen[s.Name] {
				w.seen[s.Name] = true
				w.fragment(parent, s.Definition.TypeCondition, s.Definition.SelectionSet)
			}
		}
	}
}

func (w *walk) fragment(parent *ast.Definition, condition string, set ast.SelectionSet) {
	if condition != "" {
		parent = w.schema.Types[condition]
		w.check(parent.Name, parent.Directives)
	}
	w.selection(parent, set)
}

func (w *walk) field(parent *ast.Definition, f *ast.Field) {
	if strings.HasPrefix(f.Name, "__") || f.Definition == nil {
		return
	}
	for _, object := range w.schema.GetPossibleTypes(parent) {
		if def := object.Fields.ForName(f.Name); def != nil {
			w.check(object.Name+"."+f.Name, def.Directives)
		}
	}
	result := w.schema.Types[f.Definition.Type.Name()]
	w.check(result.Name, result.Directives)
	w.selection(result, f.SelectionSet)
}

// check refuses what the role has none of the acts for. The message names only what stands in the public schema.
func (w *walk) check(what string, directives ast.DirectiveList) {
	named := acts(directives)
	for _, act := range named {
		if w.policy.Can(w.role, act) {
			return
		}
	}
	if named != nil && w.refused == nil {
		w.refused = coded(codeForbidden, fmt.Sprintf("In the capacity %q you cannot use %s: leave it out, or choose another capacity.", w.role, what))
	}
}
