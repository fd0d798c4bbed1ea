package e2e_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
)

// placed puts the region's schools on the map, along a line from Worthing eastwards, and its outcode.
func (s *scene) placed() {
	s.t.Helper()
	for n := 1; n <= 39; n += 2 {
		s.behind("UPDATE dps.setting SET easting = $2, northing = 103000, gender = 'MIXED', section41 = $3 WHERE id = $1", demo.SettingID(n), 514000+n*1000, n%4 == 1)
	}
	s.behind("INSERT INTO dps.outcode VALUES ('BN11', 514000, 103000, 4)")
}

func names(found demo.Value, of string) (all []string) {
	for _, edge := range found.At(of + ".edges").All() {
		all = append(all, edge.At("node.setting.name").Text())
	}
	return all
}

// TestFindingPlaces: a commissioner looks for a school for a child, and anybody may.
func TestFindingPlaces(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1), bidsOf(2))
	s.placed()
	s.behind("UPDATE dps.setting SET name = 'Willowmere School' WHERE id = $1", demo.SettingID(17))
	s.behind("UPDATE dps.provider SET name = 'Quiet Harbour Care' WHERE id = $1", demo.ProviderID(9))
	find := func(filter fields) demo.Value {
		t.Helper()
		return s.see(demo.Commissioner, `query($f: PlaceFilter) { places(filter: $f, first: 4) { edges { node { miles setting { name kind provider { name } } } } pageInfo { hasNextPage endCursor } } }`, fields{"f": filter})
	}
	for what, c := range map[string]struct {
		filter fields
		want   []string
	}{
		"nearest to an outcode":  {fields{"near": fields{"outcode": "BN11"}, "needs": []string{anyNeed}, "age": 12, "gender": "FEMALE"}, []string{"Synthetic School 01", "Synthetic School 03", "Synthetic School 05", "Synthetic School 07"}},
		"nearest to a point":     {fields{"near": fields{"easting": 553400, "northing": 103000}}, []string{"Synthetic School 39", "Synthetic School 37", "Synthetic School 35", "Synthetic School 33"}},
		"section 41":             {fields{"near": fields{"outcode": "BN11"}, "section41": true}, []string{"Synthetic School 01", "Synthetic School 05", "Synthetic School 09", "Synthetic School 13"}},
		"within two miles":       {fields{"near": fields{"outcode": "BN11"}, "withinMiles": 2}, []string{"Synthetic School 01", "Synthetic School 03"}},
		"members' homes":         {fields{"lot": s.lot}, []string{"Synthetic Home 02", "Synthetic Home 04"}}, // in Brighton and in Hastings
		"no school is in it":     {fields{"lot": s.lot, "near": fields{"outcode": "BN11"}}, nil},
		"a name, about":          {fields{"name": "wilowmere"}, []string{"Willowmere School"}},
		"a provider's name":      {fields{"name": "Quiet Harbor", "kind": "SCHOOL"}, []string{"Willowmere School"}},
		"a lot that is not":      {fields{"lot": "lot_00000000000040008000000000000000"}, nil},
		"a need that none meets": {fields{"needs": []string{"VI - Visual Impairment"}}, nil},
		"too old":                {fields{"age": 20}, nil},
	} {
		t.Run(what, func(t *testing.T) {
			got := names(find(c.filter), "places")
			if !slices.Equal(got, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
	nearest := find(fields{"near": fields{"outcode": "BN11"}})
	if miles := nearest.At("places.edges.0.node.miles").Text(); miles != "0.60" {
		t.Errorf("a kilometre is %q miles", miles)
	}
	for what, filter := range map[string]fields{
		"homes by distance": {"kind": "CHILDRENS_HOME", "near": fields{"outcode": "BN11"}}, "an unknown outcode": {"near": fields{"outcode": "ZZ9"}},
		"a postcode": {"near": fields{"outcode": "BN11 1AA"}}, "half a point": {"near": fields{"easting": 1}}, "miles from nowhere": {"withinMiles": 5},
		"a short name": {"name": "ab"}, "no need type": {"needs": []string{"autism"}},
	} {
		reply := s.ask(t, demo.Commissioner, "query($f: PlaceFilter) { places(filter: $f) { edges { cursor } } }", fields{"f": filter})
		if len(reply.Errors) != 1 || reply.Errors[0].Extensions.Code != "BAD_INPUT" {
			t.Errorf("%s: %v", what, reply.Errors)
		}
	}
	// A search that may look at all settings counts for what it looks at: two in one request, and no third.
	for n, codes := range map[int]int{2: 0, 3: 1} {
		reply := s.ask(t, demo.Public, "{ "+strings.Join([]string{"a", "b", "c"}[:n], `: places(filter: { name: "nothing like it" }) { edges { cursor } } `)+`: places(filter: { name: "nothing like it" }) { edges { cursor } } }`, nil)
		if len(reply.Errors) != codes || codes == 1 && reply.Errors[0].Extensions.Code != "LIMIT_EXCEEDED" {
			t.Errorf("%d searches: %v", n, reply.Errors)
		}
	}
	// A cursor belongs to its filter and its reader.
	cursor := nearest.At("places.pageInfo.endCursor").Text()
	for who, filter := range map[demo.Persona]fields{demo.Commissioner: {"near": fields{"outcode": "BN11"}, "age": 9}, demo.Public: {"near": fields{"outcode": "BN11"}}} {
		reply := s.ask(t, who, "query($f: PlaceFilter, $c: String) { places(filter: $f, after: $c) { edges { cursor } } }", fields{"f": filter, "c": cursor})
		if len(reply.Errors) != 1 {
			t.Errorf("%s goes on with another's cursor", who)
		}
	}
}

// TestNobodyLearnsWhereAHomeIs: whatever is asked from wherever, a home has its district and no more.
func TestNobodyLearnsWhereAHomeIs(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1), bidsOf(2), bidsOf(3))
	s.placed()
	const query = `query($f: PlaceFilter) { places(filter: $f, first: 100) { edges { node { miles setting { id name kind district outcode address } } } } }`
	lists := []fields{{}, {"lot": s.lot}, {"needs": []string{anyNeed}}, {"name": "Synthetic Home"}, {"lot": s.lot, "age": 10, "district": "Worthing"}}
	// From a grid of points over the county: no home is among what is near, so nothing to compare distances of, nor orders.
	for e := 450_000; e <= 650_000; e += 50_000 {
		for n := 50_000; n <= 200_000; n += 50_000 {
			for _, within := range []any{nil, 1, 500} {
				for _, filter := range lists {
					asked := fields{"near": fields{"easting": e, "northing": n}, "withinMiles": within}
					for name, value := range filter {
						asked[name] = value
					}
					for _, edge := range s.see(demo.Commissioner, query, fields{"f": asked}).At("places.edges").All() {
						if edge.At("node.setting.kind").Text() != "SCHOOL" {
							t.Fatalf("%v finds a home: %v", asked, edge)
						}
					}
				}
			}
		}
	}
	// What is listed of homes hangs on no address: with all of them changed, every answer is the same.
	all := func() string {
		var said strings.Builder
		for _, filter := range lists {
			fmt.Fprint(&said, s.see(demo.Public, strings.Replace(query, " address", "", 1), fields{"f": filter}))
		}
		return said.String()
	}
	before := all()
	s.behind("UPDATE dps.setting_address a SET address = b.address FROM dps.setting_address b WHERE a.setting_id <> b.setting_id")
	if after := all(); after != before || !strings.Contains(before, "Synthetic Home 02") {
		t.Errorf("it hangs on addresses:\n%s\n%s", before, after)
	}
	// Side by side with schools, a home has no way to it either.
	found := s.see(demo.Commissioner, `query($s: [ID!]!) { compare(settings: $s, near: { outcode: "BN11" }) { miles setting { name } } }`,
		fields{"s": []string{settingOf(2), settingOf(1), "setting_00000000000040008000000000000000", opaque("provider", demo.SettingID(3))}}).At("compare").All()
	if len(found) != 4 || found[0].At("setting.name").Text() != "Synthetic Home 02" || found[0].At("miles").Is() || found[1].At("miles").Text() != "0.60" || found[2].Is() || found[3].Is() {
		t.Errorf("side by side: %v", found)
	}
	for _, wrong := range [][]string{{settingOf(1)}, slices.Repeat([]string{settingOf(1)}, 11)} {
		if reply := s.ask(t, demo.Commissioner, `query($s: [ID!]!) { compare(settings: $s) { miles } }`, fields{"s": wrong}); len(reply.Errors) != 1 {
			t.Errorf("%d settings are compared", len(wrong))
		}
	}
}

// TestSavedSearches: kept for who saved them, shared with colleagues if that is wanted, hidden from everybody else.
func TestSavedSearches(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1))
	s.placed()
	kent, surrey := staffOf("Kent"), staffOf("Surrey")
	colleague := another(kent.commissioner, 2)
	list := func(who demo.Persona) (all []string) {
		t.Helper()
		for _, edge := range s.see(who, "{ savedSearches { edges { node { name filter shared } } } }", nil).At("savedSearches.edges").All() {
			all = append(all, edge.At("node.name").Text())
		}
		return all
	}
	filter := fields{"needs": []string{anyNeed}, "age": 12, "lot": s.lot, "near": fields{"outcode": "BN11"}, "withinMiles": 2, "vacancyOn": s.day(3),
		"inspection": fields{"scale": "Synthetic", "values": []string{"Good"}}, "kind": "SCHOOL", "gender": "MALE", "section41": true, "district": "Worthing", "name": "Synthetic"}
	full := s.done(kent.commissioner, "saveSearch", fields{"name": "All", "filter": filter}, "search { id filter }").At("search")
	for _, part := range []string{`"age":12`, `"lot":"` + s.lot + `"`, `"vacancyOn":"` + s.day(3) + `"`, `"outcode":"BN11"`, `"scale":"Synthetic"`, `"section41":true`} {
		if text := strings.ReplaceAll(full.At("filter").Text(), ": ", ":"); !strings.Contains(text, part) {
			t.Errorf("%s is not in %s", part, text)
		}
	}
	mine := s.done(kent.commissioner, "saveSearch", fields{"name": "Near", "filter": fields{"near": fields{"outcode": "BN11"}}}, "search { id }").At("search.id").Text()
	run := "query($s: ID) { places(search: $s, first: 100) { edges { node { setting { name } } } } }"
	if n := len(names(s.see(kent.commissioner, run, fields{"s": mine}), "places")); n != 20 {
		t.Errorf("it finds %d", n)
	}
	if found := names(s.see(kent.commissioner, run, fields{"s": full.At("id").Text()}), "places"); len(found) != 0 {
		t.Errorf("all conditions find %v", found)
	}
	again := s.done(kent.commissioner, "saveSearch", fields{"name": "Near", "filter": fields{"near": fields{"outcode": "BN11"}, "withinMiles": 2}}, "search { id }").At("search.id").Text()
	if n := len(names(s.see(kent.commissioner, run, fields{"s": again}), "places")); n != 2 || again != mine {
		t.Errorf("saved again, it finds %d", n)
	}
	if !slices.Equal(list(kent.commissioner), []string{"All", "Near"}) || list(colleague) != nil || list(surrey.commissioner) != nil || list(bidsOf(1)) != nil {
		t.Errorf("%v, a colleague's %v, others' %v %v", list(kent.commissioner), list(colleague), list(surrey.commissioner), list(bidsOf(1)))
	}
	s.done(kent.commissioner, "saveSearch", fields{"name": "Near", "shared": true, "filter": fields{"age": 9}}, "")
	if !slices.Equal(list(colleague), []string{"Near"}) || list(surrey.commissioner) != nil {
		t.Errorf("shared: a colleague's %v, others' %v", list(colleague), list(surrey.commissioner))
	}
	for _, who := range []demo.Persona{surrey.commissioner, demo.Public, bidsOf(1)} {
		if reply := s.ask(t, who, run, fields{"s": mine}); len(reply.Errors) != 1 {
			t.Errorf("%s runs another's search", who)
		}
	}
	s.refused("NOT_FOUND", colleague, "removeSearch", fields{"search": mine})
	s.refused("NOT_FOUND", surrey.commissioner, "removeSearch", fields{"search": mine})
	s.refused("INVALID", kent.commissioner, "saveSearch", fields{"name": "Home", "filter": fields{"near": fields{"easting": 514321, "northing": 103210}}})
	s.refused("INVALID", kent.commissioner, "saveSearch", fields{"name": "No need", "filter": fields{"needs": []string{"autism"}}})
	s.done(kent.commissioner, "removeSearch", fields{"search": mine}, "")
	if list(colleague) != nil {
		t.Error("it is removed and listed")
	}
}

