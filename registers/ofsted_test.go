package registers

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/directory"
)

const exampleMap = `{
	"urn": "Reference", "previousUrn": "Registered before as", "name": "Setting", "district": "Local authority", "address": ["Address 1",
	"Postcode"],
	"places": "Maximum users", "openedOn": "Registered", "closedOn": "Resigned", "changedOn": "As at", "inspection": "Overall experiences",
	"scale": "Overall experiences and progress",
	"inspectedOn": "Inspected", "homes": {"column": "Provision", "values": ["Children's home"]}, "open": {"column": "Status", "values":
	["Active", "Suspended"]},
	"needsFrom": ["Category"], "needs": {"Learning difficulties": ["MLD - Moderate Learning Difficulty", "SLD - Severe Learning Difficulty"]}
}`

var homeHeader = []string{
	"Provision", "Reference", "Registered before as", "Setting", "Local authority", "Address 1", "Postcode",
	"Maximum users", "Registered", "Resigned",
	"As at", "Overall experiences", "Inspected", "Status", "Category",
}

func homeLine(changes map[string]string) map[string]string {
	line := map[string]string{
		"Provision": "Children's Home", "Reference": "sc999001", "Setting": "Synthetic House", "Local authority": "Kent",
		"Address 1": "12 Synthetic Lane", "Postcode": "ME14 9ZZ",
		"Maximum users": "4", "Registered": "01/09/2015", "As at": "31/03/2026", "Overall experiences": "Good", "Inspected": "24/01/2026",
		"Status": "Active", "Category": "Learning difficulties",
	}
	for column, value := range changes {
		line[column] = value
	}
	return line
}

func readOfsted(t *testing.T, lines ...map[string]string) readOutcome {
	t.Helper()
	m, err := ReadColumnMap(strings.NewReader(exampleMap))
	if err != nil {
		t.Fatal(err)
	}
	return readWholeFile(OpenOfsted(strings.NewReader(csvFile(homeHeader, lines...)), m, readOn))
}

// TestOfstedHomeFields: each value arrives where the map says; of where it is, nothing but the district stands outside the address.
func TestOfstedHomeFields(t *testing.T) {
	o := readOfsted(t, homeLine(nil))
	e := o.onlyEntry(t)
	for what, ok := range map[string]bool{
		"URN":          e.Kind == market.SettingHome && e.Urn == "SC999001" && e.PreviousURN == nil,
		"name":         e.Name == "Synthetic House" && e.District == "Kent",
		"place":        e.Outcode == nil && e.Easting == nil && e.Northing == nil && len(o.Directory().Outcodes()) == 0,
		"address":      e.Address == "12 Synthetic Lane, ME14 9ZZ",
		"ages, places": e.AgeLow == nil && e.AgeHigh == nil && *e.Places == 4,
		"needs":        slices.Equal(e.Needs, []string{"MLD - Moderate Learning Difficulty", "SLD - Severe Learning Difficulty"}),
		"days":         e.OpenedOn.String() == "2015-09-01" && e.ClosedOn == nil && e.DirectoryChangedOn.String() == "2026-03-31",
		"inspection": *e.Inspection == market.Inspection{
			Body: "Ofsted", Scale: "Overall experiences and progress", Value: "Good",
			InspectedOn: market.NewDate(2026, 1, 24),
		},
		"told": slices.Equal(o.Directory().Columns, []string{
			"address", "directory_changed_on", "district", "name", "needs",
			"opened_on", "places",
		}),
	} {
		if !ok {
			t.Errorf("%s: %+v", what, e)
		}
	}
}

