package dps_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const modulePath = "github.com/southeasttogether/dps/"

// allowedImports is which of our packages each one may import, tests aside: one way down and back. withAreas adds the
// lines of the areas. A package for tests is only in the lists of other packages for tests, so that no program contains
// it.
var allowedImports = withAreas(map[string][]string{
	"market":             {"market/course", "market/idkind", "market/text"},
	"market/course":      {},
	"market/record":      {"market", "market/idkind"},
	"market/idkind":      {},
	"market/text":        {},
	"market/identifier":  {"market", "market/text"},
	"market/region":      {"market", "market/admission"},
	"regionfile":         {"market", "market/admission", "market/region", "market/text"},
	"market/pages":       {"market", "market/admission", "market/award", "market/directory", "market/record"},
	"resolvers/scalar":   {"market/text"},
	"registers":          {"market", "market/directory", "market/identifier", "market/text"},
	"policy":             {},
	"policy/compile":     {"policy"},
	"seal":               {},
	"postgres":           {},
	"graphiql":           {},
	"db":                 {"db/internal/engine", "db/internal/rowset", "market", "market/admission", "policy", "seal"},
	"db/internal/engine": {"db/internal/rowset", "db/internal/session", "market", "policy", "seal"},
	"db/ledger":          {"db/internal/engine", "db/internal/rowset", "market", "policy", "seal"},
	"graph":              {"market", "resolvers/scalar"},
	"resolvers": {
		"db", "graph", "market", "market/idkind", "policy", "resolvers/internal/guard", "resolvers/internal/levels",
		"resolvers/internal/rate", "resolvers/internal/transport",
	},
	"db/internal/session":       {},
	"db/internal/rowset":        {"db/internal/session", "market", "policy"},
	"resolvers/internal/coded":  {},
	"resolvers/internal/levels": {"db", "market", "resolvers/internal/coded"},
	"resolvers/internal/rate":   {"policy"},
	"resolvers/internal/guard":  {"market", "market/idkind", "policy", "resolvers/internal/coded", "resolvers/internal/levels"},
	"resolvers/internal/transport": {
		"db", "db/admission", "market", "market/admission", "policy", "resolvers/internal/coded", "resolvers/internal/guard",
		"resolvers/internal/levels", "resolvers/internal/rate",
	},
	"demo":       {"db", "market", "policy"},
	"demo/years": {"db", "demo", "market", "policy", "registers"},
	"cmd/dps": {
		"db", "db/ledger", "db/region", "market", "market/region", "regionfile", "demo", "demo/years", "graphiql", "policy", "postgres",
		"registers",
		"resolvers",
		"seal",
	},
	"federation/sdl":        {"graph"},
	"market/markettest":     {"market"},
	"postgres/postgrestest": {"postgres"},
	"db/dbtest":             {"db", "db/region", "market", "policy", "postgres/postgrestest", "seal"},
	"demo/demotest":         {"db", "db/dbtest", "demo", "policy", "resolvers", "seal"},
	"bench/explain":         {},
	"bench":                 {"bench/explain", "db", "db/region", "demo", "demo/years", "graph", "policy", "postgres", "resolvers", "seal"},
	"prove":                 {},
	"prove/chaos":           {"db/region", "demo", "postgres", "prove/chaos/history", "prove/chaos/machine", "seal"},
	"prove/chaos/history":   {},
	"prove/chaos/machine":   {"postgres"},
	"prove/chaos/run":       {"prove/chaos"},
	"prove/crowd":           {"db/dbtest", "demo", "policy", "seal"},
	"prove/rights":          {"db/dbtest", "demo", "policy", "prove/crowd", "seal"},
	"prove/run":             {"prove"},
})

// everyArea are the packages that can use the use cases and rules of all areas.
var everyArea = []string{"graph", "resolvers", "demo", "demo/years", "cmd/dps", "bench", "db/dbtest", "demo/demotest"}

func withAreas(table map[string][]string) map[string][]string {
	var rules, cases []string // of the areas so far
	for _, area := range areas {
		if area != "record" { // its rules are below those of the areas
			table["market/"+area] = slices.Concat([]string{
				"market", "market/course", "market/identifier", "market/idkind", "market/record", "market/text",
			}, rules)
			rules = append(rules, "market/"+area)
		}
		table["db/"+area] = slices.Concat([]string{"db/internal/engine", "db/internal/rowset", "market", "policy", "seal"}, rules, cases)
		cases = append(cases, "db/"+area)
	}
	table["db/region"] = slices.Concat([]string{
		"db", "db/internal/engine", "market", "market/idkind", "market/region", "policy", "seal",
	}, rules, cases)
	table["db/record"] = append(table["db/record"], "db/ledger", "market/record") // its clock seals the log
	for _, name := range everyArea {
		table[name] = slices.Concat(table[name], []string{"market/course", "market/record"}, rules)
		if name != "graph" {
			table[name] = append(table[name], cases...)
		}
	}
	return table
}