// TestVacanciesOnADate: a provider declares free places from days on; who looks for a day finds by what holds then.
func TestVacanciesOnADate(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1), bidsOf(2))
	own := settingOf(2)
	s.behind("UPDATE dps.setting SET vacancies = 0")
	declare := func(days, free int) {
		t.Helper()
		s.done(bidsOf(1), "declareVacancies", fields{"setting": own, "fromOn": s.day(days), "free": free}, "setting { vacancies }")
	}
	on := func(days int) bool {
		t.Helper()
		return len(names(s.see(demo.Commissioner, "query($f: PlaceFilter) { places(filter: $f) { edges { node { setting { name } } } } }", fields{"f": fields{"vacancyOn": s.day(days), "lot": s.lot}}), "places")) > 0
	}
	free := func() string { return s.node(demo.Public, "Setting", own, "vacancies").At("vacancies").Text() }
	if on(0) || on(100) || free() != "0" {
		t.Fatal("a place is free that nobody declared")
	}
	declare(10, 2)
	declare(20, 0)
	if on(0) || on(9) || !on(10) || !on(19) || on(20) || free() != "0" {
		t.Errorf("declared from the tenth to the twentieth day: %t %t %t %t %t", on(0), on(9), on(10), on(19), on(20))
	}
	s.pass(10 * 24 * time.Hour)
	if !on(0) || free() != "2" {
		t.Errorf("on the tenth day: %t, %s free", on(0), free())
	}
	declare(0, 1)
	if free() != "1" || len(s.node(demo.Public, "Setting", own, "declared { fromOn free }").At("declared").All()) != 2 {
		t.Errorf("declared anew: %s free", free())
	}
	s.refused("NOT_FOUND", bidsOf(2), "declareVacancies", fields{"setting": own, "fromOn": s.day(0), "free": 1})
	s.refused("INVALID", bidsOf(1), "declareVacancies", fields{"setting": own, "fromOn": s.day(-1), "free": 1})
	s.refused("INVALID", bidsOf(1), "declareVacancies", fields{"setting": own, "fromOn": s.day(0), "free": 5})
	s.refused("FORBIDDEN", demo.Commissioner, "declareVacancies", fields{"setting": own, "fromOn": s.day(0), "free": 1})
}
