package e2e_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// changing asks for each mutation as everybody. First all that is to be refused, with inputs that would be right for
// who may, and nothing in the database is another after it; then what is allowed.
func (m *matrix) changing(t *testing.T, askers []asker) {
	groups := byDelegation(askers)
	acts := slices.Sorted(maps.Keys(groups))
	for _, act := range acts {
		m.delegate(t, act)
		before := m.digest(t)
		for _, c := range changes {
			m.each(groups[act], c, func(a asker, x *thing) {
				if !may(a, c.mutation, x) {
					m.refuses(t, a, c, x)
				}
			})
			after := m.digest(t)
			m.cell(t, after == before, "%s was refused, and changed something", c.mutation)
			before = after
		}
	}
	m.crossed(t, askers)
	for _, act := range acts {
		m.delegate(t, act)
		for _, c := range changes {
			m.each(groups[act], c, func(a asker, x *thing) {
				if may(a, c.mutation, x) {
					m.allows(t, a, c, x)
				}
			})
		}
	}
}

// each goes through who asks and what for. A mutation without a thing is asked for once, of the asker's own authority.
func (m *matrix) each(askers []asker, c change, do func(asker, *thing)) {
	for _, a := range askers {
		if c.kind == "" {
			x := &thing{name: "nothing"}
			for _, o := range m.ofKind("Organisation") {
				if o.name == a.of {
					x.authority = a.of
				}
			}
			do(a, x)
		}
		for _, name := range c.names {
			do(a, m.find(c.kind, name))
		}
	}
}

// digest is another whenever a row of any table was written, but for the memory of retries, which keeps refusals. It adds
// up the transactions that wrote the rows, and reads none of their values.
func (m *matrix) digest(t testing.TB) (digest string) {
	t.Helper()
	if m.digests == nil {
		var query string
		must(t, m.Admin.QueryRow(`SELECT string_agg(format('SELECT %L AS name, count(*), coalesce(sum(xmin::text::bigint * hashtid(ctid)), 0) AS sum FROM dps.%I', tablename, tablename), ' UNION ALL ')
			FROM pg_tables WHERE schemaname = 'dps' AND tablename <> 'idempotency'`).Scan(&query))
		var err error
		m.digests, err = m.Admin.Prepare("SELECT string_agg(d::text, ' ' ORDER BY name) FROM (" + query + ") d")
		must(t, err)
	}
	must(t, m.digests.QueryRow().Scan(&digest))
	return digest
}

func (m *matrix) change(t testing.TB, a asker, c change, id string) answer {
	t.Helper()
	in := c.input(m, a, id)
	if !strings.HasPrefix(c.mutation, "give") && c.mutation != "viewIdentity" && c.mutation != "uploadEvidence" || c.mutation == "giveDelegation" {
		in["idempotencyKey"] = fmt.Sprintf("matrix key %06d", m.homes.keys.Add(1))
	}
	return m.post(t, a.credential, mutationDocument(c.mutation, ""), fields{"input": in})
}

// problem is the code of a mutation's first problem.
func (a answer) problem(mutation string) string {
	payload, _ := a.data[mutation].(map[string]any)
	problems, _ := payload["problems"].([]any)
	if len(problems) == 0 {
		return ""
	}
	return problems[0].(map[string]any)["code"].(string)
}

// refuses expects that a capacity that has no such act is refused as a whole, and that any other finds nothing there:
// for a thing that it does not see, with the same answer as for one that does not exist.
func (m *matrix) refuses(t testing.TB, a asker, c change, x *thing) {
	t.Helper()
	got := m.change(t, a, c, x.id)
	if !mayAsk(a.capacity, c.mutation) {
		m.cell(t, got.code == "FORBIDDEN" && got.data == nil, "%s may not %s: %s", a, c.mutation, got.body)
		return
	}
	want := "NOT_FOUND"
	if a.capacity == "family" && a.code != "unknown" {
		want = "WRONG_STATE" // the code is used, or for something else
	}
	m.cell(t, got.code == "" && got.problem(c.mutation) == want, "%s may not %s of %s: %s", a, c.mutation, x.name, got.body)
	if c.kind != "" && !sees(a, facetOfThing(c.kind), x) {
		nobodys := m.change(t, a, c, nobodysID(x.id))
		m.cell(t, got.whole == nobodys.whole, "%s, %s can tell %s from what does not exist:\n%s\n%s", a, c.mutation, x.name, got.whole, nobodys.whole)
	}
}

// allows expects that it is done, or refused by a rule of the market.
func (m *matrix) allows(t testing.TB, a asker, c change, x *thing) {
	t.Helper()
	got := m.change(t, a, c, x.id)
	m.granted(t, got.code == "" && got.data[c.mutation] != nil && got.problem(c.mutation) != "NOT_FOUND", "%s may %s of %s: %s", a, c.mutation, x.name, got.body)
}

// crossings are inputs whose first thing is the asker's own and whose second one is not.
var crossings = []struct {
	asker, mutation string
	field           string // of the second thing
	kind, name      string // it
	input           func(m *matrix, a asker) fields
}{
	{"Kent, commissioner", "createNeed", "lot", "Lot", "draft lot", func(m *matrix, a asker) fields { return m.needFor(a, m.find("Organisation", kent).id) }},
	{"Surrey, commissioner", "inviteFamily", "placement", "Placement", "placement of Croydon, heard", func(m *matrix, _ asker) fields {
		return fields{"need": m.find("Need", "Surrey, heard").id, "kind": "FEEDBACK", "respondent": "PARENT"}
	}},
	{"Kent, commissioner", "inviteFamily", "placement", "Placement", "placement of Croydon, heard", func(m *matrix, _ asker) fields {
		return fields{"need": m.told.Need, "kind": "FEEDBACK", "respondent": "PARENT"}
	}},
	{"Synthetic Provider 02, bids_manager", "submitOffer", "setting", "Setting", "setting 1", func(m *matrix, a asker) fields {
		return m.offerFor(a, m.find("Need", "Kent, sealed").id)
	}},
}

// crossed: a second thing that is not the asker's is as absent as the first would be.
func (m *matrix) crossed(t *testing.T, askers []asker) {
	for _, crossing := range crossings {
		a := askers[slices.IndexFunc(askers, func(a asker) bool { return a.name == crossing.asker })]
		id := m.find(crossing.kind, crossing.name).id
		ask := func(id string) answer {
			c := change{mutation: crossing.mutation, input: func(m *matrix, a asker, _ string) fields {
				in := crossing.input(m, a)
				in[crossing.field] = id
				return in
			}}
			return m.change(t, a, c, "")
		}
		before := m.digest(t)
		got, nobodys := ask(id), ask(nobodysID(id))
		m.cell(t, got.problem(crossing.mutation) == "NOT_FOUND" && got.whole == nobodys.whole, "%s, %s with %s: %s\n%s", a, crossing.mutation, crossing.name, got.whole, nobodys.whole)
		m.cell(t, m.digest(t) == before, "%s, %s with %s was refused, and changed something", a, crossing.mutation, crossing.name)
	}
}
