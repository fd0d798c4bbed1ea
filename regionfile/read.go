package regionfile

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/southeasttogether/dps/market/region"
)

// File is a file of a region that was read.
type File struct {
	Wanted   region.Wanted
	Problems []region.Problem // where there are any, the region cannot be applied
	lines    map[string]int   // by the path of a part
}

// Read reads a region's file. An error says that it is not YAML at all.
func Read(written []byte, isPerson func(string) bool, capacities []string) (*File, error) {
	tree, err := parser.ParseBytes(written, 0)
	if err != nil {
		return nil, plainError(err)
	}
	if len(tree.Docs) != 1 || tree.Docs[0].Body == nil {
		return nil, errors.New("enter one region in the file, with organisations and a market")
	}
	f := &File{lines: map[string]int{}}
	f.note(tree.Docs[0].Body, "", reflect.TypeFor[file]())
	if len(f.Problems) > 0 {
		return f, nil
	}
	var content file
	if err := yaml.NewDecoder(bytes.NewReader(written), yaml.Strict()).Decode(&content); err != nil {
		return nil, plainError(err)
	}
	r := reader{isPerson: isPerson, capacities: capacities}
	f.Wanted = r.wantedRegion(content)
	if f.Problems = r.problems; len(f.Problems) > 0 {
		f.Problems = append(f.Problems, region.Check(f.Wanted)...)
	}
	slices.SortFunc(f.Wanted.Questions, func(x, y region.Question) int { return f.Line(x.Place, "") - f.Line(y.Place, "") })
	return f, nil
}

// plainError is the first line of a library's error, which says where and what.
func plainError(err error) error {
	first, _, _ := strings.Cut(strings.TrimSpace(yaml.FormatError(err, false, false)), "\n")
	return errors.New(first)
}

// fieldsOfFile are the fields of the rules' refusals whose keys in the file have other names.
var fieldsOfFile = map[string]string{
	"dfeCode": "code", "from": "joins", "lastDay": "leaves", "words": "words", "endsOn": "ends", "ageHigh": "ages",
	"contractVersion":   "contract_version",
	"applicationPeriod": "applications",
}

// Line is the line of a part of the file: of the field, or else of what it belongs to.
func (f *File) Line(place, field string) int {
	if list, _, ok := strings.Cut(field, "."); ok {
		field = list
	}
	if name, ok := fieldsOfFile[field]; ok {
		field = name
	}
	path := strings.Trim(place+"."+field, ".")
	for path != "" {
		if line, ok := f.lines[path]; ok {
			return line
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
	return 1
}

// Sort puts problems in the order of the file.
func (f *File) Sort(problems []region.Problem) {
	slices.SortStableFunc(problems, func(x, y region.Problem) int { return f.Line(x.Place, x.Field) - f.Line(y.Place, y.Field) })
}

// note notes the line of each part below a node, and reports keys that the file's type does not have.
func (f *File) note(n ast.Node, path string, is reflect.Type) {
	for is.Kind() == reflect.Pointer {
		is = is.Elem()
	}
	if path != "" {
		if _, ok := f.lines[path]; !ok {
			f.lines[path] = n.GetToken().Position.Line
		}
	}
	switch node := n.(type) {
	case *ast.MappingNode:
		for _, value := range node.Values {
			f.noteKey(value, path, is)
		}
	case *ast.MappingValueNode:
		f.noteKey(node, path, is)
	case *ast.SequenceNode:
		for i, value := range node.Values {
			if is.Kind() == reflect.Slice {
				f.note(value, fmt.Sprintf("%s[%d]", path, i), is.Elem())
			}
		}
	}
}

func (f *File) noteKey(n *ast.MappingValueNode, path string, is reflect.Type) {
	key := n.Key.GetToken().Value
	below := strings.Trim(path+"."+key, ".")
	f.lines[below] = n.Key.GetToken().Position.Line
	switch is.Kind() {
	case reflect.Map:
		f.note(n.Value, below, is.Elem())
	case reflect.Struct:
		keys := keysOf(is)
		if field, ok := keys[key]; ok {
			f.note(n.Value, below, field)
			return
		}
		f.Problems = append(f.Problems, region.Problem{
			Place: below, Message: fmt.Sprintf("There is no key %q here. There are: %s.", key, strings.Join(slices.Sorted(maps.Keys(keys)), ", ")),
		})
	}
}

// keysOf are the keys of a part of the file, with what is below each.
func keysOf(is reflect.Type) map[string]reflect.Type {
	keys := map[string]reflect.Type{}
	for i := range is.NumField() {
		keys[is.Field(i).Tag.Get("yaml")] = is.Field(i).Type
	}
	return keys
}
