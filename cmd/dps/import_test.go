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

// An extract of two invented schools, one of them closed, and a school that the market does not buy from.
const giasExtract = "URN,LA (code),EstablishmentName,TypeOfEstablishment (code),EstablishmentStatus " +
	"(code),CloseDate,StatutoryLowAge,StatutoryHighAge,DistrictAdministrative (name),Street,Postcode,SEN1 (name)\r\n" +
	"989001,886,Synthetic Sch\xf6\xf6l,10,1,,5,19,Maidstone,1 Synthetic Lane,ME14 9ZZ,HI - Hearing Impairment\r\n" +
	"989002,886,Synthetic School,8,2,31-08-2024,5,19,Maidstone,2 Synthetic Lane,ME14 9ZZ,\r\n" +
	"989003,886,Synthetic Academy,34,1,,5,19,Maidstone,3 Synthetic Lane,ME14 9ZZ,\r\n" +
	"989004,886,Synthetic College,32,1,,nineteen,25,Maidstone,4 Synthetic Lane,ME14 9ZZ,\r\n"

const (
	ofstedList = "URN,Name,Area,Sort,Street\nSC989001,Synthetic House,Kent,Children's home,1 Secret Lane ME14 9ZZ\nSC989002,1 Secret Lane " +
		"ME14 9ZZ,Kent,Children's home,1 Secret Lane ME14 9ZZ\n"
	ofstedMap = `{"urn": "URN", "name": "Name", "district": "Area", "address": ["Street"], "homes": {"column": "Sort", "values":
		["Children's home"]}}`
)

func writeFile(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func requireLines(t testing.TB, e programResult, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains(e.out, line+"\n") {
			t.Errorf("it does not say %q:\n%s", line, e.out)
		}
	}
}

// TestImportDryRun: a file is reported without a database. A broken file is refused, without any of its values.
func TestImportDryRun(t *testing.T) {
	file := writeFile(t, "synthetic.csv", giasExtract)
	said := runDPS(t, "import", "gias", "--dry-run", file).requireSuccess(t)
	requireLines(t, said, "synthetic.csv: 4 lines, with 2 open settings and 1 closed settings",
		"        1 skipped: another type of establishment",
		"  line 5: StatutoryLowAge must be a whole number from 0 to 99", "        0 rejected",
		"Nothing was written: this was a dry run.")
	runDPS(t, "import", "gias", "--dry-run", writeFile(t, "cut.csv", giasExtract[:len(giasExtract)-40])).requireRefused(t, "cut.csv",
		"line 5", "nothing was changed")
	runDPS(t, "import", "gias", "--dry-run", writeFile(t, "page.html", "<html>")).requireRefused(t, "page.html", "URN")
	runDPS(t, "import", "gias", "--dry-run", file+".missing").requireRefused(t, "no such file")
	runDPS(t, "import", "gias").requireRefused(t, "enter the name of one file")
	runDPS(t, "import", "nonsense").requireRefused(t, "dps import help")
	list := writeFile(t, "homes.csv", ofstedList)
	runDPS(t, "import", "ofsted", "--dry-run", list).requireRefused(t, "--map")
	said = runDPS(t, "import", "ofsted", "--dry-run", "--map", writeFile(t, "map.json", ofstedMap), list).requireSuccess(t)
	requireLines(t, said, "homes.csv: 2 lines, with 2 open settings and 0 closed settings",
		"  line 3: Name contains a postcode: the home is called by its URN")
	if strings.Contains(said.out, "Secret Lane") {
		t.Errorf("an address is told:\n%s", said.out)
	}
	runDPS(t, "import", "ofsted", "--dry-run", "--map", writeFile(t, "map.json", "{}"), list).requireRefused(t, "the map must have")
}

