package e2e_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// lists reads each list at the root in small pages: it holds what the asker can see by id, and nothing else.
func (m *matrix) lists(t testing.TB, s *sight) {
	t.Helper()
	for _, f := range m.schema.objects["Query"].Fields {
		kind := m.schema.ofPage(f.of)
		if !m.schema.isNode(kind) || !mayAsk(s.capacity, facetOf("Query", f.Name)) {
			continue
		}
		listed := map[string]bool{}
		for after := any(nil); ; {
			got := m.post(t, s.credential, fmt.Sprintf("query($after: String) { %s(first: 7, after: $after) { pageInfo { hasNextPage endCursor } edges { node { id %s } } } }",
				f.Name, m.schema.whole(s.capacity, kind)), fields{"after": after})
			page, _ := got.data[f.Name].(map[string]any)
			if m.granted(t, page != nil && got.code == "", "%s, %s: %s", s.asker, f.Name, got.body); page == nil {
				break
			}
			for _, node := range nodesOf(page) {
				id := node["id"].(string)
				m.cell(t, !listed[id] && s.visible[id] != nil && written(t, node) == s.whole[id], "%s, %s shows %s otherwise than node: %v\nnode: %s",
					s.asker, f.Name, id, node, s.whole[id])
				listed[id] = true
			}
			info := page["pageInfo"].(map[string]any)
			if after = info["endCursor"]; info["hasNextPage"] == false {
				break
			}
		}
		for id, x := range s.visible {
			m.granted(t, x.kind != kind || listed[id] == stands(f.Name, x), "%s can see %s: in %s it is %t", s.asker, x.name, f.Name, listed[id])
		}
	}
}

// stands says whether a thing that somebody can see stands in a list that they may ask for: in all but one of their kind.
func stands(list string, x *thing) bool { return list != "unclaimedSettings" || x.provider == "" }

// nodesOf are the things of a page.
func nodesOf(page map[string]any) (all []map[string]any) {
	edges, _ := page["edges"].([]any)
	for _, e := range edges {
		all = append(all, e.(map[string]any)["node"].(map[string]any))
	}
	return all
}

// nested goes every way from every thing that the asker can see: what it finds is as by id, and nothing hidden.
func (m *matrix) nested(t testing.TB, s *sight) {
	t.Helper()
	for _, kind := range m.schema.nodes {
		ways := m.schema.ways(s.capacity, kind)
		if !mayAsk(s.capacity, facetOfThing(kind)) || len(ways) == 0 {
			continue
		}
		played, _ := m.played(m.ofKind(kind))
		from := slices.DeleteFunc(played, func(x *thing) bool { return s.visible[x.id] == nil })
		for some := range slices.Chunk(from, chunk(kind)) {
			m.goes(t, s, kind, some, ways)
		}
	}
}

// goes goes all ways from some things at once; where that is more than the service answers at once, it goes in halves.
func (m *matrix) goes(t testing.TB, s *sight, kind string, some []*thing, ways []way) {
	t.Helper()
	selection := []string{"id"}
	for _, w := range ways {
		selection = append(selection, m.schema.selects(s.capacity, kind, w))
	}
	got, found := m.several(t, s, kind, some, strings.Join(selection, " "))
	switch half := len(ways) / 2; {
	case got.code == "LIMIT_EXCEEDED" && len(some) > 1:
		m.goes(t, s, kind, some[:1], ways)
		m.goes(t, s, kind, some[1:], ways)
	case got.code == "LIMIT_EXCEEDED" && half > 0:
		m.goes(t, s, kind, some, ways[:half])
		m.goes(t, s, kind, some, ways[half:])
	default:
		m.granted(t, got.code == "" && len(found) == len(some), "%s, from %s: %s", s.asker, kind, got.body)
		for i, x := range some[:len(found)] {
			for _, w := range ways {
				m.follow(t, s, x, w, found[i])
			}
		}
	}
}

// chunk is of how many things of a type one request can ask all ways: a service bounds the objects of an answer.
func chunk(kind string) int {
	if kind == "Provider" || kind == "Setting" || kind == "Organisation" {
		return 5
	}
	return 2
}

// several asks for things at once: as entities, or else by node.
func (m *matrix) several(t testing.TB, s *sight, kind string, things []*thing, selection string) (got answer, found []any) {
	t.Helper()
	if slices.Contains(m.schema.entity, kind) {
		got = m.post(t, s.credential, fmt.Sprintf(entitiesQuery, "... on "+kind+" { "+selection+" }"), representations(kind, idsOf(things)))
		found, _ = got.data["_entities"].([]any)
		return got, found
	}
	return m.severalByNode(t, s, kind, things, selection)
}

func (m *matrix) severalByNode(t testing.TB, s *sight, kind string, things []*thing, selection string) (got answer, found []any) {
	t.Helper()
	got = m.post(t, s.credential, nodesQuery(idsOf(things), "... on "+kind+" { "+selection+" }"), nil)
	for i := range things {
		found = append(found, got.data[fmt.Sprintf("n%d", i)])
	}
	return got, found
}

