package e2e_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
)

// askerView is everything that one persona saw.
type askerView struct {
	asker
	visible map[string]*marketRecord // by id
	wholes  map[string]string        // the whole of each visible thing whose type the capacity may ask for, by id
	edges   map[fieldEdge]bool       // what leads to what
}

// fieldEdge is a thing at the end of a field of another thing.
type fieldEdge struct{ from, field, to string }

func (m *matrix) checkReading(t *testing.T, askers []asker) {
	var all []*askerView
	groups := groupByDelegation(askers)
	for _, act := range slices.Sorted(maps.Keys(groups)) {
		m.delegateOnly(t, act)
		for _, a := range groups[act] {
			t.Run(a.name, func(t *testing.T) { all = append(all, m.readAs(t, a)) })
		}
	}
	m.checkEveryEdge(t, all)
}

// readAs asks as somebody for every thing by every path.
func (m *matrix) readAs(t *testing.T, a asker) *askerView {
	s := &askerView{asker: a, visible: map[string]*marketRecord{}, wholes: map[string]string{}, edges: map[fieldEdge]bool{}}
	for _, kind := range m.schema.nodes {
		things := m.recordsOfKind(kind)
		if len(things) == 0 {
			t.Fatalf("there is no %s to ask for", kind)
		}
		m.checkByID(t, s, kind, things)
		if mayAsk(a.capacity, facetOfThing(kind)) {
			m.checkWholeByID(t, s, kind, things)
		}
		if slices.Contains(m.schema.entity, kind) {
			m.readAsEntities(t, s, kind, things)
		}
	}
	m.checkLists(t, s)
	m.checkNested(t, s)
	m.checkOwnData(t, s)
	return s
}

// checkByID reads things only by id, and checks that a hidden one is answered like one that does not exist, to the
// byte.
func (m *matrix) checkByID(t testing.TB, s *askerView, kind string, things []*marketRecord) {
	t.Helper()
	var hidden []string
	for some := range slices.Chunk(things, 20) {
		got := m.postQuery(t, s.credential, nodesQuery(idsOf(some), "__typename id"), nil)
		for i, x := range some {
			found, _ := got.data[fmt.Sprintf("n%d", i)].(map[string]any)
			want := seesFacet(s.asker, facetOfThing(kind), x)
			m.checkGranted(t, got.code == "", "%s, node of %s: %s", s.asker, x.name, got.body)
			m.checkShown(t, found != nil, want, "%s, node of %s: seen %t, want %t\n%s", s.asker, x.name, found != nil, want, got.body)
			m.checkSecret(t, found == nil || found["id"] == x.id && found["__typename"] == kind, "%s, node of %s is %v", s.asker, x.name, found)
			if found != nil {
				s.visible[x.id] = x
			} else {
				hidden = append(hidden, x.id)
			}
		}
	}
	for some := range slices.Chunk(hidden, 20) {
		m.checkAlike(t, s, some, func(ids []string) httpAnswer {
			return m.postQuery(t, s.credential, nodesQuery(ids, "__typename id"), nil)
		})
		if mayAsk(s.capacity, facetOfThing(kind)) {
			selection := m.wholeFragment(s, kind)
			m.checkAlike(t, s, some[:min(len(some), 2)],
				func(ids []string) httpAnswer { return m.postQuery(t, s.credential, nodesQuery(ids, selection), nil) })
		}
	}
}

// checkAlike reads hidden things and ones that do not exist: both answers are the same, including status and headers.
func (m *matrix) checkAlike(t testing.TB, s *askerView, hidden []string, ask func(ids []string) httpAnswer) {
	t.Helper()
	hiddenAnswer, absentAnswer := ask(hidden), ask(unusedIDs(hidden))
	m.checkSecret(t, hiddenAnswer.whole == absentAnswer.whole, "%s can tell what is hidden from what does not exist:\n%s\n%s", s.asker,
		hiddenAnswer.whole, absentAnswer.whole)
}

func (m *matrix) wholeFragment(s *askerView, kind string) string {
	return "... on " + kind + " { " + m.schema.wholeSelection(s.capacity, kind) + " }"
}

// checkWholeByID reads everything of each thing that the capacity can, and looks at each facet of what came. The
// region's many schools and homes without any story are read as entities, which costs less.
func (m *matrix) checkWholeByID(t testing.TB, s *askerView, kind string, things []*marketRecord) {
	t.Helper()
	selection := m.schema.wholeSelection(s.capacity, kind)
	take := func(some []*marketRecord, got httpAnswer, found []any) {
		m.checkGranted(t, got.code == "" && len(found) == len(some), "%s, the whole of a %s: %s", s.asker, kind, got.body)
		for i, x := range some[:len(found)] {
			found, _ := found[i].(map[string]any)
			m.checkShown(t, found != nil, s.visible[x.id] != nil, "%s, the whole of %s: seen %t", s.asker, x.name, found != nil)
			if found != nil {
				s.wholes[x.id] = jsonText(t, found)
				m.checkFacets(t, s, x, found)
			}
		}
	}
	played, idle := m.splitPlayed(things)
	for some := range slices.Chunk(played, 4) {
		got, found := m.askSeveralByNode(t, s, kind, some, selection)
		take(some, got, found)
	}
	for some := range slices.Chunk(idle, 20) {
		got, found := m.askSeveral(t, s, kind, some, selection)
		take(some, got, found)
	}
}

