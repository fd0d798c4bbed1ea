package registers

import (
	"errors"
	"maps"
	"strings"
	"testing"
)

const linksHeader = "URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\r\n"

// TestGIASLinksOfOneWithOne: one predecessor of one successor counts, told from either side or from both; nothing else does.
func TestGIASLinksOfOneWithOne(t *testing.T) {
	for name, c := range map[string]struct {
		lines string
		want  Links
	}{
		"none":                 {"", Links{}},
		"a predecessor":        {"999009,999001,Synthetic School,Predecessor,01-09-2026\r\n", Links{"999009": "999001"}},
		"a successor":          {"999001,999009,Synthetic School,Successor,01-09-2026\r\n", Links{"999009": "999001"}},
		"told from both sides": {"999001,999009,S,Successor,\r\n999009,999001,S,Predecessor,\r\n", Links{"999009": "999001"}},
		"one after the other": {
			"999009,999001,S,Predecessor,\r\n999010,999009,S,Predecessor,\r\n",
			Links{"999009": "999001", "999010": "999009"},
		},
		"two before one": {
			"999009,999001,S,Predecessor,\r\n999009,999002,S,Predecessor,\r\n999010,999003,S,Predecessor,\r\n",
			Links{"999010": "999003"},
		},
		"two after one": {"999009,999001,S,Predecessor,\r\n999010,999001,S,Predecessor,\r\n", Links{}},
		"merged, split, something": {"999009,999001,S,Predecessor - merged,\r\n999008,999001,S,Predecessor - Split " +
			"School,\r\n999007,999001,S,Sixth Form Centre Link,\r\n", Links{}},
		"of no establishment": {"999009,TR01,S,Predecessor,\r\n999009,999009,S,Predecessor,\r\n", Links{}},
	} {
		got, err := ReadGIASLinks(strings.NewReader(linksHeader + c.lines))
		if err != nil || !maps.Equal(got, c.want) {
			t.Errorf("%s: %v, %v, want %v", name, got, err, c.want)
		}
	}
	for name, text := range map[string]string{"another file": "URN,Name\r\n", "cut off": linksHeader + "999009,9990"} {
		var broken *BrokenFileError
		if _, err := ReadGIASLinks(strings.NewReader(text)); !errors.As(err, &broken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestUseLinksSetsThePreviousURN: a school that has a predecessor says so; one that has none says nothing.
func TestUseLinksSetsThePreviousURN(t *testing.T) {
	f, err := OpenGIAS(strings.NewReader(csvFile(giasHeader, schoolLine(nil), schoolLine(map[string]string{
		"URN":                 "999002",
		"EstablishmentNumber": "7002",
	}))), readOn)
	if err != nil {
		t.Fatal(err)
	}
	f.UseLinks(Links{"999002": "999000"})
	o := readWholeFile(f, nil)
	if o.entries[0].PreviousURN != nil || o.entries[1].PreviousURN == nil || *o.entries[1].PreviousURN != "999000" {
		t.Errorf("%+v", o.entries)
	}
}
