package e2e_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// checkChanges tries each mutation as everybody. First come those that must be refused, with inputs that would be right
// for a person who is allowed, and nothing in the database may change. Then come those that are allowed.
func (m *matrix) checkChanges(t *testing.T, askers []asker) {
	groups := groupByDelegation(askers)
	acts := slices.Sorted(maps.Keys(groups))
	for _, act := range acts {
		m.delegateOnly(t, act)
		before := m.digestTables(t)
		for _, c := range mutationCases {
			m.eachAsker(groups[act], c, func(a asker, x *marketRecord) {
				if !mayChange(a, c.mutation, x) {
					m.checkRefused(t, a, c, x)
				}
			})
			after := m.digestTables(t)
			m.checkSecret(t, after == before, "%s was refused, and changed something", c.mutation)
			before = after
		}
	}
	m.checkCrossings(t, askers)
	for _, act := range acts {
		m.delegateOnly(t, act)
		for _, c := range mutationCases {
			m.eachAsker(groups[act], c, func(a asker, x *marketRecord) {
				if mayChange(a, c.mutation, x) {
					m.checkAllowed(t, a, c, x)
				}
			})
		}
	}
}

// eachAsker goes through the personas and what they try. A mutation without a thing is tried once, for the persona's
// own authority.
func (m *matrix) eachAsker(askers []asker, c mutationCase, do func(asker, *marketRecord)) {
	for _, a := range askers {
		if c.kind == "" {
			x := &marketRecord{name: "nothing"}
			for _, o := range m.recordsOfKind("Organisation") {
				if o.name == a.organisation {
					x.authority = a.organisation
				}
			}
			do(a, x)
		}
		for _, name := range c.names {
			do(a, m.findRecord(c.kind, name))
		}
	}
}

// digestTables differs whenever a row of any table was written, except the memory of retries, which keeps refusals. It
// adds up the transactions that wrote the rows, and reads none of their values.
func (m *matrix) digestTables(t testing.TB) (digest string) {
	t.Helper()
	if m.digests == nil {
		var query string
		must(t, m.Admin.QueryRow(`SELECT string_agg(format('SELECT %L AS name, count(*),
			coalesce(sum(xmin::text::bigint * hashtid(ctid)), 0) AS sum FROM dps.%I', tablename, tablename), ' UNION ALL ')
			FROM pg_tables WHERE schemaname = 'dps' AND tablename <> 'idempotency'`).Scan(&query))
		var err error
		m.digests, err = m.Admin.Prepare("SELECT string_agg(d::text, ' ' ORDER BY name) FROM (" + query + ") d")
		must(t, err)
	}
	must(t, m.digests.QueryRow().Scan(&digest))
	return digest
}

func (m *matrix) askChange(t testing.TB, a asker, c mutationCase, id string) httpAnswer {
	t.Helper()
	in := c.input(m, a, id)
	if !strings.HasPrefix(c.mutation, "give") && c.mutation != "viewIdentity" && c.mutation != "uploadEvidence" ||
		c.mutation == "giveDelegation" || c.mutation == "giveNotice" {
		in["idempotencyKey"] = fmt.Sprintf("matrix key %06d", m.homes.keyCount.Add(1))
	}
	return m.postQuery(t, a.credential, mutationDocument(c.mutation, ""), fields{"input": in})
}

// problemCode is the code of a mutation's first problem.
func (a httpAnswer) problemCode(mutation string) string {
	payload, _ := a.data[mutation].(map[string]any)
	problems, _ := payload["problems"].([]any)
	if len(problems) == 0 {
		return ""
	}
	return problems[0].(map[string]any)["code"].(string)
}

