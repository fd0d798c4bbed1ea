package directory_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	admissionrules "github.com/southeasttogether/dps/market/admission"
	rules "github.com/southeasttogether/dps/market/directory"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// allColumns is what an extract with all columns says about a school.
var allColumns = []string{
	"name", "district", "outcode", "age_low", "age_high", "needs", "places", "establishment_type", "gender",
	"section41",
	"local_authority", "easting", "northing", "opened_on", "directory_changed_on", "dfe_number", "address",
}

// openSchool is an open synthetic school as a directory lists it.
func openSchool(urn string) rules.DirectoryEntry {
	return rules.DirectoryEntry{
		Setting: market.Setting{
			Urn: urn, Name: "Synthetic School " + urn, District: "Maidstone", Outcode: new("ME14"), AgeLow: new(5), AgeHigh: new(19),
			Needs: market.Texts{dbtest.AutismNeed}, Places: new(40), EstablishmentType: new("10"), Gender: new(market.AdmitsMixed),
			Section41:      new(true),
			LocalAuthority: new("886"),
			Easting:        new(576000), Northing: new(155000), OpenedOn: new(market.NewDate(2015, 9, 1)),
			DirectoryChangedOn: new(market.NewDate(2026, 1, 1)),
		},
		DfENumber: new("886/" + urn[len(urn)-4:]), Address: "1 Synthetic Lane, " + urn,
		Inspection: &market.Inspection{Body: "Ofsted", Scale: "Overall effectiveness", Value: "Good", InspectedOn: market.NewDate(2025, 3, 4)},
	}
}

// closedSchool is a closed synthetic school.
func closedSchool(urn string, on market.Date) rules.DirectoryEntry {
	return rules.DirectoryEntry{
		Closed: true, Setting: market.Setting{Urn: urn, ClosedOn: &on, DirectoryChangedOn: new(market.NewDate(2026, 2, 1))},
	}
}

func changeEntry(e rules.DirectoryEntry, change func(*rules.DirectoryEntry)) rules.DirectoryEntry {
	change(&e)
	return e
}

// schoolDirectory is a directory of these schools. With an error it breaks off after them.
func schoolDirectory(broken error, entries ...rules.DirectoryEntry) rules.DirectoryFile {
	return rules.DirectoryFile{
		Kind: market.SettingSchool, Columns: allColumns,
		Entries: func(yield func(rules.DirectoryEntry, error) bool) {
			for _, e := range entries {
				if !yield(e, nil) {
					return
				}
			}
			if broken != nil {
				yield(rules.DirectoryEntry{}, broken)
			}
		},
		Outcodes: func() []rules.OutcodeCentre {
			return []rules.OutcodeCentre{{Outcode: "ME14", Easting: 576000, Northing: 155000, Schools: 9}}
		},
	}
}

// importFixture is a market for imports.
type importFixture struct {
	*dbtest.Fixture
	importer *db.DB
}

func newImportFixture(t *testing.T, members int) *importFixture {
	t.Helper()
	f := dbtest.NewFixture(t, members, 4)
	return &importFixture{f, f.Open(t, "dps_importer")}
}

// importDirectory imports a directory, and checks what becomes of its lines.
func (f *importFixture) importDirectory(from rules.DirectoryFile, want directory.ImportSummary) {
	f.T.Helper()
	got, err := directory.ImportDirectory(f.T.Context(), f.importer, from)
	if err != nil || got != want {
		f.T.Fatalf("%+v, want %+v: %v", got, want, err)
	}
}

// dumpImported is everything that an import can write, and the log.
func (f *importFixture) dumpImported() []string {
	f.T.Helper()
	return dbtest.QueryTexts(f.Fixture,
		`SELECT to_jsonb(t)::text FROM dps.setting t UNION ALL SELECT to_jsonb(t)::text FROM dps.setting_address t
		UNION ALL SELECT to_jsonb(t)::text FROM dps.inspection t UNION ALL SELECT to_jsonb(t)::text FROM dps.outcode t
		UNION ALL SELECT to_jsonb(t)::text FROM dps.event t ORDER BY 1`)
}

