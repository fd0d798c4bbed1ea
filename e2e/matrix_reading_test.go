package e2e_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
)

// sight is all that one asker saw.
type sight struct {
	asker
	visible map[string]*thing // by id
	whole   map[string]string // the whole of each visible thing whose type the capacity may ask for, by id
	edges   map[edge]bool     // what leads to what
}

// edge is a thing at the end of a field of another thing.
type edge struct{ from, field, to string }

func (m *matrix) reading(t *testing.T, askers []asker) {
	var all []*sight
	groups := byDelegation(askers)
	for _, act := range slices.Sorted(maps.Keys(groups)) {
		m.delegate(t, act)
		for _, a := range groups[act] {
			t.Run(a.name, func(t *testing.T) { all = append(all, m.see(t, a)) })
		}
	}
	m.everyEdgeIsShown(t, all)
}

// see asks as somebody for every thing by every path.
func (m *matrix) see(t *testing.T, a asker) *sight {
	s := &sight{asker: a, visible: map[string]*thing{}, whole: map[string]string{}, edges: map[edge]bool{}}
	for _, kind := range m.schema.nodes {
		things := m.ofKind(kind)
		if len(things) == 0 {
			t.Fatalf("there is no %s to ask for", kind)
		}
		m.byID(t, s, kind, things)
		if mayAsk(a.capacity, facetOfThing(kind)) {
			m.wholeByID(t, s, kind, things)
		}
		if slices.Contains(m.schema.entity, kind) {
			m.asEntities(t, s, kind, things)
		}
	}
	m.lists(t, s)
	m.nested(t, s)
	m.ofOneself(t, s)
	return s
}

// byID asks for things by id alone, and whether a hidden one is answered as one that does not exist, to the byte.
func (m *matrix) byID(t testing.TB, s *sight, kind string, things []*thing) {
	t.Helper()
	var hidden []string
	for some := range slices.Chunk(things, 20) {
		got := m.post(t, s.credential, nodesQuery(idsOf(some), "__typename id"), nil)
		for i, x := range some {
			found, _ := got.data[fmt.Sprintf("n%d", i)].(map[string]any)
			want := sees(s.asker, facetOfThing(kind), x)
			m.granted(t, got.code == "", "%s, node of %s: %s", s.asker, x.name, got.body)
			m.shown(t, found != nil, want, "%s, node of %s: seen %t, want %t\n%s", s.asker, x.name, found != nil, want, got.body)
			m.cell(t, found == nil || found["id"] == x.id && found["__typename"] == kind, "%s, node of %s is %v", s.asker, x.name, found)
			if found != nil {
				s.visible[x.id] = x
			} else {
				hidden = append(hidden, x.id)
			}
		}
	}
	for some := range slices.Chunk(hidden, 20) {
		m.alike(t, s, some, func(ids []string) answer { return m.post(t, s.credential, nodesQuery(ids, "__typename id"), nil) })
		if mayAsk(s.capacity, facetOfThing(kind)) {
			selection := m.fragment(s, kind)
			m.alike(t, s, some[:min(len(some), 2)], func(ids []string) answer { return m.post(t, s.credential, nodesQuery(ids, selection), nil) })
		}
	}
}

// alike asks for hidden things and for such as do not exist: both answers are the same, status and headers with them.
func (m *matrix) alike(t testing.TB, s *sight, hidden []string, ask func(ids []string) answer) {
	t.Helper()
	is, isNot := ask(hidden), ask(nobodysIDs(hidden))
	m.cell(t, is.whole == isNot.whole, "%s can tell what is hidden from what does not exist:\n%s\n%s", s.asker, is.whole, isNot.whole)
}

func (m *matrix) fragment(s *sight, kind string) string {
	return "... on " + kind + " { " + m.schema.whole(s.capacity, kind) + " }"
}

// wholeByID asks for all that the capacity may ask of each thing, and looks at each facet of what came. The region's many
// schools and homes that nothing happens to are asked for as entities, which costs less.
func (m *matrix) wholeByID(t testing.TB, s *sight, kind string, things []*thing) {
	t.Helper()
	selection := m.schema.whole(s.capacity, kind)
	take := func(some []*thing, got answer, found []any) {
		m.granted(t, got.code == "" && len(found) == len(some), "%s, the whole of a %s: %s", s.asker, kind, got.body)
		for i, x := range some[:len(found)] {
			found, _ := found[i].(map[string]any)
			m.shown(t, found != nil, s.visible[x.id] != nil, "%s, the whole of %s: seen %t", s.asker, x.name, found != nil)
			if found != nil {
				s.whole[x.id] = written(t, found)
				m.facets(t, s, x, found)
			}
		}
	}
	played, idle := m.played(things)
	for some := range slices.Chunk(played, 4) {
		got, found := m.severalByNode(t, s, kind, some, selection)
		take(some, got, found)
	}
	for some := range slices.Chunk(idle, 20) {
		got, found := m.several(t, s, kind, some, selection)
		take(some, got, found)
	}
}

