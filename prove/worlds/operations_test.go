package worlds_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/graph"
	"github.com/southeasttogether/dps/policy"
)

// operation is one thing to ask.
type operation struct {
	name, document string
	variables      fields
	changes        bool
	near           bool // to the difference: asked in any case
}

// operations are everything that somebody can ask: each list, in one page and in several; each node and each entity, of
// all that there is and of what is hidden, as each type; what is refused in form; and then each mutation.
type asking struct {
	schema *ast.Schema
	policy *policy.Policy
	role   policy.Role
	ids    map[string]string // kinds of input by the id to give
	near   []string          // ids that the difference is about
	all    []operation
}

func operations(p *policy.Policy, who demo.Persona, ids, about map[string]string) []operation {
	a := &asking{schema: graph.NewExecutableSchema(graph.Config{}).Schema(), policy: p, role: who.Capacity, ids: given(ids, about)}
	for _, name := range about {
		a.near = append(a.near, ids[name])
	}
	a.lists()
	a.nodes(ids)
	a.malformed()
	a.mutations()
	return a.all
}

// given are the ids to give for each kind of input: what is hidden where there is some, else something that is there.
func given(ids, about map[string]string) map[string]string {
	all := map[string]string{
		"need": ids["kent"], "offer": ids["offer"], "lot": ids["scored"], "award": ids["award of approved"], "placement": ids["placement"], "words": ids["words"],
		"application": ids["application"], "delegation": ids["delegation"], "criterion": ids["criterion of scored"], "market": opaque("market", demo.MarketID()),
		"setting": opaque("setting", demo.SettingID(4)), "authority": opaque("org", demo.OrganisationID("Croydon")),
		"evidence":   "evidence_00000000000040008000000000000000",
		"query":      "pricequery_00000000000040008000000000000000",
		"membership": "membership_00000000000040008000000000000000", "preference": "preference_00000000000040008000000000000000",
		"clarification": ids["question"], "sibling": ids["offered"],
	}
	for kind, name := range about {
		all[kind] = ids[name]
	}
	return all
}

func (a *asking) add(name, document string, variables fields) {
	id, _ := variables["id"].(string)
	a.all = append(a.all, operation{name, document, variables, false, strings.HasSuffix(name, ", deep") || slices.Contains(a.near, id)})
}

func (a *asking) lists() {
	a.add("viewer", "{ viewer { "+a.selection("Viewer", 1)+" } }", nil)
	for _, f := range a.schema.Query.Fields {
		if f.Arguments.ForName("first") == nil || !a.may(f.Directives) {
			continue
		}
		node := a.schema.Types[a.schema.Types[a.schema.Types[f.Type.Name()].Fields.ForName("edges").Type.Name()].Fields.ForName("node").Type.Name()].Name
		page := func(first int, selection string) string {
			return fmt.Sprintf("{ %s(first: %d) { edges { cursor node { %s } } pageInfo { hasNextPage endCursor startCursor } } }", f.Name, first, selection)
		}
		a.add(f.Name, page(20, a.selection(node, 1)), nil)
		a.add(f.Name+", deep", page(5, a.selection(node, 2)), nil)
		a.add(f.Name+", in pages", page(1, "__typename"), nil)
		a.add(f.Name+", too long", page(101, "__typename"), nil)
		a.add(f.Name+", from nowhere", fmt.Sprintf("{ %s(after: \"synthetic\") { edges { cursor } } }", f.Name), nil)
	}
}

// nodes asks for each thing as its own type, and for all of them as entities.
func (a *asking) nodes(ids map[string]string) {
	asked := map[string]bool{}
	for _, id := range slices.Sorted(maps.Values(ids)) {
		kind, _, found := strings.Cut(id, "_")
		if typ := types[kind]; found && !asked[id] && typ != "" {
			asked[id] = true
			a.node(typ, id)
		}
	}
	for kind, typ := range types {
		if id := a.ids[kind]; id != "" && !asked[id] {
			asked[id] = true
			a.node(typ, id)
		}
	}
	a.node("Provider", opaque("provider", demo.ProviderID(2)))
	a.node("Setting", opaque("setting", demo.SettingID(4)))
	a.node("Organisation", opaque("org", demo.OrganisationID("Kent")))
	a.entities(slices.Sorted(maps.Keys(asked)))
	slices.SortFunc(a.all, func(one, other operation) int { return strings.Compare(one.name, other.name) })
}

