package registers

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/directory"
)

// TestGIASSchoolFields: each value arrives where it belongs.
func TestGIASSchoolFields(t *testing.T) {
	o := readGIAS(csvFile(giasHeader, schoolLine(nil)))
	e := o.onlyEntry(t)
	for what, ok := range map[string]bool{
		"line":               e.Line == 2,
		"kind":               e.Kind == market.SettingSchool && *e.EstablishmentType == "10",
		"URN":                e.Urn == "999001" && *e.DfENumber == "886/7001",
		"name":               e.Name == "Synthetic School" && e.District == "Maidstone" && *e.LocalAuthority == "886",
		"ages":               *e.AgeLow == 5 && *e.AgeHigh == 19,
		"gender, section 41": *e.Gender == market.AdmitsMixed && *e.Section41,
		"places":             *e.Places == 40,
		"needs":              slices.Equal(e.Needs, []string{"ASD - Autistic Spectrum Disorder", "HI - Hearing Impairment"}),
		"days":               e.OpenedOn.String() == "2015-09-01" && e.ClosedOn == nil && e.DirectoryChangedOn.String() == "2024-07-18",
		"place":              *e.Outcode == "ME14" && *e.Easting == 576000 && *e.Northing == 155000,
		"address":            e.Address == "1 Synthetic Lane, Maidstone, ME14 9ZZ",
		"inspection": *e.Inspection == market.Inspection{
			Body: "Ofsted", Scale: "Overall effectiveness", Value: "Good",
			InspectedOn: market.NewDate(2024, 1, 24),
		},
		"report": o.Rows == 1 && o.Open == 1 && o.Closed == 0 && o.Rejected == 0,
	} {
		if !ok {
			t.Errorf("%s: %+v", what, e)
		}
	}
}

func agesUnread(e directory.DirectoryEntry) bool {
	return e.AgeLow == nil && e.AgeHigh == nil && slices.Equal(e.Unread, []string{"age_low", "age_high"})
}

func openingUnread(e directory.DirectoryEntry) bool {
	return e.OpenedOn == nil && slices.Equal(e.Unread, []string{"opened_on"}) && e.Inspection != nil
}

func nameUnread(e directory.DirectoryEntry) bool {
	return e.Name == "" && slices.Equal(e.Unread, []string{"name"}) && *e.Places == 40
}