// TestOfstedHomeValues: "" where the line is good, else what is reported while the rest is taken, or why it is rejected.
func TestOfstedHomeValues(t *testing.T) {
	for name, c := range map[string]struct {
		changes map[string]string
		cause   string
		is      func(directory.DirectoryEntry) bool
	}{
		"a URN of digits": {
			map[string]string{"Reference": "2501234"},
			"",
			func(e directory.DirectoryEntry) bool { return e.Urn == "2501234" },
		},
		"a URN of one letter": {map[string]string{"Reference": "S999001"}, "not an Ofsted URN", nil},
		"registered again": {
			map[string]string{"Registered before as": "sc000001"},
			"",
			func(e directory.DirectoryEntry) bool { return *e.PreviousURN == "SC000001" },
		},
		"a name that is its address": {
			map[string]string{"Setting": "12 synthetic lane"},
			"",
			func(e directory.DirectoryEntry) bool { return e.Name == "Home SC999001" },
		},
		"a number that is no address": {
			map[string]string{"Setting": "Synthetic House 2"},
			"",
			func(e directory.DirectoryEntry) bool { return e.Name == "Synthetic House 2" },
		},
		"a name with a postcode in it": {
			map[string]string{"Setting": "Synthetic House, ME149ZZ"},
			"contains a postcode",
			func(e directory.DirectoryEntry) bool { return e.Name == "Home SC999001" && *e.Places == 4 },
		},
		"needs in a word that the map does not have": {
			map[string]string{"Category": "Sensory"},
			`Category has a word that the map does not have: "Sensory"`,
			func(e directory.DirectoryEntry) bool { return e.Needs == nil && *e.Places == 4 },
		},
		"needs in other letters": {
			map[string]string{"Category": "LEARNING  difficulties"},
			"",
			func(e directory.DirectoryEntry) bool { return len(e.Needs) == 2 },
		},
		"needs not told": {map[string]string{"Category": ""}, "", func(e directory.DirectoryEntry) bool { return e.Needs == nil }},
		"places not told": {
			map[string]string{"Maximum users": ""}, "", func(e directory.DirectoryEntry) bool { return e.Places == nil },
		},
		"another apostrophe": {
			map[string]string{"Provision": "Children’s  home"}, "", func(e directory.DirectoryEntry) bool { return e.Name == "Synthetic House" },
		},
		"inadequate": {map[string]string{"Overall experiences": "INADEQUATE"}, "", func(e directory.DirectoryEntry) bool {
			return e.Inspection.Value == "Inadequate" && e.BelowStandard
		}},
		"closes next year": {
			map[string]string{"Resigned": "01/05/2027"},
			"",
			func(e directory.DirectoryEntry) bool {
				return !e.Closed && e.ClosedOn.String() == "2027-05-01" && *e.Places == 4
			},
		},
		"suspended": {
			map[string]string{"Status": "suspended"},
			"",
			func(e directory.DirectoryEntry) bool { return e.ClosedOn == nil },
		},
		"resigned": {
			map[string]string{"Resigned": "01/02/2026"},
			"",
			func(e directory.DirectoryEntry) bool { return e.Closed && e.ClosedOn.String() == "2026-02-01" },
		},
		"a text that is not a date": {map[string]string{"Registered": "2015"}, "Registered must be a date", openingUnread},
		"no district": {map[string]string{"Local authority": ""}, "is empty", func(e directory.DirectoryEntry) bool {
			return slices.Equal(e.Unread, []string{"district"})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			o := readOfsted(t, homeLine(c.changes))
			if c.is != nil {
				said := strings.Join(o.notes, "\n")
				if e := o.onlyEntry(t); !c.is(e) || (c.cause == "") != (said == "") ||
					!strings.Contains(said, c.cause) || strings.Contains(said, "ME14") {
					t.Errorf("%+v, noted %q", e, said)
				}
			} else if o.err != nil || o.Rejected != 1 || !strings.Contains(o.rejected[0], c.cause) || strings.Contains(o.rejected[0], "ME14") {
				t.Errorf("%d settings, rejected %q: %v", len(o.entries), o.rejected, o.err)
			}
		})
	}
	if o := readOfsted(t, homeLine(map[string]string{"Provision": "Adoption agency"}),
		homeLine(map[string]string{"Status": "Proposed"})); o.err != nil || o.Skipped[reasonOtherType] != 1 || o.Skipped[reasonNotOpen] != 1 {
		t.Errorf("%+v: %v", o.File, o.err)
	}
}

// TestReadColumnMapRefusesWrongMaps: a map that cannot be meant is refused before any file is read.
func TestReadColumnMapRefusesWrongMaps(t *testing.T) {
	for wrong, words := range map[string]string{
		``:             "map",
		`{"urn": "a"}`: "must have",
		`{"urm": "a"}`: "urm",
		strings.Replace(exampleMap, `"scale": "Overall experiences and progress",`, "", 1): "or none",
		strings.Replace(exampleMap, "MLD - Moderate", "MLD - Modest", 1):                   "need type",
	} {
		if _, err := ReadColumnMap(strings.NewReader(wrong)); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v", wrong, err)
		}
	}
	m, err := ReadColumnMap(strings.NewReader(exampleMap))
	if err != nil {
		t.Fatal(err)
	}
	readWholeFile(OpenOfsted(strings.NewReader("a,b\n1,2\n"), m, readOn)).requireBroken(t, "no column")
}

// TestOfstedMissingColumnsHaveHints: each column that the map names and the file lacks is named, with the file's columns that look like it.
func TestOfstedMissingColumnsHaveHints(t *testing.T) {
	m, err := ReadColumnMap(strings.NewReader(exampleMap))
	if err != nil {
		t.Fatal(err)
	}
	for _, missing := range m.namedColumns() {
		file := "Zebra, synthetic  " + strings.ToUpper(missing) + " OF HOME ,Another\n1,2,3\n"
		readWholeFile(OpenOfsted(strings.NewReader(file), m, readOn)).requireBroken(t, fmt.Sprintf("%q", missing))
		readWholeFile(OpenOfsted(strings.NewReader(file), m, readOn)).requireBroken(t,
			fmt.Sprintf("%q is called \"synthetic  %s OF HOME\"", missing, strings.ToUpper(missing)))
	}
}
