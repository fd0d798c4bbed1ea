package registers

import (
	"errors"
	"strings"
	"testing"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/directory"
)

// giasHeader is as an extract's of 2024, as far as it is read; every name and place in these tests is invented.
var giasHeader = []string{
	"URN", "LA (code)", "EstablishmentNumber", "EstablishmentName", "TypeOfEstablishment (code)", "EstablishmentStatus (code)", "OpenDate",
	"CloseDate",
	"StatutoryLowAge", "StatutoryHighAge", "Gender (name)", "SchoolCapacity", "OfstedLastInsp", "LastChangedDate", "Street", "Locality",
	"Address3", "Town",
	"County (name)", "Postcode", "Section41Approved (name)", "SEN1 (name)", "SEN2 (name)", "SEN3 (name)", "SEN13 (name)",
	"DistrictAdministrative (name)",
	"Easting", "Northing", "OfstedRating (name)",
}

// schoolLine is a line as it should be, but for what a test changes.
func schoolLine(changes map[string]string) map[string]string {
	line := map[string]string{
		"URN": "999001", "LA (code)": "886", "EstablishmentNumber": "7001", "EstablishmentName": "Synthetic School",
		"TypeOfEstablishment (code)": "10",
		"EstablishmentStatus (code)": "1", "OpenDate": "01-09-2015", "StatutoryLowAge": "5", "StatutoryHighAge": "19", "Gender (name)": "Mixed",
		"SchoolCapacity": "40", "OfstedLastInsp": "24-01-2024", "LastChangedDate": "18-07-2024", "Street": "1 Synthetic Lane",
		"Town":     "Maidstone",
		"Postcode": "ME14 9ZZ", "Section41Approved (name)": "Approved", "SEN1 (name)": "Not Applicable",
		"SEN2 (name)":  "ASD - Autistic Spectrum Disorder",
		"SEN13 (name)": "HI - Hearing Impairment", "DistrictAdministrative (name)": "Maidstone", "Easting": "576000", "Northing": "155000",
		"OfstedRating (name)": "Good",
	}
	for column, value := range changes {
		line[column] = value
	}
	return line
}

// csvFile is a file of lines under a header.
func csvFile(header []string, lines ...map[string]string) string {
	var b strings.Builder
	b.WriteString(`"` + strings.Join(header, `","`) + "\"\r\n")
	for _, line := range lines {
		var values []string
		for _, column := range header {
			values = append(values, `"`+strings.ReplaceAll(line[column], `"`, `""`)+`"`)
		}
		b.WriteString(strings.Join(values, ",") + "\r\n")
	}
	return b.String()
}

// readOutcome is what was read of a file.
type readOutcome struct {
	*File
	entries  []directory.DirectoryEntry
	rejected []string
	notes    []string
	err      error
}

func readWholeFile(f *File, err error) readOutcome {
	o := readOutcome{File: f, err: err}
	if err != nil {
		return o
	}
	f.OnReject = func(_ int, cause string) { o.rejected = append(o.rejected, cause) }
	f.OnNote = func(_ int, note string) { o.notes = append(o.notes, note) }
	for entry, err := range f.Directory().Entries {
		if err != nil {
			o.err = err
		} else {
			o.entries = append(o.entries, entry)
		}
	}
	return o
}

// readOn is the day on which the files of these tests are read.
var readOn = market.NewDate(2026, 7, 1)

func readGIAS(text string) readOutcome {
	return readWholeFile(OpenGIAS(strings.NewReader(text), readOn))
}

// onlyEntry is the single setting of a file.
func (o readOutcome) onlyEntry(t *testing.T) directory.DirectoryEntry {
	t.Helper()
	if o.err != nil || len(o.entries) != 1 {
		t.Fatalf("%d settings, rejected %q: %v", len(o.entries), o.rejected, o.err)
	}
	return o.entries[0]
}

func (o readOutcome) requireBroken(t *testing.T, words string) {
	t.Helper()
	var broken *BrokenFileError
	if !errors.As(o.err, &broken) || !strings.Contains(o.err.Error(), words) {
		t.Errorf("%v does not say %q", o.err, words)
	}
}
