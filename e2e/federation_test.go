package e2e_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/demo"
)

// TestServiceSDL: what a gateway composes from names every entity and what each asks for.
func TestServiceSDL(t *testing.T) {
	c := newWorld(t).contract(t)
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

const entities = `query($r: [_Any!]!) { _entities(representations: $r) { __typename
	... on Organisation { id name } ... on Provider { id name } ... on Setting { id name } ... on Lot { id name }
	... on Need { id reference } ... on Offer { id receipt } ... on Placement { id startsOn } } }`

// TestEntities: all types in one request, in the order in which they were asked for; what is hidden, unknown or of another
// type is null, each in its place.
func TestEntities(t *testing.T) {
	w, told := newTold(t)
	s := w.scene(t, "MATCHING", bidsOf(1))
	hidden := s.published(demo.Neighbour) // another county's
	asked := []struct{ kind, id, want string }{
		{"Need", told.Need, "reference"}, {"Organisation", opaque("org", demo.OrganisationID("Kent")), "name"}, {"Need", hidden, ""},
		{"Offer", told.WinningOffer, "receipt"}, {"Provider", opaque("provider", demo.ProviderID(1)), "name"}, {"Provider", opaque("provider", uuid.New()), ""},
		{"Setting", settingOf(1), "name"}, {"Lot", told.Lot, "name"}, {"Placement", told.Placement, "startsOn"}, {"Placement", opaque("placement", uuid.New()), ""},
		{"Lot", told.Need, ""}, {"Need", opaque("need", uuid.New()), ""}, {"Offer", opaque("offer", uuid.New()), ""}, {"Need", told.Need, "reference"},
	}
	var representations []fields
	for _, a := range asked {
		representations = append(representations, fields{"__typename": a.kind, "id": a.id})
	}
	found := s.see(demo.Commissioner, entities, fields{"r": representations}).At("_entities").All()
	if len(found) != len(asked) {
		t.Fatalf("%d entities of %d", len(found), len(asked))
	}
	for i, a := range asked {
		switch {
		case a.want == "" && found[i].Is():
			t.Errorf("%d, %s: %v", i, a.kind, found[i])
		case a.want != "" && (found[i].At("__typename").Text() != a.kind || found[i].At("id").Text() != a.id || !found[i].At(a.want).Is()):
			t.Errorf("%d, %s: %v", i, a.kind, found[i])
		}
	}
}

// TestHiddenEntitiesAreAbsent: to everybody whose it is not, an entity that is there and one that is not give the same answer.
func TestHiddenEntitiesAreAbsent(t *testing.T) {
	w, told := newTold(t)
	for _, who := range []demo.Persona{demo.Neighbour, demo.Borough, demo.Officer, demo.Outsider, demo.Rival, demo.Public, demo.Auditor} {
		for kind, id := range map[string]string{"Need": told.Need, "Offer": told.WinningOffer, "Placement": told.Placement} {
			if kind == "Need" && who.Key == demo.Rival.Key {
				continue // it was invited
			}
			ask := func(id string) string {
				return w.ask(t, who, `query($r: [_Any!]!) { _entities(representations: $r) { ... on `+kind+` { id } } }`, fields{"r": []fields{{"__typename": kind, "id": id}}}).Raw
			}
			prefix, _, _ := strings.Cut(id, "_")
			if there, absent := ask(id), ask(opaque(prefix, uuid.New())); there != absent || strings.Contains(there, id) {
				t.Errorf("%s, %s: %s, and for what does not exist %s", who, kind, there, absent)
			}
		}
	}
}

// TestEntitiesInOneStatementAType: one representation costs as many statements as a hundred.
func TestEntitiesInOneStatementAType(t *testing.T) {
	c := newCrowded(t)
	for _, of := range []struct {
		kind, prefix, from string
		statements         int64
	}{
		{"Organisation", "org", "organisation", 2}, {"Provider", "provider", "provider", 2}, {"Setting", "setting", "setting", 2}, {"Lot", "lot", "lot", 2},
		{"Need", "need", "need", 2}, {"Offer", "offer", "offer", 2}, {"Placement", "placement", "placement", 2},
	} {
		var all []fields
		for _, id := range c.idsOf("dps."+of.from, "id") {
			all = append(all, fields{"__typename": of.kind, "id": opaque(of.prefix, id)})
		}
		for _, n := range []int{1, crowd} {
			spent, found := c.spent(demo.Commissioner, entities, fields{"r": all[:n]})
			if hidden := slices.IndexFunc(found.At("_entities").All(), func(v demo.Value) bool { return !v.Is() }); hidden >= 0 {
				t.Errorf("%s number %d is hidden", of.kind, hidden)
			}
			if spent != of.statements {
				t.Errorf("%d of %s: %d statements and not %d", n, of.kind, spent, of.statements)
			}
		}
	}
}