// addresses are the decrypted addresses of settings.
func (f *importFixture) plainAddress(urn string) string {
	f.T.Helper()
	var setting uuid.UUID
	var sealed []byte
	if err := f.Admin.QueryRow("SELECT s.id, a.address FROM dps.setting s JOIN dps.setting_address a ON a.setting_id = s.id WHERE s.urn = $1",
		urn).Scan(&setting, &sealed); err != nil {
		f.T.Fatal(err)
	}
	plain, err := f.Keyring.Reveal("address:"+setting.String(), sealed)
	if err != nil {
		f.T.Fatal(err)
	}
	return string(plain)
}

// TestImportDirectoryBringsEverything: everything in a directory arrives, without a provider and with the address
// encrypted. One event records it.
func TestImportDirectoryBringsEverything(t *testing.T) {
	f := newImportFixture(t, 1)
	f.importDirectory(schoolDirectory(nil, openSchool("999001"), openSchool("999002"), closedSchool("999003", market.NewDate(2024, 8, 31))),
		directory.ImportSummary{New: 2, Unknown: 1, Outcodes: 1})
	if n := f.CountRows(`setting WHERE urn = '999001' AND kind = 'SCHOOL' AND name = 'Synthetic School 999001' AND provider_id IS NULL AND
		district = 'Maidstone'
		AND outcode = 'ME14' AND age_low = 5 AND age_high = 19 AND needs = ARRAY['` + dbtest.AutismNeed +
		`'] AND places = 40 AND vacancies IS NULL AND establishment_type = '10'
		AND gender = 'MIXED' AND section41 AND local_authority = '886' AND easting = 576000 AND northing = 155000 AND opened_on = '2015-09-01'
		AND closed_on IS NULL AND directory_changed_on = '2026-01-01' AND imported_at IS NOT NULL AND dfe_number = '886/9001' AND
			previous_urns = '{}'`); n != 1 {
		t.Errorf("the school did not arrive whole: %v", dbtest.QueryTexts(f.Fixture,
			"SELECT to_jsonb(s)::text FROM dps.setting s WHERE urn = '999001'"))
	}
	if got := f.plainAddress("999002"); got != "1 Synthetic Lane, 999002" {
		t.Errorf("address %q", got)
	}
	if f.CountRows("setting_address WHERE provider_id IS NULL") != 2 || f.CountRows("inspection WHERE value = 'Good'") != 2 ||
		f.CountRows("outcode") != 1 {
		t.Error("an address, an inspection or the outcode is not there")
	}
	if said := dbtest.QueryTexts(f.Fixture,
		"SELECT person || ' ' || capacity || ' ' || chain_id || ' ' || array_to_string(changed, ', ') FROM dps.event WHERE act = "+
			"'setting.import'"); !slices.Equal(said, []string{"system importer " + f.Lead.String() + " settings school, outcodes"}) {
		t.Errorf("the log says %q", said)
	}
}

