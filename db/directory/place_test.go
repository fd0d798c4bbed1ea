package directory_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/idkind"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/postgres/postgrestest"
)

var publicActor = policy.Actor{Role: policy.Public}

// insertSchools adds synthetic schools of the first member at random points, each meeting some needs, some without a
// position. There are so few points that many schools are equally far away.
func insertSchools(f *dbtest.Fixture, n int, random *rand.Rand) {
	f.T.Helper()
	for i := range n {
		var easting, northing any
		if random.IntN(10) > 0 {
			easting, northing = 500_000+1000*random.IntN(20), 100_000+1000*random.IntN(20)
		}
		needs := []string{
			"{" + `"` + dbtest.AutismNeed + `"}`, `{"` + dbtest.AutismNeed + `","SLD - Severe Learning Difficulty"}`,
			`{"SLD - Severe Learning Difficulty"}`,
		}[random.IntN(3)]
		low := random.IntN(10)
		f.ExecSQL(`INSERT INTO dps.setting (id, provider_id, kind, name, urn, district, outcode, age_low, age_high, needs, places, vacancies,
			easting, northing, gender, section41)
			VALUES ($1, $2, 'SCHOOL', $3, $4, 'Adur', 'BN11', $5, $6, $7, 40, 3, $8, $9, $10, $11)`,
			uuid.New(), f.Providers[0], fmt.Sprintf("Synthetic school %d", i), fmt.Sprintf("1%05d", i), low, low+random.IntN(10), needs, easting,
			northing,
			[]any{nil, "MIXED", "BOYS", "GIRLS"}[random.IntN(4)], random.IntN(2) == 0)
	}
}

// publishLotOfSchools publishes a second lot, of schools, with the first provider in it.
func publishLotOfSchools(f *dbtest.Fixture) uuid.UUID {
	f.T.Helper()
	lot := uuid.New()
	f.ExecSQL(`INSERT INTO dps.lot (id, authority_id, market_id, name, description, kind, procedure, shows_count, age_low, age_high, needs,
		contract, contract_version, created_at)
		SELECT $1, authority_id, market_id, 'Schools', description, 'INMSS_DAY', procedure, shows_count, age_low, age_high, needs, contract,
		contract_version, created_at
		FROM dps.lot WHERE id = $2`, lot, f.Lot)
	f.ExecSQL(`INSERT INTO dps.membership (id, lot_id, provider_id, application_id, admitted_at)
		SELECT gen_random_uuid(), $1, provider_id, application_id, admitted_at FROM dps.membership WHERE provider_id = $2`, lot, f.Providers[0])
	return lot
}

// readPlaces reads all pages of what a filter finds.
func readPlaces(f *dbtest.Fixture, filter market.PlaceFilter, size int) (all []*market.Place) {
	f.T.Helper()
	v := f.API.View(publicActor)
	defer v.End(f.T.Context()) //nolint:errcheck // it has read nothing sealed
	p := market.Page{First: size}
	for {
		c, err := directory.Places(f.T.Context(), v, filter, p)
		dbtest.RequireNoError(f.T, err)
		for _, e := range c.Edges {
			all = append(all, e.Node)
		}
		if !c.PageInfo.HasNextPage {
			return all
		}
		p.After = dbtest.EndOf(f.T, c.PageInfo)
	}
}

func nearPoint(easting, northing int) *market.NearInput {
	return &market.NearInput{Easting: &easting, Northing: &northing}
}

func lotID(lot uuid.UUID) *market.ID { return &market.ID{Kind: idkind.Lot, UUID: lot} }

// TestPlacesNearestFirst compares the index with plain arithmetic, in pages of any size, where many schools are equally
// far away.
func TestPlacesNearestFirst(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 1)
	random := rand.New(rand.NewPCG(1, 2))
	insertSchools(f, 150, random)
	lot := publishLotOfSchools(f)
	filters := []market.PlaceFilter{
		{},
		{Lot: lotID(lot)},
		{Needs: []string{dbtest.AutismNeed}},
		{Lot: lotID(lot), Needs: []string{dbtest.AutismNeed}, Age: new(7)},
		{Needs: []string{dbtest.AutismNeed, "SLD - Severe Learning Difficulty"}},
		{Gender: new(market.Gender("FEMALE"))},
		{Section41: new(true), Age: new(3)},
		{WithinMiles: new(3)},
		{Needs: []string{"MSI - Multi-Sensory Impairment"}},
		{Name: new("schol 14")},
	}
	for i, filter := range filters {
		filter.Near = nearPoint(505_500, 107_300)
		want := placesByArithmetic(f, filter)
		for _, size := range []int{1, 7, 100} {
			var got []string
			for _, p := range readPlaces(f, filter, size) {
				got = append(got, p.ID.String())
			}
			if !slices.Equal(got, want) {
				t.Errorf("filter %d in pages of %d: %d found, want %d:\n%v\n%v", i, size, len(got), len(want), got, want)
			}
		}
		if (len(want) == 0) != (i == 8) {
			t.Errorf("filter %d finds %d: it tells nothing", i, len(want))
		}
	}
}