// checkRefused expects that a capacity without the act is refused as a whole, and that any other finds nothing: a thing
// that it cannot see gives the same answer as one that does not exist.
func (m *matrix) checkRefused(t testing.TB, a asker, c mutationCase, x *marketRecord) {
	t.Helper()
	got := m.askChange(t, a, c, x.id)
	if !mayAsk(a.capacity, c.mutation) {
		m.checkSecret(t, got.code == "FORBIDDEN" && got.data == nil, "%s must not %s: %s", a, c.mutation, got.body)
		return
	}
	want := "NOT_FOUND"
	if a.capacity == "family" && a.codeKind != "unknown" {
		want = "WRONG_STATE" // the code is used, or for something else
	}
	m.checkSecret(t, got.code == "" && got.problemCode(c.mutation) == want, "%s must not %s of %s: %s", a, c.mutation, x.name, got.body)
	if c.kind != "" && !seesFacet(a, facetOfThing(c.kind), x) {
		nobodys := m.askChange(t, a, c, unusedID(x.id))
		m.checkSecret(t, got.whole == nobodys.whole, "%s, %s can tell %s from what does not exist:\n%s\n%s", a, c.mutation, x.name,
			got.whole, nobodys.whole)
	}
}

// checkAllowed expects that the change is made, or refused by a rule of the market.
func (m *matrix) checkAllowed(t testing.TB, a asker, c mutationCase, x *marketRecord) {
	t.Helper()
	got := m.askChange(t, a, c, x.id)
	m.checkGranted(t, got.code == "" && got.data[c.mutation] != nil && got.problemCode(c.mutation) != "NOT_FOUND", "%s may %s of %s: %s", a,
		c.mutation, x.name, got.body)
}

// crossingCases are inputs whose first thing is the persona's own and whose second is not.
var crossingCases = []struct {
	asker, mutation string
	field           string // of the second thing
	kind, name      string // it
	input           func(m *matrix, a asker) fields
}{
	{
		"Kent, commissioner", "createNeed", "lot", "Lot", "draft lot",
		func(m *matrix, a asker) fields { return m.needInputFor(a, m.findRecord("Organisation", kent).id) },
	},
	{"Surrey, commissioner", "inviteFamily", "placement", "Placement", "placement of Croydon, heard", func(m *matrix, _ asker) fields {
		return fields{"need": m.findRecord("Need", "Surrey, heard").id, "kind": "FEEDBACK", "respondent": "PARENT"}
	}},
	{"Kent, commissioner", "inviteFamily", "placement", "Placement", "placement of Croydon, heard", func(m *matrix, _ asker) fields {
		return fields{"need": m.told.Need, "kind": "FEEDBACK", "respondent": "PARENT"}
	}},
	{"Synthetic Provider 02, bids_manager", "submitOffer", "setting", "Setting", "setting 1", func(m *matrix, a asker) fields {
		return m.offerInputFor(a, m.findRecord("Need", "Kent, sealed").id)
	}},
}

// checkCrossings: a second thing that is not the persona's is as absent as the first would be.
func (m *matrix) checkCrossings(t *testing.T, askers []asker) {
	for _, crossing := range crossingCases {
		a := askers[slices.IndexFunc(askers, func(a asker) bool { return a.name == crossing.asker })]
		id := m.findRecord(crossing.kind, crossing.name).id
		ask := func(id string) httpAnswer {
			c := mutationCase{mutation: crossing.mutation, input: func(m *matrix, a asker, _ string) fields {
				in := crossing.input(m, a)
				in[crossing.field] = id
				return in
			}}
			return m.askChange(t, a, c, "")
		}
		before := m.digestTables(t)
		got, nobodys := ask(id), ask(unusedID(id))
		m.checkSecret(t, got.problemCode(crossing.mutation) == "NOT_FOUND" && got.whole == nobodys.whole, "%s, %s with %s: %s\n%s", a,
			crossing.mutation, crossing.name, got.whole, nobodys.whole)
		m.checkSecret(t, m.digestTables(t) == before, "%s, %s with %s was refused, and changed something", a, crossing.mutation, crossing.name)
	}
}
