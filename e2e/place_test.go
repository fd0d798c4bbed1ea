package e2e_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// placeSettings gives the region's schools positions, along a line from Worthing eastwards, and its outcode.
func (s *scene) placeSettings() {
	s.t.Helper()
	for n := 1; n <= 39; n += 2 {
		s.execAsAdmin("UPDATE dps.setting SET easting = $2, northing = 103000, gender = 'MIXED', section41 = $3 WHERE id = $1", demo.SettingID(n),
			514000+n*1000, n%4 == 1)
	}
	s.execAsAdmin("INSERT INTO dps.outcode VALUES ('BN11', 514000, 103000, 4)")
}

func settingNames(found demo.Value) (all []string) {
	for _, edge := range found.At("places.edges").All() {
		all = append(all, edge.At("node.setting.name").Text())
	}
	return all
}

// TestPlacesByFilter: a commissioner, or anybody else, looks for a school for a child.
func TestPlacesByFilter(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2))
	s.placeSettings()
	s.execAsAdmin("UPDATE dps.setting SET name = 'Willowmere School' WHERE id = $1", demo.SettingID(17))
	s.execAsAdmin("UPDATE dps.provider SET name = 'Quiet Harbour Care' WHERE id = $1", demo.ProviderID(9))
	find := func(filter fields) demo.Value {
		t.Helper()
		return s.readData(demo.Commissioner,
			`query($f: PlaceFilter) { places(filter: $f, first: 4) { edges { node { miles setting { name kind provider { name } } } } pageInfo
				{ hasNextPage endCursor } } }`, fields{"f": filter})
	}
	for what, c := range map[string]struct {
		filter fields
		want   []string
	}{
		"nearest to an outcode": {
			fields{"near": fields{"outcode": "BN11"}, "needs": []string{anyNeed}, "age": 12, "gender": "FEMALE"},
			[]string{"Synthetic School 01", "Synthetic School 03", "Synthetic School 05", "Synthetic School 07"},
		},
		"nearest to a point": {fields{"near": fields{"easting": 553400, "northing": 103000}}, []string{
			"Synthetic School 39",
			"Synthetic School 37", "Synthetic School 35", "Synthetic School 33",
		}},
		"section 41": {fields{"near": fields{"outcode": "BN11"}, "section41": true}, []string{
			"Synthetic School 01",
			"Synthetic School 05", "Synthetic School 09", "Synthetic School 13",
		}},
		"within two miles": {fields{"near": fields{"outcode": "BN11"}, "withinMiles": 2}, []string{
			"Synthetic School 01",
			"Synthetic School 03",
		}},
		"members' homes":         {fields{"lot": s.lot}, []string{"Synthetic Home 02", "Synthetic Home 04"}}, // in Brighton and in Hastings
		"no school is in it":     {fields{"lot": s.lot, "near": fields{"outcode": "BN11"}}, nil},
		"a name, about":          {fields{"name": "wilowmere"}, []string{"Willowmere School"}},
		"a provider's name":      {fields{"name": "Quiet Harbur", "kind": "SCHOOL"}, []string{"Willowmere School"}},
		"a lot that is not":      {fields{"lot": "lot_00000000000040008000000000000000"}, nil},
		"a need that none meets": {fields{"needs": []string{"VI - Visual Impairment"}}, nil},
		"too old":                {fields{"age": 20}, nil},
	} {
		t.Run(what, func(t *testing.T) {
			got := settingNames(find(c.filter))
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
		"homes by distance":  {"kind": "CHILDRENS_HOME", "near": fields{"outcode": "BN11"}},
		"an unknown outcode": {"near": fields{"outcode": "ZZ9"}},
		"a postcode":         {"near": fields{"outcode": "BN11 1AA"}}, "half a point": {"near": fields{"easting": 1}},
		"miles from nowhere": {"withinMiles": 5},
		"a short name":       {"name": "ab"}, "no need type": {"needs": []string{"autism"}},
	} {
		reply := s.sendQuery(t, demo.Commissioner, "query($f: PlaceFilter) { places(filter: $f) { edges { cursor } } }", fields{"f": filter})
		if len(reply.Errors) != 1 || reply.Errors[0].Extensions.Code != "BAD_INPUT" {
			t.Errorf("%s: %v", what, reply.Errors)
		}
	}
	// A search that may read all settings is charged for them: one request can make two, and no third.
	for n, codes := range map[int]int{2: 0, 3: 1} {
		reply := s.sendQuery(t, demo.Public, "{ "+strings.Join([]string{"a", "b", "c"}[:n],
			`: places(filter: { name: "nothing like it" }) { edges { cursor } } `)+
			`: places(filter: { name: "nothing like it" }) { edges { cursor } } }`, nil)
		if len(reply.Errors) != codes || codes == 1 && reply.Errors[0].Extensions.Code != "LIMIT_EXCEEDED" {
			t.Errorf("%d searches: %v", n, reply.Errors)
		}
	}
	// A cursor belongs to its filter and its reader.
	cursor := nearest.At("places.pageInfo.endCursor").Text()
	for who, filter := range map[demo.Persona]fields{
		demo.Commissioner: {"near": fields{"outcode": "BN11"}, "age": 9},
		demo.Public:       {"near": fields{"outcode": "BN11"}},
	} {
		reply := s.sendQuery(t, who, "query($f: PlaceFilter, $c: String) { places(filter: $f, after: $c) { edges { cursor } } }",
			fields{"f": filter, "c": cursor})
		if len(reply.Errors) != 1 {
			t.Errorf("%s goes on with another's cursor", who)
		}
	}
}

// TestPlacesDoNotTellWhereAHomeIs: whatever is asked from anywhere, only a home's district is known.
func TestPlacesDoNotTellWhereAHomeIs(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2), bidsManagerOf(3))
	s.placeSettings()
	const query = `query($f: PlaceFilter) { places(filter: $f, first: 100) { edges { node { miles setting { id name kind district outcode
		address } } } } }`
	lists := []fields{{}, {"lot": s.lot}, {"needs": []string{anyNeed}}, {"name": "Synthetic Home"}, {
		"lot": s.lot, "age": 10,
		"district": "Worthing",
	}}
	// From a grid of points over the county: no home is among the nearest places, so there are no distances or orders
	// to compare.
	for e := 450_000; e <= 650_000; e += 50_000 {
		for n := 50_000; n <= 200_000; n += 50_000 {
			for _, within := range []any{nil, 1, 500} {
				for _, filter := range lists {
					asked := fields{"near": fields{"easting": e, "northing": n}, "withinMiles": within}
					for name, value := range filter {
						asked[name] = value
					}
					for _, edge := range s.readData(demo.Commissioner, query, fields{"f": asked}).At("places.edges").All() {
						if edge.At("node.setting.kind").Text() != "SCHOOL" {
							t.Fatalf("%v finds a home: %v", asked, edge)
						}
					}
				}
			}
		}
	}
	// What is listed of homes does not depend on an address: with all of them changed, every answer is the same.
	all := func() string {
		var said strings.Builder
		for _, filter := range lists {
			fmt.Fprint(&said, s.readData(demo.Public, strings.Replace(query, "address", "", 1), fields{"f": filter}))
		}
		return said.String()
	}
	before := all()
	s.execAsAdmin("UPDATE dps.setting_address a SET address = b.address FROM dps.setting_address b WHERE a.setting_id <> b.setting_id")
	if after := all(); after != before || !strings.Contains(before, "Synthetic Home 02") {
		t.Errorf("it depends on addresses:\n%s\n%s", before, after)
	}
	// Compared with schools, a home has no distance either.
	found := s.readData(demo.Commissioner, `query($s: [ID!]!) { compare(settings: $s, near: { outcode: "BN11" }) { miles setting { name } } }`,
		fields{"s": []string{settingOf(2), settingOf(1), "setting_00000000000040008000000000000000", opaqueID("provider",
			demo.SettingID(3))}}).At("compare").All()
	if len(found) != 4 || found[0].At("setting.name").Text() != "Synthetic Home 02" || found[0].At("miles").Exists() ||
		found[1].At("miles").Text() != "0.60" || found[2].Exists() || found[3].Exists() {
		t.Errorf("side by side: %v", found)
	}
	for _, wrong := range [][]string{{settingOf(1)}, slices.Repeat([]string{settingOf(1)}, 11)} {
		if reply := s.sendQuery(t, demo.Commissioner, `query($s: [ID!]!) { compare(settings: $s) { miles } }`,
			fields{"s": wrong}); len(reply.Errors) != 1 {
			t.Errorf("%d settings are compared", len(wrong))
		}
	}
}
