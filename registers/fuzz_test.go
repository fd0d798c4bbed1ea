package registers

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzDirectory: whatever a file holds, it is read or it is broken; what is read can be kept, and each line has one fate.
func FuzzDirectory(f *testing.F) {
	f.Add(csvFile(giasHeader, schoolLine(nil)))
	f.Add(csvFile(giasHeader, schoolLine(map[string]string{"EstablishmentName": "\xff\x81\x00", "EstablishmentStatus (code)": "2"})))
	f.Add("\uFEFF" + csvFile(homeHeader, homeLine(nil)))
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ReadColumnMap(strings.NewReader(exampleMap))
		if err != nil {
			t.Fatal(err)
		}
		for _, open := range []func(io.Reader) (*File, error){
			func(r io.Reader) (*File, error) { return OpenGIAS(r, readOn) }, func(r io.Reader) (*File, error) { return OpenOfsted(r, m, readOn) },
		} {
			checkOutcome(t, readWholeFile(open(strings.NewReader(text))))
		}
	})
}

func checkOutcome(t *testing.T, o readOutcome) {
	t.Helper()
	if broken := (*BrokenFileError)(nil); o.err != nil && !errors.As(o.err, &broken) {
		t.Fatalf("neither read nor broken: %v", o.err)
	}
	if o.File == nil {
		return
	}
	skipped := 0
	for _, n := range o.Skipped {
		skipped += n
	}
	if o.Rows != skipped+o.Rejected+o.Open+o.Closed || len(o.entries) != o.Open+o.Closed || len(o.rejected) != o.Rejected {
		t.Fatalf("lines without a fate: %+v", o.File)
	}
	for _, e := range o.entries {
		for _, text := range []string{e.Urn, e.Name, e.District, e.Address} {
			if !utf8.ValidString(text) || !isReadable(text) {
				t.Fatalf("cannot be kept: %q", text)
			}
		}
		if !e.Closed && (e.Name == "" && !slices.Contains(e.Unread, "name") || e.AgeLow != nil && e.AgeHigh != nil && *e.AgeLow > *e.AgeHigh ||
			(e.Easting == nil) != (e.Northing == nil)) {
			t.Fatalf("%+v", e)
		}
	}
}
