package guard

import (
	"context"
	"fmt"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/resolvers/internal/coded"
	"github.com/southeasttogether/dps/resolvers/internal/levels"
)

// Gate refuses, before anything is executed, a document that selects what its actor's capacity can never use or read.
// It walks the selection and looks up each field and each type in the schema's @can. The database decides which rows
// the actor has; the gate knows only capacities. It covers entities and fragments because it resolves every selection
// by the object's type.
type Gate struct {
	policy *policy.Policy
	schema *ast.Schema
}

// NewGate checks that each act named in the schema exists, so that a misspelt one is found at start.
func NewGate(p *policy.Policy, s *ast.Schema) (*Gate, error) {
	for _, def := range s.Types {
		lists := []ast.DirectiveList{def.Directives}
		for _, f := range def.Fields {
			lists = append(lists, f.Directives)
		}
		for _, directives := range lists {
			named := ActsOf(directives)
			if named != nil && len(named) == 0 {
				return nil, fmt.Errorf("schema: type %s: @can names no act", def.Name)
			}
			for _, act := range named {
				if !policy.IsAct(act) {
					return nil, fmt.Errorf("schema: type %s: the policy knows no act %q", def.Name, act)
				}
			}
		}
	}
	return &Gate{p, s}, nil
}

// ActsOf are the acts that @can names, if it is there.
func ActsOf(directives ast.DirectiveList) []policy.Act {
	can := directives.ForName("can")
	if can == nil {
		return nil
	}
	named := []policy.Act{}
	for _, child := range can.Arguments.ForName("do").Value.Children {
		named = append(named, policy.Act(child.Value.Raw))
	}
	return named
}

// ExtensionName is for gqlgen.
func (g *Gate) ExtensionName() string { return "gate" }

// Validate is for gqlgen.
func (g *Gate) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext is gqlgen's hook between validation and execution.
func (g *Gate) MutateOperationContext(ctx context.Context, op *graphql.OperationContext) *gqlerror.Error {
	w := walk{Gate: g, op: op, role: levels.RequestOf(ctx).View.Actor().Role, seen: map[string]bool{}}
	root := g.schema.Query
	if op.Operation.Operation == ast.Mutation {
		root = g.schema.Mutation
	}
	w.selection(root, op.Operation.SelectionSet)
	return w.refused
}

// walk goes through the operation's selection, each fragment once: what a fragment selects of which type does not
// depend on where it is used.
type walk struct {
	*Gate
	op      *graphql.OperationContext
	role    policy.Role
	seen    map[string]bool // fragments already walked, by name
	refused *gqlerror.Error
}

func (w *walk) selection(parent *ast.Definition, set ast.SelectionSet) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			if w.included(s.Directives) {
				w.field(parent, s)
			}
		case *ast.InlineFragment:
			if w.included(s.Directives) {
				w.fragment(parent, s.TypeCondition, s.SelectionSet)
			}
		case *ast.FragmentSpread:
			if w.included(s.Directives) && !w.seen[s.Name] {
				w.seen[s.Name] = true
				w.fragment(parent, s.Definition.TypeCondition, s.Definition.SelectionSet)
			}
		}
	}
}

// included reads @skip and @include, so that one document can serve several capacities. Only a constant true or false
// removes anything.
func (w *walk) included(directives ast.DirectiveList) bool {
	for _, d := range directives {
		condition, ok := d.ArgumentMap(w.op.Variables)["if"].(bool)
		if ok && (d.Name == "skip" && condition || d.Name == "include" && !condition) {
			return false
		}
	}
	return true
}

func (w *walk) fragment(parent *ast.Definition, condition string, set ast.SelectionSet) {
	if condition != "" {
		parent = w.schema.Types[condition]
		w.check(parent.Name, parent.Directives)
	}
	w.selection(parent, set)
}

// field checks a field of every object that the parent can be, and the type of the field.
func (w *walk) field(parent *ast.Definition, f *ast.Field) {
	if isIntrospection(f.Name) {
		w.introspection(f.Name)
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

// introspection shows only the public schema, so every capacity can use it. It can be switched off.
func (w *walk) introspection(name string) {
	if name != "__typename" && w.op.DisableIntrospection && w.refused == nil {
		w.refused = coded.New(coded.Forbidden, "This service does not show its schema: it is published separately.")
	}
}

// check refuses what the role has no act for. The message names only what is in the public schema.
func (w *walk) check(what string, directives ast.DirectiveList) {
	named := ActsOf(directives)
	for _, act := range named {
		if w.policy.Can(w.role, act) {
			return
		}
	}
	if named != nil && w.refused == nil {
		w.refused = coded.New(coded.Forbidden,
			fmt.Sprintf("In the capacity %q you cannot use %s: leave it out, or choose another capacity.", w.role, what))
	}
}
