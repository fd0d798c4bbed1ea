package e2e_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// errorsByPath are the codes of an answer's errors, by their paths: "a: BAD_INPUT". Each has words.
func errorsByPath(t testing.TB, reply demo.Reply) (all []string) {
	t.Helper()
	for _, e := range reply.Errors {
		all = append(all, strings.Trim(strings.ReplaceAll(fmt.Sprint(e.Path), " ", "."), "[]")+": "+e.Extensions.Code)
		if e.Message == "" {
			t.Errorf("an error without words: %s", reply.Raw)
		}
	}
	slices.Sort(all)
	return all
}

// TestBadCursorNextToAGoodOne: each part of a request is answered for itself. A wrong cursor, or a page of a wrong
// size, has an error with its own path, at the root and below it.
func TestBadCursorNextToAGoodOne(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent").commissioner
	s.publishNeed(kent)
	s.publishNeed(kent)
	read := s.readData(kent, `{ needs(first: 1) { pageInfo { endCursor } }
		markets { edges { node { lots(first: 1) { pageInfo { endCursor } } } } } }`,
		nil)
	own, lots := read.At("needs.pageInfo.endCursor").Text(), read.At("markets.edges.0.node.lots.pageInfo.endCursor").Text()
	const page, below = "{ edges { node { id } } }", "markets.edges.0.node."
	for name, c := range map[string]struct {
		document string
		want     []string
		good     map[string]int // how many items are in what is good
	}{
		"one bad":            {`{ a: needs(after: "bad") # b: needs # }`, []string{"a: BAD_INPUT"}, map[string]int{"b": 2}},
		"the good one first": {`{ b: needs # a: needs(after: "bad") # }`, []string{"a: BAD_INPUT"}, map[string]int{"b": 2}},
		"two bad": {
			`{ a: needs(after: "bad") # b: needs(after: "` + own + `") # c: needs(after: "worse") # }`,
			[]string{"a: BAD_INPUT", "c: BAD_INPUT"},
			map[string]int{"b": 1},
		},
		"the same one twice": {
			`{ a: needs(after: "bad") # b: needs # c: needs(after: "bad") # }`, []string{"a: BAD_INPUT", "c: BAD_INPUT"}, map[string]int{"b": 2},
		},
		"of another list": {
			`{ a: needs(after: "` + lots + `") # b: needs # c: markets(after: "` + own + `") # }`,
			[]string{"a: BAD_INPUT", "c: BAD_INPUT"},
			map[string]int{"b": 2},
		},
		"a page too large": {
			`{ a: needs(first: 101) # b: needs # c: needs(first: 0) # d: needs(after: "bad") # }`,
			[]string{"a: BAD_INPUT", "c: BAD_INPUT", "d: BAD_INPUT"},
			map[string]int{"b": 2},
		},
		"below": {
			`{ markets { edges { node { a: lots(after: "bad") # b: lots # c: lots(after: "` + own + `") # d: lots(first: 1000) # } } } }`,
			[]string{below + "a: BAD_INPUT", below + "c: BAD_INPUT", below + "d: BAD_INPUT"},
			map[string]int{below + "b": 1},
		},
		"below, and at the root": {
			`{ needs(after: "bad") # markets { edges { node { a: lots(after: "bad") # b: lots # } } } }`,
			[]string{below + "a: BAD_INPUT", "needs: BAD_INPUT"},
			map[string]int{below + "b": 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			reply := s.sendQuery(t, kent, strings.ReplaceAll(c.document, "#", page), nil)
			if got := errorsByPath(t, reply); !slices.Equal(got, c.want) {
				t.Errorf("errors: %q, want %q", got, c.want)
			}
			for path, items := range c.good {
				if got := len(reply.Data.At(path + ".edges").All()); got != items {
					t.Errorf("%s has %d items, want %d: %s", path, got, items, reply.Raw)
				}
			}
		})
	}
}