// allowedModules is which modules besides the standard library the pure packages can import; the others are free to
// choose.
var allowedModules = map[string][]string{
	"market":    {"github.com/google/uuid", "github.com/rickar/cal/v2", "github.com/shopspring/decimal", "golang.org/x/text/unicode/norm"},
	"registers": {},
	"postgres":  {},
	"graphiql":  {},
}

// forbiddenImports is what a package, and each one below it, must not import although others do: SQL has one home, and
// so has HTTP.
var forbiddenImports = map[string][]string{
	"market":    {"database/sql", "net", "net/http", "os"},
	"registers": {"database/sql", "net", "net/http", "os"},
	"policy":    {"database/sql", "github.com/jmoiron/sqlx", "github.com/lib/pq", "github.com/99designs/gqlgen"},
	"seal":      {"database/sql", "github.com/jmoiron/sqlx", "github.com/lib/pq", "github.com/99designs/gqlgen"},
	"db":        {"net/http", "github.com/99designs/gqlgen", "github.com/vektah/gqlparser/v2"},
	"resolvers": {"database/sql", "github.com/jmoiron/sqlx", "github.com/lib/pq"},
	"cmd/dps":   {"github.com/jmoiron/sqlx", "github.com/99designs/gqlgen"},
}

// importsByPackage are our packages with what each imports outside its tests on any system, by path inside the module.
// The files are read here and not by `go list`, so that the test cache knows what the answer depends on.
func importsByPackage(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (path == "tools" || entry.Name() == "node_modules" || path != "." && entry.Name()[0] == '.'):
			return fs.SkipDir // another module, and what is not ours
		case filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		name := filepath.ToSlash(filepath.Dir(path))
		all[name] = append(all[name], importsOf(t, path)...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func importsOf(t *testing.T, path string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

func TestPackagesImportOnlyWhatIsAllowed(t *testing.T) {
	all := importsByPackage(t)
	for name, imported := range all {
		allowed, ok := allowedImports[name]
		if !ok {
			t.Errorf("%s has no line in the import table", name)
		}
		for _, path := range imported {
			checkImport(t, name, path, allowed)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(allowedImports)) {
		if _, exists := all[name]; !exists {
			t.Errorf("the import table has a line for %s, which does not exist", name)
		}
	}
}

func checkImport(t *testing.T, name, path string, allowed []string) {
	t.Helper()
	if own, ok := strings.CutPrefix(path, modulePath); ok {
		if !slices.Contains(allowed, own) {
			t.Errorf("%s imports %s; it may import of ours only %v", name, own, allowed)
		}
		return
	}
	top := name
	for _, root := range []string{"market", "db", "resolvers"} {
		if strings.HasPrefix(name, root+"/") && !strings.HasSuffix(name, "test") {
			top = root
		}
	}
	if isWithin(path, forbiddenImports[top]) {
		t.Errorf("%s imports %s, which it never may", name, path)
	}
	host, _, _ := strings.Cut(path, "/")
	if modules, pure := allowedModules[top]; pure && strings.Contains(host, ".") && !isWithin(path, modules) {
		t.Errorf("%s imports %s; it may import besides the standard library only %v", name, path, modules)
	}
}

// isWithin says whether the package at path belongs to one of the roots.
func isWithin(path string, roots []string) bool {
	return slices.ContainsFunc(roots, func(root string) bool { return path == root || strings.HasPrefix(path, root+"/") })
}

// TestRulesHaveAnOrder: a rule that goes through a map as it is written down tells the first fault that it meets, another one each time.
// A retry would be answered otherwise than the first request.
func TestRulesHaveAnOrder(t *testing.T) {
	files, err := filepath.Glob("market/*/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, path := range files {
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if at := rangeOverMap(n); at != nil && !strings.HasSuffix(path, "_test.go") {
				t.Errorf("%s goes through a map in no order: use a slice", set.Position(at.Pos()))
			}
			return true
		})
	}
}

// rangeOverMap is a loop over a map that is written in the loop itself; nil for everything else.
func rangeOverMap(n ast.Node) *ast.RangeStmt {
	loop, ok := n.(*ast.RangeStmt)
	if !ok {
		return nil
	}
	literal, ok := loop.X.(*ast.CompositeLit)
	if !ok {
		return nil
	}
	if _, ok := literal.Type.(*ast.MapType); !ok {
		return nil
	}
	return loop
}
