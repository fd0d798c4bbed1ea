package e2e_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// checkLists reads each list at the root in small pages. It must contain what the persona can see by id, and nothing
// else.
func (m *matrix) checkLists(t testing.TB, s *askerView) {
	t.Helper()
	for _, f := range m.schema.objects["Query"].Fields {
		kind := m.schema.nodeTypeOfPage(f.of)
		if !m.schema.isNode(kind) || !mayAsk(s.capacity, facetOf("Query", f.Name)) {
			continue
		}
		listed := map[string]bool{}
		for after := any(nil); ; {
			got := m.postQuery(t, s.credential,
				fmt.Sprintf("query($after: String) { %s(first: 7, after: $after) { pageInfo { hasNextPage endCursor } edges { node { id %s } } } }",
					f.Name, m.schema.wholeSelection(s.capacity, kind)), fields{"after": after})
			page, _ := got.data[f.Name].(map[string]any)
			if m.checkGranted(t, page != nil && got.code == "", "%s, %s: %s", s.asker, f.Name, got.body); page == nil {
				break
			}
			for _, node := range nodesOf(page) {
				id := node["id"].(string)
				m.checkSecret(t, !listed[id] && s.visible[id] != nil && jsonText(t, node) == s.wholes[id],
					"%s, %s shows %s otherwise than node: %v\nnode: %s",
					s.asker, f.Name, id, node, s.wholes[id])
				listed[id] = true
			}
			info := page["pageInfo"].(map[string]any)
			if after = info["endCursor"]; info["hasNextPage"] == false {
				break
			}
		}
		for id, x := range s.visible {
			m.checkGranted(t, x.kind != kind || listed[id] == standsInList(f.Name, x), "%s can see %s: in %s it is %t", s.asker,
				x.name, f.Name, listed[id])
		}
	}
}

// standsInList says whether a thing that somebody can see is in a list that they can ask for: in all but one of their
// kind.
func standsInList(list string, x *marketRecord) bool {
	return list != "unclaimedSettings" || x.provider == ""
}

// nodesOf are the things of a page.
func nodesOf(page map[string]any) (all []map[string]any) {
	edges, _ := page["edges"].([]any)
	for _, e := range edges {
		all = append(all, e.(map[string]any)["node"].(map[string]any))
	}
	return all
}

// checkNested follows every way from every thing that the persona can see. What it finds is the same as by id, and
// nothing hidden.
func (m *matrix) checkNested(t testing.TB, s *askerView) {
	t.Helper()
	for _, kind := range m.schema.nodes {
		ways := m.schema.waysFrom(s.capacity, kind)
		if !mayAsk(s.capacity, facetOfThing(kind)) || len(ways) == 0 {
			continue
		}
		played, _ := m.splitPlayed(m.recordsOfKind(kind))
		from := slices.DeleteFunc(played, func(x *marketRecord) bool { return s.visible[x.id] == nil })
		for some := range slices.Chunk(from, chunkSize(kind)) {
			m.followWays(t, s, kind, some, ways)
		}
	}
}

// followWays follows all ways from some things at once. If that is more than the service answers at once, it goes in
// halves.
func (m *matrix) followWays(t testing.TB, s *askerView, kind string, some []*marketRecord, ways []schemaWay) {
	t.Helper()
	selection := []string{"id"}
	for _, w := range ways {
		selection = append(selection, m.schema.waySelection(s.capacity, kind, w))
	}
	got, found := m.askSeveral(t, s, kind, some, strings.Join(selection, " "))
	switch half := len(ways) / 2; {
	case got.code == "LIMIT_EXCEEDED" && len(some) > 1:
		m.followWays(t, s, kind, some[:1], ways)
		m.followWays(t, s, kind, some[1:], ways)
	case got.code == "LIMIT_EXCEEDED" && half > 0:
		m.followWays(t, s, kind, some, ways[:half])
		m.followWays(t, s, kind, some, ways[half:])
	default:
		m.checkGranted(t, got.code == "" && len(found) == len(some), "%s, from %s: %s", s.asker, kind, got.body)
		for i, x := range some[:len(found)] {
			for _, w := range ways {
				m.checkWayEnd(t, s, x, w, found[i])
			}
		}
	}
}

// chunkSize is the number of things of a type that one request can follow all ways from, because a service limits the
// objects of an answer.
func chunkSize(kind string) int {
	if kind == "Provider" || kind == "Setting" || kind == "Organisation" {
		return 5
	}
	return 2
}

// askSeveral reads things at once: as entities, or otherwise by node.
func (m *matrix) askSeveral(t testing.TB, s *askerView, kind string, things []*marketRecord, selection string) (got httpAnswer,
	found []any,
) {
	t.Helper()
	if slices.Contains(m.schema.entity, kind) {
		got = m.postQuery(t, s.credential, fmt.Sprintf(entitiesQuery, "... on "+kind+" { "+selection+" }"), representations(kind, idsOf(things)))
		found, _ = got.data["_entities"].([]any)
		return got, found
	}
	return m.askSeveralByNode(t, s, kind, things, selection)
}

