package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/demo"
)

// An extract of two invented schools, of which one is closed, and a school that the market does not buy from.
const extract = "URN,LA (code),EstablishmentName,TypeOfEstablishment (code),EstablishmentStatus (code),CloseDate,StatutoryLowAge,StatutoryHighAge,DistrictAdministrative (name),Street,Postcode,SEN1 (name)\r\n" +
	"989001,886,Synthetic Sch\xf6\xf6l,10,1,,5,19,Maidstone,1 Synthetic Lane,ME14 9ZZ,HI - Hearing Impairment\r\n" +
	"989002,886,Synthetic School,8,2,31-08-2024,5,19,Maidstone,2 Synthetic Lane,ME14 9ZZ,\r\n" +
	"989003,886,Synthetic Academy,34,1,,5,19,Maidstone,3 Synthetic Lane,ME14 9ZZ,\r\n" +
	"989004,886,Synthetic College,32,1,,nineteen,25,Maidstone,4 Synthetic Lane,ME14 9ZZ,\r\n"

const (
	homes = "URN,Name,Area,Sort,Street\nSC989001,Synthetic House,Kent,Children's home,1 Secret Lane ME14 9ZZ\nSC989002,1 Secret Lane ME14 9ZZ,Kent,Children's home,1 Secret Lane ME14 9ZZ\n"
	aMap  = `{"urn": "URN", "name": "Name", "district": "Area", "address": ["Street"], "homes": {"column": "Sort", "values": ["Children's home"]}}`
)

func written(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func says(t testing.TB, e ended, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains(e.out, line+"\n") {
			t.Errorf("it does not say %q:\n%s", line, e.out)
		}
	}
}

// TestDryRun: what a file holds is said without a database; a broken file is refused, and none of its values is told.
func TestDryRun(t *testing.T) {
	file := written(t, "synthetic.csv", extract)
	said := dps(t, "import", "gias", "--dry-run", file).done(t)
	says(t, said, "synthetic.csv: 4 lines, of them 1 open settings and 1 closed ones", "        1 skipped: another type of establishment",
		"  line 5 rejected: StatutoryLowAge is not a whole number from 0 to 99", "        1 rejected", "Nothing was written: this was a dry run.")
	dps(t, "import", "gias", "--dry-run", written(t, "cut.csv", extract[:len(extract)-40])).refused(t, "cut.csv", "line 5", "nothing was changed")
	dps(t, "import", "gias", "--dry-run", written(t, "page.html", "<html>")).refused(t, "page.html", "URN")
	dps(t, "import", "gias", "--dry-run", file+".missing").refused(t, "no such file")
	dps(t, "import", "gias").refused(t, "name one file")
	dps(t, "import", "nonsense").refused(t, "dps import help")
	list := written(t, "homes.csv", homes)
	dps(t, "import", "ofsted", "--dry-run", list).refused(t, "--map")
	said = dps(t, "import", "ofsted", "--dry-run", "--map", written(t, "map.json", aMap), list).done(t)
	says(t, said, "homes.csv: 2 lines, of them 1 open settings and 0 closed ones", "  line 3 rejected: Name holds a postcode")
	if strings.Contains(said.out, "Secret Lane") {
		t.Errorf("an address is told:\n%s", said.out)
	}
	dps(t, "import", "ofsted", "--dry-run", "--map", written(t, "map.json", "{}"), list).refused(t, "the map must name")
}

// TestImport: into a database by the importer's login, the second time without a change; a broken file changes nothing.
func TestImport(t *testing.T) {
	d := dbtest.New(t)
	d.Load(t, demo.Region(time.Now()))
	keys := filepath.Join(t.TempDir(), "keys.json")
	dps(t, "keys", "--out", keys).done(t)
	count := func(from string) (n int) {
		t.Helper()
		must(t, d.Admin.QueryRow("SELECT count(*) FROM dps."+from).Scan(&n))
		return n
	}
	into := func(name string, more ...string) []string {
		return append([]string{"import", "gias", "--keys", keys, "--importer-database-url", login(t, name, d.Name)}, more...)
	}
	before := count("setting")
	dps(t, into("dps_importer", written(t, "cut.csv", extract[:len(extract)-40]))...).refused(t, "line 5", "nothing was changed")
	if e := dps(t, into("dps_worker", written(t, "synthetic.csv", extract))...); e.code != 1 || !strings.Contains(e.err, "it must be dps_importer") {
		t.Errorf("the worker imports: %s", e.err)
	}
	if n := count("setting"); n != before {
		t.Errorf("%d settings were imported", n-before)
	}
	file := written(t, "synthetic.csv", extract)
	says(t, dps(t, into("dps_importer", file)...).done(t), "        1 imported", "        0 updated", "        1 skipped: closed, and not known here", "        1 rejected")
	says(t, dps(t, into("dps_importer", file)...).done(t), "        0 imported", "        1 unchanged")
	links := written(t, "links.csv", "URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\n989009,989001,Synthetic,Predecessor,01-09-2026\n")
	says(t, dps(t, into("dps_importer", "--links", links, written(t, "later.csv", strings.Replace(extract, "989001", "989009", 1)))...).done(t),
		"links.csv: 1 schools whose URN has changed", "        1 updated", "        1 of these under a new URN")
	if count("setting WHERE urn = '989009' AND previous_urns = '{989001}'") != 1 {
		t.Error("it is not the same school")
	}
	dps(t, into("dps_importer", "--links", file, file)...).refused(t, "synthetic.csv", "LinkURN")
	if count("setting WHERE name = 'Synthetic Schööl'") != 1 || count("event WHERE act = 'setting.import'") != 2 {
		t.Error("the school did not arrive, or not one event a change says so")
	}
	dps(t, "import", "gias", "--importer-database-url", login(t, "dps_importer", d.Name), file).refused(t, "--keys")
	dps(t, "import", "gias", "--keys", keys, file).refused(t, "DPS_IMPORTER_DATABASE_URL")
	said := dps(t, "import", "ofsted", "--keys", keys, "--map", written(t, "map.json", aMap), "--importer-database-url", login(t, "dps_importer", d.Name), written(t, "homes.csv", homes)).done(t)
	says(t, said, "        1 imported", fmt.Sprintf("%9d rejected", 1))
}