// TestPagesTooLarge: every list at the root, and those below, refuse a page that is too large and say how many items one can have.
func TestPagesTooLarge(t *testing.T) {
	s := newScene(t, "MATCHING")
	kent := staffOf("Kent")
	readers := []demo.Persona{
		demo.Public, kent.commissioner, demo.MarketManager, kent.auditor, kent.approver, kent.safeguarding, bidsManagerOf(1),
	}
	const shown = `{ __schema { queryType { fields { name args { name } } } } }`
	lists := []string{"markets { edges { node { lots%s # } } }", "providers(first: 2) { edges { node { settings%s # } } }"}
	for _, field := range s.readData(demo.Public, shown, nil).At("__schema.queryType.fields").All() {
		if slices.ContainsFunc(field.At("args").All(), func(a demo.Value) bool { return a.At("name").Text() == "first" }) {
			lists = append(lists, field.At("name").Text()+"%s #")
		}
	}
	if len(lists) < 12 {
		t.Errorf("only %d lists: %q", len(lists), lists)
	}
	for _, list := range lists {
		ask := func(who demo.Persona, arguments string) demo.Reply {
			return s.sendQuery(t, who, "{ "+strings.ReplaceAll(fmt.Sprintf(list, arguments), "#", "{ pageInfo { hasNextPage } }")+" }", nil)
		}
		i := slices.IndexFunc(readers, func(who demo.Persona) bool { return len(ask(who, "(first: 100)").Errors) == 0 })
		if i < 0 {
			t.Errorf("nobody reads a page of 100 of %s", list)
			continue
		}
		for _, size := range []string{"10000", "101", "0", "-1", "2147483648"} {
			reply := ask(readers[i], "(first: "+size+")")
			for _, e := range reply.Errors {
				if e.Extensions.Code != "BAD_INPUT" || e.Message != "`first` must be between 1 and 100." || len(e.Path) == 0 {
					t.Errorf("%s of %s: %s", size, list, reply.Raw)
				}
			}
			if len(reply.Errors) == 0 {
				t.Errorf("%s of %s: %s", size, list, reply.Raw)
			}
		}
	}
	reply := s.sendQuery(t, demo.Public, `{ markets(first: 10000) { edges { node { lots(first: 10000) { edges { node { members(first: 10000) {
		edges { cursor } } } } } } } } }`, nil)
	if got := errorsByPath(t, reply); len(got) != 1 || !strings.Contains(reply.Errors[0].Message, "`first`, which is at most 100") {
		t.Errorf("nested: %s", reply.Raw)
	}
}

