package dps_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// alwaysWrong are words that no comment, message or document needs: how they are found, a sentence with them, and what to write
// instead. The list is short, so that it has no false alarms.
var alwaysWrong = []struct {
	pattern          *regexp.Regexp
	example, instead string
}{
	{words(`\bthe own\b`), "The evaluator locks the own sheet.", "their, its, your own"},
	{words(`\breckon(?:s|ed|ing)?\b`), "The order is reckoned.", "work out, calculate"},
	{words(`\banew\b`), "The authority proposes anew.", "again"},
	{words(`\b(?:what|that|which|it|date) is none\b`), "A date that is none.", "is not a ..."},
	{words(`\bbeside\b`), "The calendar runs beside the need.", "next to, as well as, compared with"},
	{words(`\bso many\b`), "Wait for so many officers.", "the given number of"},
	{words(`\bhangs? on\b`), "Everything that hangs on the need.", "depends on, belongs to"},
	{words(`\bat the most\b`), "Two at the most.", "at most"},
	{words(`\bstands? in\b`), "The date stands in the plan.", "is in"},
	{words(`\bmay not\b`), "The proposer may not approve it.", "cannot, must not, or might not"},
	{words(`(?:^|[.;:,] )who may\b`), "Who may publish none of them sees nothing.", "a person who can"},
}

func words(pattern string) *regexp.Regexp { return regexp.MustCompile("(?i)" + pattern) }

// wordLists are files that hold such words on purpose.
var wordLists = []string{"words_test.go", "schema_words_test.go"}

// TestWordsThatAreAlwaysWrong reads all comments, messages and documents that people write, except those of applied migrations.
func TestWordsThatAreAlwaysWrong(t *testing.T) {
	files := 0
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		path = filepath.ToSlash(path)
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (path != "." && entry.Name()[0] == '.' || isNotProse(path)):
			return fs.SkipDir
		case entry.IsDir() || slices.Contains(wordLists, path) || !isProse(path):
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		for _, fault := range wrongWords(path, text) {
			t.Error(fault)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 500 {
		t.Fatalf("only %d files were found", files)
	}
}

// isNotProse says whether people do not write a folder: it is generated, fetched or built, or an applied migration.
func isNotProse(folder string) bool {
	return slices.Contains([]string{"node_modules", "testdata"}, filepath.Base(folder)) ||
		slices.Contains([]string{"graph", "bin", "db/migrations", "graphiql/assets"}, folder)
}

func isProse(path string) bool {
	return slices.Contains([]string{".go", ".sql", ".md", ".graphql"}, filepath.Ext(path)) || path == "Makefile"
}

// wrongWords finds the words in a file: in the comments and texts of a Go program, and everywhere in any other file.
func wrongWords(path string, text []byte) (faults []string) {
	for _, passage := range passages(path, text) {
		for _, wrong := range alwaysWrong {
			if found := wrong.pattern.FindString(passage.text); found != "" {
				faults = append(faults, fmt.Sprintf("%s:%d: %q: write %q", path, passage.line, found, wrong.instead))
			}
		}
	}
	return faults
}

// passage is a piece of prose and its first line.
type passage struct {
	line int
	text string
}

// passages are the paragraphs of a text, or the comments and the quoted texts of a Go program, each as one line.
func passages(path string, text []byte) (found []passage) {
	if filepath.Ext(path) != ".go" {
		line := 1
		for paragraph := range strings.SplitSeq(string(text), "\n\n") {
			found = append(found, passage{line, strings.Join(strings.Fields(paragraph), " ")})
			line += strings.Count(paragraph, "\n") + 2
		}
		return found
	}
	files := token.NewFileSet()
	program, err := parser.ParseFile(files, path, text, parser.ParseComments)
	if err != nil {
		return []passage{{1, err.Error()}}
	}
	for _, group := range program.Comments {
		found = append(found, passage{files.Position(group.Pos()).Line, strings.Join(strings.Fields(group.Text()), " ")})
	}
	ast.Inspect(program, func(n ast.Node) bool {
		if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			if value, err := strconv.Unquote(literal.Value); err == nil {
				found = append(found, passage{files.Position(literal.Pos()).Line, value})
			}
		}
		return true
	})
	return found
}

func TestWordChecksFail(t *testing.T) {
	const good = "A person who can publish a need sees its sheets. There is none yet, so it might not be locked."
	forms := map[string]string{
		"comment.go": "package a\n\n// %s\n", "text.go": "package a\n\nconst said = `%s`\n", "document.md": "# A\n\n%s\n",
		"script.sql": "%s\n",
	}
	for path, form := range forms {
		for _, wrong := range alwaysWrong {
			if faults := wrongWords(path, fmt.Appendf(nil, form, wrong.example)); len(faults) != 1 {
				t.Errorf("%s: %q has the faults %q, want one", path, wrong.example, faults)
			}
		}
		if faults := wrongWords(path, fmt.Appendf(nil, form, good)); len(faults) > 0 {
			t.Errorf("%s: a good sentence has the faults %q", path, faults)
		}
	}
	if faults := wrongWords("comment.go", []byte("package a\n\n// Two at the\n// most.\n")); len(faults) != 1 {
		t.Errorf("words on two lines have the faults %q, want one", faults)
	}
}
