package guard

import (
	"context"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/southeasttogether/dps/resolvers/internal/coded"
)

// Bounds refuses a document by its shape before gqlgen parses and validates it (rules there compare each field with
// every other), and an operation by the number of objects that it could return before it is executed.
type Bounds struct {
	limits Limits
	schema *ast.Schema
	passed graphql.Cache[*ast.QueryDocument] // documents that were not refused here or later
}

// NewBounds makes the bounds of a schema's documents. The documents in passed were accepted before.
func NewBounds(limits Limits, schema *ast.Schema, passed graphql.Cache[*ast.QueryDocument]) Bounds {
	return Bounds{limits, schema, passed}
}

// ExtensionName is for gqlgen.
func (Bounds) ExtensionName() string { return "bounds" }

// Validate is for gqlgen.
func (Bounds) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters is gqlgen's hook before it parses. gqlgen refuses what cannot be parsed.
func (b Bounds) MutateOperationParameters(ctx context.Context, params *graphql.RawParams) *gqlerror.Error {
	if _, ok := b.passed.Get(ctx, params.Query); ok {
		return nil
	}
	if longest(params.Query) > b.limits.Name {
		return coded.Limit(
			"The document has a name or number of more than %d characters: use shorter ones, and send long values as variables.",
			b.limits.Name)
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: params.Query}, b.limits.Tokens)
	if err != nil {
		return b.unparsed(err)
	}
	m := newMeasure(doc)
	for _, f := range doc.Fragments {
		m.directives += len(f.Directives)
		if refused := b.judgeFields(m.fragment(f.Name)); refused != nil { // including fragments that no operation uses
			return refused
		}
	}
	for _, operation := range doc.Operations {
		m.directives += len(operation.Directives)
		if refused := b.judge(m.set(operation.SelectionSet)); refused != nil {
			return refused
		}
	}
	if refused := b.written(m); refused != nil {
		return refused
	}
	return b.judgePairs(doc)
}

// judgePairs refuses what validation would have to compare for too long, in operations and in fragments that none uses.
func (b Bounds) judgePairs(doc *ast.QueryDocument) *gqlerror.Error {
	c := pairCount{fragments: newMeasure(doc).fragments, visits: 4 * b.limits.Fields}
	pairs := 0
	for _, operation := range doc.Operations {
		pairs = plus(pairs, c.of(within{set: operation.SelectionSet}))
	}
	for _, f := range doc.Fragments {
		pairs = plus(pairs, c.of(within{f.SelectionSet, &fragmentTrail{name: f.Name}}))
	}
	if pairs > b.limits.Pairs {
		return coded.Limit("The document repeats fields so often that more than %d pairs of them have to be compared: "+
			"name each field once, or send several requests.", b.limits.Pairs)
	}
	return nil
}

// unparsed separates the two errors of gqlparser that are limits from mistakes.
func (b Bounds) unparsed(err error) *gqlerror.Error {
	switch text := err.Error(); {
	case strings.Contains(text, "exceeded token limit"):
		return coded.Limit("The document has more than %d tokens: ask for less, or send several requests. Send long values as variables.",
			b.limits.Tokens)
	case strings.Contains(text, "exceeded maximum nesting depth"):
		return coded.Limit(
			"The document is nested more than %d fields deep: use `node` to ask for what is deeper by its id, and send nested "+
				"lists as variables.", b.limits.Depth)
	}
	return nil
}

func (b Bounds) judge(s shape) *gqlerror.Error {
	switch {
	case s.depth > b.limits.Depth:
		return coded.Limit("The operation is more than %d fields deep: use `node` to ask for what is deeper by its id.", b.limits.Depth)
	case s.direct > b.limits.RootFields:
		return coded.Limit("The operation has more than %d fields at its root: send several requests.", b.limits.RootFields)
	}
	return b.judgeFields(s)
}

