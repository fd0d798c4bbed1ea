package e2e_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/demo"
)

// TestServiceSDLNamesEveryEntity: the SDL for a gateway names every entity and the acts that each asks for.
func TestServiceSDLNamesEveryEntity(t *testing.T) {
	c := newWorld(t).readContract(t)
	var entities []string
	for name, def := range c.Types {
		if def.Directives.ForName("key") != nil {
			entities = append(entities, name)
			if def.Directives.ForName("can") == nil {
				t.Errorf("%s does not say who may read it", name)
			}
		}
	}
	slices.Sort(entities)
	if got := strings.Join(entities, " "); got != "Lot Need Offer Organisation Placement Provider Setting" {
		t.Errorf("entities: %s", got)
	}
}

const allEntitiesQuery = `query($r: [_Any!]!) { _entities(representations: $r) { __typename
	... on Organisation { id name } ... on Provider { id name } ... on Setting { id name } ... on Lot { id name }
	... on Need { id reference } ... on Offer { id receipt } ... on Placement { id startsOn } } }`

// TestEntitiesInRequestedOrder: all types in one request, in the requested order. What is hidden, unknown or of another
// type is null, each in its place.
func TestEntitiesInRequestedOrder(t *testing.T) {
	w, told := newTold(t)
	s := w.addScene(t, "MATCHING", bidsManagerOf(1))
	hidden := s.publishNeed(demo.Neighbour) // another county's
	asked := []struct{ kind, id, want string }{
		{"Need", told.Need, "reference"},
		{"Organisation", opaqueID("org", demo.OrganisationID("Kent")), "name"},
		{"Need", hidden, ""},
		{"Offer", told.WinningOffer, "receipt"},
		{"Provider", opaqueID("provider", demo.ProviderID(1)), "name"},
		{"Provider", opaqueID("provider", uuid.New()), ""},
		{"Setting", settingOf(1), "name"},
		{"Lot", told.Lot, "name"},
		{"Placement", told.Placement, "startsOn"},
		{"Placement", opaqueID("placement", uuid.New()), ""},
		{"Lot", told.Need, ""},
		{"Need", opaqueID("need", uuid.New()), ""},
		{"Offer", opaqueID("offer", uuid.New()), ""},
		{"Need", told.Need, "reference"},
	}
	var representations []fields
	for _, a := range asked {
		representations = append(representations, fields{"__typename": a.kind, "id": a.id})
	}
	found := s.readData(demo.Commissioner, allEntitiesQuery, fields{"r": representations}).At("_entities").All()
	if len(found) != len(asked) {
		t.Fatalf("%d entities of %d", len(found), len(asked))
	}
	for i, a := range asked {
		switch {
		case a.want == "" && found[i].Exists():
			t.Errorf("%d, %s: %v", i, a.kind, found[i])
		case a.want != "" && (found[i].At("__typename").Text() != a.kind || found[i].At("id").Text() != a.id || !found[i].At(a.want).Exists()):
			t.Errorf("%d, %s: %v", i, a.kind, found[i])
		}
	}
}

// TestHiddenEntityLooksAbsent: to everybody without access, an entity that exists and one that does not give the same
// answer.
func TestHiddenEntityLooksAbsent(t *testing.T) {
	w, told := newTold(t)
	for _, who := range []demo.Persona{demo.Neighbour, demo.Borough, demo.Officer, demo.Outsider, demo.Rival, demo.Public, demo.Auditor} {
		for kind, id := range map[string]string{"Need": told.Need, "Offer": told.WinningOffer, "Placement": told.Placement} {
			if kind == "Need" && who.Key == demo.Rival.Key {
				continue // it was invited
			}
			ask := func(id string) string {
				return w.sendQuery(t, who, `query($r: [_Any!]!) { _entities(representations: $r) { ... on `+kind+` { id } } }`,
					fields{"r": []fields{{"__typename": kind, "id": id}}}).Raw
			}
			prefix, _, _ := strings.Cut(id, "_")
			if hidden, absent := ask(id), ask(opaqueID(prefix, uuid.New())); hidden != absent || strings.Contains(hidden, id) {
				t.Errorf("%s, %s: %s, and for what does not exist %s", who, kind, hidden, absent)
			}
		}
	}
}

// TestEntitiesTakeOneStatementAType: one representation costs as many statements as a hundred.
func TestEntitiesTakeOneStatementAType(t *testing.T) {
	c := newCrowdedWorld(t)
	for _, of := range []struct {
		kind, prefix, from string
		statements         int64
	}{
		{"Organisation", "org", "organisation", 2},
		{"Provider", "provider", "provider", 2},
		{"Setting", "setting", "setting", 2},
		{"Lot", "lot", "lot", 2},
		{"Need", "need", "need", 2},
		{"Offer", "offer", "offer", 2},
		{"Placement", "placement", "placement", 2},
	} {
		var all []fields
		for _, id := range c.idsOf("dps."+of.from, "id") {
			all = append(all, fields{"__typename": of.kind, "id": opaqueID(of.prefix, id)})
		}
		for _, n := range []int{1, copyCount} {
			spent, found := c.countStatements(demo.Commissioner, allEntitiesQuery, fields{"r": all[:n]})
			if hidden := slices.IndexFunc(found.At("_entities").All(), func(v demo.Value) bool { return !v.Exists() }); hidden >= 0 {
				t.Errorf("%s number %d is hidden", of.kind, hidden)
			}
			if spent != of.statements {
				t.Errorf("%d of %s: %d statements and not %d", n, of.kind, spent, of.statements)
			}
		}
	}
}

// TestOneBadRepresentationEmptiesNoOther: it is null and has its error; an id of another kind finds nothing.
func TestOneBadRepresentationEmptiesNoOther(t *testing.T) {
	s := newScene(t, "MATCHING")
	provider := s.readData(demo.Commissioner, "{ providers(first: 1) { edges { node { id } } } }", nil).At("providers.edges.0.node.id").Text()
	_, digits, _ := strings.Cut(provider, "_")
	reply := s.sendQuery(t, demo.Commissioner, allEntitiesQuery, fields{"r": []fields{
		{"__typename": "Provider", "id": provider},
		{"__typename": "Provider", "id": "synthetic"},
		{"__typename": "Synthetic", "id": provider},
		{"__typename": "Provider", "id": "lot_" + digits},
		{"id": provider},
		{"__typename": "Provider", "id": provider},
	}})
	found := reply.Data.At("_entities").All()
	if len(found) != 6 || len(reply.Errors) != 3 {
		t.Fatalf("%v, %v", found, reply.Errors)
	}
	for i, want := range []bool{true, false, false, false, false, true} {
		if got := found[i].At("__typename").Exists(); got != want {
			t.Errorf("representation %d: %v", i, found[i])
		}
	}
	for i, at := range []string{"1", "2", "4"} {
		if path := fmt.Sprint(reply.Errors[i].Path); path != "[_entities "+at+"]" || strings.Contains(reply.Errors[i].Message, "ynthetic") {
			t.Errorf("error %d at %s: %s", i, path, reply.Errors[i].Message)
		}
	}
}
