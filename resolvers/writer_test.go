package resolvers

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/resolvers/internal/transport"
)

// selections are what a document can be made of, on one need and its lists.
var selections = []string{
	`query ($id: ID!) { a: node(id: $id) { __typename id ... on Need { b: reference reference lot { __typename name } offers { ...O } } } }
		fragment O on Offer { id provider { name } price { weekly fees { kind } } }`,
	`{ needs(first: 1) { edges { node { reference lot { name } reference lot { id kind } } } } again: needs(first: 2)
		{ edges { node { status deadline } } pageInfo { hasNextPage } } }`,
	`{ needs { edges @skip(if: true) { cursor } pageInfo { hasNextPage @include(if: false) hasPreviousPage: hasNextPage } } }`,
	`query ($id: ID!, $yes: Boolean = true) { node(id: $id) { id ... on Need { status @include(if: $yes) ...N @skip(if: $yes) } ... on Lot
		{ name } } } fragment N on Need { profile }`,
	`{ node(id: "need_00000000000000000000000000000000") { id } }`,
	`{ viewer { person capacity } needs(first: 1) { __typename edges { __typename } } }`,
}

func TestRepliesAreAsGqlgenWritesThem(t *testing.T) {
	w := newWorld(t)
	told := w.liveStory(t)
	without := w.withoutLevels()
	for _, document := range selections {
		got, want := w.askAs(t, demo.Commissioner, document, map[string]any{"id": told.Need}), w.askAt(t, without, demo.Commissioner, document,
			map[string]any{"id": told.Need})
		if got.text != want.text || got.Errors != nil {
			t.Errorf("%s\ngot  %s\nwant %s", document, got.text, want.text)
		}
	}
}

// Each answer without an error is written without gqlgen: no field below the root reaches it.
func TestWhatIsRegularIsWrittenWithoutGqlgen(t *testing.T) {
	w := newWorld(t)
	w.liveStory(t)
	var below atomic.Int64
	counted := w.newEndpoint(t, unbounded, true).(*transport.Endpoint)
	counted.Executor.AroundFields(func(ctx context.Context, next graphql.Resolver) (any, error) {
		if graphql.GetFieldContext(ctx).Object != "Query" {
			below.Add(1)
		}
		return next(ctx)
	})
	costs(t, w, counted)
	if n := below.Load(); n > 0 {
		t.Errorf("gqlgen was asked for %d fields below the root", n)
	}
	if w.askAt(t, counted, demo.Commissioner, "{ viewer { person } }", nil); below.Load() == 0 {
		t.Error("the fields below one that is never null are counted nowhere: this test counts nothing")
	}
}

// gqlgen handles what is irregular, with its errors and their paths.
func TestWhatIsIrregularIsLeftToGqlgen(t *testing.T) {
	w := newWorld(t)
	told := w.liveStory(t)
	_, err := w.Admin.Exec("ALTER TABLE dps.score RENAME COLUMN points TO hidden")
	must(t, err)
	document := `query ($id: ID!) { node(id: $id) { ... on Need { reference offers { id scores { points } } } } }`
	got, want := w.askAs(t, demo.Commissioner, document, map[string]any{"id": told.Need}), w.askAt(t, w.withoutLevels(), demo.Commissioner,
		document, map[string]any{"id": told.Need})
	if len(got.Errors) == 0 || len(got.Errors) != len(want.Errors) || len(got.Errors[0].Path) != len(want.Errors[0].Path) ||
		got.Errors[0].Extensions != want.Errors[0].Extensions {
		t.Errorf("got  %s\nwant %s", got.text, want.text)
	}
}