// TestGIASSchoolValues: what the values of an extract mean, at their edges; "" where the line is good, else what is reported of it while
// the rest of it is taken, or why it is rejected if there is no setting.
func TestGIASSchoolValues(t *testing.T) {
	for name, c := range map[string]struct {
		changes map[string]string
		cause   string
		is      func(directory.DirectoryEntry) bool
	}{
		"codes without their zeros": {
			map[string]string{"TypeOfEstablishment (code)": "8", "LA (code)": "84", "EstablishmentNumber": "7"},
			"",
			func(e directory.DirectoryEntry) bool {
				return *e.EstablishmentType == "08" && *e.DfENumber == "084/0007"
			},
		},
		"space and line ends": {
			map[string]string{"EstablishmentName": "  Synthetic \r\n School "},
			"",
			func(e directory.DirectoryEntry) bool { return e.Name == "Synthetic School" },
		},
		"quotes and commas": {
			map[string]string{"EstablishmentName": `The "Synthetic", School`},
			"",
			func(e directory.DirectoryEntry) bool { return e.Name == `The "Synthetic", School` },
		},
		"a need twice": {map[string]string{"SEN1 (name)": "hi - hearing impairment"}, "", func(e directory.DirectoryEntry) bool {
			return len(e.Needs) == 2 && e.Needs[0] == "HI - Hearing Impairment"
		}},
		"no need": {
			map[string]string{"SEN2 (name)": "", "SEN13 (name)": ""},
			"",
			func(e directory.DirectoryEntry) bool { return e.Needs != nil && len(e.Needs) == 0 },
		},
		"needs not told": {
			map[string]string{"SEN1 (name)": "", "SEN2 (name)": "", "SEN13 (name)": ""},
			"",
			func(e directory.DirectoryEntry) bool { return e.Needs == nil && e.Name != "" },
		},
		"a need with other marks": {
			map[string]string{"SEN2 (name)": "ASD – autistic  spectrum disorder"},
			"",
			func(e directory.DirectoryEntry) bool { return e.Needs[0] == "ASD - Autistic Spectrum Disorder" },
		},
		"an unknown need": {
			map[string]string{"SEN3 (name)": "DS - Down Syndrome"},
			`SEN3 (name) has a need type that is not known: "DS - Down Syndrome"`,
			func(e directory.DirectoryEntry) bool { return len(e.Needs) == 2 && e.Inspection.Value == "Good" },
		},
		"special measures": {
			map[string]string{"OfstedRating (name)": "special measures"},
			"",
			func(e directory.DirectoryEntry) bool {
				return e.Inspection.Value == "Special Measures" && e.BelowStandard && !e.UnknownJudgement
			},
		},
		"serious weaknesses": {
			map[string]string{"OfstedRating (name)": "Serious  Weaknesses"},
			"",
			func(e directory.DirectoryEntry) bool {
				return e.Inspection.Value == "Serious Weaknesses" && e.BelowStandard
			},
		},
		"good": {nil, "", func(e directory.DirectoryEntry) bool { return !e.BelowStandard }},
		"a judgement that nobody knows": {
			map[string]string{"OfstedRating (name)": "Wobbly"},
			`OfstedRating (name) has a word that is not known: "Wobbly"`,
			func(e directory.DirectoryEntry) bool {
				return e.Inspection.Value == "Wobbly" && e.BelowStandard && e.UnknownJudgement && *e.Places == 40
			},
		},
		"a judgement without a day": {
			map[string]string{"OfstedLastInsp": ""},
			"OfstedLastInsp is empty",
			func(e directory.DirectoryEntry) bool { return e.Inspection == nil },
		},
		"section 41 not approved": {
			map[string]string{"Section41Approved (name)": "Not approved"},
			"",
			func(e directory.DirectoryEntry) bool { return !*e.Section41 },
		},
		"section 41 not told": {
			map[string]string{"Section41Approved (name)": ""},
			"",
			func(e directory.DirectoryEntry) bool { return e.Section41 == nil },
		},
		"section 41 in another word": {
			map[string]string{"Section41Approved (name)": "Pending"},
			`Section41Approved (name) has a word that is not known: "Pending"`,
			func(e directory.DirectoryEntry) bool {
				return e.Section41 == nil && slices.Contains(e.Unread, "section41")
			},
		},
		"section 41 not applicable": {
			map[string]string{"Section41Approved (name)": "Not applicable"},
			"",
			func(e directory.DirectoryEntry) bool { return !*e.Section41 },
		},
		"adult learners": {
			map[string]string{"StatutoryHighAge": "99"},
			"",
			func(e directory.DirectoryEntry) bool { return *e.AgeHigh == 25 },
		},
		"adult learners alone":     {map[string]string{"StatutoryLowAge": "26", "StatutoryHighAge": "99"}, "StatutoryLowAge", agesUnread},
		"ages the wrong way round": {map[string]string{"StatutoryLowAge": "11", "StatutoryHighAge": "10"}, "StatutoryLowAge", agesUnread},
		"one age": {
			map[string]string{"StatutoryLowAge": "11", "StatutoryHighAge": "11"},
			"",
			func(e directory.DirectoryEntry) bool { return *e.AgeLow == *e.AgeHigh },
		},
		"no age": {map[string]string{"StatutoryHighAge": ""}, "", func(e directory.DirectoryEntry) bool {
			return *e.AgeLow == 5 && e.AgeHigh == nil && len(e.Unread) == 0
		}},
		"a negative age": {map[string]string{"StatutoryHighAge": "-1"}, "whole number", func(e directory.DirectoryEntry) bool {
			return *e.AgeLow == 5 && e.AgeHigh == nil && slices.Contains(e.Unread, "age_high")
		}},
		"gender not told": {
			map[string]string{"Gender (name)": "Not applicable"},
			"",
			func(e directory.DirectoryEntry) bool { return e.Gender == nil },
		},
		"places not told": {
			map[string]string{"SchoolCapacity": ""},
			"",
			func(e directory.DirectoryEntry) bool { return e.Places == nil && len(e.Unread) == 0 },
		},
		"no places": {
			map[string]string{"SchoolCapacity": "0"},
			"",
			func(e directory.DirectoryEntry) bool { return *e.Places == 0 },
		},
		"places as a spreadsheet writes them": {
			map[string]string{"SchoolCapacity": "1,430.0"},
			"",
			func(e directory.DirectoryEntry) bool { return *e.Places == 1430 },
		},
		"half a place": {
			map[string]string{"SchoolCapacity": "12.5"},
			"SchoolCapacity",
			func(e directory.DirectoryEntry) bool { return e.Places == nil && slices.Contains(e.Unread, "places") },
		},
		"no postcode": {map[string]string{"Postcode": ""}, "", func(e directory.DirectoryEntry) bool {
			return e.Outcode == nil && e.Address == "1 Synthetic Lane, Maidstone"
		}},
		"a postcode of London": {
			map[string]string{"Postcode": "ec1a1bb"},
			"",
			func(e directory.DirectoryEntry) bool { return *e.Outcode == "EC1A" },
		},
		"position unknown": {
			map[string]string{"Easting": "0", "Northing": "0"},
			"",
			func(e directory.DirectoryEntry) bool { return e.Easting == nil && e.Northing == nil },
		},
		"half a position": {
			map[string]string{"Easting": ""},
			"",
			func(e directory.DirectoryEntry) bool { return e.Easting == nil && e.Northing == nil },
		},
		"beyond the grid": {
			map[string]string{"Northing": "1300001"},
			"Northing",
			func(e directory.DirectoryEntry) bool { return e.Easting == nil && slices.Contains(e.Unread, "easting") },
		},
		"the edge of the grid": {
			map[string]string{"Northing": "1300000"},
			"",
			func(e directory.DirectoryEntry) bool { return *e.Northing == 1_300_000 },
		},
		"an American date": {map[string]string{"OpenDate": "12-31-2015"}, "OpenDate must be a date like DD-MM-YYYY", openingUnread},
		"29 February":      {map[string]string{"OpenDate": "29-02-2023"}, "OpenDate", openingUnread},
		"29 February of a leap year": {
			map[string]string{"OpenDate": "29-02-2024"},
			"",
			func(e directory.DirectoryEntry) bool { return e.OpenedOn.String() == "2024-02-29" },
		},
		"no inspection": {
			map[string]string{"OfstedRating (name)": ""},
			"",
			func(e directory.DirectoryEntry) bool { return e.Inspection == nil },
		},
		"a URN of five digits": {map[string]string{"URN": "99900"}, "URN must be 6 digits", nil},
		"a URN in words":       {map[string]string{"URN": "nine"}, "URN must be 6 digits", nil},
		"no name":              {map[string]string{"EstablishmentName": " "}, "EstablishmentName is empty", nameUnread},
		"a name without end":   {map[string]string{"EstablishmentName": strings.Repeat("x", 201)}, "more than 200", nameUnread},
		"no district": {map[string]string{"DistrictAdministrative (name)": ""}, "is empty", func(e directory.DirectoryEntry) bool {
			return slices.Equal(e.Unread, []string{"district"}) && *e.LocalAuthority == "886"
		}},
		"a zero byte":                 {map[string]string{"EstablishmentName": "Synthetic\x00School"}, "cannot be read", nameUnread},
		"a byte that Windows has not": {map[string]string{"EstablishmentName": "Synthetic \x81 School"}, "cannot be read", nameUnread},
		"Windows-1252": {
			map[string]string{"EstablishmentName": "St Jos\xe9\x92s \x96 Synthetic"},
			"",
			func(e directory.DirectoryEntry) bool { return e.Name == "St José’s – Synthetic" },
		},
		"UTF-8": {
			map[string]string{"EstablishmentName": "St José’s – Synthetic"},
			"",
			func(e directory.DirectoryEntry) bool { return e.Name == "St José’s – Synthetic" },
		},
		"open, but to close": {
			map[string]string{"EstablishmentStatus (code)": "3", "CloseDate": "31-08-2027"},
			"",
			func(e directory.DirectoryEntry) bool {
				return !e.Closed && e.ClosedOn.String() == "2027-08-31" && *e.Places == 40
			},
		},
		"listed as closed, on a day to come": {
			map[string]string{"EstablishmentStatus (code)": "2", "CloseDate": "02-07-2026"},
			"",
			func(e directory.DirectoryEntry) bool { return !e.Closed && e.ClosedOn.String() == "2026-07-02" },
		},
		"listed as closed, from today": {
			map[string]string{"EstablishmentStatus (code)": "2", "CloseDate": "01-07-2026"},
			"",
			func(e directory.DirectoryEntry) bool { return e.Closed },
		},
		"open, but the day to close has passed": {
			map[string]string{"EstablishmentStatus (code)": "3", "CloseDate": "30-06-2026"},
			"CloseDate has passed",
			func(e directory.DirectoryEntry) bool { return !e.Closed && e.ClosedOn == nil },
		},
		"a status that nobody knows": {
			map[string]string{"EstablishmentStatus (code)": "9"},
			"EstablishmentStatus",
			func(e directory.DirectoryEntry) bool {
				return slices.Contains(e.Unread, "closed_on") && *e.Places == 40
			},
		},
		"closed": {
			map[string]string{"EstablishmentStatus (code)": "2", "CloseDate": "31-08-2024", "StatutoryLowAge": ""},
			"", func(e directory.DirectoryEntry) bool { return e.ClosedOn.String() == "2024-08-31" },
		},
		"closed, the day not told": {
			map[string]string{"EstablishmentStatus (code)": "2"},
			"",
			func(e directory.DirectoryEntry) bool { return e.ClosedOn.String() == "2024-07-18" },
		},
		"closed, and no day anywhere": {
			map[string]string{"EstablishmentStatus (code)": "2", "LastChangedDate": ""},
			"it closed by 2026-07-01",
			func(e directory.DirectoryEntry) bool {
				return e.Closed && e.ClosedBy && e.ClosedOn.String() == "2026-07-01"
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := readGIAS(csvFile(giasHeader, schoolLine(c.changes)))
			if c.is != nil {
				if e := o.onlyEntry(t); !c.is(e) || (c.cause == "") != (len(o.notes) == 0) || !strings.Contains(strings.Join(o.notes, "\n"), c.cause) {
					t.Errorf("%+v, noted %q", e, o.notes)
				}
			} else if o.err != nil || len(o.entries) != 0 || o.Rejected != 1 || len(o.rejected) != 1 || !strings.Contains(o.rejected[0], c.cause) {
				t.Errorf("%d settings, rejected %q: %v", len(o.entries), o.rejected, o.err)
			}
		})
	}
}