// placesByArithmetic are the ids of the schools that a filter should find, worked out from all settings as the
// superuser.
func placesByArithmetic(f *dbtest.Fixture, filter market.PlaceFilter) (ids []string) {
	f.T.Helper()
	type row struct {
		ID, Name, Gender string
		Low, High, E, N  int
		Needs            []string
		S41              bool
		metres           float64
	}
	var all []row
	var text string
	dbtest.RequireNoError(f.T, f.Admin.QueryRow(`SELECT coalesce(json_agg(json_build_object('ID', id, 'Name', name, 'Gender', coalesce(gender,
		''), 'Low', age_low, 'High', age_high,
		'E', easting, 'N', northing, 'Needs', needs, 'S41', section41)), '[]') FROM dps.setting WHERE easting IS NOT NULL`).Scan(&text))
	dbtest.RequireNoError(f.T, json.Unmarshal([]byte(text), &all))
	all = slices.DeleteFunc(all, func(r row) bool {
		for _, n := range filter.Needs {
			if !slices.Contains(r.Needs, n) {
				return true
			}
		}
		return filter.Age != nil && (*filter.Age < r.Low || *filter.Age > r.High) || filter.Gender != nil && r.Gender == "BOYS" ||
			filter.Section41 != nil && r.S41 != *filter.Section41 || filter.Name != nil && !strings.Contains(r.Name, " 14") // 14 and 140 to 149
	})
	for i, r := range all {
		all[i].metres = hypotenuseOf(float64(r.E-*filter.Near.Easting), float64(r.N-*filter.Near.Northing))
	}
	if filter.WithinMiles != nil {
		all = slices.DeleteFunc(all, func(r row) bool { return r.metres > filter.ReachMetres() })
	}
	slices.SortFunc(all, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.metres, b.metres), strings.Compare(a.ID, b.ID))
	})
	for _, r := range all {
		ids = append(ids, r.ID)
	}
	return ids
}

// hypotenuseOf rounds as PostgreSQL does, so that distances that are equal for one are equal for the other.
func hypotenuseOf(a, b float64) float64 {
	a, b = max(math.Abs(a), math.Abs(b)), min(math.Abs(a), math.Abs(b))
	if b == 0 {
		return a
	}
	return a * math.Sqrt(1+float64(b/a*(b/a)))
}

