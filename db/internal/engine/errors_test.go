package engine

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var refusalText = regexp.MustCompile(`(?s)Refuse(?:Field)?\((?:[^"()]|"[a-zA-Z.]*",\s*)*("(?:[^"\\]|\\.)*"(?:\s*\+\s*"(?:[^"\\]|\\.)*")*)`)

// refusalTexts are the texts of the refusals that some files make, with the file.
func refusalTexts(t *testing.T, root string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, found := range refusalText.FindAllStringSubmatch(string(text), -1) {
			all[found[1]] = path
		}
		return err
	})
	if err != nil || len(all) < 20 {
		t.Fatalf("%d refusals in %s: %v", len(all), root, err)
	}
	return all
}

// TestRefusalOfTwoLayersIsOneValue: what a rule refuses when it looks, and the database for who came between, is said in one place.
func TestRefusalOfTwoLayersIsOneValue(t *testing.T) {
	rules := refusalTexts(t, "../../../market")
	for text, path := range refusalTexts(t, "../..") {
		if other, ok := rules[text]; ok {
			t.Errorf("%s and %s both refuse with %s: make it a value of market/refusal.go", path, other, text)
		}
	}
}
