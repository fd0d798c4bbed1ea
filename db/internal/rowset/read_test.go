package rowset_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/rowset"
	"github.com/southeasttogether/dps/db/internal/session"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

func pageOf(t *testing.T, v *rowset.View, p market.Page) (*market.Connection[market.Need], []uuid.UUID) {
	t.Helper()
	page, err := needsByAge.Page(t.Context(), v, p)
	must(t, err)
	ids := make([]uuid.UUID, len(page.Edges))
	for i, edge := range page.Edges {
		ids[i] = edge.Node.ID
	}
	return page, ids
}

func TestRowset(t *testing.T) {
	w := newWorld(t) // its data takes long: what reads it alone shares it
	for name, test := range map[string]func(*testing.T, *world){
		"a page brings what belongs to it": pageBringsAll, "rows are read once": rowsOnce, "columns follow the selection": columnsFollow,
		"what a capacity has no right to": grants, "a second statement": secondStatement, "the bound": bound, "cursors": cursors,
		"pages of parents":                   pagesOfParents,
		"a figure is read once for each row": figureOnce,
	} {
		t.Run(name, func(t *testing.T) { test(t, w) })
	}
}

// A page with what belongs to it is one statement, and from the second time on one round trip.
func pageBringsAll(t *testing.T, w *world) {
	s := selecting("Need.reference", "Need.offers", "Need.lot", "Offer.provider", "Offer.need", "Provider.name", "Lot.name")
	for turn, want := range []string{session.ReadOnly, "SELECT ask("} {
		for first := 1; first <= 4; first++ {
			w.sent = nil
			v := w.view(w.officer(), s)
			page, ids := pageOf(t, v, market.Page{First: first})
			if len(ids) != first || !page.PageInfo.HasNextPage {
				t.Fatalf("%d needs", len(page.Edges))
			}
			lists, err := offersOfNeeds.Read(t.Context(), v, ids)
			must(t, err)
			for i, edge := range page.Edges {
				if i > 0 && page.Edges[i-1].Node.CreatedAt.Before(edge.Node.CreatedAt) {
					t.Error("not in order")
				}
				lots, err := lots.ByID(t.Context(), v, []uuid.UUID{edge.Node.LotID})
				must(t, err)
				if lots[edge.Node.LotID].Name == "" || len(lists[edge.Node.ID]) != 5 {
					t.Errorf("a lot %+v and %d offers", lots[edge.Node.LotID], len(lists[edge.Node.ID]))
				}
				for _, o := range lists[edge.Node.ID] {
					providers, err := providers.ByID(t.Context(), v, []uuid.UUID{o.ProviderID})
					must(t, err)
					needs, err := needs.ByID(t.Context(), v, []uuid.UUID{o.NeedID})
					must(t, err)
					if needs[o.NeedID] != edge.Node || providers[o.ProviderID].Name == "" {
						t.Errorf("%+v of %v", o, providers)
					}
				}
			}
			if len(w.sent) != 2 || !strings.HasPrefix(w.sent[0], want) {
				t.Errorf("turn %d, a page of %d: %d statements, the first %.30q", turn, first, len(w.sent), w.sent[0])
			}
			v.Renew(t.Context())
		}
	}
}

// What was read is not read again, and neither is what proved to be hidden.
func rowsOnce(t *testing.T, w *world) {
	v := w.view(policy.Actor{Person: "synthetic.bids", Role: policy.BidsManager, Organisation: uuid.New()}, selecting("Need.lot"))
	found, err := needs.ByID(t.Context(), v, []uuid.UUID{uuid.New()})
	must(t, err)
	if len(found) != 0 {
		t.Errorf("found %v", found)
	}
	v.Renew(t.Context())
	v = w.view(w.officer(), nil)
	_, ids := pageOf(t, v, market.Page{First: 3})
	w.sent = nil
	for range 2 {
		found, err := needs.ByID(t.Context(), v, append(ids, uuid.Nil))
		must(t, err)
		if len(found) != 3 {
			t.Errorf("found %v", found)
		}
	}
	if len(w.sent) != 1 {
		t.Errorf("%d statements for one that was not known", len(w.sent))
	}
	v.Renew(t.Context())
	if found, err = needs.ByID(t.Context(), v, ids); err != nil || len(found) != 3 || len(w.sent) != 3 {
		t.Errorf("after another beginning %d found, %d statements, %v", len(found), len(w.sent), err)
	}
	v.Renew(t.Context())
}

