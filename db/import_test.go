package db_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// everything is what an extract with all columns tells of a school.
var everything = []string{"name", "district", "outcode", "age_low", "age_high", "needs", "places", "establishment_type", "gender", "section41",
	"local_authority", "easting", "northing", "opened_on", "directory_changed_on", "dfe_number", "address"}

// listed is an open synthetic school as a directory lists it.
func listed(urn string) market.Entry {
	return market.Entry{
		Setting: market.Setting{Urn: urn, Name: "Synthetic School " + urn, District: "Maidstone", Outcode: new("ME14"), AgeLow: 5, AgeHigh: 19,
			Needs: market.Texts{autism}, Places: 40, EstablishmentType: new("10"), Gender: new(market.Mixed), Section41: true, LocalAuthority: new("886"),
			Easting: new(576000), Northing: new(155000), OpenedOn: new(market.On(2015, 9, 1)), DirectoryChangedOn: new(market.On(2026, 1, 1))},
		DfENumber: new("886/" + urn[len(urn)-4:]), Address: "1 Synthetic Lane, " + urn,
		Inspection: &market.Inspection{Body: "Ofsted", Scale: "Overall effectiveness", Value: "Good", InspectedOn: market.On(2025, 3, 4)},
	}
}

// closed is a closed one.
func closed(urn string, on market.Date) market.Entry {
	return market.Entry{Setting: market.Setting{Urn: urn, ClosedOn: &on, DirectoryChangedOn: new(market.On(2026, 2, 1))}}
}

func changed(e market.Entry, change func(*market.Entry)) market.Entry { change(&e); return e }

// file is a directory of these schools; with an error it breaks off after them.
func file(broken error, entries ...market.Entry) market.Directory {
	return market.Directory{
		Kind: market.School, Told: everything,
		Entries: func(yield func(market.Entry, error) bool) {
			for _, e := range entries {
				if !yield(e, nil) {
					return
				}
			}
			if broken != nil {
				yield(market.Entry{}, broken)
			}
		},
		Outcodes: func() []market.Outcode {
			return []market.Outcode{{Outcode: "ME14", Easting: 576000, Northing: 155000, Schools: 9}}
		},
	}
}

// importing is a market into which directories are taken.
type importing struct {
	*fixture
	hand *db.DB
}

func newImporting(t *testing.T, members int) *importing {
	t.Helper()
	f := newFixture(t, members, 4)
	return &importing{f, f.Open(t, "dps_importer")}
}

// take imports a directory, and expects what becomes of its lines.
func (f *importing) take(from market.Directory, want db.Imported) {
	f.t.Helper()
	got, err := f.hand.ImportDirectory(f.t.Context(), from)
	if err != nil || got != want {
		f.t.Fatalf("%+v, want %+v: %v", got, want, err)
	}
}

// all is everything that an import may write, and the log.
func (f *importing) all() []string {
	f.t.Helper()
	return f.texts(`SELECT to_jsonb(t)::text FROM dps.setting t UNION ALL SELECT to_jsonb(t)::text FROM dps.setting_address t
		UNION ALL SELECT to_jsonb(t)::text FROM dps.inspection t UNION ALL SELECT to_jsonb(t)::text FROM dps.outcode t
		UNION ALL SELECT to_jsonb(t)::text FROM dps.event t ORDER BY 1`)
}

// addresses are those of settings, in the clear.
func (f *importing) address(urn string) string {
	f.t.Helper()
	var setting uuid.UUID
	var sealed []byte
	if err := f.Admin.QueryRow("SELECT s.id, a.address FROM dps.setting s JOIN dps.setting_address a ON a.setting_id = s.id WHERE s.urn = $1", urn).Scan(&setting, &sealed); err != nil {
		f.t.Fatal(err)
	}
	plain, err := f.Keyring.Reveal("address:"+setting.String(), sealed)
	if err != nil {
		f.t.Fatal(err)
	}
	return string(plain)
}

