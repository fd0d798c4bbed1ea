package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const wholeLogLine = "Every chain is complete, and every signature is valid."

// tokenOf is a persona's token from the file that the demonstration writes.
func tokenOf(t testing.TB, folder, persona string) string {
	t.Helper()
	file, err := os.ReadFile(filepath.Join(folder, "tokens.env"))
	must(t, err)
	_, after, found := strings.Cut(string(file), "\n"+persona+"=")
	if !found {
		t.Fatalf("no token of %s", persona)
	}
	token, _, _ := strings.Cut(after, "\n")
	return token
}

// newOpenFolder is the name of a new folder that PostgreSQL's own user can enter when this user is root.
func newOpenFolder(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for _, path := range []string{filepath.Dir(dir), dir} {
		must(t, os.Chmod(path, 0o755))
	}
	return filepath.Join(dir, "demo")
}

// fetchNeeds is the answer to the commissioner of the story.
func fetchNeeds(t testing.TB, address, folder string) string {
	t.Helper()
	status, body := fetchURL(t, http.MethodPost, "http://"+address+"/graphql", "Bearer "+tokenOf(t, folder, "KENT_COMMISSIONER"),
		`{"query":"{ needs { edges { node { id reference status } } } placements { edges { node { id status } } } }"}`)
	if status != http.StatusOK {
		t.Errorf("%d %s", status, body)
	}
	return body
}

// TestDemoTellsTheStoryOnce: the story is told once, to its end, with a complete log. A second start keeps its data.
// Ctrl-C leaves nothing behind.
func TestDemoTellsTheStoryOnce(t *testing.T) {
	folder := newOpenFolder(t)
	first := runDPS(t, "demo", "--once", "--folder", folder, "--address", "127.0.0.1:0").requireSuccess(t)
	if !strings.HasSuffix(strings.TrimSpace(first.out), wholeLogLine) || !strings.Contains(first.out, "provider01.bids reads") {
		t.Errorf("the story does not end with a whole log:\n%s", first.out)
	}
	for _, words := range []string{
		"Schools, from Get Information About Schools: 211 imported, 0 updated, 0 unchanged, 0 rejected.",
		"Homes, from Ofsted's list: 210 imported", "408 confirmed, 13 of which nobody",
	} {
		if !strings.Contains(first.out, words) {
			t.Errorf("it does not say %q:\n%s", words, first.out)
		}
	}
	waitForNoProcesses(t, folder)
	r := startDPS(t, "demo", "--folder", folder, "--address", "127.0.0.1:0")
	address := addressOf(t, r.waitForLine(`"serving"`))
	r.waitForLine("the data stay in")
	if said := r.outputSoFar(); !strings.Contains(said, "Schools, from Get Information About Schools: 0 imported, 0 updated, 211 unchanged") {
		t.Errorf("the directories changed something:\n%s", said)
	}
	if said := r.outputSoFar(); !strings.Contains(said, "has already been told") || strings.Contains(said, "drafts a lot") {
		t.Errorf("it was told again:\n%s", said)
	}
	kept := fetchNeeds(t, address, folder)
	if strings.Count(kept, `"RANKED"`) != 1 || strings.Count(kept, `"ACTIVE"`) != 1 {
		t.Errorf("the story's data: %s", kept)
	}
	runDPS(t, "demo", "--once", "--folder", folder, "--address", "127.0.0.1:0").requireRefused(t, "another program")
	if code := r.signalAndWait(interrupt); code != 0 {
		t.Errorf("exit code %d after Ctrl-C:\n%s", code, r.outputSoFar())
	}
	waitForNoProcesses(t, folder)
	checkKilled(t, folder, kept)
}

// checkKilled: if the program is killed without time to do anything, it leaves no process and no damage.
func checkKilled(t *testing.T, folder, kept string) {
	t.Helper()
	r := startDPS(t, "demo", "--folder", folder, "--address", "127.0.0.1:0")
	r.waitForLine("the data stay in")
	if processesIn(t, folder) == 0 {
		t.Fatal("a running PostgreSQL is not seen")
	}
	r.signalAndWait(kill)
	waitForNoProcesses(t, folder)
	r = startDPS(t, "demo", "--folder", folder, "--address", "127.0.0.1:0")
	address := addressOf(t, r.waitForLine(`"serving"`))
	r.waitForLine("has already been told")
	if again := fetchNeeds(t, address, folder); again != kept {
		t.Errorf("after a kill:\n%s\nand not\n%s", again, kept)
	}
	r.signalAndWait(terminate)
	waitForNoProcesses(t, folder)
}

// TestDemoStartsAgainAfterBeingStopped: if the program is stopped in the middle of the story, by Ctrl-C or a kill, it
// leaves nothing behind, and the next start tells the story again, to its end.
func TestDemoStartsAgainAfterBeingStopped(t *testing.T) {
	folder := newOpenFolder(t)
	r := startDPS(t, "demo", "--once", "--folder", folder, "--address", "127.0.0.1:0")
	r.waitForLine("publishes it with the reason")
	if code := r.signalAndWait(interrupt); code != 1 || !strings.Contains(r.outputSoFar(), "dps: stopped before the end") {
		t.Errorf("exit code %d after Ctrl-C:\n%s", code, r.outputSoFar())
	}
	waitForNoProcesses(t, folder)
	r = startDPS(t, "demo", "--once", "--folder", folder, "--address", "127.0.0.1:0")
	r.waitForLine("Offers arrive, sealed")
	r.signalAndWait(kill)
	waitForNoProcesses(t, folder)
	if said := runDPS(t, "demo", "--once", "--folder", folder, "--address",
		"127.0.0.1:0").requireSuccess(t); !strings.HasSuffix(strings.TrimSpace(said.out), wholeLogLine) {
		t.Errorf("the story does not end with a whole log:\n%s", said.out)
	}
}

// TestDemoRefusesAFolderWithOtherFiles: a folder that contains anything else is not touched.
func TestDemoRefusesAFolderWithOtherFiles(t *testing.T) {
	folder := t.TempDir()
	must(t, os.Mkdir(filepath.Join(folder, "postgres"), 0o755))
	must(t, os.WriteFile(filepath.Join(folder, "postgres", "something"), []byte("synthetic"), 0o600))
	runDPS(t, "demo", "--once", "--folder", folder, "--address", "127.0.0.1:0").requireRefused(t, "already contains something else")
}