// follow holds what stands at the end of a way against what the asker sees of it by id.
func (m *matrix) follow(t testing.TB, s *sight, from *thing, w way, value any) {
	t.Helper()
	for _, found := range atTheEnd(value, w.fields) {
		id := found["id"].(string)
		m.cell(t, s.visible[id] != nil && written(t, found) == s.whole[id], "%s, %s of %s shows %s otherwise than node: %v\nnode: %s",
			s.asker, strings.Join(w.fields, "."), from.name, id, found, s.whole[id])
		s.edges[edge{from.id, strings.Join(w.fields, "."), id}] = true
	}
}

// atTheEnd are the things at the end of a way, through lists and pages.
func atTheEnd(value any, way []string) (all []map[string]any) {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			all = append(all, atTheEnd(item, way)...)
		}
	case map[string]any:
		if _, page := v["edges"]; page {
			for _, node := range nodesOf(v) {
				all = append(all, atTheEnd(node, way)...)
			}
			return all
		}
		if len(way) == 0 {
			return []map[string]any{v}
		}
		return atTheEnd(v[way[0]], way[1:])
	}
	return all
}

// everyEdgeIsShown: what a field of a thing leads to for anybody, it leads to for each who sees both of its ends.
func (m *matrix) everyEdgeIsShown(t testing.TB, all []*sight) {
	t.Helper()
	known := map[edge]bool{}
	for _, s := range all {
		for e := range s.edges {
			known[e] = known[e] || !strings.Contains(e.field, ".")
		}
	}
	for e, direct := range known {
		if !direct {
			continue // over values that have a visibility of their own
		}
		for _, s := range all {
			from, to := s.visible[e.from], s.visible[e.to]
			if from == nil || to == nil || !mayAsk(s.capacity, facetOf(from.kind, e.field)) || !mayAsk(s.capacity, facetOfThing(to.kind)) {
				continue
			}
			m.granted(t, s.edges[e], "%s sees %s and %s, and %s does not lead from one to the other", s.asker, from.name, to.name, e.field)
		}
	}
}

// ofOneself reads what hangs on who asks and on no id: who is asking, the log, the own invitation.
func (m *matrix) ofOneself(t testing.TB, s *sight) {
	t.Helper()
	viewer := m.post(t, s.credential, "{ viewer { person capacity organisation { name } provider { name } } }", nil)
	got, _ := viewer.data["viewer"].(map[string]any)
	m.cell(t, got["capacity"] == s.capacity && (s.person == "" && got["person"] == nil || got["person"] == s.person), "%s is taken for %v", s.asker, got)
	name := func(field string) any { of, _ := got[field].(map[string]any); return of["name"] }
	m.cell(t, name("organisation") == nil || name("organisation") == s.of, "%s acts for %v", s.asker, got)
	m.cell(t, name("provider") == nil || name("provider") == s.of, "%s acts for %v", s.asker, got)
	if mayAsk(s.capacity, "event") {
		m.log(t, s)
	}
	if mayAsk(s.capacity, "own invitation") {
		m.invitation(t, s)
	}
}

// log reads all of the log that the asker may, and compares it with what lies behind the walls: whose data it concerns
// for an authority, whose chain it stands in for a provider.
func (m *matrix) log(t testing.TB, s *sight) {
	t.Helper()
	column := "authority_id"
	if s.capacity == "bids_manager" {
		column = "chain_id"
	}
	var want string
	must(t, m.Admin.QueryRow("SELECT coalesce(string_agg('event_' || replace(ref::text, '-', ''), ' ' ORDER BY id DESC), '') FROM dps.event WHERE "+column+" = $1",
		organisationNamed(s.of)).Scan(&want))
	var got []string
	for after := any(nil); ; {
		read := m.post(t, s.credential, "query($after: String) { events(first: 100, after: $after) { pageInfo { hasNextPage endCursor } edges { node { "+
			m.schema.whole(s.capacity, "Event")+" } } } }", fields{"after": after})
		page, _ := read.data["events"].(map[string]any)
		if page == nil {
			t.Fatalf("%s: %s", s.asker, read.body)
		}
		for _, node := range nodesOf(page) {
			got = append(got, node["id"].(string))
		}
		info := page["pageInfo"].(map[string]any)
		if after = info["endCursor"]; info["hasNextPage"] == false {
			break
		}
	}
	m.cells += len(got)
	m.cell(t, slices.Equal(got, strings.Fields(want)), "%s reads %d events, and not those of its own", s.asker, len(got))
}

// invitation reads the invitation whose code the family shows: nothing for a code that nobody was given.
func (m *matrix) invitation(t testing.TB, s *sight) {
	t.Helper()
	got := m.post(t, s.credential, "{ myInvitation { "+m.schema.whole(s.capacity, "FamilyInvitation")+" } }", nil)
	found, _ := got.data["myInvitation"].(map[string]any)
	switch s.code {
	case "unknown":
		m.cell(t, got.code == "" && found == nil, "%s: %s", s.asker, got.body)
	case "used":
		m.cell(t, found["used"] == true && found["kind"] == "PREFERENCE", "%s: %s", s.asker, got.body)
	default:
		m.cell(t, found["used"] == false && found["kind"] == s.code, "%s: %s", s.asker, got.body)
	}
	questions, _ := found["questions"].([]any)
	m.cell(t, (len(questions) > 0) == (s.code == "FEEDBACK"), "%s is asked %v", s.asker, questions)
}