// TestImport: all that a directory tells arrives, unclaimed; the address protected; one event says so.
func TestImport(t *testing.T) {
	f := newImporting(t, 1)
	f.take(file(nil, listed("999001"), listed("999002"), closed("999003", market.On(2024, 8, 31))), db.Imported{New: 2, Unknown: 1, Outcodes: 1})
	if n := f.count(`setting WHERE urn = '999001' AND kind = 'SCHOOL' AND name = 'Synthetic School 999001' AND provider_id IS NULL AND district = 'Maidstone'
		AND outcode = 'ME14' AND age_low = 5 AND age_high = 19 AND needs = ARRAY['` + autism + `'] AND places = 40 AND vacancies = 0 AND establishment_type = '10'
		AND gender = 'MIXED' AND section41 AND local_authority = '886' AND easting = 576000 AND northing = 155000 AND opened_on = '2015-09-01'
		AND closed_on IS NULL AND directory_changed_on = '2026-01-01' AND imported_at IS NOT NULL AND dfe_number = '886/9001' AND previous_urns = '{}'`); n != 1 {
		t.Errorf("the school did not arrive whole: %v", f.texts("SELECT to_jsonb(s)::text FROM dps.setting s WHERE urn = '999001'"))
	}
	if got := f.address("999002"); got != "1 Synthetic Lane, 999002" {
		t.Errorf("address %q", got)
	}
	if f.count("setting_address WHERE provider_id IS NULL") != 2 || f.count("inspection WHERE value = 'Good'") != 2 || f.count("outcode") != 1 {
		t.Error("an address, an inspection or the outcode is not there")
	}
	if said := f.texts("SELECT person || ' ' || capacity || ' ' || chain_id || ' ' || array_to_string(changed, ', ') FROM dps.event WHERE act = 'setting.import'"); !slices.Equal(said, []string{"system importer " + f.lead.String() + " settings school, outcodes"}) {
		t.Errorf("the log says %q", said)
	}
}

// TestImportTwice: a second time changes nothing at all, not even the log, also after a change of URN.
func TestImportTwice(t *testing.T) {
	f := newImporting(t, 1)
	f.take(file(nil, listed("999001"), listed("999002")), db.Imported{New: 2, Outcodes: 1})
	again := func(from market.Directory, want db.Imported) {
		t.Helper()
		before := f.all()
		f.take(from, want)
		if after := f.all(); !slices.Equal(before, after) {
			t.Errorf("before\n%s\nafter\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
		}
	}
	again(file(nil, listed("999001"), listed("999002")), db.Imported{Unchanged: 2})
	renumbered := changed(listed("999009"), func(e *market.Entry) { e.DfENumber = new("886/9001") })
	moved := file(nil, renumbered, closed("999001", market.On(2026, 1, 31)), listed("999002"))
	f.take(moved, db.Imported{Updated: 1, Renumbered: 1, Unchanged: 1, Superseded: 1})
	again(moved, db.Imported{Unchanged: 2, Superseded: 1})
}

// TestBrokenFile: a file that breaks off changes nothing, whatever stood before the break.
func TestBrokenFile(t *testing.T) {
	f := newImporting(t, 1)
	before, broken := f.all(), errors.New("line 4 is cut off")
	_, err := f.hand.ImportDirectory(t.Context(), file(broken, listed("999001"), listed("999002")))
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if !slices.Equal(before, f.all()) {
		t.Error("a broken file has changed something")
	}
	f.take(file(nil, listed("999001")), db.Imported{New: 1, Outcodes: 1}) // the connection is good for another
}

// TestImportChanges: each thing that a directory may tell anew.
func TestImportChanges(t *testing.T) {
	const urn = "999001"
	for name, c := range map[string]struct {
		change func(*market.Entry)
		want   db.Imported
		row    string
	}{
		"a name":             {func(e *market.Entry) { e.Name = "Synthetic School Anew" }, db.Imported{Updated: 1}, "name = 'Synthetic School Anew'"},
		"no gender any more": {func(e *market.Entry) { e.Gender = nil }, db.Imported{Updated: 1}, "gender IS NULL"},
		"other needs":        {func(e *market.Entry) { e.Needs = market.Texts{} }, db.Imported{Updated: 1}, "needs = '{}'"},
		"a position":         {func(e *market.Entry) { e.Easting = new(576001) }, db.Imported{Updated: 1}, "easting = 576001"},
		"an address alone":   {func(e *market.Entry) { e.Address = "2 Synthetic Lane" }, db.Imported{Updated: 1}, "true"},
		"an inspection alone": {func(e *market.Entry) {
			e.Inspection = &market.Inspection{Body: "Ofsted", Scale: "x", Value: "Good", InspectedOn: market.On(2026, 3, 4)}
		}, db.Imported{Updated: 1}, "2 = (SELECT count(*) FROM dps.inspection)"},
		"a judgement put right": {func(e *market.Entry) {
			e.Inspection = &market.Inspection{Body: "Ofsted", Scale: "Overall effectiveness", Value: "Outstanding", InspectedOn: market.On(2025, 3, 4)}
		}, db.Imported{Updated: 1},
			"1 = (SELECT count(*) FROM dps.inspection WHERE value = 'Outstanding')"},
		"no address told":    {func(e *market.Entry) { e.Address = "" }, db.Imported{Unchanged: 1}, "1 = (SELECT count(*) FROM dps.setting_address WHERE setting_id = setting.id)"},
		"from an older file": {func(e *market.Entry) { e.Name, e.DirectoryChangedOn = "Synthetic Old", new(market.On(2025, 12, 31)) }, db.Imported{Older: 1}, "name = 'Synthetic School 999001'"},
		"closed":             {func(e *market.Entry) { *e = closed(urn, market.On(2026, 1, 31)) }, db.Imported{Closed: 1}, "closed_on = '2026-01-31' AND name = 'Synthetic School 999001' AND directory_changed_on = '2026-02-01'"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newImporting(t, 0)
			f.take(file(nil, listed(urn)), db.Imported{New: 1, Outcodes: 1})
			f.take(file(nil, changed(listed(urn), c.change)), c.want)
			if f.count("setting WHERE urn = '"+urn+"' AND "+c.row) != 1 {
				t.Errorf("%v", f.texts("SELECT to_jsonb(s)::text FROM dps.setting s"))
			}
			if name == "an address alone" && f.address(urn) != "2 Synthetic Lane" {
				t.Errorf("the address is %q", f.address(urn))
			}
		})
	}
}

