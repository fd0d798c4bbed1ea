package engine

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/southeasttogether/dps/policy"
)

// programSources are the Go files of db but tests and fixtures, by their paths.
func programSources(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir("../..", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
			strings.Contains(path, "dbtest/") {
			return err
		}
		text, err := os.ReadFile(path)
		all[filepath.ToSlash(path)] = string(text)
		return err
	})
	if err != nil || len(all) < 50 {
		t.Fatalf("%d files: %v", len(all), err)
	}
	return all
}

var (
	actOfChange = regexp.MustCompile(`(?:engine\.Request\{Act: |\bact: +|\.Record\((?:a\.)?ctx, )"([a-z_.]+)"`)
	saidByEvent = regexp.MustCompile(`(?:AuthorityEvent|ProviderEvent)\(([^()]*(?:\([^()]*\)[^()]*)*)\)`)
	literal     = regexp.MustCompile(`"([^"]*)"`)
)

// TestEventKindsAreThoseOfTheProgram: each change has a line, each line a change, and each name that the program writes down is of some
// line. What an event of an act says is compared with its line when it is written.
func TestEventKindsAreThoseOfTheProgram(t *testing.T) {
	acts, names := map[string]bool{}, map[string]bool{}
	for _, kind := range eventKinds {
		for _, name := range kind.names {
			names[name] = true
		}
	}
	said := 0
	for path, text := range programSources(t) {
		for _, found := range actOfChange.FindAllStringSubmatch(text, -1) {
			acts[found[1]] = true
			if _, ok := eventKinds[policy.Act(found[1])]; !ok {
				t.Errorf("%s: %s has no line in eventKinds", path, found[1])
			}
		}
		for _, event := range saidByEvent.FindAllStringSubmatch(text, -1) {
			for _, name := range literal.FindAllStringSubmatch(event[1], -1) {
				if said++; !names[name[1]] && name[1] != "_signed_at" && name[1] != "%d days" {
					t.Errorf("%s: an event says %q, which no line of eventKinds does", path, name[1])
				}
			}
		}
	}
	for _, act := range slices.Sorted(maps.Keys(eventKinds)) {
		if !acts[string(act)] {
			t.Errorf("no change is made as %s", act)
		}
	}
	if said < 60 {
		t.Errorf("%d names of events were found: this test compares nothing", said)
	}
}

func TestRequireDeclared(t *testing.T) {
	for _, c := range []struct {
		act     policy.Act
		changed []string
		ok      bool
	}{
		{"offer.submit", []string{"version"}, true},
		{"offer.submit", nil, true},
		{"offer.submit", []string{"version", "price"}, false},
		{"offer.open", []string{"opened", "QUALITY"}, true},
		{"offer.open", []string{"opened", "4000.00"}, false},
		{"need.amend", []string{"amended_at", "startFrom"}, true},
		{"need.amend", []string{"amended_at", "Alex Synthetic"}, false},
		{"offer.forge", nil, false},
	} {
		if err := requireDeclared(c.act, c.changed); (err == nil) != c.ok {
			t.Errorf("%s %q: %v", c.act, c.changed, err)
		}
	}
}
