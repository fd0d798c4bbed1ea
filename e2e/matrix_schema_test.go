package e2e_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// shownSchema is the schema as the service shows it: what the cells of the matrix are made from.
type shownSchema struct {
	objects map[string]*objectType // by name, without introspection's own
	nodes   []string               // the types behind `node`
	entity  []string               // those behind `_entities`
}

type objectType struct {
	Name   string
	Kind   string
	Fields []*fieldOf
	Inputs []*fieldOf `json:"inputFields"`
	Types  []struct{ Name string }
}

// fieldOf is a field with the name of the type that it leads to.
type fieldOf struct {
	Name string
	Type typeRef
	of   string
	kind string
}

type typeRef struct {
	Kind   string
	Name   string
	OfType *typeRef
}

const introspection = `{ __schema { types { name kind possible: possibleTypes { name } fields { name type { ...ref } } } } }
	fragment ref on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }`

func (m *stagedMarket) readSchema(t testing.TB) *shownSchema {
	t.Helper()
	read := m.postQuery(t, demo.Credential{}, introspection, nil)
	raw, err := json.Marshal(read.data["__schema"])
	must(t, err)
	var schema struct {
		Types []struct {
			objectType
			Possible []struct{ Name string }
		}
	}
	must(t, json.Unmarshal(raw, &schema))
	c := &shownSchema{objects: map[string]*objectType{}}
	leads := map[string]bool{"Query": true, "Mutation": true}
	for _, typ := range schema.Types {
		for _, p := range typ.Possible {
			switch typ.Name {
			case "Node":
				c.nodes = append(c.nodes, p.Name)
			case "_Entity":
				c.entity = append(c.entity, p.Name)
			}
		}
		if typ.Kind != "OBJECT" || strings.HasPrefix(typ.Name, "__") {
			continue
		}
		for _, f := range typ.Fields {
			f.of, f.kind = f.Type.innermostType()
			leads[f.of] = leads[f.of] || typ.Name != f.of
		}
		c.objects[typ.Name] = &typ.objectType
	}
	maps.DeleteFunc(c.objects, func(name string, _ *objectType) bool { return !leads[name] }) // gqlgen's own, which nothing leads to
	if len(c.objects) < 50 || len(c.nodes) < 10 || len(c.entity) < 5 {
		t.Fatalf("the service shows %d types, %d nodes, %d entities", len(c.objects), len(c.nodes), len(c.entity))
	}
	return c
}

func (r typeRef) innermostType() (name, kind string) {
	for r.OfType != nil {
		r = *r.OfType
	}
	return r.Name, r.Kind
}

func (c *shownSchema) isNode(typ string) bool { return slices.Contains(c.nodes, typ) }

// nodeTypeOfPage is the type of a page's nodes, "" for a type that is not a page.
func (c *shownSchema) nodeTypeOfPage(typ string) string {
	name, page := strings.CutSuffix(typ, "Connection")
	if !page {
		return ""
	}
	return name
}

// isPlumbing is true for the parts of pages and payloads, which say nothing themselves.
func isPlumbing(typ string) bool {
	return strings.HasSuffix(typ, "Connection") || strings.HasSuffix(typ, "Edge") || strings.HasSuffix(typ, "Payload")
}

// findUnexpected are the fields that the expectations do not mention, and the fields that they mention but that do not
// exist.
func (c *shownSchema) findUnexpected() (faults []string) {
	for name, typ := range c.objects {
		for _, f := range typ.Fields {
			if !isPlumbing(name) && name != "Mutation" && facetOf(name, f.Name) == "" {
				faults = append(faults, name+"."+f.Name+" has no expectation")
			}
			if name == "Mutation" && len(casesOfMutation(f.Name)) == 0 {
				faults = append(faults, "the mutation "+f.Name+" has no expectation")
			}
		}
	}
	for name, rows := range fieldsByType {
		for _, row := range rows {
			for field := range strings.FieldsSeq(row.fields) {
				if c.findField(name, field) == nil {
					faults = append(faults, name+"."+field+" is expected and not in the schema")
				}
			}
			if !slices.ContainsFunc(sightFacts, func(f expectation) bool { return f.facet == row.facet }) {
				faults = append(faults, "nobody sees the facet "+row.facet+" of "+name)
			}
		}
	}
	return append(faults, c.findMisshapen()...)
}

