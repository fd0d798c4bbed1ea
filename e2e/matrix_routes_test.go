package e2e_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// documentRoute is a document that leads to a type, open at its end, with the facets of everything on the way.
type documentRoute struct {
	before, tip, after string
	facets             []string
	variables          fields
}

func (r documentRoute) completeDocument() string {
	return r.before + cmp.Or(r.tip, "__typename") + r.after
}

// rootArguments are the arguments that a field at the root needs.
func rootArguments(field string) string {
	switch field {
	case "node":
		return fmt.Sprintf("(id: %q)", opaqueID("need", uuid.New()))
	case "compare":
		return fmt.Sprintf("(settings: [%q, %q])", settingOf(1), settingOf(2))
	case "_entities":
		return "(representations: [])"
	}
	return ""
}

// routesByType are, for each type, all fields that lead to it, each from the first route to the type that has the
// field. A type of things can also be read by id, in two ways.
func (m *matrix) routesByType(t testing.TB) map[string][]documentRoute {
	t.Helper()
	found := map[string][]documentRoute{}
	for _, typ := range m.schema.nodes {
		found[typ] = append(found[typ], documentRoute{
			before: "{ node" + rootArguments("node") + " { ... on " + typ + " { ", after: " } } }",
			facets: []string{facetOfThing(typ)},
		})
	}
	for _, typ := range m.schema.entity {
		found[typ] = append(found[typ], documentRoute{
			before: "{ _entities(representations: []) { ... on " + typ + " { ", after: " } } }",
			facets: []string{facetOfThing(typ)},
		})
	}
	found["Query"] = []documentRoute{{before: "{ ", after: " }"}}
	waiting := append([]string{"Query"}, m.schema.nodes...)
	for _, f := range m.schema.objects["Mutation"].Fields {
		variables := fields{"input": m.harmlessInput(f.Name)}
		r := documentRoute{before: fmt.Sprintf("mutation($input: %sInput!) { %s(input: $input) { ", strings.ToUpper(f.Name[:1])+f.Name[1:],
			f.Name), after: " } }", facets: []string{f.Name}, variables: variables}
		if found[f.of] == nil {
			waiting = append(waiting, f.of)
		}
		found[f.of] = append(found[f.of], r)
	}
	for len(waiting) > 0 {
		typ := waiting[0]
		waiting = waiting[1:]
		for _, f := range m.schema.objects[typ].Fields {
			if f.kind != "OBJECT" {
				continue
			}
			if found[f.of] == nil {
				waiting = append(waiting, f.of)
			}
			found[f.of] = append(found[f.of], m.schema.extendRoute(found[typ][0], typ, f))
		}
	}
	return found
}

// extendRoute goes one field further.
func (c *shownSchema) extendRoute(r documentRoute, typ string, f *fieldOf) documentRoute {
	next := r
	next.facets = slices.Clone(r.facets)
	next.before += f.Name
	if typ == "Query" {
		next.before += rootArguments(f.Name)
	}
	if !isPlumbing(typ) {
		next.facets = append(next.facets, facetOf(typ, f.Name))
	}
	if f.kind == "SCALAR" || f.kind == "ENUM" {
		next.tip = " "
		return next
	}
	if facet := facetOfThing(f.of); facet != "" && f.of != "Query" {
		next.facets = append(next.facets, facet)
	}
	next.before, next.after = next.before+" { ", " }"+next.after
	return next
}

// checkRoute asks along a route and expects to be refused as a whole unless the capacity can ask for each facet on it.
func (m *matrix) checkRoute(t testing.TB, a asker, r documentRoute) {
	t.Helper()
	may := !slices.ContainsFunc(r.facets, func(facet string) bool { return !mayAsk(a.capacity, facet) })
	got := m.postQuery(t, a.credential, r.completeDocument(), r.variables)
	if may {
		m.checkGranted(t, got.code == "", "%s may ask %s\ngot %s", a, r.completeDocument(), got.body)
		return
	}
	m.checkSecret(t, got.code == "FORBIDDEN" && got.data == nil, "%s must not ask %s\ngot %s", a, r.completeDocument(), got.body)
}