var types = map[string]string{"need": "Need", "offer": "Offer", "lot": "Lot", "award": "Award", "placement": "Placement", "words": "FeedbackWords",
	"application": "Application", "setting": "Setting", "market": "Market"}

func (a *asking) node(typ, id string) {
	if !a.may(a.schema.Types[typ].Directives) {
		a.add("node "+id, `query($id: ID!) { node(id: $id) { __typename id } }`, fields{"id": id})
		return
	}
	a.add("node "+id, fmt.Sprintf(`query($id: ID!) { node(id: $id) { id ... on %s { %s } } }`, typ, a.selection(typ, 2)), fields{"id": id})
}

func (a *asking) entities(ids []string) {
	selection, representations := "__typename", []fields{}
	for _, typ := range []string{"Need", "Offer", "Lot", "Placement"} {
		if a.may(a.schema.Types[typ].Directives) {
			selection += fmt.Sprintf(" ... on %s { id }", typ)
		}
	}
	for _, id := range ids {
		kind, _, _ := strings.Cut(id, "_")
		if typ := types[kind]; a.schema.Types[typ].Directives.ForName("key") != nil {
			representations = append(representations, fields{"__typename": typ, "id": id})
		}
	}
	a.add("entities", "query($r: [_Any!]!) { _entities(representations: $r) { "+selection+" } }", fields{"r": representations})
}

func (a *asking) malformed() {
	a.add("a field that there is not", `{ needs { edges { node { synthetic } } } }`, nil)
	a.add("what others may ask", `{ needs { edges { node { ceilingWeekly offers { price { weekly } scores { points } } } } } events { edges { node { act } } } }`, nil)
	a.add("no GraphQL", `{ needs {`, nil)
	a.add("a list in a list in a list", `{ needs(first: 100) { edges { node { offers { need { offers { need { offers { id } } } } } } } } }`, nil)
}

// mutations give what is hidden to each, also to those that the asker's capacity has not.
func (a *asking) mutations() {
	for _, f := range a.schema.Mutation.Fields {
		input := a.schema.Types[f.Arguments.ForName("input").Type.Name()]
		in := a.input(input)
		if input.Fields.ForName("idempotencyKey") != nil {
			in["idempotencyKey"] = "worlds key " + f.Name
		}
		a.all = append(a.all, operation{f.Name, mutationDocument(f.Name, ""), fields{"input": in}, true, false})
	}
}

func (a *asking) input(def *ast.Definition) fields {
	in := fields{}
	for _, f := range def.Fields {
		if f.Type.NonNull || a.ids[f.Name] != "" {
			in[f.Name] = a.value(f.Name, f.Type)
		}
	}
	return in
}

func (a *asking) value(name string, of *ast.Type) any {
	if of.Elem != nil && of.Elem.NamedType == "String" {
		return []any{anyNeed}
	}
	if of.Elem != nil {
		return []any{a.value(name, of.Elem)}
	}
	def := a.schema.Types[of.NamedType]
	switch {
	case def.Kind == ast.Enum:
		return def.EnumValues[0].Name
	case def.Kind == ast.InputObject:
		return a.input(def)
	case def.Name == "ID":
		return a.ids[name]
	}
	return map[string]any{"Int": 5, "Boolean": true, "Decimal": "100.00", "Date": "2027-06-01", "Time": "2030-01-01T00:00:00Z", "String": "Synthetic"}[def.Name]
}

func (a *asking) may(directives ast.DirectiveList) bool {
	d := directives.ForName("can")
	return d == nil || slices.ContainsFunc(d.Arguments.ForName("do").Value.Children, func(c *ast.ChildValue) bool { return a.policy.Can(a.role, policy.Act(c.Value.Raw)) })
}

// selection is everything that the capacity may select of a type, so many objects deep.
func (a *asking) selection(typ string, depth int) string {
	all := []string{"__typename"}
	for _, f := range a.schema.Types[typ].Fields {
		result := a.schema.Types[f.Type.Name()]
		if strings.HasPrefix(f.Name, "__") || !a.may(f.Directives) || !a.may(result.Directives) {
			continue
		}
		name, below := f.Name, depth-1
		if f.Arguments.ForName("first") != nil {
			name, below = name+"(first: 3)", depth
		}
		if f.Name == "edges" || f.Name == "pageInfo" || f.Name == "node" {
			below = depth
		}
		switch {
		case result.Kind != ast.Object:
			all = append(all, name)
		case below >= 0:
			all = append(all, name+" { "+a.selection(result.Name, below)+" }")
		}
	}
	return strings.Join(all, " ")
}