// findMisshapen are pages and payloads with more fields than pages and payloads have.
func (c *shownSchema) findMisshapen() (faults []string) {
	forms := map[string]string{"Connection": "edges pageInfo", "Edge": "cursor node", "Payload": "problems"}
	for name, typ := range c.objects {
		for suffix, form := range forms {
			if !strings.HasSuffix(name, suffix) {
				continue
			}
			for _, f := range typ.Fields {
				scalar := suffix == "Payload" && (f.kind == "SCALAR") && !slices.Contains([]string{"InviteFamilyPayload.code", "GivenPayload.received"},
					name+"."+f.Name)
				if suffix != "Payload" && !slices.Contains(strings.Fields(form), f.Name) || scalar {
					faults = append(faults, name+"."+f.Name+" has no expectation")
				}
			}
		}
	}
	return faults
}

func (c *shownSchema) findField(typ, name string) *fieldOf {
	if object := c.objects[typ]; object != nil {
		for _, f := range object.Fields {
			if f.Name == name {
				return f
			}
		}
	}
	return nil
}

// wholeSelection selects everything that a capacity can ask of a type, and only the ids of the things that it leads to.
func (c *shownSchema) wholeSelection(capacity, typ string) string {
	var parts []string
	for _, f := range c.objects[typ].Fields {
		if part := c.partSelection(capacity, typ, f); part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " ")
}

func (c *shownSchema) partSelection(capacity, typ string, f *fieldOf) string {
	if !mayAsk(capacity, facetOf(typ, f.Name)) {
		return ""
	}
	page := c.nodeTypeOfPage(f.of)
	switch {
	case f.kind != "OBJECT":
		return f.Name
	case page != "" && mayAsk(capacity, facetOfThing(page)):
		return f.Name + "(first: 20) { edges { node { id } } }"
	case page != "" || !mayAsk(capacity, facetOfThing(f.of)):
		return ""
	case c.isNode(f.of):
		return f.Name + " { id }"
	}
	return f.Name + " { " + c.wholeSelection(capacity, f.of) + " }"
}

// schemaWay leads from a type of things to things of another type, over values without an id.
type schemaWay struct {
	fields []string
	to     string
}

// waysFrom are all ways out of a type that a capacity can follow.
func (c *shownSchema) waysFrom(capacity, typ string) (all []schemaWay) {
	for _, f := range c.objects[typ].Fields {
		to := f.of
		if page := c.nodeTypeOfPage(to); page != "" {
			to = page
		}
		if f.kind != "OBJECT" || !mayAsk(capacity, facetOf(typ, f.Name)) || !mayAsk(capacity, facetOfThing(to)) {
			continue
		}
		if c.isNode(to) {
			all = append(all, schemaWay{[]string{f.Name}, to})
			continue
		}
		for _, further := range c.waysFrom(capacity, to) {
			all = append(all, schemaWay{append([]string{f.Name}, further.fields...), further.to})
		}
	}
	return all
}

// waySelection is the selection that follows a way and selects everything that a capacity can ask of what it finds.
func (c *shownSchema) waySelection(capacity, typ string, w schemaWay) string {
	if len(w.fields) == 0 {
		return c.wholeSelection(capacity, w.to)
	}
	f := c.findField(typ, w.fields[0])
	page := c.nodeTypeOfPage(f.of)
	further := c.waySelection(capacity, cmp.Or(page, f.of), schemaWay{w.fields[1:], w.to})
	if page != "" {
		return fmt.Sprintf("%s(first: 20) { edges { node { %s } } }", f.Name, further)
	}
	return fmt.Sprintf("%s { %s }", f.Name, further)
}

// typesInOrder are the names of all types of objects.
func (c *shownSchema) typesInOrder() []string { return slices.Sorted(maps.Keys(c.objects)) }