// TestImportDirectoryTwiceChangesNothing: a second import changes nothing at all, not even the log, also after a change
// of URN.
func TestImportDirectoryTwiceChangesNothing(t *testing.T) {
	f := newImportFixture(t, 1)
	f.importDirectory(schoolDirectory(nil, openSchool("999001"), openSchool("999002")), directory.ImportSummary{New: 2, Outcodes: 1})
	again := func(from rules.DirectoryFile, want directory.ImportSummary) {
		t.Helper()
		before := f.dumpImported()
		f.importDirectory(from, want)
		if after := f.dumpImported(); !slices.Equal(before, after) {
			t.Errorf("before\n%s\nafter\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
		}
	}
	again(schoolDirectory(nil, openSchool("999001"), openSchool("999002")), directory.ImportSummary{Unchanged: 2})
	renumbered := changeEntry(openSchool("999009"), func(e *rules.DirectoryEntry) { e.DfENumber = new("886/9001") })
	moved := schoolDirectory(nil, renumbered, closedSchool("999001", market.NewDate(2026, 1, 31)), openSchool("999002"))
	f.importDirectory(moved, directory.ImportSummary{Updated: 1, Renumbered: 1, Unchanged: 1, Superseded: 1})
	again(moved, directory.ImportSummary{Unchanged: 2, Superseded: 1})
}

// TestImportDirectoryBrokenFileChangesNothing: a file that breaks off changes nothing, whatever comes before the break.
func TestImportDirectoryBrokenFileChangesNothing(t *testing.T) {
	f := newImportFixture(t, 1)
	before, broken := f.dumpImported(), errors.New("line 4 is cut off")
	_, err := directory.ImportDirectory(t.Context(), f.importer, schoolDirectory(broken, openSchool("999001"), openSchool("999002")))
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if !slices.Equal(before, f.dumpImported()) {
		t.Error("a broken file has changed something")
	}
	// the connection can be used again
	f.importDirectory(schoolDirectory(nil, openSchool("999001")), directory.ImportSummary{New: 1, Outcodes: 1})
}

// TestImportDirectoryWithOneChange: each thing that a directory can change.
func TestImportDirectoryWithOneChange(t *testing.T) {
	const urn = "999001"
	for name, c := range map[string]struct {
		change func(*rules.DirectoryEntry)
		want   directory.ImportSummary
		row    string
	}{
		"a name": {
			func(e *rules.DirectoryEntry) { e.Name = "Synthetic School Renamed" },
			directory.ImportSummary{Updated: 1},
			"name = 'Synthetic School Renamed'",
		},
		"no gender any more": {func(e *rules.DirectoryEntry) { e.Gender = nil }, directory.ImportSummary{Updated: 1}, "gender IS NULL"},
		"other needs":        {func(e *rules.DirectoryEntry) { e.Needs = market.Texts{} }, directory.ImportSummary{Updated: 1}, "needs = '{}'"},
		"a position": {
			func(e *rules.DirectoryEntry) { e.Easting = new(576001) },
			directory.ImportSummary{Updated: 1},
			"easting = 576001",
		},
		"an address alone": {func(e *rules.DirectoryEntry) { e.Address = "2 Synthetic Lane" }, directory.ImportSummary{Updated: 1}, "true"},
		"an inspection alone": {func(e *rules.DirectoryEntry) {
			e.Inspection = &market.Inspection{Body: "Ofsted", Scale: "x", Value: "Good", InspectedOn: market.NewDate(2026, 3, 4)}
		}, directory.ImportSummary{Updated: 1}, "2 = (SELECT count(*) FROM dps.inspection)"},
		"a judgement put right": {
			func(e *rules.DirectoryEntry) {
				e.Inspection = &market.Inspection{
					Body: "Ofsted", Scale: "Overall effectiveness", Value: "Outstanding",
					InspectedOn: market.NewDate(2025, 3, 4),
				}
			},
			directory.ImportSummary{Updated: 1},
			"1 = (SELECT count(*) FROM dps.inspection WHERE value = 'Outstanding')",
		},
		"no address told": {
			func(e *rules.DirectoryEntry) { e.Address = "" },
			directory.ImportSummary{Unchanged: 1},
			"1 = (SELECT count(*) FROM dps.setting_address WHERE setting_id = setting.id)",
		},
		"from an older file": {func(e *rules.DirectoryEntry) {
			e.Name, e.DirectoryChangedOn = "Synthetic Old", new(market.NewDate(2025, 12, 31))
		}, directory.ImportSummary{Older: 1}, "name = 'Synthetic School 999001'"},
		"closed": {
			func(e *rules.DirectoryEntry) { *e = closedSchool(urn, market.NewDate(2026, 1, 31)) },
			directory.ImportSummary{Closed: 1},
			"closed_on = '2026-01-31' AND name = 'Synthetic School 999001' AND directory_changed_on = '2026-02-01'",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newImportFixture(t, 0)
			f.importDirectory(schoolDirectory(nil, openSchool(urn)), directory.ImportSummary{New: 1, Outcodes: 1})
			f.importDirectory(schoolDirectory(nil, changeEntry(openSchool(urn), c.change)), c.want)
			if f.CountRows("setting WHERE urn = '"+urn+"' AND "+c.row) != 1 {
				t.Errorf("%v", dbtest.QueryTexts(f.Fixture, "SELECT to_jsonb(s)::text FROM dps.setting s"))
			}
			if name == "an address alone" && f.plainAddress(urn) != "2 Synthetic Lane" {
				t.Errorf("the address is %q", f.plainAddress(urn))
			}
		})
	}
}