// TestReopened: a school that is listed as open again is open; one that is missing from a file stays as it is, and is told.
func TestReopened(t *testing.T) {
	f := newImporting(t, 0)
	f.take(file(nil, listed("999001"), listed("999002")), db.Imported{New: 2, Outcodes: 1})
	f.take(file(nil, closed("999001", market.On(2026, 1, 31)), listed("999003")), db.Imported{New: 1, Closed: 1, Missing: 1})
	f.take(file(nil, changed(listed("999001"), func(e *market.Entry) { e.DirectoryChangedOn = new(market.On(2026, 3, 1)) }), listed("999002")), db.Imported{Updated: 1, Unchanged: 1, Missing: 1})
	if f.count("setting WHERE closed_on IS NULL") != 3 {
		t.Error("it is not open again")
	}
}

// TestColumnsNotTold: what a file has no column for stays as it is.
func TestColumnsNotTold(t *testing.T) {
	f := newImporting(t, 0)
	f.take(file(nil, listed("999001")), db.Imported{New: 1, Outcodes: 1})
	less := file(nil, changed(listed("999001"), func(e *market.Entry) { e.Section41, e.Places, e.Needs, e.Address = false, 0, market.Texts{}, "" }))
	less.Told = slices.DeleteFunc(slices.Clone(everything), func(c string) bool { return slices.Contains([]string{"section41", "places", "needs", "address"}, c) })
	before := f.all()
	f.take(less, db.Imported{Unchanged: 1})
	if !slices.Equal(before, f.all()) {
		t.Error("what was not told has changed")
	}
}