// splitPlayed separates the things of the story from the others that the region has.
func (m *matrix) splitPlayed(things []*marketRecord) (played, idle []*marketRecord) {
	for _, x := range things {
		idles := slices.Contains([]string{"Organisation", "Provider", "Setting"}, x.kind) &&
			!slices.Contains(playedOrganisations, x.authority+x.provider)
		if idles {
			idle = append(idle, x)
			continue
		}
		played = append(played, x)
	}
	return played, idle
}

// jsonText is an object as text, its names in order.
func jsonText(t testing.TB, object any) string {
	t.Helper()
	raw, err := json.Marshal(object)
	must(t, err)
	return string(raw)
}

// checkFacets looks at each field of a thing that has a visibility of its own. Fields that lead to other things are
// checked with those: the answers of all paths are compared.
func (m *matrix) checkFacets(t testing.TB, s *askerView, x *marketRecord, found map[string]any) {
	t.Helper()
	for _, f := range m.schema.objects[x.kind].Fields {
		facet := facetOf(x.kind, f.Name)
		page := m.schema.nodeTypeOfPage(f.of)
		if facet == facetOfThing(x.kind) || page != "" || m.schema.isNode(f.of) {
			continue
		}
		value, asked := found[f.Name]
		if !mayAsk(s.capacity, facet) {
			m.checkSecret(t, !asked, "%s was not to ask for %s.%s", s.asker, x.kind, f.Name)
			continue
		}
		want := seesFacet(s.asker, facet, x)
		m.checkShown(t, isPresent(value), want, "%s, %s of %s: seen %t, want %t: %v", s.asker, f.Name, x.name, isPresent(value), want, value)
		m.checkSecret(t, m.holdsRightPeople(s, x, f.Name, value), "%s, %s of %s: not all of those, or others': %v", s.asker, f.Name, x.name,
			value)
	}
}

func isPresent(value any) bool {
	list, isList := value.([]any)
	return value != nil && (!isList || len(list) > 0)
}

// holdsRightPeople checks that a list of several people's things contains those that the persona can see, and no other.
func (m *matrix) holdsRightPeople(s *askerView, x *marketRecord, field string, value any) bool {
	list, _ := value.([]any)
	if len(list) == 0 {
		return true
	}
	var got, want []string
	for _, item := range list {
		item := item.(map[string]any)
		switch field {
		case "invitations":
			got, want = append(got, item["provider"].(map[string]any)["id"].(string)), x.invited
		case "scores":
			got, want = append(got, item["evaluator"].(string)), x.scorers
		case "interests":
			got, want = append(got, item["person"].(string)), x.declarers
		default:
			return true
		}
	}
	if field == "invitations" {
		want = m.idsOfProviders(want)
	}
	switch s.capacity {
	case "bids_manager":
		want = m.idsOfProviders([]string{s.organisation})
	case "evaluator", "consortium_officer", "opening_officer", "moderator":
		if field == "interests" || field == "scores" && s.capacity != "moderator" {
			want = []string{s.person}
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	return slices.Equal(slices.Compact(got), slices.Compact(slices.Clone(want)))
}

func (m *matrix) idsOfProviders(names []string) (ids []string) {
	for _, name := range names {
		ids = append(ids, m.findRecord("Provider", name).id)
	}
	return ids
}

// readAsEntities asks for things as a gateway does.
func (m *matrix) readAsEntities(t testing.TB, s *askerView, kind string, things []*marketRecord) {
	t.Helper()
	m.checkEntities(t, s, kind, things, "__typename", func(x *marketRecord,
		found map[string]any,
	) bool {
		return (found != nil) == (s.visible[x.id] != nil)
	})
	if mayAsk(s.capacity, facetOfThing(kind)) {
		m.checkEntities(t, s, kind, things, m.wholeFragment(s, kind), func(x *marketRecord, found map[string]any) bool {
			return (found == nil) == (s.visible[x.id] == nil) && (found == nil || jsonText(t, found) == s.wholes[x.id])
		})
	}
}

func (m *matrix) checkEntities(t testing.TB, s *askerView, kind string, things []*marketRecord, selection string,
	right func(*marketRecord, map[string]any) bool,
) {
	t.Helper()
	ask := func(ids []string) httpAnswer {
		return m.postQuery(t, s.credential, fmt.Sprintf(entitiesQuery, selection), representations(kind, ids))
	}
	var hidden []string
	for some := range slices.Chunk(things, 20) {
		got := ask(idsOf(some))
		list, _ := got.data["_entities"].([]any)
		if m.checkGranted(t, got.code == "" && len(list) == len(some), "%s, _entities of %s: %s", s.asker, kind,
			got.body); len(list) != len(some) {
			continue
		}
		for i, x := range some {
			found, _ := list[i].(map[string]any)
			m.checkSecret(t, right(x, found), "%s, _entities of %s is not as node: %v\nnode: %s", s.asker, x.name, found, s.wholes[x.id])
			if found == nil {
				hidden = append(hidden, x.id)
			}
		}
	}
	if len(hidden) > 0 {
		m.checkAlike(t, s, hidden[:min(len(hidden), 20)], ask)
	}
}