// TestImportDirectoryReopensASetting: a school that is listed as open again is open. A school that is missing from a
// file does not change, and is reported.
func TestImportDirectoryReopensASetting(t *testing.T) {
	f := newImportFixture(t, 0)
	f.importDirectory(schoolDirectory(nil, openSchool("999001"), openSchool("999002")), directory.ImportSummary{New: 2, Outcodes: 1})
	f.importDirectory(schoolDirectory(nil, closedSchool("999001", market.NewDate(2026, 1, 31)), openSchool("999003")),
		directory.ImportSummary{New: 1, Closed: 1, Missing: 1})
	f.importDirectory(schoolDirectory(nil, changeEntry(openSchool("999001"),
		func(e *rules.DirectoryEntry) { e.DirectoryChangedOn = new(market.NewDate(2026, 3, 1)) }), openSchool("999002")),
		directory.ImportSummary{Updated: 1, Unchanged: 1, Missing: 1})
	if f.CountRows("setting WHERE closed_on IS NULL") != 3 {
		t.Error("it is not open again")
	}
}

// TestImportDirectoryKeepsMissingColumns: values for which a file has no column do not change.
func TestImportDirectoryKeepsMissingColumns(t *testing.T) {
	f := newImportFixture(t, 0)
	f.importDirectory(schoolDirectory(nil, openSchool("999001")), directory.ImportSummary{New: 1, Outcodes: 1})
	less := schoolDirectory(nil, changeEntry(openSchool("999001"), func(e *rules.DirectoryEntry) {
		e.Section41, e.Places, e.Needs, e.Address = nil, nil, nil, ""
	}))
	less.Columns = slices.DeleteFunc(slices.Clone(allColumns),
		func(c string) bool { return slices.Contains([]string{"section41", "places", "needs", "address"}, c) })
	before := f.dumpImported()
	f.importDirectory(less, directory.ImportSummary{Unchanged: 1})
	if !slices.Equal(before, f.dumpImported()) {
		t.Error("what was not told has changed")
	}
}

// TestImportDirectoryFollowsANewURN: a school with a new URN is the same setting, with its provider and everything that
// belongs to it. The old URN is kept, and an older file that still has it does not make a second school.
func TestImportDirectoryFollowsANewURN(t *testing.T) {
	for name, from := range map[string]rules.DirectoryFile{
		"with the old one closed in the same file": schoolDirectory(nil, changeEntry(openSchool("999009"),
			func(e *rules.DirectoryEntry) { e.DfENumber = new("886/9001") }), closedSchool("999001", market.NewDate(2026, 1, 31))),
		"in an extract of open schools alone": schoolDirectory(nil, changeEntry(openSchool("999009"),
			func(e *rules.DirectoryEntry) { e.DfENumber = new("886/9001") })),
		"as the directory says itself": schoolDirectory(nil, changeEntry(openSchool("999009"),
			func(e *rules.DirectoryEntry) { e.PreviousURN = new("999001") })),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newImportFixture(t, 1)
			f.importDirectory(schoolDirectory(nil, openSchool("999001")), directory.ImportSummary{New: 1, Outcodes: 1})
			f.ExecSQL("UPDATE dps.setting SET provider_id = $1 WHERE urn = '999001'", f.Providers[0])
			before := dbtest.QueryTexts(f.Fixture, "SELECT id::text FROM dps.setting WHERE urn = '999001'")
			if _, err := directory.ImportDirectory(t.Context(), f.importer, from); err != nil {
				t.Fatal(err)
			}
			after := dbtest.QueryTexts(f.Fixture,
				"SELECT id::text FROM dps.setting WHERE urn = '999009' AND previous_urns = '{999001}' AND provider_id IS NOT NULL AND closed_on IS "+
					"NULL")
			if !slices.Equal(before, after) || f.CountRows("setting WHERE kind = 'SCHOOL'") != 1 {
				t.Errorf("%v became %v", before, dbtest.QueryTexts(f.Fixture, "SELECT to_jsonb(s)::text FROM dps.setting s"))
			}
			f.importDirectory(schoolDirectory(nil, openSchool("999001")), directory.ImportSummary{Superseded: 1, Missing: 1})
		})
	}
}

