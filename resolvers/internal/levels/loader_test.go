package levels

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/market"
)

// A key asked for twice is read once, and an error stays with what was asked for.
func TestALoaderReadsEachKeyOnce(t *testing.T) {
	var read [][]int
	broken := errors.New("broken")
	l := newLoader(func(_ context.Context, _ *db.View, keys []int) (map[int]string, error) {
		read = append(read, keys)
		if slices.Contains(keys, 13) {
			return nil, broken
		}
		found := map[int]string{}
		for _, key := range keys {
			found[key] = fmt.Sprint(key)
		}
		delete(found, 7)
		return found, nil
	}, "none")
	ctx := withReading(WithRequest(t.Context(), &Request{}))
	in := l.loadedIn(readingOf(ctx), market.Page{})
	for _, key := range []int{1, 2, 1, 7} {
		in.wantKeys(key)
		if _, err := in.findValue(key); !errors.Is(err, errNotRead) {
			t.Errorf("before it is read: %v", err)
		}
	}
	in.readWanted(ctx)
	for key, want := range map[int]string{1: "1", 2: "2", 7: "none"} {
		if got, err := l.Load(ctx, key); got != want || err != nil {
			t.Errorf("%d: %q, %v", key, got, err)
		}
	}
	for range 2 {
		if _, err := l.Load(ctx, 13); !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
	}
	if got, err := l.LoadAll(ctx, []int{3, 1, 3}); err != nil || !slices.Equal(got, []string{"3", "1", "3"}) {
		t.Errorf("got %v, %v", got, err)
	}
	if want := [][]int{{1, 2, 7}, {13}, {3}}; !reflect.DeepEqual(read, want) {
		t.Errorf("read %v, want %v", read, want)
	}
}

// What one root field has read, another reads again.
func TestEachRootFieldReadsForItself(t *testing.T) {
	times := 0
	l := newLoader(func(context.Context, *db.View, []int) (map[int]int, error) {
		times++
		return map[int]int{1: times}, nil
	}, 0)
	request := WithRequest(t.Context(), &Request{})
	for want := 1; want <= 2; want++ {
		if got, err := l.Load(withReading(request), 1); got != want || err != nil {
			t.Errorf("got %d, %v", got, err)
		}
	}
}

// Pages of the same size and place are one statement, whatever else is asked for with them.
func TestPagesOfTheSameSizeAreReadTogether(t *testing.T) {
	var read []string
	edge := Page("Shelf.pages", ownID, func(_ context.Context, _ *db.View, parents []uuid.UUID,
		page market.Page,
	) (map[uuid.UUID]*market.Connection[book], error) {
		read = append(read, fmt.Sprintf("%d of %d", page.First, len(parents)))
		found := map[uuid.UUID]*market.Connection[book]{}
		for _, parent := range parents {
			found[parent] = &market.Connection[book]{PageInfo: market.PageInfo{HasNextPage: page.First == 1}}
		}
		return found, nil
	})
	r := readingOf(withReading(WithRequest(t.Context(), &Request{})))
	shelves := []*shelf{{ID: uuid.New()}, {ID: uuid.New()}, {}}
	sizes := []int{1, 2, 1}
	var readers []reader
	for _, size := range sizes {
		of := edge.openIn(r, market.Page{First: size})
		for _, s := range shelves {
			of.want(s)
		}
		readers = append(readers, of)
	}
	for i, of := range readers {
		of.read(t.Context())
		second, err := of.value(shelves[1])
		none, noError := of.value(shelves[2])
		if err != nil || noError != nil || !none.IsNil() ||
			second.Interface().(*market.Connection[book]).PageInfo.HasNextPage != (sizes[i] == 1) {
			t.Errorf("got %v, %v, %v, %v", second, err, none, noError)
		}
	}
	if !slices.Equal(read, []string{"1 of 2", "2 of 2"}) {
		t.Errorf("read %q", read)
	}
}
