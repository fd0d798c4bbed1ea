// Command lint is what `go vet -vettool` runs: each analyzer that this project is held to. As a tool of vet it reads what the
// build has compiled, so that it costs little beyond the build. A finding is silenced by `//nolint:name // reason` on its line.
package main

import (
	"go/ast"
	"go/token"
	"regexp"
	"strings"

	"codeberg.org/polyfloyd/go-errorlint/errorlint"
	"github.com/bkielbasa/cyclop/pkg/analyzer"
	"github.com/golangci/rowserrcheck/passes/rowserr"
	"github.com/gordonklaus/ineffassign/pkg/ineffassign"
	"github.com/kisielk/errcheck/errcheck"
	sqlclose "github.com/ryanrolds/sqlclosecheck/pkg/analyzer"
	stdlibvars "github.com/sashamelentyev/usestdlibvars/pkg/analyzer"
	"github.com/timakin/bodyclose/passes/bodyclose"
	"github.com/ultraware/funlen"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/unitchecker"
	"honnef.co/go/tools/analysis/lint"
	"honnef.co/go/tools/simple"
	"honnef.co/go/tools/staticcheck"
	"honnef.co/go/tools/stylecheck"
	"honnef.co/go/tools/unused"
)

// The size of a function, tests apart.
const (
	mostLines      = 60
	mostStatements = 40
	mostBranches   = "15"
)

func main() {
	branches := analyzer.NewAnalyzer()
	set(branches, "maxComplexity", mostBranches)
	set(branches, "skipTests", "true")
	var all []*analysis.Analyzer
	for _, a := range []*analysis.Analyzer{branches, funlen.NewAnalyzer(mostLines, mostStatements, true), bodyclose.Analyzer, errorlint.NewAnalyzer()} {
		all = append(all, silenced(a, true))
	}
	for _, a := range []*analysis.Analyzer{errcheck.Analyzer, ineffassign.Analyzer, rowserr.NewAnalyzer("github.com/jmoiron/sqlx"), sqlclose.NewAnalyzer(), stdlibvars.New()} {
		all = append(all, silenced(a, false))
	}
	for _, checks := range [][]*lint.Analyzer{staticcheck.Analyzers, simple.Analyzers, stylecheck.Analyzers} {
		for _, check := range checks {
			if !check.Doc.NonDefault {
				all = append(all, silenced(check.Analyzer, false))
			}
		}
	}
	unitchecker.Main(append(all, neverUsed())...)
}

func set(a *analysis.Analyzer, flag, value string) {
	if err := a.Flags.Set(flag, value); err != nil {
		panic(err)
	}
}

// neverUsed reports what a package declares for itself and does not use.
func neverUsed() *analysis.Analyzer {
	return silenced(&analysis.Analyzer{
		Name: "unused", Doc: "what a package declares for itself is used", Requires: []*analysis.Analyzer{unused.Analyzer.Analyzer},
		Run: func(pass *analysis.Pass) (any, error) {
			for _, object := range pass.ResultOf[unused.Analyzer.Analyzer].(unused.Result).Unused {
				position := token.NoPos
				pass.Fset.Iterate(func(f *token.File) bool {
					if f.Name() == object.Position.Filename {
						position = f.LineStart(object.Position.Line)
					}
					return position == token.NoPos
				})
				pass.Reportf(position, "%s %s is unused", object.Kind, object.Name)
			}
			return nil, nil
		},
	}, false)
}

var nolint = regexp.MustCompile(`^//nolint:([a-z]+) // \S`)

// silenced is the analyzer without findings in generated files, on lines that say why not, and, if so wished, in tests.
func silenced(a *analysis.Analyzer, exceptTests bool) *analysis.Analyzer {
	run := a.Run
	a.Run = func(pass *analysis.Pass) (any, error) {
		quiet := quietLines(pass, a.Name, exceptTests)
		report := pass.Report
		pass.Report = func(d analysis.Diagnostic) {
			at := pass.Fset.Position(d.Pos)
			if !quiet(at) {
				report(d)
			}
		}
		return run(pass)
	}
	return a
}

func quietLines(pass *analysis.Pass, name string, exceptTests bool) func(token.Position) bool {
	files, lines := map[string]bool{}, map[string]map[int]bool{}
	for _, file := range pass.Files {
		path := pass.Fset.Position(file.FileStart).Filename
		files[path] = ast.IsGenerated(file) || exceptTests && strings.HasSuffix(path, "_test.go")
		lines[path] = map[int]bool{}
		for _, group := range file.Comments {
			for _, comment := range group.List {
				if m := nolint.FindStringSubmatch(comment.Text); m != nil && m[1] == name {
					lines[path][pass.Fset.Position(comment.Pos()).Line] = true
				}
			}
		}
	}
	return func(at token.Position) bool { return files[at.Filename] || lines[at.Filename][at.Line] }
}