func columnsFollow(t *testing.T, w *world) {
	for _, c := range []struct {
		fields         []string
		reads, ignores []string
	}{
		{[]string{"Need.id"}, []string{"n.id", "n.created_at"}, []string{"n.reference", "n.profile", "dps.now()", "lot_id"}},
		{[]string{"Need.status"}, []string{"n.withdrawn_at", "n.deadline", "n.ranked_at", "dps.now()"}, []string{"n.profile"}},
		{[]string{"Need.lot"}, []string{"n.lot_id", "FROM lot l"}, []string{"FROM offer o"}},
		{[]string{"Need.offers", "Offer.id"}, []string{"FROM offer o", "o.need_id"}, []string{"FROM provider", "o.assumptions"}},
		{[]string{"Need.otherNeeds", "Provider.figures"}, []string{"to_json(n.other_needs)"}, []string{"json_build_array"}},
	} {
		v := w.view(w.officer(), selecting(c.fields...))
		pageOf(t, v, market.Page{First: 1})
		v.Renew(t.Context())
		text := w.sent[len(w.sent)-1]
		for _, part := range c.reads {
			if !strings.Contains(text, part) {
				t.Errorf("%v: no %s in %s", c.fields, part, text)
			}
		}
		for _, part := range c.ignores {
			if strings.Contains(text, part) {
				t.Errorf("%v: %s in %s", c.fields, part, text)
			}
		}
	}
	const all = `SELECT p.id AS "id", p.name AS "name", p.ukprn AS "ukprn", p.company_number AS "company_number", ` +
		`p.charity_number AS "charity_number" FROM provider p`
	if rows := providers.Rows(); rows != all {
		t.Errorf("for a change: %s", rows)
	}
}

// The database is not asked for what a capacity has no right to.
func grants(t *testing.T, w *world) {
	w.sent = nil
	v := w.view(policy.Actor{Role: policy.Public}, selecting("Need.offers"))
	if found, err := needs.ByID(t.Context(), v, []uuid.UUID{uuid.New()}); err != nil || len(found) != 0 || len(w.sent) != 0 {
		t.Errorf("found %v, %v, by %q", found, err, w.sent)
	}
	v = w.view(policy.Actor{Person: "synthetic.bids", Role: policy.BidsManager, Organisation: uuid.New()}, selecting("Need.offers"))
	_, _ = pageOf(t, v, market.Page{First: 1})
	if strings.Contains(w.sent[len(w.sent)-1], "offer") {
		t.Errorf("a bidder asks for opened offers: %s", w.sent)
	}
	v.Renew(t.Context())
}

// A second statement never sees another snapshot than the first: the request is answered again, in one transaction, and from then on
// always.
func secondStatement(t *testing.T, w *world) {
	s := selecting("Need.reference")
	v := w.view(w.officer(), s)
	_, ids := pageOf(t, v, market.Page{First: 1})
	v.Renew(t.Context())
	v = w.view(w.officer(), s)
	pageOf(t, v, market.Page{First: 1})
	for range 2 {
		if _, err := offersOfNeeds.Read(t.Context(), v, ids); !errors.Is(err, rowset.ErrOutgrown) {
			t.Errorf("a second statement: %v", err)
		}
	}
	if !v.Restart(t.Context()) || v.Rows() != 2 {
		t.Errorf("no restart, or what was thrown away is not counted: %d rows", v.Rows())
	}
	for range 2 {
		w.sent = nil
		pageOf(t, v, market.Page{First: 1})
		if offers, err := offersOfNeeds.Read(t.Context(), v, ids); err != nil || len(offers[ids[0]]) != 5 || v.Restart(t.Context()) ||
			w.sent[0] != session.ReadOnly {
			t.Errorf("again: %v, %v", offers, err)
		}
		v.Renew(t.Context())
		v = w.view(w.officer(), s)
	}
}

func bound(t *testing.T, w *world) {
	for _, s := range []*rowset.Selection{nil, selecting("Need.offers"), selecting("Need.lot")} {
		v := w.view(w.officer(), s)
		v.Bound(10)
		_, err := needsByAge.Page(t.Context(), v, market.Page{First: 8})
		if tooMany := new(rowset.TooManyRowsError); errors.As(err, tooMany) != (s != nil) || s != nil && int(*tooMany) != 10 {
			t.Errorf("nine needs and what they bring: %v", err)
		}
		if err == nil {
			var n []int
			err := v.All(t.Context(), &n, "SELECT n FROM generate_series(1, 10000) n")
			if !errors.As(err, new(rowset.TooManyRowsError)) || len(n) > 11 {
				t.Errorf("%d rows: %v", len(n), err)
			}
		}
		v.Renew(t.Context())
	}
}

func cursors(t *testing.T, w *world) {
	v := w.view(w.officer(), nil)
	defer v.Renew(t.Context())
	seen, page := map[uuid.UUID]bool{}, market.Page{First: 7}
	for {
		found, ids := pageOf(t, v, page)
		for _, id := range ids {
			if seen[id] {
				t.Errorf("%s twice", id)
			}
			seen[id] = true
		}
		if !found.PageInfo.HasNextPage {
			break
		}
		cursor, err := found.PageInfo.EndCursor()
		must(t, err)
		page.After = *cursor
	}
	if len(seen) != 100 {
		t.Errorf("%d needs in all", len(seen))
	}
	other := w.view(policy.Actor{Person: "synthetic.other", Role: policy.Commissioner, Organisation: w.authority, Epoch: 1}, nil)
	for _, c := range []market.Page{page, {First: 7, After: "nonsense"}} {
		var refusal *market.Refusal
		if _, err := needsByAge.Page(t.Context(), other, c); !errors.As(err, &refusal) || refusal.Code != market.Invalid {
			t.Errorf("another's cursor, or none: %v", err)
		}
	}
}

