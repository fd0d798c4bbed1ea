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

// apiOperation is one thing to ask.
type apiOperation struct {
	name, document string
	variables      fields
	changes        bool
	near           bool // to the difference: asked in any case
}

// operations are everything that a person can ask: each list, in one page and in several; each node and each entity, of
// everything that exists and of what is hidden, as each type; what is refused for its form; and then each mutation.
type operationBuilder struct {
	schema     *ast.Schema
	policy     *policy.Policy
	role       policy.Role
	ids        map[string]string // kinds of input by the id to give
	near       []string          // ids that the difference is about
	operations []apiOperation
}

func allOperations(p *policy.Policy, who demo.Persona, ids, about map[string]string) []apiOperation {
	a := &operationBuilder{
		schema: graph.NewExecutableSchema(graph.Config{}).Schema(), policy: p, role: who.Capacity,
		ids: inputIDs(ids, about),
	}
	for _, name := range about {
		a.near = append(a.near, ids[name])
	}
	a.addLists()
	a.addNodes(ids)
	a.addMalformed()
	a.addMutations()
	return a.operations
}

// inputIDs are the ids to give for each kind of input: what is hidden where there is some, else something that is there.
func inputIDs(ids, about map[string]string) map[string]string {
	all := map[string]string{
		"need": ids["kent"], "offer": ids["offer"], "lot": ids["scored"], "award": ids["award of approved"], "placement": ids["placement"],
		"words":       ids["words"],
		"application": ids["application"], "delegation": ids["delegation"], "criterion": ids["criterion of scored"],
		"market":  opaqueID("market", demo.MarketID()),
		"setting": opaqueID("setting", demo.SettingID(4)), "authority": opaqueID("org", demo.OrganisationID("Croydon")),
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

func (a *operationBuilder) addOperation(name, document string, variables fields) {
	id, _ := variables["id"].(string)
	a.operations = append(a.operations, apiOperation{name, document, variables, false, strings.HasSuffix(name, ", deep") ||
		slices.Contains(a.near, id)})
}

func (a *operationBuilder) addLists() {
	a.addOperation("viewer", "{ viewer { "+a.fullSelection("Viewer", 1)+" } }", nil)
	for _, f := range a.schema.Query.Fields {
		if f.Arguments.ForName("first") == nil || !a.mayAsk(f.Directives) {
			continue
		}
		edge := a.schema.Types[a.schema.Types[f.Type.Name()].Fields.ForName("edges").Type.Name()]
		node := a.schema.Types[edge.Fields.ForName("node").Type.Name()].Name
		page := func(first int, selection string) string {
			return fmt.Sprintf("{ %s(first: %d) { edges { cursor node { %s } } pageInfo { hasNextPage endCursor startCursor } } }",
				f.Name, first, selection)
		}
		a.addOperation(f.Name, page(20, a.fullSelection(node, 1)), nil)
		a.addOperation(f.Name+", deep", page(5, a.fullSelection(node, 2)), nil)
		a.addOperation(f.Name+", in pages", page(1, "__typename"), nil)
		a.addOperation(f.Name+", too long", page(101, "__typename"), nil)
		a.addOperation(f.Name+", from nowhere", fmt.Sprintf("{ %s(after: \"synthetic\") { edges { cursor } } }", f.Name), nil)
	}
}

// addNodes asks for each thing as its own type, and for all of them as entities.
func (a *operationBuilder) addNodes(ids map[string]string) {
	asked := map[string]bool{}
	for _, id := range slices.Sorted(maps.Values(ids)) {
		kind, _, found := strings.Cut(id, "_")
		if typ := typesByKind[kind]; found && !asked[id] && typ != "" {
			asked[id] = true
			a.addNode(typ, id)
		}
	}
	for kind, typ := range typesByKind {
		if id := a.ids[kind]; id != "" && !asked[id] {
			asked[id] = true
			a.addNode(typ, id)
		}
	}
	a.addNode("Provider", opaqueID("provider", demo.ProviderID(2)))
	a.addNode("Setting", opaqueID("setting", demo.SettingID(4)))
	a.addNode("Organisation", opaqueID("org", demo.OrganisationID("Kent")))
	a.addEntities(slices.Sorted(maps.Keys(asked)))
	slices.SortFunc(a.operations, func(one, other apiOperation) int { return strings.Compare(one.name, other.name) })
}

var typesByKind = map[string]string{
	"need": "Need", "offer": "Offer", "lot": "Lot", "award": "Award", "placement": "Placement",
	"words":       "FeedbackWords",
	"application": "Application", "setting": "Setting", "market": "Market",
}

func (a *operationBuilder) addNode(typ, id string) {
	if !a.mayAsk(a.schema.Types[typ].Directives) {
		a.addOperation("node "+id, `query($id: ID!) { node(id: $id) { __typename id } }`, fields{"id": id})
		return
	}
	a.addOperation("node "+id, fmt.Sprintf(`query($id: ID!) { node(id: $id) { id ... on %s { %s } } }`, typ, a.fullSelection(typ, 2)),
		fields{"id": id})
}

func (a *operationBuilder) addEntities(ids []string) {
	selection, representations := "__typename", []fields{}
	for _, typ := range []string{"Need", "Offer", "Lot", "Placement"} {
		if a.mayAsk(a.schema.Types[typ].Directives) {
			selection += fmt.Sprintf(" ... on %s { id }", typ)
		}
	}
	for _, id := range ids {
		kind, _, _ := strings.Cut(id, "_")
		if typ := typesByKind[kind]; a.schema.Types[typ].Directives.ForName("key") != nil {
			representations = append(representations, fields{"__typename": typ, "id": id})
		}
	}
	a.addOperation("entities", "query($r: [_Any!]!) { _entities(representations: $r) { "+selection+" } }", fields{"r": representations})
}

func (a *operationBuilder) addMalformed() {
	a.addOperation("a field that there is not", `{ needs { edges { node { synthetic } } } }`, nil)
	a.addOperation("what others may ask",
		`{ needs { edges { node { ceilingWeekly offers { price { weekly } scores { points } } } } } events { edges { node { act } } } }`, nil)
	a.addOperation("no GraphQL", `{ needs {`, nil)
	a.addOperation("a list in a list in a list",
		`{ needs(first: 100) { edges { node { offers { need { offers { need { offers { id } } } } } } } } }`, nil)
}

// addMutations gives what is hidden to each mutation, including those that the persona's capacity does not have.
func (a *operationBuilder) addMutations() {
	for _, f := range a.schema.Mutation.Fields {
		input := a.schema.Types[f.Arguments.ForName("input").Type.Name()]
		in := a.inputOf(input)
		if input.Fields.ForName("idempotencyKey") != nil {
			in["idempotencyKey"] = "worlds key " + f.Name
		}
		a.operations = append(a.operations, apiOperation{f.Name, mutationDocument(f.Name, ""), fields{"input": in}, true, false})
	}
}

func (a *operationBuilder) inputOf(def *ast.Definition) fields {
	in := fields{}
	for _, f := range def.Fields {
		if f.Type.NonNull || a.ids[f.Name] != "" {
			in[f.Name] = a.valueOf(f.Name, f.Type)
		}
	}
	return in
}

func (a *operationBuilder) valueOf(name string, of *ast.Type) any {
	if of.Elem != nil && of.Elem.NamedType == "String" {
		return []any{anyNeed}
	}
	if of.Elem != nil {
		return []any{a.valueOf(name, of.Elem)}
	}
	def := a.schema.Types[of.NamedType]
	switch {
	case def.Kind == ast.Enum:
		return def.EnumValues[0].Name
	case def.Kind == ast.InputObject:
		return a.inputOf(def)
	case def.Name == "ID":
		return a.ids[name]
	}
	return map[string]any{
		"Int": 5, "Boolean": true, "Decimal": "100.00", "Date": "2027-06-01", "Time": "2030-01-01T00:00:00Z",
		"String": "Synthetic",
	}[def.Name]
}

func (a *operationBuilder) mayAsk(directives ast.DirectiveList) bool {
	d := directives.ForName("can")
	return d == nil || slices.ContainsFunc(d.Arguments.ForName("do").Value.Children,
		func(c *ast.ChildValue) bool { return a.policy.Can(a.role, policy.Act(c.Value.Raw)) })
}

// fullSelection is everything that the capacity can select of a type, to the given depth of objects.
func (a *operationBuilder) fullSelection(typ string, depth int) string {
	all := []string{"__typename"}
	for _, f := range a.schema.Types[typ].Fields {
		result := a.schema.Types[f.Type.Name()]
		if strings.HasPrefix(f.Name, "__") || !a.mayAsk(f.Directives) || !a.mayAsk(result.Directives) {
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
			all = append(all, name+" { "+a.fullSelection(result.Name, below)+" }")
		}
	}
	return strings.Join(all, " ")
}
