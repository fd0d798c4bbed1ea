package dps_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// withoutKey are the mutations whose retry is safe without an idempotency key: a family's one-time invitation is spent
// by its first use, and each view of an identity is logged as one more.
var withoutKey = []string{"givePreference", "giveFeedback", "viewIdentity", "uploadEvidence"}

// areas are the chapters of the market, lowest first: a file of an area names the types of its own area and of lower ones.
var areas = []string{"directory", "admission", "tendering", "evaluation", "placement", "award", "voice", "partnership", "record"}

// schemaFiles are schema/base.graphql and schema/<area>/<feature>.graphql.
func schemaFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("schema/*/*.graphql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no schema files: %v", err)
	}
	return append(files, "schema/base.graphql")
}

// contract parses schema/, one document, the definitions and the extensions of the root types alike.
func contract(t *testing.T) (*ast.SchemaDocument, ast.DefinitionList) {
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

func TestEverythingInTheSchemaIsDescribed(t *testing.T) {
	doc, all := contract(t)
	described := func(text, where string) {
		t.Helper()
		if text = strings.TrimSpace(text); text == "" {
			t.Errorf("%s has no description", where)
		} else if !strings.HasSuffix(text, ".") {
			t.Errorf("the description of %s is no sentence with a full stop", where)
		}
	}
	for _, d := range doc.Definitions {
		described(d.Description, d.Name)
	}
	for _, d := range doc.Directives {
		described(d.Description, "@"+d.Name)
		for _, a := range d.Arguments {
			described(a.Description, "@"+d.Name+" "+a.Name)
		}
	}
	for _, d := range all {
		for _, f := range d.Fields {
			described(f.Description, d.Name+"."+f.Name)
			for _, a := range f.Arguments {
				described(a.Description, d.Name+"."+f.Name+"("+a.Name+")")
			}
		}
		for _, v := range d.EnumValues {
			described(v.Description, d.Name+"."+v.Name)
		}
	}
}

func TestListsArePagedAlike(t *testing.T) {
	_, all := contract(t)
	connections := 0
	for _, d := range all {
		for _, f := range d.Fields {
			if !strings.HasSuffix(f.Type.Name(), "Connection") {
				continue
			}
			connections++
			where := d.Name + "." + f.Name
			same(t, where, "type", f.Type.String(), f.Type.Name())
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
	same(t, where+"("+a.Name+")", "type", a.Type.String(), typ)
	given := ""
	if a.DefaultValue != nil {
		given = a.DefaultValue.Raw
	}
	same(t, where+"("+a.Name+")", "default", given, value)
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
			same(t, field, "type", f.Type.String(), typ)
		}
	}
}

// A read that is refused is null; where it may not be, it takes the whole answer with it.
func TestReadsMayBeNull(t *testing.T) {
	_, all := contract(t)
	for _, f := range fieldsOf(all, "Query") {
		if f.Type.NonNull && f.Name != "viewer" { // everybody may ask who they are
			t.Errorf("Query.%s may not be null", f.Name)
		}
	}
}

func TestMutationsAreShapedAlike(t *testing.T) {
	_, all := contract(t)
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
		same(t, m.Name, "input", m.Arguments[0].Type.String(), input+"!")
		key := fieldsOf(all, input).ForName("idempotencyKey")
		if wanted := !slices.Contains(withoutKey, m.Name); wanted != (key != nil) {
			t.Errorf("%s: idempotencyKey is there: %v, want %v", m.Name, key != nil, wanted)
		} else if wanted {
			same(t, input+".idempotencyKey", "type", key.Type.String(), "String!")
		}
		checkPayload(t, all, m)
	}
	for _, name := range withoutKey {
		if mutations.ForName(name) == nil {
			t.Errorf("%s stands among the mutations without a key, and does not exist", name)
		}
	}
}

// checkPayload: a refused root field that may not be null would take the whole answer with it, so that it may be.
func checkPayload(t *testing.T, all ast.DefinitionList, m *ast.FieldDefinition) {
	t.Helper()
	payload := m.Type.Name()
	same(t, m.Name, "type", m.Type.String(), payload)
	if !strings.HasSuffix(payload, "Payload") {
		t.Errorf("%s answers with %s, want a payload", m.Name, payload)
	}
	if problems := fieldsOf(all, payload).ForName("problems"); problems == nil {
		t.Errorf("%s has no problems", payload)
	} else {
		same(t, payload+".problems", "type", problems.Type.String(), "[Problem!]!")
	}
	if m.Directives.ForName("can") == nil {
		t.Errorf("%s does not say which act it needs", m.Name)
	}
}

func same(t *testing.T, where, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %s %q, want %q", where, what, got, want)
	}
}
