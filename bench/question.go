package main

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// question is a way through the schema from a list at the root to a field, and everything that the field shows. Every
// list, and every way to read what belongs to something, is one.
type question struct {
	field string // as Type.field
	list  string // the field of Query that it begins with
	text  string
}

// questions are all that the schema has, the shortest way to each first.
type questions struct {
	schema *ast.Schema
	all    []question
	unable []string // fields that need to be told something, and nobody has said what
}

// told are the arguments of fields that need some.
type told map[string]string

func newQuestions(schema *ast.Schema, t told) *questions {
	q := &questions{schema: schema}
	for _, root := range schema.Query.Fields {
		if strings.HasPrefix(root.Name, "_") || root.Name == "node" || root.Name == "viewer" {
			continue
		}
		q.from(root, t)
	}
	slices.SortStableFunc(q.all, func(a, b question) int {
		return strings.Count(a.text, "{") - strings.Count(b.text, "{")
	})
	return q
}

// route is how far the walk has come: a type, and what stands before and after what is asked of it.
type route struct {
	typ           *ast.Definition
	before, after string
	steps         int
}

// furthest is the greatest number of lists or things below each other.
const furthest = 3

func (q *questions) from(root *ast.FieldDefinition, t told) {
	for _, start := range q.into(q.schema.Query, root, route{before: "{ ", after: " }"}, t) {
		q.ask("Query", root.Name, root, start)
		seen := map[string]bool{start.typ.Name: true}
		for at := []route{start}; len(at) > 0; at = at[1:] {
			for _, f := range at[0].typ.Fields {
				if strings.HasPrefix(f.Name, "__") {
					continue
				}
				for _, next := range q.into(at[0].typ, f, at[0], t) {
					q.ask(at[0].typ.Name, root.Name, f, next)
					if next.typ.Kind == ast.Object && !seen[next.typ.Name] && next.steps < furthest {
						seen[next.typ.Name] = true
						at = append(at, next)
					}
				}
			}
		}
	}
}

// into goes into a field, once for each way in which it can be asked.
func (q *questions) into(of *ast.Definition, f *ast.FieldDefinition, from route, t told) (all []route) {
	with, ok := t[of.Name+"."+f.Name]
	if !ok && slices.ContainsFunc(f.Arguments, func(a *ast.ArgumentDefinition) bool { return a.Type.NonNull && a.DefaultValue == nil }) {
		q.unable = append(q.unable, of.Name+"."+f.Name)
		return nil
	}
	for _, arguments := range strings.Split(with, "|") {
		r := route{typ: q.schema.Types[f.Type.Name()], before: from.before + f.Name + arguments, after: from.after, steps: from.steps + 1}
		if node := q.inside(r.typ); node != nil {
			r.typ, r.before, r.after = node, r.before+" { edges { node", " } }"+r.after
		}
		if r.typ.IsCompositeType() {
			r.before, r.after = r.before+" { ", " }"+r.after
		}
		all = append(all, r)
	}
	return all
}

// inside is what a page contains; nil if the field is not a page.
func (q *questions) inside(typ *ast.Definition) *ast.Definition {
	edges := typ.Fields.ForName("edges")
	if edges == nil {
		return nil
	}
	return q.schema.Types[q.schema.Types[edges.Type.Name()].Fields.ForName("node").Type.Name()]
}

// ask adds the question for a field: all that its type shows of itself, where the reader needs no right of its own for it.
func (q *questions) ask(of, list string, f *ast.FieldDefinition, r route) {
	if !r.typ.IsCompositeType() && f.Directives.ForName("can") == nil {
		return // it comes with the others
	}
	shown := ""
	if r.typ.IsCompositeType() {
		shown = "__typename"
	}
	for _, own := range r.typ.Fields {
		if !q.schema.Types[own.Type.Name()].IsCompositeType() && len(own.Arguments) == 0 && own.Directives.ForName("can") == nil &&
			!strings.HasPrefix(own.Name, "__") {
			shown += " " + own.Name
		}
	}
	q.all = append(q.all, question{of + "." + f.Name, list, r.before + shown + r.after})
}
