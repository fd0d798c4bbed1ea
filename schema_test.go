package dps_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// mutationsWithoutKey are the mutations whose retry is safe without an idempotency key: a family's one-time invitation is spent
// by its first use, and each view of an identity is logged as one more.
var mutationsWithoutKey = []string{"givePreference", "giveFeedback", "viewIdentity", "uploadEvidence"}

// areas are the chapters of the market, lowest first: a file of an area names the types of its own area and of lower ones.
var areas = []string{"directory", "admission", "tendering", "evaluation", "placement", "award", "voice", "partnership", "record"}

// schemaFiles are all files below schema/: base.graphql and <area>/<feature>.graphql.
func schemaFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir("schema", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, filepath.ToSlash(path))
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("no schema files: %v", err)
	}
	return files
}

// parseSchema parses schema/, one document, the definitions and the extensions of the root types alike.
func parseSchema(t *testing.T) (*ast.SchemaDocument, ast.DefinitionList) {
	t.Helper()
	var sources []*ast.Source
	for _, name := range schemaFiles(t) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, &ast.Source{Name: name, Input: string(text)})
	}
	doc, err := parser.ParseSchemas(sources...)
	if err != nil {
		t.Fatal(err)
	}
	return doc, slices.Concat(doc.Definitions, doc.Extensions)
}

// fieldsOf are the fields of a type with those of its extensions.
func fieldsOf(all ast.DefinitionList, name string) ast.FieldList {
	var fields ast.FieldList
	for _, d := range all {
		if d.Name == name {
			fields = append(fields, d.Fields...)
		}
	}
	return fields
}

func TestSchemaFilesLieInTheirAreas(t *testing.T) {
	files := map[string]string{}
	for _, path := range schemaFiles(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[path] = string(text)
	}
	for _, fault := range slices.Concat(misplacedFiles(slices.Sorted(maps.Keys(files))), upwardReferences(t, files)) {
		t.Error(fault)
	}
}

var schemaPath = regexp.MustCompile(`^schema/(?:([a-z]+)/)?([a-z]+(?:_[a-z]+)*)\.graphql$`)

// areaOf is the area of a schema file, "" for the base.
func areaOf(path string) string {
	area, _, _ := strings.Cut(strings.TrimPrefix(path, "schema/"), "/")
	if strings.HasSuffix(area, ".graphql") {
		return ""
	}
	return area
}

// misplacedFiles are schema files outside an area, or with the name of another: gqlgen names what it generates by the name alone.
func misplacedFiles(paths []string) (faults []string) {
	byName := map[string]string{}
	for _, path := range paths {
		parts := schemaPath.FindStringSubmatch(path)
		switch {
		case parts == nil:
			faults = append(faults, path+": the path is schema/<area>/<feature>.graphql, in small letters")
			continue
		case parts[1] == "" && path != "schema/base.graphql":
			faults = append(faults, path+" lies in no area")
		case parts[1] != "" && !slices.Contains(areas, parts[1]):
			faults = append(faults, fmt.Sprintf("%s lies in %s, which is not an area", path, parts[1]))
		}
		if other, ok := byName[parts[2]]; ok {
			faults = append(faults, fmt.Sprintf("%s and %s have the same name", other, path))
		}
		byName[parts[2]] = path
	}
	return faults
}

// upwardReferences are fields and arguments of a type that a higher area defines: there, an extension adds them.
func upwardReferences(t *testing.T, files map[string]string) (faults []string) {
	t.Helper()
	level, parsed := map[string]int{}, map[string]*ast.SchemaDocument{}
	for path, text := range files {
		doc, err := parser.ParseSchema(&ast.Source{Name: path, Input: text})
		if err != nil {
			t.Fatal(err)
		}
		parsed[path] = doc
		for _, d := range doc.Definitions {
			level[d.Name] = slices.Index(areas, areaOf(path))
		}
	}
	for path, doc := range parsed {
		own := slices.Index(areas, areaOf(path))
		if own < 0 { // the base names who asks
			continue
		}
		for _, d := range slices.Concat(doc.Definitions, doc.Extensions) {
			for _, name := range namedTypes(d) {
				if level[name] > own {
					faults = append(faults, fmt.Sprintf("%s: %s names %s of %s, a higher area: extend %[2]s there", path, d.Name,
						name, areas[level[name]]))
				}
			}
		}
	}
	return faults
}

// namedTypes are the types that a definition or an extension names, itself included.
func namedTypes(d *ast.Definition) []string {
	names := []string{d.Name}
	for _, f := range d.Fields {
		names = append(names, f.Type.Name())
		for _, a := range f.Arguments {
			names = append(names, a.Type.Name())
		}
	}
	return names
}