func (m *matrix) askSeveralByNode(t testing.TB, s *askerView, kind string, things []*marketRecord, selection string) (got httpAnswer,
	found []any,
) {
	t.Helper()
	got = m.postQuery(t, s.credential, nodesQuery(idsOf(things), "... on "+kind+" { "+selection+" }"), nil)
	for i := range things {
		found = append(found, got.data[fmt.Sprintf("n%d", i)])
	}
	return got, found
}

// checkWayEnd compares what is at the end of a way with what the persona sees of it by id.
func (m *matrix) checkWayEnd(t testing.TB, s *askerView, from *marketRecord, w schemaWay, value any) {
	t.Helper()
	for _, found := range atTheEnd(value, w.fields) {
		id := found["id"].(string)
		m.checkSecret(t, s.visible[id] != nil && jsonText(t, found) == s.wholes[id], "%s, %s of %s shows %s otherwise than node: %v\nnode: %s",
			s.asker, strings.Join(w.fields, "."), from.name, id, found, s.wholes[id])
		s.edges[fieldEdge{from.id, strings.Join(w.fields, "."), id}] = true
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

// checkEveryEdge: where a field of a thing leads for anybody, it leads for everybody who sees both of its ends.
func (m *matrix) checkEveryEdge(t testing.TB, all []*askerView) {
	t.Helper()
	known := map[fieldEdge]bool{}
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
			m.checkGranted(t, s.edges[e], "%s sees %s and %s, and %s does not lead from one to the other", s.asker, from.name, to.name, e.field)
		}
	}
}

// checkOwnData reads what depends on the asker and on no id: who is asking, the log, their own invitation.
func (m *matrix) checkOwnData(t testing.TB, s *askerView) {
	t.Helper()
	viewer := m.postQuery(t, s.credential, "{ viewer { person capacity organisation { name } provider { name } } }", nil)
	got, _ := viewer.data["viewer"].(map[string]any)
	m.checkSecret(t, got["capacity"] == s.capacity && (s.person == "" && got["person"] == nil || got["person"] == s.person),
		"%s is taken for %v", s.asker, got)
	name := func(field string) any { of, _ := got[field].(map[string]any); return of["name"] }
	m.checkSecret(t, name("organisation") == nil || name("organisation") == s.organisation, "%s acts for %v", s.asker, got)
	m.checkSecret(t, name("provider") == nil || name("provider") == s.organisation, "%s acts for %v", s.asker, got)
	if mayAsk(s.capacity, "event") {
		m.checkLog(t, s)
	}
	if mayAsk(s.capacity, "own invitation") {
		m.checkInvitation(t, s)
	}
}

// checkLog reads all of the log that the asker can read, and compares it with the table: whose data it is about for an
// authority, whose chain it is in for a provider.
func (m *matrix) checkLog(t testing.TB, s *askerView) {
	t.Helper()
	column := "authority_id"
	if s.capacity == "bids_manager" {
		column = "chain_id"
	}
	var want string
	must(t, m.Admin.QueryRow("SELECT coalesce(string_agg('event_' || replace(ref::text, '-', ''), ' ' ORDER BY id DESC), '') FROM dps.event "+
		"WHERE "+column+" = $1",
		organisationNamed(s.organisation)).Scan(&want))
	var got []string
	for after := any(nil); ; {
		read := m.postQuery(t, s.credential,
			"query($after: String) { events(first: 100, after: $after) { pageInfo { hasNextPage endCursor } edges { node { "+
				m.schema.wholeSelection(s.capacity, "Event")+" } } } }", fields{"after": after})
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
	m.checkSecret(t, slices.Equal(got, strings.Fields(want)), "%s reads %d events, and not those of its own", s.asker, len(got))
}

// checkInvitation reads the invitation whose code the family shows: nothing for a code that nobody was given.
func (m *matrix) checkInvitation(t testing.TB, s *askerView) {
	t.Helper()
	got := m.postQuery(t, s.credential, "{ myInvitation { "+m.schema.wholeSelection(s.capacity, "FamilyInvitation")+" } }", nil)
	found, _ := got.data["myInvitation"].(map[string]any)
	switch s.codeKind {
	case "unknown":
		m.checkSecret(t, got.code == "" && found == nil, "%s: %s", s.asker, got.body)
	case "used":
		m.checkSecret(t, found["used"] == true && found["kind"] == "PREFERENCE", "%s: %s", s.asker, got.body)
	default:
		m.checkSecret(t, found["used"] == false && found["kind"] == s.codeKind, "%s: %s", s.asker, got.body)
	}
	questions, _ := found["questions"].([]any)
	m.checkSecret(t, (len(questions) > 0) == (s.codeKind == "FEEDBACK"), "%s is asked %v", s.asker, questions)
}