// TestGIASSkipsOtherLines: what the market does not buy is skipped with its reason, whatever else stands there; a second line of the
// same URN is rejected.
func TestGIASSkipsOtherLines(t *testing.T) {
	o := readGIAS(csvFile(giasHeader,
		schoolLine(nil), schoolLine(map[string]string{"TypeOfEstablishment (code)": "34", "URN": "none", "StatutoryLowAge": "none"}),
		schoolLine(map[string]string{"TypeOfEstablishment (code)": ""}), schoolLine(map[string]string{"EstablishmentStatus (code)": "4"}),
		schoolLine(nil)))
	if o.err != nil || o.Rows != 5 || len(o.entries) != 1 || o.Skipped[reasonOtherType] != 2 || o.Skipped[reasonNotOpen] != 1 ||
		!slices.Equal(o.rejected, []string{"line 2 has the same URN"}) {
		t.Errorf("%+v %q %v", o.File, o.rejected, o.err)
	}
}

// TestGIASOutcodeMeans: the mean of all schools of an outcode, of any type, open or closed; what is no position does not count.
func TestGIASOutcodeMeans(t *testing.T) {
	at := func(postcode, easting, northing, kind string) map[string]string {
		return schoolLine(map[string]string{"Postcode": postcode, "Easting": easting, "Northing": northing, "TypeOfEstablishment (code)": kind})
	}
	o := readGIAS(csvFile(giasHeader, at("TN34 1AA", "100", "1000", "34"), at("TN34 9ZZ", "101", "1001", "10"), at("TN34 9ZZ", "0", "1", "10"),
		at("TN34 9ZZ", "", "", "10"), at("TN34 9ZZ", "x", "1", "34"), at("none", "5", "5", "34"), at("ME14 1AA", "7", "8", "34")))
	want := []directory.OutcodeCentre{{Outcode: "ME14", Easting: 7, Northing: 8, Schools: 1}, {
		Outcode: "TN34", Easting: 101,
		Northing: 1001, Schools: 2,
	}}
	if got := o.Directory().Outcodes(); o.err != nil || !slices.Equal(got, want) {
		t.Errorf("%+v, %v", got, o.err)
	}
}

