package dps_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const readmeWords = 700

// documents are all Markdown files of the project, by path.
func documents(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != "." && (entry.Name() == "node_modules" || entry.Name()[0] == '.'):
			return fs.SkipDir
		case entry.IsDir() || filepath.Ext(path) != ".md":
			return nil
		}
		text, err := os.ReadFile(path)
		texts[filepath.ToSlash(path)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if texts["README.md"] == "" {
		t.Fatal("README.md was not found")
	}
	return texts
}

func TestReadmeIsShort(t *testing.T) {
	if words := len(strings.Fields(documents(t)["README.md"])); words > readmeWords {
		t.Errorf("README.md has %d words, want at most %d", words, readmeWords)
	}
}

// TestReadmeMapsEveryFolder looks for a line of the map for each folder at the top of the tree, and the other way round.
func TestReadmeMapsEveryFolder(t *testing.T) {
	mapped := map[string]bool{}
	for _, line := range regexp.MustCompile(`(?m)^([a-z0-9]+)/\S* {2,}\S`).FindAllStringSubmatch(documents(t)["README.md"], -1) {
		mapped[line[1]] = true
	}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name := entry.Name()
		if !entry.IsDir() || name[0] == '.' || name == "bin" || name == "node_modules" { // built or fetched
			continue
		}
		if !mapped[name] {
			t.Errorf("the map in README.md has no line for %s/", name)
		}
		delete(mapped, name)
	}
	for name := range mapped {
		t.Errorf("the map in README.md has a line for %s/, which does not exist", name)
	}
}

var (
	fenced    = regexp.MustCompile("(?ms)^```.*?^```$")
	inline    = regexp.MustCompile("`[^`\n]*`")
	link      = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading   = regexp.MustCompile(`(?m)^#+ (.+)$`)
	notInSlug = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// slugs are the anchors that GitHub gives to a document's headings.
func slugs(text string) []string {
	var all []string
	for _, h := range heading.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
		all = append(all, strings.ReplaceAll(notInSlug.ReplaceAllString(strings.ToLower(h[1]), ""), " ", "-"))
	}
	return all
}

func TestLinksLeadSomewhere(t *testing.T) {
	texts := documents(t)
	checked := 0
	for path, text := range texts {
		text = inline.ReplaceAllString(fenced.ReplaceAllString(text, ""), "")
		for _, l := range link.FindAllStringSubmatch(text, -1) {
			if !strings.Contains(l[1], "://") && !strings.HasPrefix(l[1], "mailto:") {
				checked++
				checkLink(t, texts, path, l[1])
			}
		}
	}
	if checked == 0 {
		t.Error("no link was found")
	}
}

func checkLink(t *testing.T, texts map[string]string, from, to string) {
	t.Helper()
	name, anchor, _ := strings.Cut(to, "#")
	target := from
	if name != "" {
		target = filepath.ToSlash(filepath.Join(filepath.Dir(from), filepath.FromSlash(name)))
	}
	if _, err := os.Stat(filepath.FromSlash(target)); err != nil {
		t.Errorf("%s links to %s, which does not exist", from, to)
	} else if anchor != "" && !slices.Contains(slugs(texts[target]), anchor) {
		t.Errorf("%s links to %s, which has no such heading", from, to)
	}
}

var (
	named  = regexp.MustCompile("`([^`\n]+)`")
	target = regexp.MustCompile(`(?m)^([a-z]+):`)
	made   = regexp.MustCompile(`\bmake ([a-z]+)`)
)

// TestNamedFilesExist looks for each path that a document names in code, and for each target of make. A path with a
// placeholder, `db/<area>`, names none.
func TestNamedFilesExist(t *testing.T) {
	makefile, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	var targets []string
	for _, m := range target.FindAllStringSubmatch(string(makefile), -1) {
		targets = append(targets, m[1])
	}
	for document, text := range documents(t) {
		for _, code := range named.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
			checkPath(t, document, code[1])
			for _, m := range made.FindAllStringSubmatch(code[1], -1) {
				if !slices.Contains(targets, m[1]) {
					t.Errorf("%s names make %s, which is no target", document, m[1])
				}
			}
		}
	}
}

// checkPath fails where a text is a path below one of the folders at the top, and there is no such file.
func checkPath(t *testing.T, document, text string) {
	t.Helper()
	top, below, ok := strings.Cut(text, "/")
	if info, err := os.Stat(top); !ok || err != nil || !info.IsDir() || strings.ContainsAny(below, "<> {}") ||
		strings.HasSuffix(below, "...") {
		return
	}
	if found, err := filepath.Glob(filepath.FromSlash(text)); err != nil || len(found) == 0 {
		t.Errorf("%s names %s, which does not exist", document, text)
	}
}

var (
	transition = regexp.MustCompile(`(?m)^ +(\S+) --> (\S+): (.+)$`)
	mutation   = regexp.MustCompile(`[a-z]+[A-Z][A-Za-z]+`)
)

// TestLifeOfANeed holds the diagrams of docs/need-life.md to the contract: each has the states of its enum, except those
// that the page says nothing leads to, and every mutation on it exists.
func TestLifeOfANeed(t *testing.T) {
	_, all := parseSchema(t)
	mutations := fieldsOf(all, "Mutation")
	page := documents(t)["docs/need-life.md"]
	diagrams := regexp.MustCompile("(?s)```mermaid\n(.*?)```").FindAllStringSubmatch(page, -1)
	wanted := []struct {
		enum    string
		without []string
	}{{"NeedStatus", nil}, {"AwardStatus", nil}, {"PlacementStatus", nil}}
	if len(diagrams) != len(wanted) {
		t.Fatalf("the page has %d diagrams, want %d", len(diagrams), len(wanted))
	}
	for i, want := range wanted {
		drawn := map[string]bool{}
		for _, arrow := range transition.FindAllStringSubmatch(diagrams[i][1], -1) {
			drawn[arrow[1]], drawn[arrow[2]] = true, true
			for _, name := range mutation.FindAllString(arrow[3], -1) {
				if mutations.ForName(name) == nil {
					t.Errorf("%s: there is no mutation %s", want.enum, name)
				}
			}
		}
		for _, value := range all.ForName(want.enum).EnumValues {
			if drawn[value.Name] == slices.Contains(want.without, value.Name) {
				t.Errorf("%s: %s is drawn: %v", want.enum, value.Name, drawn[value.Name])
			}
			delete(drawn, value.Name)
		}
		delete(drawn, "[*]")
		for state := range drawn {
			t.Errorf("%s has no state %s", want.enum, state)
		}
	}
}