// TestPlacesFollowChangesOfSettings: what a trigger keeps for searches follows settings and memberships.
func TestPlacesFollowChangesOfSettings(t *testing.T) {
	f := dbtest.NewFixture(t, 2, 1)
	insertSchools(f, 1, rand.New(rand.NewPCG(3, 3)))
	f.ExecSQL(`UPDATE dps.setting SET easting = 500000, northing = 100000, needs = $1, age_low = 5, age_high = 9, district = 'Arun'
		WHERE kind = 'SCHOOL'`, `{"`+dbtest.AutismNeed+`"}`)
	lot := publishLotOfSchools(f)
	sld := "SLD - Severe Learning Difficulty"
	finds := func(what string, want bool, filter market.PlaceFilter) {
		t.Helper()
		for _, n := range []*market.NearInput{nil, nearPoint(1, 1)} {
			filter.Near = n
			if filter.Kind = new(market.SettingSchool); n != nil {
				filter.Kind = nil
			}
			if got := len(readPlaces(f, filter, 5)) > 0; got != want {
				t.Errorf("%s, near %v: found %t", what, n != nil, got)
			}
		}
	}
	member := market.PlaceFilter{Lot: lotID(lot), Needs: []string{dbtest.AutismNeed}, Age: new(9)}
	finds("a member", true, member)
	finds("in the lot of homes", false, market.PlaceFilter{Lot: lotID(f.Lot)})
	finds("too old", false, market.PlaceFilter{Lot: lotID(lot), Age: new(10)})
	f.ExecSQL("UPDATE dps.setting SET needs = $1 WHERE kind = 'SCHOOL'", `{"`+sld+`"}`)
	finds("it meets another need now", false, member)
	finds("the other need", true, market.PlaceFilter{Lot: lotID(lot), Needs: []string{sld}})
	for what, state := range map[string]struct {
		change string
		want   bool
	}{
		"suspended":         {"suspended_at = dps.now(), suspended_until = NULL", false},
		"until tomorrow":    {"suspended_at = dps.now(), suspended_until = dps.now() + interval '1 day'", false},
		"until yesterday":   {"suspended_at = dps.now() - interval '2 days', suspended_until = dps.now() - interval '1 day'", true},
		"ended":             {"suspended_at = NULL, suspended_until = NULL, ended_at = dps.now()", false},
		"a member as ever":  {"suspended_at = NULL, suspended_until = NULL, ended_at = NULL", true},
		"of no other's lot": {"provider_id = provider_id", true},
	} {
		f.ExecSQL("UPDATE dps.membership SET suspended_at = NULL, suspended_until = NULL, ended_at = NULL WHERE lot_id = $1", lot)
		f.ExecSQL("UPDATE dps.membership SET "+state.change+" WHERE lot_id = $1", lot)
		finds(what, state.want, market.PlaceFilter{Lot: lotID(lot)})
		finds(what+", any lot", true, market.PlaceFilter{})
	}
	f.ExecSQL("UPDATE dps.setting SET provider_id = NULL WHERE kind = 'SCHOOL'")
	finds("unclaimed, in a lot", false, market.PlaceFilter{Lot: lotID(lot)})
	finds("unclaimed", true, market.PlaceFilter{})
	f.ExecSQL("UPDATE dps.setting SET closed_on = (dps.now() + interval '2 days')::date WHERE kind = 'SCHOOL'")
	finds("it closes the day after tomorrow", true, market.PlaceFilter{})
	f.Advance(t, 3*24*60*60*1e9)
	finds("it has closed", false, market.PlaceFilter{})
	_, err := f.Admin.Exec("UPDATE dps.setting SET easting = 1, northing = 1 WHERE kind = 'CHILDRENS_HOME'")
	dbtest.RequireSQLState(t, err, "23514")
	if n := f.CountRows("place p JOIN dps.setting s ON s.id = p.setting_id WHERE s.kind = 'CHILDRENS_HOME' AND p.location IS NOT " +
		"NULL"); n > 0 {
		t.Errorf("%d homes have a location", n)
	}
}

// TestPlacesByTheLatestInspection: an older, better inspection does not count, nor one on another scale or by another
// body.
func TestPlacesByTheLatestInspection(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 1)
	for day, value := range map[string]string{"2024-01-01": "Good", "2025-01-01": "Inadequate"} {
		f.ExecSQL("INSERT INTO dps.inspection (setting_id, body, scale, value, inspected_on) VALUES ($1, 'Ofsted', 'Overall', $2, $3)",
			f.Settings[0], value, day)
	}
	f.ExecSQL("INSERT INTO dps.inspection (setting_id, body, scale, value, inspected_on) VALUES ($1, 'ISI', 'Safety', 'Good', '2025-06-01')",
		f.Settings[0])
	for _, c := range []struct {
		body  *string
		scale string
		value string
		want  int
	}{
		{nil, "Overall", "Good", 0},
		{nil, "Overall", "Inadequate", 1},
		{new("Ofsted"), "Overall", "Inadequate", 1},
		{new("ISI"), "Overall", "Inadequate", 0},
		{nil, "Safety", "Good", 1},
		{nil, "Nothing", "Good", 0},
	} {
		filter := market.PlaceFilter{Inspection: &market.InspectionFilter{Body: c.body, Scale: c.scale, Values: []string{"Excellent", c.value}}}
		if got := len(readPlaces(f, filter, 5)); got != c.want {
			t.Errorf("%v: %d found", c, got)
		}
	}
}