// TestImportTwiceChangesNothing: an import with the importer's login changes nothing the second time. A broken file
// changes nothing.
func TestImportTwiceChangesNothing(t *testing.T) {
	d := dbtest.New(t)
	d.Load(t, demo.Region(time.Now()))
	keys := filepath.Join(t.TempDir(), "keys.json")
	must(t, d.Keyring.Save(keys))
	count := func(from string) (n int) {
		t.Helper()
		must(t, d.Admin.QueryRow("SELECT count(*) FROM dps."+from).Scan(&n))
		return n
	}
	into := func(name string, more ...string) []string {
		return append([]string{"import", "gias", "--keys", keys, "--importer-database-url", loginURL(t, name, d.Name)}, more...)
	}
	before := count("setting")
	runDPS(t, into("dps_importer", writeFile(t, "cut.csv", giasExtract[:len(giasExtract)-40]))...).requireRefused(t,
		"line 5", "nothing was changed")
	if e := runDPS(t, into("dps_worker", writeFile(t, "synthetic.csv", giasExtract))...); e.code != 1 ||
		!strings.Contains(e.err, "it must be dps_importer") {
		t.Errorf("the worker imports: %s", e.err)
	}
	if n := count("setting"); n != before {
		t.Errorf("%d settings were imported", n-before)
	}
	file := writeFile(t, "synthetic.csv", giasExtract)
	requireLines(t, runDPS(t, into("dps_importer", file)...).requireSuccess(t), "        2 imported", "        0 updated",
		"        1 skipped: closed, and not known here", "        0 rejected")
	requireLines(t, runDPS(t, into("dps_importer", file)...).requireSuccess(t), "        0 imported", "        2 unchanged")
	links := writeFile(t, "links.csv", "URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\n989009,989001,Synthetic,Predecessor,01-09-2026\n")
	requireLines(t, runDPS(t, into("dps_importer", "--links", links, writeFile(t, "later.csv", strings.Replace(giasExtract, "989001", "989009",
		1)))...).requireSuccess(t),
		"links.csv: 1 schools whose URN has changed", "        1 updated", "        1 of these under a new URN")
	if count("setting WHERE urn = '989009' AND previous_urns = '{989001}'") != 1 {
		t.Error("it is not the same school")
	}
	runDPS(t, into("dps_importer", "--links", file, file)...).requireRefused(t, "synthetic.csv", "LinkURN")
	if count("setting WHERE name = 'Synthetic Schööl'") != 1 || count("event WHERE act = 'setting.import'") != 2 {
		t.Error("the school did not arrive, or not one event a change says so")
	}
	runDPS(t, "import", "gias", "--importer-database-url", loginURL(t, "dps_importer", d.Name), file).requireRefused(t, "--keys")
	runDPS(t, "import", "gias", "--keys", keys, file).requireRefused(t, "DPS_IMPORTER_DATABASE_URL")
	said := runDPS(t, "import", "ofsted", "--keys", keys, "--map", writeFile(t, "map.json", ofstedMap), "--importer-database-url",
		loginURL(t, "dps_importer", d.Name), writeFile(t, "homes.csv", ofstedList)).requireSuccess(t)
	requireLines(t, said, "        2 imported", fmt.Sprintf("%9d rejected", 0))
}

// TestImportStopsWhereTooMuchWouldBeLost: a file or a map that does not fit what is known here changes nothing, and says which words did
// not match. Whoever knows better goes on.
func TestImportStopsWhereTooMuchWouldBeLost(t *testing.T) {
	d := dbtest.New(t)
	d.Load(t, demo.Region(time.Now()))
	keys := filepath.Join(t.TempDir(), "keys.json")
	must(t, d.Keyring.Save(keys))
	homes := func(columns, list string, more ...string) programResult {
		return runDPS(t, append(append([]string{
			"import", "ofsted", "--keys", keys, "--importer-database-url",
			loginURL(t, "dps_importer", d.Name), "--map", writeFile(t, "map.json", columns),
		}, more...), writeFile(t, "homes.csv", list))...)
	}
	withStatus := strings.Replace(ofstedMap, `"homes"`, `"open": {"column": "Status", "values": ["Active"]}, "homes"`, 1)
	statusOf := func(word string) string {
		lines := strings.Split(strings.TrimSpace(ofstedList), "\n")
		return lines[0] + ",Status\n" + lines[1] + "," + word + "\n" + lines[2] + "," + word + "\n"
	}
	homes(withStatus, strings.ReplaceAll(statusOf("active"), "Children's home", "Children’s  Home")).requireSuccess(t)
	open := func() (n int) {
		must(t, d.Admin.QueryRow("SELECT count(*) FROM dps.setting WHERE imported_at IS NOT NULL AND closed_on IS NULL").Scan(&n))
		return n
	}
	if open() != 2 {
		t.Fatalf("%d homes are open after the first import, want 2", open())
	}
	homes(withStatus, statusOf("Open")).requireRefused(t, "Open", "nothing was changed", "--go-on")
	homes(withStatus, strings.ReplaceAll(statusOf("Active"), "Children's home", "House")).requireRefused(t, "House", "nothing was changed")
	one, _, _ := strings.Cut(statusOf("Active"), "SC989002")
	homes(withStatus, one).requireRefused(t, "does not have 1", "nothing was changed")
	if open() != 2 {
		t.Errorf("%d homes are open after refused imports, want 2", open())
	}
	homes(withStatus, one, "--stop-above", "50").requireSuccess(t)
	if said := homes(withStatus, statusOf("Open"), "--go-on"); said.code != 0 || open() != 0 {
		t.Errorf("going on: %d homes are open, want 0:\n%s%s", open(), said.out, said.err)
	}
}