// TestEmptyValues: an empty text, or one of spaces, is no time, date, id or decimal, wherever it stands, and it is not taken for nothing.
// The error names its place and the form that is wanted.
func TestEmptyValues(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent, home := staffOf("Kent").commissioner, bidsManagerOf(1)
	need, draft := s.publishNeed(kent), s.draftNeed(kent, nil)
	deadline := s.marketTime().AddDate(0, 0, 12)
	const aTime, aDate, anID, aDecimal = "a time is written with its offset, such as 2027-03-01T12:00:00Z", "a date is written YYYY-MM-DD",
		"an id is written as this service gave it: a kind, an underscore and 32 hexadecimal digits", "a decimal is written such as 1250.00"
	offer := func(more fields) fields {
		in := s.offerInput(need, 1, "100.00")
		maps.Copy(in, more)
		return in
	}
	published := func(more fields) fields {
		in := fields{"need": draft, "deadline": deadline, "uniqueReason": "Synthetic: it is as wide as it can be."}
		maps.Copy(in, more)
		return in
	}
	fee := func(weekly any) fields {
		return fields{"kind": "RESIDENTIAL_CARE", "description": "Care", "weekly": weekly}
	}
	for _, empty := range []string{"", " ", " \t ", "\u00a0"} {
		for _, c := range []struct {
			who      demo.Persona
			mutation string
			in       fields
			path     string
			form     string
		}{
			{kent, "publishNeed", published(fields{"deadline": empty}), "deadline", aTime},
			{kent, "publishNeed", published(fields{"questionsUntil": empty}), "questionsUntil", aTime},
			{kent, "publishNeed", published(fields{"need": empty}), "need", anID},
			{kent, "publishNeed", published(fields{"recipients": []any{opaqueID("provider", demo.ProviderID(1)), empty}}), "recipients.1", anID},
			{kent, "publishNeed", published(fields{"recipients": empty}), "recipients.0", anID},
			{kent, "createNeed", s.needInput(fields{"ceilingWeekly": empty}), "ceilingWeekly", aDecimal},
			{kent, "createNeed", s.needInput(fields{"startTo": empty}), "startTo", aDate},
			{kent, "recordEhcDates", fields{"need": need, "requestedOn": s.dayFromNow(-9), "tribunalOn": empty}, "tribunalOn", aDate},
			{
				demo.MarketManager, "suspendMembership",
				fields{"membership": s.membershipID(home), "reason": "Synthetic.", "until": empty},
				"until", aTime,
			},
			{demo.MarketManager, "publishNotice", noticeStating("SYN-1", fields{"endsOn": empty}), "endsOn", aDate},
			{demo.MarketManager, "publishNotice", noticeStating("SYN-1", fields{
				"applicationPeriod": fields{"from": s.dayFromNow(1), "until": empty},
			}), "applicationPeriod.until", aDate},
			{home, "submitOffer", offer(fields{"startsOn": empty}), "startsOn", aDate},
			{home, "submitOffer", offer(fields{"fees": []any{fee("1.00"), fee(empty)}}), "fees.1.weekly", aDecimal},
			{home, "submitOffer", offer(fields{"fees": fee(empty)}), "fees.0.weekly", aDecimal},
		} {
			in := maps.Clone(c.in)
			in["idempotencyKey"] = s.newKey()
			for how, document := range map[string]string{
				"variable": mutationDocument(c.mutation, ""),
				"literal":  "mutation { " + c.mutation + "(input: " + asLiteral(in) + ") { problems { code } } }",
			} {
				variables := fields{"input": in}
				if how == "literal" {
					variables = nil
				}
				reply := s.sendQuery(t, c.who, document, variables)
				want := c.mutation + ".input." + c.path + ": BAD_INPUT"
				if got := errorsByPath(t, reply); len(got) != 1 || got[0] != want || !strings.Contains(reply.Errors[0].Message, c.form) {
					t.Errorf("%q as a %s: want %s, %q: %s", empty, how, want, c.form, reply.Raw)
				}
			}
		}
		for document, want := range map[string]string{
			`query($v: ID!) { node(id: $v) { id } }`:                                            "node.id",
			`query($v: ID!) { compare(settings: ["` + settingOf(1) + `", $v]) { __typename } }`: "compare.settings.1",
			`query($v: Date) { places(filter: {vacancyOn: $v}) { edges { cursor } } }`:          "places.filter.vacancyOn",
			`query($v: ID) { places(search: $v) { edges { cursor } } }`:                         "places.search",
		} {
			reply := s.sendQuery(t, kent, document, fields{"v": empty})
			if got := errorsByPath(t, reply); len(got) != 1 || got[0] != want+": BAD_INPUT" {
				t.Errorf("%q in %s: %s", empty, document, reply.Raw)
			}
		}
	}
	for _, wrong := range []any{"2027-03-01 12:00:00", "0001-01-01T00:00:00Z", "2027-03-01", 17, true} {
		reply := s.sendQuery(t, kent, mutationDocument("publishNeed", ""), fields{"input": published(fields{
			"deadline": wrong, "idempotencyKey": s.newKey(),
		})})
		if got := errorsByPath(t, reply); len(got) != 1 || got[0] != "publishNeed.input.deadline: BAD_INPUT" {
			t.Errorf("%v as a time: %s", wrong, reply.Raw)
		}
	}
	s.mustChange(kent, "publishNeed", published(fields{"questionsUntil": nil}), "")
}

// asLiteral writes a value as GraphQL does.
func asLiteral(v any) string {
	switch v := v.(type) {
	case fields:
		var all []string
		for name, value := range v {
			all = append(all, name+": "+asLiteral(value))
		}
		return "{" + strings.Join(all, ", ") + "}"
	case []fields:
		all := make([]string, len(v))
		for i, value := range v {
			all[i] = asLiteral(value)
		}
		return "[" + strings.Join(all, ", ") + "]"
	case []any:
		all := make([]string, len(v))
		for i, value := range v {
			all[i] = asLiteral(value)
		}
		return "[" + strings.Join(all, ", ") + "]"
	case string:
		if v == "MODIFY" || enumValue.MatchString(v) {
			return v
		}
	}
	raw, _ := json.Marshal(v)
	return string(raw)
}

var enumValue = regexp.MustCompile(`^[A-Z]+(_[A-Z0-9]+)+$`)