// played are the things that the moments play with, idle those that the region has besides.
func (m *matrix) played(things []*thing) (played, idle []*thing) {
	for _, x := range things {
		idles := slices.Contains([]string{"Organisation", "Provider", "Setting"}, x.kind) && !slices.Contains(playing, x.authority+x.provider)
		if idles {
			idle = append(idle, x)
			continue
		}
		played = append(played, x)
	}
	return played, idle
}

// written is an object as text, its names in order.
func written(t testing.TB, object any) string {
	t.Helper()
	raw, err := json.Marshal(object)
	must(t, err)
	return string(raw)
}

// facets looks at each field of a thing that has a visibility of its own. Those that lead to other things are seen with
// these: the answers of all paths are held against each other.
func (m *matrix) facets(t testing.TB, s *sight, x *thing, found map[string]any) {
	t.Helper()
	for _, f := range m.schema.objects[x.kind].Fields {
		facet := facetOf(x.kind, f.Name)
		page := m.schema.ofPage(f.of)
		if facet == facetOfThing(x.kind) || page != "" || m.schema.isNode(f.of) {
			continue
		}
		value, asked := found[f.Name]
		if !mayAsk(s.capacity, facet) {
			m.cell(t, !asked, "%s was not to ask for %s.%s", s.asker, x.kind, f.Name)
			continue
		}
		want := sees(s.asker, facet, x)
		m.shown(t, present(value), want, "%s, %s of %s: seen %t, want %t: %v", s.asker, f.Name, x.name, present(value), want, value)
		m.cell(t, m.ofWhom(s, x, f.Name, value), "%s, %s of %s: not all of those, or others': %v", s.asker, f.Name, x.name, value)
	}
}

func present(value any) bool {
	list, isList := value.([]any)
	return value != nil && (!isList || len(list) > 0)
}

// ofWhom checks, where a list holds several people's, that it holds those that the asker may see, and no other.
func (m *matrix) ofWhom(s *sight, x *thing, field string, value any) bool {
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
		want = m.idsOfProviders([]string{s.of})
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
		ids = append(ids, m.find("Provider", name).id)
	}
	return ids
}

// asEntities asks for things as a gateway does.
func (m *matrix) asEntities(t testing.TB, s *sight, kind string, things []*thing) {
	t.Helper()
	m.entities(t, s, kind, things, "__typename", func(x *thing, found map[string]any) bool { return (found != nil) == (s.visible[x.id] != nil) })
	if mayAsk(s.capacity, facetOfThing(kind)) {
		m.entities(t, s, kind, things, m.fragment(s, kind), func(x *thing, found map[string]any) bool {
			return (found == nil) == (s.visible[x.id] == nil) && (found == nil || written(t, found) == s.whole[x.id])
		})
	}
}

func (m *matrix) entities(t testing.TB, s *sight, kind string, things []*thing, selection string, right func(*thing, map[string]any) bool) {
	t.Helper()
	ask := func(ids []string) answer {
		return m.post(t, s.credential, fmt.Sprintf(entitiesQuery, selection), representations(kind, ids))
	}
	var hidden []string
	for some := range slices.Chunk(things, 20) {
		got := ask(idsOf(some))
		list, _ := got.data["_entities"].([]any)
		if m.granted(t, got.code == "" && len(list) == len(some), "%s, _entities of %s: %s", s.asker, kind, got.body); len(list) != len(some) {
			continue
		}
		for i, x := range some {
			found, _ := list[i].(map[string]any)
			m.cell(t, right(x, found), "%s, _entities of %s is not as node: %v\nnode: %s", s.asker, x.name, found, s.whole[x.id])
			if found == nil {
				hidden = append(hidden, x.id)
			}
		}
	}
	if len(hidden) > 0 {
		m.alike(t, s, hidden[:min(len(hidden), 20)], ask)
	}
}