// TestImportDirectoryMakesNoFalseSuccessor: the same DfE number does not make a successor of a school that is still
// open, or merge two schools.
func TestImportDirectoryMakesNoFalseSuccessor(t *testing.T) {
	f := newImportFixture(t, 0)
	same := func(urn string) rules.DirectoryEntry {
		return changeEntry(openSchool(urn), func(e *rules.DirectoryEntry) { e.DfENumber = new("886/9001") })
	}
	f.importDirectory(schoolDirectory(nil, same("999001")), directory.ImportSummary{New: 1, Outcodes: 1})
	f.importDirectory(schoolDirectory(nil, same("999001"), same("999002")), directory.ImportSummary{New: 1, Unchanged: 1})
	f.importDirectory(schoolDirectory(nil, closedSchool("999001", market.NewDate(2026, 1, 31)), closedSchool("999002", market.NewDate(2026, 1,
		31)), same("999003")), directory.ImportSummary{Updated: 1, Renumbered: 1, Superseded: 1, Closed: 1})
	if f.CountRows("setting") != 2 {
		t.Errorf("%v", dbtest.QueryTexts(f.Fixture, "SELECT to_jsonb(s)::text FROM dps.setting s"))
	}
}

// TestImportDirectoryKeepsHomesAndSchoolsApart: the two directories have separate numbers, and neither changes settings
// of the other.
func TestImportDirectoryKeepsHomesAndSchoolsApart(t *testing.T) {
	f := newImportFixture(t, 0)
	f.importDirectory(schoolDirectory(nil, openSchool("2501234")), directory.ImportSummary{New: 1, Outcodes: 1})
	homes := schoolDirectory(nil, rules.DirectoryEntry{Setting: market.Setting{
		Urn: "2501234", Name: "Synthetic House", District: "Kent",
		AgeHigh: new(17), Needs: market.Texts{}, Places: new(4),
	}, Address: "9 Synthetic Row"})
	homes.Kind, homes.Columns, homes.Outcodes = market.SettingHome, []string{"name", "district", "places", "address"},
		func() []rules.OutcodeCentre { return nil }
	f.importDirectory(homes, directory.ImportSummary{New: 1})
	f.importDirectory(homes, directory.ImportSummary{Unchanged: 1})
	if f.CountRows("setting WHERE urn = '2501234'") != 2 ||
		f.CountRows("setting WHERE kind = 'CHILDRENS_HOME' AND outcode IS NULL AND easting IS NULL") != 1 {
		t.Errorf("%v", dbtest.QueryTexts(f.Fixture, "SELECT to_jsonb(s)::text FROM dps.setting s"))
	}
}

// TestImportDirectoryTwoAtOnce: two imports of the same file at once make each school once, with one event.
func TestImportDirectoryTwoAtOnce(t *testing.T) {
	f := newImportFixture(t, 0)
	errs := dbtest.AtOnce(4, func(int) error {
		_, err := directory.ImportDirectory(t.Context(), f.importer, schoolDirectory(nil, openSchool("999001"), openSchool("999002")))
		return err
	})
	if n := dbtest.CountSucceeded(t, errs); n != 4 || f.CountRows("setting") != 2 || f.CountRows("event WHERE act = 'setting.import'") != 1 {
		t.Errorf("%d of 4, %d settings, %d events", n, f.CountRows("setting"), f.CountRows("event WHERE act = 'setting.import'"))
	}
}

// TestImportDirectoryNeedsTheImporter: only the importer's login can import, and it can do nothing else.
func TestImportDirectoryNeedsTheImporter(t *testing.T) {
	f := newImportFixture(t, 0)
	if _, err := directory.ImportDirectory(t.Context(), f.API, schoolDirectory(nil, openSchool("999001"))); !errors.Is(err,
		directory.ErrNotImporter) || f.CountRows("setting") != 0 {
		t.Errorf("the API imports: %v", err)
	}
	if _, err := admission.DecideApplication(t.Context(), f.importer, dbtest.ActorAs(policy.MarketManager, f.Lead),
		admissionrules.DecideApplicationInput{IdempotencyKey: dbtest.NewKey(), Application: dbtest.IDOf(uuid.New())}); err == nil {
		t.Error("the importer's login acts as a market manager")
	}
}