// TestGIASBrokenFileNamesTheLine: a file that cannot be believed says where.
func TestGIASBrokenFileNamesTheLine(t *testing.T) {
	whole := csvFile(giasHeader, schoolLine(nil), schoolLine(map[string]string{"URN": "999002"}))
	without := func(column string) []string {
		return slices.DeleteFunc(slices.Clone(giasHeader), func(c string) bool { return c == column })
	}
	readGIAS("").requireBroken(t, "is empty")
	readGIAS(csvFile(giasHeader)).requireBroken(t, "no line after its header")
	readGIAS("<html><body>Synthetic: log in first</body></html>").requireBroken(t, `no column "URN"`)
	readGIAS(csvFile(without("CloseDate"), schoolLine(nil))).requireBroken(t, `no column "CloseDate"`)
	readGIAS(csvFile(without("Easting"), schoolLine(nil))).requireBroken(t, "Easting and Northing")
	readGIAS(csvFile(append(giasHeader, "URN"), schoolLine(nil))).requireBroken(t, "twice")
	readGIAS(whole[:len(whole)-60]).requireBroken(t, "line 3")
	readGIAS(whole+"\"999003\",\"886\"\r\n").requireBroken(t, "line 4 has 2 values")
	readGIAS(whole+`"9"99003"`+strings.Repeat(",", len(giasHeader)-1)).requireBroken(t, "line 4 is not comma-separated")
	readGIAS(whole+`"`+strings.Repeat("x\n", maxLineBytes)).requireBroken(t, "not closed")
	if o := readGIAS(whole); o.err != nil || len(o.entries) != 2 {
		t.Errorf("the whole file: %v", o.err)
	}
}

