package e2e_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// TestSavedSearchIsSharedOrPrivate: kept for the person who saved it, shared with colleagues if wanted, and hidden from
// everybody else.
func TestSavedSearchIsSharedOrPrivate(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	s.placeSettings()
	kent, surrey := staffOf("Kent"), staffOf("Surrey")
	colleague := anotherPerson(kent.commissioner, 2)
	list := func(who demo.Persona) (all []string) {
		t.Helper()
		for _, edge := range s.readData(who, "{ savedSearches { edges { node { name filter shared } } } }", nil).At("savedSearches.edges").All() {
			all = append(all, edge.At("node.name").Text())
		}
		return all
	}
	filter := fields{
		"needs": []string{anyNeed}, "age": 12, "lot": s.lot, "near": fields{"outcode": "BN11"}, "withinMiles": 2,
		"vacancyOn":  s.dayFromNow(3),
		"inspection": fields{"scale": "Synthetic", "values": []string{"Good"}}, "kind": "SCHOOL", "gender": "MALE", "section41": true,
		"district": "Worthing", "name": "Synthetic",
	}
	full := s.mustChange(kent.commissioner, "saveSearch", fields{"name": "All", "filter": filter}, "search { id filter }").At("search")
	for _, part := range []string{
		`"age":12`, `"lot":"` + s.lot + `"`, `"vacancyOn":"` + s.dayFromNow(3) + `"`, `"outcode":"BN11"`,
		`"scale":"Synthetic"`, `"section41":true`,
	} {
		if text := strings.ReplaceAll(full.At("filter").Text(), ": ", ":"); !strings.Contains(text, part) {
			t.Errorf("%s is not in %s", part, text)
		}
	}
	mine := s.mustChange(kent.commissioner, "saveSearch", fields{"name": "Near", "filter": fields{"near": fields{"outcode": "BN11"}}},
		"search { id }").At("search.id").Text()
	run := "query($s: ID) { places(search: $s, first: 100) { edges { node { setting { name } } } } }"
	if n := len(settingNames(s.readData(kent.commissioner, run, fields{"s": mine}))); n != 20 {
		t.Errorf("it finds %d", n)
	}
	if found := settingNames(s.readData(kent.commissioner, run, fields{"s": full.At("id").Text()})); len(found) != 0 {
		t.Errorf("all conditions find %v", found)
	}
	again := s.mustChange(kent.commissioner, "saveSearch", fields{"name": "Near", "filter": fields{
		"near":        fields{"outcode": "BN11"},
		"withinMiles": 2,
	}}, "search { id }").At("search.id").Text()
	if n := len(settingNames(s.readData(kent.commissioner, run, fields{"s": again}))); n != 2 || again != mine {
		t.Errorf("saved again, it finds %d", n)
	}
	if !slices.Equal(list(kent.commissioner), []string{"All", "Near"}) || list(colleague) != nil || list(surrey.commissioner) != nil {
		t.Errorf("%v, a colleague's %v, others' %v", list(kent.commissioner), list(colleague), list(surrey.commissioner))
	}
	s.mustChange(kent.commissioner, "saveSearch", fields{"name": "Near", "shared": true, "filter": fields{"age": 9}}, "")
	if !slices.Equal(list(colleague), []string{"Near"}) || list(surrey.commissioner) != nil {
		t.Errorf("shared: a colleague's %v, others' %v", list(colleague), list(surrey.commissioner))
	}
	for _, who := range []demo.Persona{surrey.commissioner, demo.Public, bidsManagerOf(1)} {
		if reply := s.sendQuery(t, who, run, fields{"s": mine}); len(reply.Errors) != 1 {
			t.Errorf("%s runs another's search", who)
		}
	}
	s.requireRefused("NOT_FOUND", colleague, "removeSearch", fields{"search": mine})
	s.requireRefused("NOT_FOUND", surrey.commissioner, "removeSearch", fields{"search": mine})
	s.requireRefused("INVALID", kent.commissioner, "saveSearch", fields{
		"name":   "Home",
		"filter": fields{"near": fields{"easting": 514321, "northing": 103210}},
	})
	s.requireRefused("INVALID", kent.commissioner, "saveSearch", fields{"name": "No need", "filter": fields{"needs": []string{"autism"}}})
	s.mustChange(kent.commissioner, "removeSearch", fields{"search": mine}, "")
	if list(colleague) != nil {
		t.Error("it is removed and listed")
	}
}
