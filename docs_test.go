package dps_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTestsOfTheGuideExist: docs/testing.md names no test that was renamed or removed since.
func TestTestsOfTheGuideExist(t *testing.T) {
	guide, err := os.ReadFile("docs/testing.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := testFiles(t)
	named := regexp.MustCompile(`\bTest[A-Z]\w*`).FindAllString(string(guide), -1)
	if len(named) == 0 {
		t.Error("the guide names no test")
	}
	for _, name := range named {
		if !bytes.Contains(tests, []byte("\nfunc "+name)) {
			t.Errorf("docs/testing.md names %s, and no test's name begins so", name)
		}
	}
}

// testFiles are all files of tests, one after the other.
func testFiles(t *testing.T) (all []byte) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == ".git"):
			return fs.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		all = append(all, text...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
