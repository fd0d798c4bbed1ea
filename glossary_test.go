package dps_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

var glossaryEntry = regexp.MustCompile(`(?m)^- \*\*([^*]+)\*\*`)

// shapes are types that explain themselves: pages, answers, and the roots.
var shapes = regexp.MustCompile(`(?:Connection|Edge|Payload)$|^(?:Query|Mutation|PageInfo)$`)

func TestGlossaryExplainsEveryType(t *testing.T) {
	raw, err := os.ReadFile("docs/glossary.md")
	if err != nil {
		t.Fatal(err)
	}
	var terms []string
	for _, entry := range glossaryEntry.FindAllStringSubmatch(string(raw), -1) {
		terms = append(terms, strings.ToLower(entry[1]))
	}
	if len(terms) == 0 {
		t.Fatal("no term was found")
	}
	for i := 1; i < len(terms); i++ {
		if strings.Compare(plain(terms[i-1]), plain(terms[i])) > 0 {
			t.Errorf("%q comes before %q, against the alphabet", terms[i-1], terms[i])
		}
	}
	doc, _ := parseSchema(t)
	types := 0
	for _, d := range doc.Definitions {
		if d.Kind != ast.Object || shapes.MatchString(d.Name) {
			continue
		}
		types++
		if !strings.Contains(string(raw), "`"+d.Name+"`") {
			t.Errorf("docs/glossary.md does not explain the type %s", d.Name)
		}
	}
	if types == 0 {
		t.Fatal("no type was found")
	}
	if words := slices.Compact(slices.Sorted(slices.Values(terms))); len(words) != len(terms) {
		t.Error("a term is explained twice")
	}
}

// plain is a term as the alphabet orders it, without what is in brackets.
func plain(term string) string {
	term, _, _ = strings.Cut(term, " (")
	return strings.ReplaceAll(term, "-", "")
}
