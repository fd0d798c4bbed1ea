package registers

import (
	"errors"
	"strings"
	"testing"

	"github.com/southeasttogether/dps/market"
)

// TestDaysThatSpreadsheetsRewrite: a day means the same in each form, always the day before the month.
func TestDaysThatSpreadsheetsRewrite(t *testing.T) {
	for written, want := range map[string]string{
		"01-09-2015": "2015-09-01", "01/09/2015": "2015-09-01", "1/9/2015": "2015-09-01", "1-9-2015": "2015-09-01", "1.9.2015": "2015-09-01",
		"2015-09-01": "2015-09-01", "2015-09-01 00:00:00": "2015-09-01", "2015-09-01T00:00:00": "2015-09-01", "01/09/2015 00:00": "2015-09-01",
		"1-Sep-15": "2015-09-01", "01-Sep-2015": "2015-09-01", "1 September 2015": "2015-09-01", "1/9/15": "2015-09-01", "1-Sep-65": "1965-09-01",
		"9/13/2015": "", "0000-00-00": "", "42248": "", "September 2015": "", "01-09-9015": "", "31/6/2015": "",
	} {
		o := readGIAS(csvFile(giasHeader, schoolLine(map[string]string{"OpenDate": written})))
		got := ""
		if e := o.onlyEntry(t); e.OpenedOn != nil {
			got = e.OpenedOn.String()
		}
		if got != want || (want == "") != (len(o.notes) == 1) {
			t.Errorf("%s: %q, want %q, noted %q", written, got, want, o.notes)
		}
	}
}

// TestColumnsAreFoundFolded: a spreadsheet that wrote a column's name another way still has it.
func TestColumnsAreFoundFolded(t *testing.T) {
	text := strings.Replace(csvFile(giasHeader, schoolLine(nil)), "SchoolCapacity\",\"OfstedLastInsp", "schoolcapacity\",\"OFSTEDLASTINSP", 1)
	if e := readGIAS(text).onlyEntry(t); e.Places == nil || *e.Places != 40 || e.Inspection == nil {
		t.Errorf("%+v", e)
	}
}

// TestImportStopsWhereMostIsLost: a file or a map that loses more than its share of lines is refused, with the words that did not match.
func TestImportStopsWhereMostIsLost(t *testing.T) {
	home := func(urn, status, kind string) map[string]string {
		return homeLine(map[string]string{"Reference": urn, "Status": status, "Provision": kind})
	}
	for name, c := range map[string]struct {
		lines []map[string]string
		above int
		want  string
	}{
		"all match":    {[]map[string]string{home("SC000001", "Active", "Children's home")}, 10, ""},
		"none matches": {[]map[string]string{home("SC000001", "Active", "Residential home")}, 10, `Provision: "Residential home" on 1 lines`},
		"half is skipped": {
			[]map[string]string{home("SC000001", "Active", "Children's home"), home("SC000002", "Open", "Children's home")},
			10,
			`1 of 2 lines are skipped, which is more than 10 %; words that did not match: Status: "Open" on 1 lines`,
		},
		"half can be": {
			[]map[string]string{home("SC000001", "Active", "Children's home"), home("SC000002", "Open", "Children's home")}, 50, "",
		},
		"half is rejected": {
			[]map[string]string{home("SC000001", "Active", "Children's home"), home("S", "Active", "Children's home")},
			10,
			"1 of 2 lines are rejected",
		},
		"other types do not count": {
			[]map[string]string{home("SC000001", "Active", "Children's home"), home("X", "", "Adoption agency"), home("Y", "", "Fostering")},
			10, "",
		},
		"told to go on": {[]map[string]string{home("SC000001", "Active", "Residential home")}, 0, ""},
	} {
		m, err := ReadColumnMap(strings.NewReader(exampleMap))
		if err != nil {
			t.Fatal(err)
		}
		f, err := OpenOfsted(strings.NewReader(csvFile(homeHeader, c.lines...)), m, readOn)
		if err != nil {
			t.Fatal(err)
		}
		f.StopAbove = c.above
		err = f.Read()
		var many *TooManyError
		if (c.want == "") != (err == nil) || err != nil && (!errors.As(err, &many) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestKnownWordsMeanSomething: the lists of words.csv have a version, and every word a meaning that the program has.
func TestKnownWordsMeanSomething(t *testing.T) {
	if WordsVersion() == "" {
		t.Error("no version")
	}
	for list, means := range map[string][]string{
		"judgement": {"meets", "below", "none"}, "section41": {"yes", "no", "none"},
		"gender": {string(market.AdmitsMixed), string(market.AdmitsBoys), string(market.AdmitsGirls), "none"},
	} {
		if len(knownWords()[list]) == 0 {
			t.Errorf("no words of %s", list)
		}
		for _, word := range knownWords()[list] {
			if !strings.Contains(" "+strings.Join(means, " ")+" ", " "+word.means+" ") {
				t.Errorf("%s: %q means %q", list, word.word, word.means)
			}
		}
	}
}