func TestSchemaLayoutChecksFail(t *testing.T) {
	for name, paths := range map[string][]string{
		"outside an area":    {"schema/offer.graphql"},
		"in an unknown area": {"schema/sundries/offer.graphql"},
		"too deep":           {"schema/tendering/offers/offer.graphql"},
		"a capital":          {"schema/tendering/Offer.graphql"},
		"the same name":      {"schema/award/offer.graphql", "schema/tendering/offer.graphql"},
	} {
		if faults := misplacedFiles(append(paths, "schema/base.graphql", "schema/tendering/need.graphql")); len(faults) != 1 {
			t.Errorf("%s: faults %q, want one", name, faults)
		}
	}
	for name, text := range map[string]string{
		"a field's type":      "type Need { awards: [Award!] }",
		"an argument's type":  "type Need { cost(of: Award): Int }",
		"an extension's type": "extend type Award { again: Int }",
	} {
		files := map[string]string{"schema/tendering/need.graphql": text, "schema/award/award.graphql": "type Award { id: ID! }"}
		if faults := upwardReferences(t, files); len(faults) != 1 {
			t.Errorf("%s: faults %q, want one", name, faults)
		}
	}
}

func TestSchemaListsArePagedAlike(t *testing.T) {
	_, all := parseSchema(t)
	connections := 0
	for _, d := range all {
		for _, f := range d.Fields {
			if !strings.HasSuffix(f.Type.Name(), "Connection") {
				continue
			}
			connections++
			where := d.Name + "." + f.Name
			requireEqual(t, where, "type", f.Type.String(), f.Type.Name())
			checkArgument(t, where, f.Arguments.ForName("first"), "Int", "20")
			checkArgument(t, where, f.Arguments.ForName("after"), "String", "")
			checkConnection(t, all, strings.TrimSuffix(f.Type.Name(), "Connection"))
		}
	}
	if connections == 0 {
		t.Fatal("no connection was found")
	}
}

func checkArgument(t *testing.T, where string, a *ast.ArgumentDefinition, typ, value string) {
	t.Helper()
	if a == nil {
		t.Errorf("%s: an argument is missing; a list has first and after", where)
		return
	}
	requireEqual(t, where+"("+a.Name+")", "type", a.Type.String(), typ)
	given := ""
	if a.DefaultValue != nil {
		given = a.DefaultValue.Raw
	}
	requireEqual(t, where+"("+a.Name+")", "default", given, value)
}

func checkConnection(t *testing.T, all ast.DefinitionList, node string) {
	t.Helper()
	for field, typ := range map[string]string{
		node + "Connection.edges": "[" + node + "Edge!]!", node + "Connection.pageInfo": "PageInfo!",
		node + "Edge.cursor": "String!", node + "Edge.node": node + "!",
	} {
		owner, name, _ := strings.Cut(field, ".")
		if f := fieldsOf(all, owner).ForName(name); f == nil {
			t.Errorf("%s is missing", field)
		} else {
			requireEqual(t, field, "type", f.Type.String(), typ)
		}
	}
}

// A read that is refused is null. If the field is non-null, the refusal removes the whole answer.
func TestSchemaReadsMayBeNull(t *testing.T) {
	_, all := parseSchema(t)
	for _, f := range fieldsOf(all, "Query") {
		if f.Type.NonNull && f.Name != "viewer" { // everybody may ask who they are
			t.Errorf("Query.%s is non-null", f.Name)
		}
	}
}

func TestSchemaMutationsAreShapedAlike(t *testing.T) {
	_, all := parseSchema(t)
	mutations := fieldsOf(all, "Mutation")
	if len(mutations) == 0 {
		t.Fatal("no mutation was found")
	}
	for _, m := range mutations {
		input := strings.ToUpper(m.Name[:1]) + m.Name[1:] + "Input"
		if len(m.Arguments) != 1 || m.Arguments[0].Name != "input" {
			t.Errorf("%s: the one argument of a mutation is input", m.Name)
			continue
		}
		requireEqual(t, m.Name, "input", m.Arguments[0].Type.String(), input+"!")
		key := fieldsOf(all, input).ForName("idempotencyKey")
		if wanted := !slices.Contains(mutationsWithoutKey, m.Name); wanted != (key != nil) {
			t.Errorf("%s: idempotencyKey is there: %v, want %v", m.Name, key != nil, wanted)
		} else if wanted {
			requireEqual(t, input+".idempotencyKey", "type", key.Type.String(), "String!")
		}
		checkPayload(t, all, m)
	}
	for _, name := range mutationsWithoutKey {
		if mutations.ForName(name) == nil {
			t.Errorf("%s stands among the mutations without a key, and does not exist", name)
		}
	}
}

// checkPayload: a refused non-null root field would remove the whole answer, so it must be nullable.
func checkPayload(t *testing.T, all ast.DefinitionList, m *ast.FieldDefinition) {
	t.Helper()
	payload := m.Type.Name()
	requireEqual(t, m.Name, "type", m.Type.String(), payload)
	if !strings.HasSuffix(payload, "Payload") {
		t.Errorf("%s answers with %s, want a payload", m.Name, payload)
	}
	if problems := fieldsOf(all, payload).ForName("problems"); problems == nil {
		t.Errorf("%s has no problems", payload)
	} else {
		requireEqual(t, payload+".problems", "type", problems.Type.String(), "[Problem!]!")
	}
	if m.Directives.ForName("can") == nil {
		t.Errorf("%s does not say which act it needs", m.Name)
	}
}

func requireEqual(t *testing.T, where, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %s %q, want %q", where, what, got, want)
	}
}