func pagesOfParents(t *testing.T, w *world) {
	v := w.view(w.officer(), selecting("Offer.receipt"))
	defer v.Renew(t.Context())
	_, ids := pageOf(t, v, market.Page{First: 3})
	v.Renew(t.Context())
	list := rowset.Pages[market.Offer]{Table: offers, Name: "offers", Order: []string{"received_at", "id"}, Parent: "need_id"}
	pages, err := list.Of(t.Context(), v, ids, market.Page{First: 2})
	must(t, err)
	for _, id := range ids {
		if len(pages[id].Edges) != 2 || !pages[id].PageInfo.HasNextPage || pages[id].Edges[0].Node.NeedID != id {
			t.Errorf("%+v", pages[id])
		}
	}
	cursor, err := pages[ids[0]].PageInfo.EndCursor()
	must(t, err)
	v.Renew(t.Context())
	rest, err := list.Of(t.Context(), v, ids[:1], market.Page{First: 10, After: *cursor})
	must(t, err)
	if len(rest[ids[0]].Edges) != 3 || rest[ids[0]].PageInfo.HasNextPage {
		t.Errorf("behind the cursor: %+v", rest[ids[0]])
	}
	for _, of := range [][]uuid.UUID{ids, ids[1:2]} {
		if _, err := list.Of(t.Context(), v, of, market.Page{First: 10, After: *cursor}); err == nil {
			t.Error("a cursor of another parent")
		}
	}
	if none, err := list.Of(t.Context(), v, nil, market.Page{First: 1}); err != nil || len(none) != 0 {
		t.Errorf("of no parent: %v, %v", none, err)
	}
}

func figureOnce(t *testing.T, w *world) {
	v := w.view(w.officer(), selecting("Need.offers", "Offer.provider", "Provider.figures"))
	defer v.Renew(t.Context())
	pageOf(t, v, market.Page{First: 20})
	if n := strings.Count(w.sent[len(w.sent)-1], "json_build_array"); n != 1 || v.Rows() >= 21+100+100 {
		t.Errorf("%d times, %d rows", n, v.Rows())
	}
}

// A mistake in a table stops the program as it starts.
func TestTableMistakes(t *testing.T) {
	for _, c := range []struct {
		want string
		make func()
	}{
		{"no field", func() { rowset.New[market.Provider]("provider", "p", rowset.Columns("id", "colour")) }},
		{"nothing fills ukprn", func() { rowset.New[market.Provider]("provider", "p", rowset.Columns("id", "name")) }},
		{"twice", func() { rowset.New[market.Provider]("provider", "p", rowset.Columns("id", "id")) }},
		{"no column", func() { rowset.ListOf[uuid.UUID](providers, "need_id") }},
		{"is a string", func() { rowset.ListOf[uuid.UUID](providers, "name") }},
	} {
		func() {
			defer func() {
				if said, _ := recover().(string); !strings.Contains(said, c.want) {
					t.Errorf("want %q, got %q", c.want, said)
				}
			}()
			c.make()
		}()
	}
}

func TestTablesFitASchema(t *testing.T) {
	schema := map[string]map[string]bool{ // fields that a resolver answers are true
		"Provider": {
			"id": false, "name": false, "ukprn": false, "companyNumber": false, "charityNumber": false,
			"figures": false, "settings": true,
		},
		"Lot": {"id": false, "procedure": false},
		"Need": {
			"id": false, "lot": true, "reference": false, "ageLow": false, "ageHigh": false, "gender": false, "primaryNeed": false,
			"otherNeeds": false, "legalBasis": false,
			"homeOutcode": false, "travelMiles": false, "startFrom": false, "startTo": false, "profile": false, "outcomes": false,
			"restricted": false, "amendedAt": false,
			"withdrawnAt": false, "status": false, "withdrawReason": false, "createdAt": false, "deadline": false, "questionsUntil": false,
			"urgentReason": false,
			"invitedCount": false, "rules": false, "publishedAt": false, "offers": true, "stage": false, "nextActs": false,
		},
		"Offer": {
			"need": true, "provider": true, "setting": true, "receivedAt": false, "receipt": false, "startsOn": false,
			"places": false, "needsMet": false,
			"outcomesMet": false, "assumptions": false,
		},
	}
	describe := func(typ string) map[string]bool { return schema[typ] }
	if err := rowset.Check(describe); err != nil {
		t.Error(err)
	}
	schema["Need"]["urgent"] = false
	if err := rowset.Check(describe); err == nil || !strings.Contains(err.Error(), "urgent") {
		t.Errorf("a field that would be null: %v", err)
	}
	delete(schema["Need"], "urgent")
	delete(schema["Offer"], "receipt")
	if err := rowset.Check(describe); err == nil || !strings.Contains(err.Error(), "receipt") {
		t.Errorf("a column that is read for no field: %v", err)
	}
}
