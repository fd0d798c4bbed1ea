package levels

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/market"
)

type (
	shelf struct {
		ID     uuid.UUID
		Labels market.Texts
	}
	book struct{ Shelf uuid.UUID }
)

// What gqlgen would ask for by the schema below.
type (
	shelfResolvers interface {
		Books(context.Context, *shelf) ([]*book, error)
		Labels(context.Context, *shelf) ([]string, error)
		Pages(context.Context, *shelf, *int, *string) (*market.Connection[book], error)
	}
	bookResolvers interface {
		Shelf(context.Context, *book) (*shelf, error)
	}
	libraryResolvers interface {
		Shelf() shelfResolvers
		Book() bookResolvers
	}
)

const library = `type Query { shelf: Shelf }
	type Shelf { labels: [String!]! books: [Book!]! pages(first: Int, after: String): BookConnection size: Int }
	type Book { shelf: Shelf }
	type BookConnection { size: Int }`

func shelfOf(b *book) uuid.UUID { return b.Shelf }
func ownID(s *shelf) uuid.UUID  { return s.ID }

func shelves(context.Context, *db.View, []uuid.UUID) (map[uuid.UUID]*shelf, error) { return nil, nil }

func booksOf(context.Context, *db.View, []uuid.UUID) (map[uuid.UUID][]*book, error) { return nil, nil }

func shelvesOf(context.Context, *db.View, []uuid.UUID) (map[uuid.UUID][]*shelf, error) {
	return nil, nil
}

func firstBookOf(context.Context, *db.View, []uuid.UUID) (map[uuid.UUID]*book, error) {
	return nil, nil
}

func pagesOf(context.Context, *db.View, []uuid.UUID, market.Page) (map[uuid.UUID]*market.Connection[book], error) {
	return nil, nil
}

// The library's edges, without those named, and with more.
func libraryEdges(without string, more ...*Edge) Edges {
	all := EdgesOf(One("Book.shelf", shelfOf, ByID(shelves)), Many("Shelf.books", ownID, booksOf), Page("Shelf.pages", ownID, pagesOf))
	delete(all, without)
	for _, e := range more {
		all[e.field] = e
	}
	return all
}

func TestEdgesAreCheckedAtStart(t *testing.T) {
	for _, c := range []struct {
		name   string
		edges  Edges
		schema string
		says   string // "" for no fault
	}{
		{"all fit", libraryEdges(""), library, ""},
		{"missing", libraryEdges("Book.shelf"), library, "Book.shelf has no edge: add levels.One"},
		{"a missing list", libraryEdges("Shelf.books"), library, "Shelf.books has no edge: add levels.Many"},
		{"a missing page", libraryEdges("Shelf.pages"), library, "Shelf.pages has no edge: add levels.Page"},
		{"unknown type", libraryEdges("", Many("Shelve.books", ownID, booksOf)), library, "edge Shelve.books: the schema has no such field"},
		{"unknown field", libraryEdges("", Many("Shelf.bocks", ownID, booksOf)), library, "edge Shelf.bocks: the schema has no such field"},
		{
			"no resolver", libraryEdges("", Many("Shelf.size", ownID, booksOf)), library,
			"edge Shelf.size: gqlgen reads this field from the object",
		},
		{
			"keys of another type", libraryEdges("", Many("Shelf.books", shelfOf, booksOf)), library,
			"its key comes from a *levels.book, but objects of the type are *levels.shelf",
		},
		{
			"another type", libraryEdges("", Many("Shelf.books", ownID, shelvesOf)), library,
			"it reads a []*levels.shelf, but the field gives a []*levels.book: use levels.Many",
		},
		{
			"one for many", libraryEdges("", Child("Shelf.books", ownID, firstBookOf)), library,
			"it reads a *levels.book, but the field gives a []*levels.book: use levels.Many",
		},
		{
			"an argument", libraryEdges(""), strings.Replace(library, "books:", "books(near: Int):", 1),
			"edge Shelf.books: below the root the only arguments are `first` and `after`",
		},
		{
			"another argument of a page", libraryEdges(""), strings.Replace(library, "after:", "near: Int after:", 1),
			"edge Shelf.pages: below the root the only arguments are `first` and `after`",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := New(gqlparser.MustLoadSchema(&ast.Source{Input: c.schema}), reflect.TypeFor[libraryResolvers](), c.edges)
			if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("got %v, want %q", err, c.says)
			}
		})
	}
}

// All faults are told at once.
func TestEveryFaultOfTheEdgesIsTold(t *testing.T) {
	_, err := New(gqlparser.MustLoadSchema(&ast.Source{Input: library}), reflect.TypeFor[libraryResolvers](), Edges{})
	if err == nil || strings.Count(err.Error(), "has no edge") != 3 {
		t.Errorf("got %v", err)
	}
}

func TestAFieldHasOneEdge(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("two edges for one field are taken")
		}
	}()
	EdgesOf(Many("Shelf.books", ownID, booksOf), Many("Shelf.books", ownID, booksOf))
}