// TestPlacesNearestComeByIndex: with as many settings as a country has, twenty of them cost few blocks.
func TestPlacesNearestComeByIndex(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 1)
	lot := publishLotOfSchools(f)
	f.ExecSQL(`INSERT INTO dps.provider (id, name) SELECT gen_random_uuid(), 'Synthetic provider ' || n FROM generate_series(1, 3000) n`)
	f.ExecSQL(`INSERT INTO dps.membership (id, lot_id, provider_id, application_id, admitted_at)
		SELECT gen_random_uuid(), $1, p.id, (SELECT application_id FROM dps.membership LIMIT 1), dps.now() FROM dps.provider p WHERE p.id <> $2`,
		lot, f.Providers[0])
	f.ExecSQL(`INSERT INTO dps.setting (id, provider_id, kind, name, urn, district, age_low, age_high, needs, places, vacancies, easting,
		northing)
		SELECT gen_random_uuid(), p.id, 'SCHOOL', 'School ' || n, n || p.id::text, 'Adur', n, n + 12, $1, 40, 1,
			hashtext(p.id::text || n) % 100000 + 500000, hashtext(n || p.id::text) % 100000 + 150000 FROM dps.provider p, generate_series(1, 3) n`,
		`{"`+dbtest.AutismNeed+`","SLD - Severe Learning Difficulty"}`)
	f.ExecSQL("VACUUM ANALYZE dps.place")
	f.ExecSQL("ANALYZE")
	query := ""
	d, err := db.Open(t.Context(), db.Config{
		URL: postgrestest.Server(t).URL("dps_api", f.Name), Policy: f.Policy, Keyring: f.Keyring,
		Trace: func(_ context.Context, q string) { query = q },
	})
	dbtest.RequireNoError(t, err)
	defer d.Close()
	v := d.View(publicActor)
	_, err = directory.Places(t.Context(), v, market.PlaceFilter{
		Lot: lotID(lot), Needs: []string{dbtest.AutismNeed}, Age: new(8),
		Near: nearPoint(500_000, 150_000),
	}, market.Page{First: 20})
	dbtest.RequireNoError(t, err)
	asked := query
	dbtest.RequireNoError(t, v.End(t.Context()))
	tx := f.Become(t, publicActor)
	_, err = tx.Exec("SET LOCAL search_path = dps")
	dbtest.RequireNoError(t, err)
	var plan string
	dbtest.RequireNoError(t, tx.QueryRow("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "+asked, 500_000, 150_000, lot,
		dbtest.AutismNeed, 8, lot).Scan(&plan))
	var parsed []struct {
		Plan struct {
			Hit  int `json:"Shared Hit Blocks"`
			Read int `json:"Shared Read Blocks"`
			Rows int `json:"Actual Rows"`
		}
	}
	dbtest.RequireNoError(t, json.Unmarshal([]byte(plan), &parsed))
	p := parsed[0].Plan
	if !strings.Contains(plan, `"place_near"`) || p.Rows != 21 || p.Hit+p.Read > 170 {
		t.Errorf("%d rows, %d blocks:\n%s", p.Rows, p.Hit+p.Read, plan)
	}
}

// TestPlacesPagesKeepTheirOrder: settings that are added or closed while somebody turns pages do not move the others.
func TestPlacesPagesKeepTheirOrder(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 1)
	random := rand.New(rand.NewPCG(5, 8))
	insertSchools(f, 40, random)
	for _, filter := range []market.PlaceFilter{{Near: nearPoint(505_500, 107_300)}, {Kind: new(market.SettingSchool)}} {
		before := readPlaces(f, filter, 100)
		seen := map[uuid.UUID]int{}
		p, closed := market.Page{First: 7}, before[len(before)-1].ID
		for turned := 0; ; turned++ {
			v := f.API.View(publicActor)
			c, err := directory.Places(t.Context(), v, filter, p)
			dbtest.RequireNoError(t, err)
			dbtest.RequireNoError(t, v.End(t.Context()))
			for _, e := range c.Edges {
				seen[e.Node.ID]++
			}
			if !c.PageInfo.HasNextPage {
				break
			}
			p.After = dbtest.EndOf(f.T, c.PageInfo)
			f.ExecSQL(`INSERT INTO dps.setting (id, provider_id, kind, name, urn, district, age_low, age_high, needs, places, vacancies, easting,
				northing)
				VALUES (gen_random_uuid(), NULL, 'SCHOOL', $1, $1, 'Adur', 5, 9, '{}', 1, 1, $2, 107300)`, "Added "+uuid.NewString(), 505_500+turned)
			if turned == 0 {
				f.ExecSQL("UPDATE dps.setting SET closed_on = '2020-01-01' WHERE id = $1", closed)
			}
		}
		for _, was := range before {
			if want := map[bool]int{false: 1, true: 0}[was.ID == closed]; seen[was.ID] != want {
				t.Errorf("%s is shown %d times", was.Name, seen[was.ID])
			}
		}
		f.ExecSQL("UPDATE dps.setting SET closed_on = NULL WHERE id = $1", closed)
	}
}