// TestGIASMissingColumnIsNotTold: a column that this year's extract lacks is not told, so that it is left as it is.
func TestGIASMissingColumnIsNotTold(t *testing.T) {
	all := readGIAS(csvFile(giasHeader, schoolLine(nil))).Directory().Columns
	some := readGIAS("\uFEFF" + csvFile(slices.DeleteFunc(slices.Clone(giasHeader), func(c string) bool {
		return strings.HasPrefix(c, "S") && c != "StatutoryLowAge" && c != "StatutoryHighAge"
	}), schoolLine(nil))).Directory().Columns
	for _, column := range []string{"needs", "section41", "places"} {
		if !slices.Contains(all, column) || slices.Contains(some, column) {
			t.Errorf("%s: told of all %v, of some %v", column, all, some)
		}
	}
	if !slices.Contains(some, "gender") {
		t.Errorf("told of some %v", some)
	}
}

// generatedExtract writes lines one at a time, so that no more of them is in memory than is read.
type generatedExtract struct {
	lines, next int
	left        []byte
}

func (g *generatedExtract) Read(p []byte) (int, error) {
	if len(g.left) == 0 && g.next < g.lines {
		line := schoolLine(map[string]string{"URN": fmt.Sprint(100000 + g.next), "Locality": strings.Repeat("Synthetic ", 15)})
		text := csvFile(giasHeader, line)
		if g.next > 0 {
			_, text, _ = strings.Cut(text, "\n")
		}
		g.left, g.next = []byte(text), g.next+1
	}
	if len(g.left) == 0 {
		return 0, io.EOF
	}
	n := copy(p, g.left)
	g.left = g.left[n:]
	return n, nil
}

// TestGIASMemoryStaysFlat: what is kept of a line does not grow with the line. Of 50,000 lines of 600 bytes, less than a tenth is
// held at the end.
func TestGIASMemoryStaysFlat(t *testing.T) {
	const lines = 50_000
	f, err := OpenGIAS(&generatedExtract{lines: lines}, readOn)
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for _, err = range f.Directory().Entries {
		if err != nil {
			break
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	held := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	if f.Open != lines || held > lines*60 {
		t.Errorf("%d settings, %d bytes held for each; %v", f.Open, held/lines, err)
	}
	runtime.KeepAlive(f)
}
