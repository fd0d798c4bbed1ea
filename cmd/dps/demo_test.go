package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const whole = "Every chain is whole, and every signature is good."

// tokenOf is a persona's token out of the file that the demonstration writes.
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

// openFolder is the name of a new folder that PostgreSQL's own user can enter, where this user is root.
func openFolder(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for _, path := range []string{filepath.Dir(dir), dir} {
		must(t, os.Chmod(path, 0o755))
	}
	return filepath.Join(dir, "demo")
}

// needs is what the commissioner of the story is answered.
func needs(t testing.TB, address, folder string) string {
	t.Helper()
	status, body := fetch(t, http.MethodPost, "http://"+address+"/graphql", "Bearer "+tokenOf(t, folder, "KENT_COMMISSIONER"),
		`{"query":"{ needs { edges { node { id reference status } } } placements { edges { node { id status } } } }"}`)
	if status != http.StatusOK {
		t.Errorf("%d %s", status, body)
	}
	return body
}

// TestDemo: the story is told once, to its end, with a whole log; a second start keeps its data; Ctrl-C leaves nothing behind.
func TestDemo(t *testing.T) {
	folder := openFolder(t)
	first := dps(t, "demo", "--once", "--folder", folder, "--address", "127.0.0.1:0").done(t)
	if !strings.HasSuffix(strings.TrimSpace(first.out), whole) || !strings.Contains(first.out, "provider01.bids reads") {
		t.Errorf("the story does not end with a whole log:\n%s", first.out)
	}
	for _, words := range []string{"Schools, from Get Information About Schools: 210 imported, 0 updated, 0 unchanged, 1 rejected.", "Homes, from Ofsted's list: 210 imported", "408 confirmed, 12 of which nobody"} {
		if !strings.Contains(first.out, words) {
			t.Errorf("it does not say %q:\n%s", words, first.out)
		}
	}
	noneLeft(t, folder)
	r := start(t, "demo", "--folder", folder, "--address", "127.0.0.1:0")
	address := addressOf(t, r.until(`"serving"`))
	r.until("the data stay in")
	if said := r.all(); !strings.Contains(said, "Schools, from Get Information About Schools: 0 imported, 0 updated, 210 unchanged") {
		t.Errorf("the directories changed something:\n%s", said)
	}
	if said := r.all(); !strings.Contains(said, "was lived before") || strings.Contains(said, "drafts a lot") {
		t.Errorf("it was told again:\n%s", said)
	}
	kept := needs(t, address, folder)
	if strings.Count(kept, `"RANKED"`) != 1 || strings.Count(kept, `"ACTIVE"`) != 1 {
		t.Errorf("the story's data: %s", kept)
	}
	dps(t, "demo", "--once", "--folder", folder, "--address", "127.0.0.1:0").refused(t, "another program")
	if code := r.end(interrupt); code != 0 {
		t.Errorf("exit code %d after Ctrl-C:\n%s", code, r.all())
	}
	noneLeft(t, folder)
	checkKilled(t, folder, kept)
}

// checkKilled: killed with no time to do anything it leaves no process and no damage.
func checkKilled(t *testing.T, folder, kept string) {
	t.Helper()
	r := start(t, "demo", "--folder", folder, "--address", "127.0.0.1:0")
	r.until("the data stay in")
	if processesIn(t, folder) == 0 {
		t.Fatal("a running PostgreSQL is not seen")
	}
	r.end(kill)
	noneLeft(t, folder)
	r = start(t, "demo", "--folder", folder, "--address", "127.0.0.1:0")
	address := addressOf(t, r.until(`"serving"`))
	r.until("was lived before")
	if again := needs(t, address, folder); again != kept {
		t.Errorf("after a kill:\n%s\nand not\n%s", again, kept)
	}
	r.end(terminate)
	noneLeft(t, folder)
}

// TestDemoBrokenOff: stopped in the middle of the story, by Ctrl-C or a kill, it leaves nothing behind, and the next start
// tells the story anew, to its end.
func TestDemoBrokenOff(t *testing.T) {
	folder := openFolder(t)
	r := start(t, "demo", "--once", "--folder", folder, "--address", "127.0.0.1:0")
	r.until("publishes it with the reason")
	if code := r.end(interrupt); code != 1 || !strings.Contains(r.all(), "dps: stopped before it was done") {
		t.Errorf("exit code %d after Ctrl-C:\n%s", code, r.all())
	}
	noneLeft(t, folder)
	r = start(t, "demo", "--once", "--folder", folder, "--address", "127.0.0.1:0")
	r.until("Offers arrive, sealed")
	r.end(kill)
	noneLeft(t, folder)
	if said := dps(t, "demo", "--once", "--folder", folder, "--address", "127.0.0.1:0").done(t); !strings.HasSuffix(strings.TrimSpace(said.out), whole) {
		t.Errorf("the story does not end with a whole log:\n%s", said.out)
	}
}

// TestDemoFolders: a folder that holds anything else is left alone.
func TestDemoFolders(t *testing.T) {
	folder := t.TempDir()
	must(t, os.Mkdir(filepath.Join(folder, "postgres"), 0o755))
	must(t, os.WriteFile(filepath.Join(folder, "postgres", "something"), []byte("synthetic"), 0o600))
	dps(t, "demo", "--once", "--folder", folder, "--address", "127.0.0.1:0").refused(t, "already holds something else")
}