func (b Bounds) judgeFields(s shape) *gqlerror.Error {
	if s.fields > b.limits.Fields {
		return coded.Limit("The operation selects more than %d fields, counting a fragment each time it is used: select fewer.",
			b.limits.Fields)
	}
	return nil
}

func (b Bounds) written(m *measure) *gqlerror.Error {
	switch {
	case m.aliases > b.limits.Aliases:
		return coded.Limit("The document has more than %d aliases: use fewer, or send several requests.", b.limits.Aliases)
	case m.directives > b.limits.Directives:
		return coded.Limit("The document has more than %d directives: use fewer.", b.limits.Directives)
	case m.spreads > b.limits.Spreads:
		return coded.Limit(
			"The document uses fragments more than %d times: write the fields out, or send several requests.", b.limits.Spreads)
	}
	return nil
}

// longest is the length of the longest name or number of a document, without strings and comments. Errors repeat names,
// and compare them with all names of the schema for a suggestion.
func longest(document string) int {
	found, run := 0, 0
	for i := 0; i < len(document); i++ {
		switch c := document[i]; {
		case c == '#':
			i += untilAny(document[i:], "\r\n")
			run = 0
		case c == '"':
			i += StringLength(document[i:]) - 1
			run = 0
		case c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z':
			run++
			found = max(found, run)
		default:
			run = 0
		}
	}
	return found
}

func untilAny(text, ends string) int {
	if end := strings.IndexAny(text, ends); end >= 0 {
		return end
	}
	return len(text)
}

// StringLength is the length of the string at the start of a text, or of the whole text if the string does not end.
func StringLength(text string) int {
	quotes := `"`
	if strings.HasPrefix(text, `"""`) {
		quotes = `"""`
	}
	for i := len(quotes); i < len(text); i++ {
		switch {
		case strings.HasPrefix(text[i:], quotes):
			return i + len(quotes)
		case text[i] == '\\' && quotes == `"` || strings.HasPrefix(text[i:], `\"""`):
			i += len(quotes)
		case quotes == `"` && (text[i] == '\n' || text[i] == '\r'):
			return i
		}
	}
	return len(text)
}

// shape is the size of a selection, fragments followed.
type shape struct {
	fields int // everywhere in it
	depth  int
	direct int // at its top
}

// measure measures each fragment once, however often it is used, so that its time grows only with the length of the
// document.
type measure struct {
	fragments                    map[string]*ast.FragmentDefinition
	known                        map[string]shape
	aliases, directives, spreads int // written so far
}

func newMeasure(doc *ast.QueryDocument) *measure {
	m := &measure{fragments: map[string]*ast.FragmentDefinition{}, known: map[string]shape{}}
	for _, f := range doc.Fragments {
		m.fragments[f.Name] = f
	}
	return m
}

func (m *measure) set(set ast.SelectionSet) shape {
	var sum shape
	for _, selected := range set {
		s := m.one(selected)
		sum.fields, sum.direct, sum.depth = plus(sum.fields, s.fields), plus(sum.direct, s.direct), max(sum.depth, s.depth)
	}
	return sum
}

func (m *measure) one(selected ast.Selection) shape {
	switch s := selected.(type) {
	case *ast.Field:
		m.directives += len(s.Directives)
		if s.Alias != s.Name {
			m.aliases++
		}
		below := m.set(s.SelectionSet)
		return shape{fields: plus(1, below.fields), depth: 1 + below.depth, direct: 1}
	case *ast.InlineFragment:
		m.directives += len(s.Directives)
		return m.set(s.SelectionSet)
	case *ast.FragmentSpread:
		m.directives += len(s.Directives)
		m.spreads++
		return m.fragment(s.Name)
	}
	return shape{}
}

func (m *measure) fragment(name string) shape {
	found, ok := m.known[name]
	f := m.fragments[name]
	if ok || f == nil {
		return found
	}
	m.known[name] = shape{} // for a fragment that uses itself, which validation refuses
	m.known[name] = m.set(f.SelectionSet)
	return m.known[name]
}