// TestChangedURN: a school under a new URN is the same setting, with its provider and all that hangs on it; the old URN is
// kept, and an older file that still has it makes no second school.
func TestChangedURN(t *testing.T) {
	for name, from := range map[string]market.Directory{
		"with the old one closed in the same file": file(nil, changed(listed("999009"), func(e *market.Entry) { e.DfENumber = new("886/9001") }), closed("999001", market.On(2026, 1, 31))),
		"in an extract of open schools alone":      file(nil, changed(listed("999009"), func(e *market.Entry) { e.DfENumber = new("886/9001") })),
		"as the directory says itself":             file(nil, changed(listed("999009"), func(e *market.Entry) { e.PreviousURN = new("999001") })),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newImporting(t, 1)
			f.take(file(nil, listed("999001")), db.Imported{New: 1, Outcodes: 1})
			f.run("UPDATE dps.setting SET provider_id = $1 WHERE urn = '999001'", f.providers[0])
			before := f.texts("SELECT id::text FROM dps.setting WHERE urn = '999001'")
			if _, err := f.hand.ImportDirectory(t.Context(), from); err != nil {
				t.Fatal(err)
			}
			after := f.texts("SELECT id::text FROM dps.setting WHERE urn = '999009' AND previous_urns = '{999001}' AND provider_id IS NOT NULL AND closed_on IS NULL")
			if !slices.Equal(before, after) || f.count("setting WHERE kind = 'SCHOOL'") != 1 {
				t.Errorf("%v became %v", before, f.texts("SELECT to_jsonb(s)::text FROM dps.setting s"))
			}
			f.take(file(nil, listed("999001")), db.Imported{Superseded: 1, Missing: 1})
		})
	}
}

// TestNoSuccessor: the same DfE number makes no successor of a school that is still open, nor of two schools one.
func TestNoSuccessor(t *testing.T) {
	f := newImporting(t, 0)
	same := func(urn string) market.Entry {
		return changed(listed(urn), func(e *market.Entry) { e.DfENumber = new("886/9001") })
	}
	f.take(file(nil, same("999001")), db.Imported{New: 1, Outcodes: 1})
	f.take(file(nil, same("999001"), same("999002")), db.Imported{New: 1, Unchanged: 1})
	f.take(file(nil, closed("999001", market.On(2026, 1, 31)), closed("999002", market.On(2026, 1, 31)), same("999003")), db.Imported{Updated: 1, Renumbered: 1, Superseded: 1, Closed: 1})
	if f.count("setting") != 2 {
		t.Errorf("%v", f.texts("SELECT to_jsonb(s)::text FROM dps.setting s"))
	}
}

// TestHomesAndSchools: the two directories number apart, and neither touches the other's.
func TestHomesAndSchools(t *testing.T) {
	f := newImporting(t, 0)
	f.take(file(nil, listed("2501234")), db.Imported{New: 1, Outcodes: 1})
	homes := file(nil, market.Entry{Setting: market.Setting{Urn: "2501234", Name: "Synthetic House", District: "Kent", AgeHigh: 17, Needs: market.Texts{}, Places: 4}, Address: "9 Synthetic Row"})
	homes.Kind, homes.Told, homes.Outcodes = market.Home, []string{"name", "district", "places", "address"}, func() []market.Outcode { return nil }
	f.take(homes, db.Imported{New: 1})
	f.take(homes, db.Imported{Unchanged: 1})
	if f.count("setting WHERE urn = '2501234'") != 2 || f.count("setting WHERE kind = 'CHILDRENS_HOME' AND outcode IS NULL AND easting IS NULL") != 1 {
		t.Errorf("%v", f.texts("SELECT to_jsonb(s)::text FROM dps.setting s"))
	}
}

// TestImportsWait: two imports of the same file at once make each school once, with one event.
func TestImportsWait(t *testing.T) {
	f := newImporting(t, 0)
	errs := atOnce(4, func(int) error {
		_, err := f.hand.ImportDirectory(t.Context(), file(nil, listed("999001"), listed("999002")))
		return err
	})
	if n := succeeded(t, errs); n != 4 || f.count("setting") != 2 || f.count("event WHERE act = 'setting.import'") != 1 {
		t.Errorf("%d of 4, %d settings, %d events", n, f.count("setting"), f.count("event WHERE act = 'setting.import'"))
	}
}

// TestWhoImports: the importer's login and no other; and it is no way to anything else.
func TestWhoImports(t *testing.T) {
	f := newImporting(t, 0)
	if _, err := f.API.ImportDirectory(t.Context(), file(nil, listed("999001"))); !errors.Is(err, db.ErrNotImporter) || f.count("setting") != 0 {
		t.Errorf("the API imports: %v", err)
	}
	if _, err := f.hand.DecideApplication(t.Context(), as(policy.MarketManager, f.lead), market.DecideApplicationInput{IdempotencyKey: key(), Application: id(uuid.New())}); err == nil {
		t.Error("the importer's login acts as a market manager")
	}
}
