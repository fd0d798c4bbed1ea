package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// source is one hand-written Go file, as far as the figures need it.
type source struct {
	folder    string // inside the tree, with slashes; "." is the tree itself
	name      string
	test      bool
	lines     int
	wide      int        // lines over maxColumns
	functions []function // with methods
	exported  int        // names that another package can use
}

func (s source) path() string { return filepath.ToSlash(filepath.Join(s.folder, s.name)) }

type function struct {
	name  string
	lines int // from the word func to the closing brace
}

// readTree reads every hand-written Go file below root. Hidden folders, fetched modules and test data are left out.
func readTree(root string) ([]source, error) {
	var sources []source
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != root && leftOut(entry.Name()):
			return fs.SkipDir
		case entry.IsDir() || filepath.Ext(path) != ".go":
			return nil
		}
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		file, written, err := readFile(path)
		if err != nil || !written {
			return err
		}
		file.folder, file.name = filepath.ToSlash(filepath.Dir(relative)), filepath.Base(relative)
		sources = append(sources, file)
		return nil
	})
	return sources, err
}

func leftOut(folder string) bool {
	return strings.HasPrefix(folder, ".") || folder == "node_modules" || folder == "testdata"
}

// readFile measures one file, and tells whether it was written by hand.
func readFile(path string) (source, bool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return source{}, false, err
	}
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, path, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil || ast.IsGenerated(parsed) {
		return source{}, false, err
	}
	file := source{test: strings.HasSuffix(path, "_test.go")}
	for line := range strings.Lines(string(text)) {
		file.lines++
		if columns(line) > maxColumns {
			file.wide++
		}
	}
	for _, declaration := range parsed.Decls {
		if f, ok := declaration.(*ast.FuncDecl); ok {
			lines := files.Position(f.End()).Line - files.Position(f.Pos()).Line + 1
			file.functions = append(file.functions, function{name: f.Name.Name, lines: lines})
		}
		file.exported += exportedNames(declaration)
	}
	if strings.HasSuffix(path, ".resolvers.go") {
		file.lines = file.bodyLines()
	}
	return file, true, nil
}

// bodyLines are what is written by hand in a file whose signatures and imports gqlgen writes.
func (s source) bodyLines() (lines int) {
	for _, f := range s.functions {
		lines += max(f.lines-2, 0) // without the line of the signature and that of the last brace
	}
	return lines
}

// columns is the width of a line with each tab as one column, as lll counts it.
func columns(line string) int { return len([]rune(strings.TrimRight(line, "\r\n"))) }

// exportedNames counts types, functions, constants, variables, and methods of exported types. IsNode and IsEntity are
// not counted: gqlgen needs them, and nobody calls them.
func exportedNames(declaration ast.Decl) int {
	switch d := declaration.(type) {
	case *ast.FuncDecl:
		marker := d.Recv != nil && (d.Name.Name == "IsNode" || d.Name.Name == "IsEntity")
		if d.Name.IsExported() && receiverExported(d) && !marker {
			return 1
		}
	case *ast.GenDecl:
		count := 0
		for _, spec := range d.Specs {
			count += exportedInSpec(spec)
		}
		return count
	}
	return 0
}

func exportedInSpec(spec ast.Spec) int {
	count := 0
	switch s := spec.(type) {
	case *ast.TypeSpec:
		if s.Name.IsExported() {
			count++
		}
	case *ast.ValueSpec:
		for _, name := range s.Names {
			if name.IsExported() {
				count++
			}
		}
	}
	return count
}

// receiverExported tells whether a function has no receiver, or one of an exported type.
func receiverExported(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return true
	}
	receiver := f.Recv.List[0].Type
	for {
		switch r := receiver.(type) {
		case *ast.StarExpr:
			receiver = r.X
		case *ast.IndexExpr: // a type with a parameter
			receiver = r.X
		case *ast.IndexListExpr:
			receiver = r.X
		case *ast.Ident:
			return r.IsExported()
		default:
			return false
		}
	}
}
