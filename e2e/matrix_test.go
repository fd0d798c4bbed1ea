package e2e_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/prove"
)

// TestTheMatrixOfRights asks, over HTTP and as everybody, for everything: each field of each type by every path that
// leads there, and each mutation. What is allowed stands in the tables of expectations and nowhere else.
func TestTheMatrixOfRights(t *testing.T) {
	m := &matrix{moments: newMoments(t)}
	t.Cleanup(func() { m.record(t) })
	m.schema = m.showsItself(t)
	if unknown := m.schema.unknown(); unknown != nil {
		t.Fatalf("the expectations and the schema differ:\n%s", strings.Join(unknown, "\n"))
	}
	askers := askersOf(t, m.moments)
	t.Run("tokens", m.tokens)
	t.Run("capacities", func(t *testing.T) { m.capacities(t, askers) })
	t.Run("reading", func(t *testing.T) { m.reading(t, askers) })
	t.Run("changing", func(t *testing.T) { m.changing(t, askers) })
	t.Logf("%d askers, %d things, %d types, %d cells", len(askers), len(m.things), len(m.schema.objects), m.cells)
}

// matrix is the asking of everything.
type matrix struct {
	*moments
	schema *schemaShown
	cells  int // how many answers were held against an expectation
	leaks  int // of these, how many showed or did what they should not, or otherwise than they should
	denied int // and how many refused what they should not

	digests *sql.Stmt
}

// record adds what was found to the figures of the proof.
func (m *matrix) record(t testing.TB) {
	t.Helper()
	prove.Record(t, "matrix.cells", m.cells)
	prove.Record(t, "matrix.leaks", m.leaks)
	prove.Record(t, "matrix.refused_wrongly", m.denied)
}

// cell counts an answer that keeps a secret or is the same by another path, and reports it when it is not as expected.
func (m *matrix) cell(t testing.TB, right bool, format string, args ...any) bool {
	t.Helper()
	return m.count(t, right, &m.leaks, format, args...)
}

// granted counts an answer that shows or does what the asker may have, and reports a refusal.
func (m *matrix) granted(t testing.TB, right bool, format string, args ...any) bool {
	t.Helper()
	return m.count(t, right, &m.denied, format, args...)
}

// shown counts an answer in which something is either seen or not.
func (m *matrix) shown(t testing.TB, seen, want bool, format string, args ...any) bool {
	t.Helper()
	if want {
		return m.granted(t, seen, format, args...)
	}
	return m.cell(t, !seen, format, args...)
}

// count counts a cell. After many faults only their number matters.
func (m *matrix) count(t testing.TB, right bool, faults *int, format string, args ...any) bool {
	t.Helper()
	m.cells++
	if right {
		return true
	}
	if *faults++; m.leaks+m.denied > 200 {
		t.FailNow()
	}
	t.Errorf(format, args...)
	return false
}

// nobodysID is an id of the same form as another's that nothing has.
func nobodysID(like string) string {
	kind, _, _ := strings.Cut(like, "_")
	return opaque(kind, uuid.New())
}

func nobodysIDs(like []string) []string {
	ids := make([]string, len(like))
	for i, id := range like {
		ids[i] = nobodysID(id)
	}
	return ids
}

func idsOf(things []*thing) []string {
	ids := make([]string, len(things))
	for i, x := range things {
		ids[i] = x.id
	}
	return ids
}

// ofKind are the things of a type.
func (m *matrix) ofKind(kind string) (all []*thing) {
	for _, x := range m.things {
		if x.kind == kind {
			all = append(all, x)
		}
	}
	return all
}

// nodesQuery asks for several ids by node, each under an alias.
func nodesQuery(ids []string, selection string) string {
	var b strings.Builder
	b.WriteString("{")
	for i, id := range ids {
		fmt.Fprintf(&b, " n%d: node(id: %q) { %s }", i, id, selection)
	}
	b.WriteString(" }")
	return b.String()
}

const entitiesQuery = "query($of: [_Any!]!) { _entities(representations: $of) { %s } }"

func representations(kind string, ids []string) fields {
	all := make([]fields, len(ids))
	for i, id := range ids {
		all[i] = fields{"__typename": kind, "id": id}
	}
	return fields{"of": all}
}

// capacities asks, in each capacity, for each field of each type, and for each type by each way that leads to it: the
// document is refused as a whole unless the capacity may ask for all that stands on the way.
func (m *matrix) capacities(t *testing.T, askers []asker) {
	all, seen := m.routes(t), []string(nil)
	for _, a := range askers {
		if slices.Contains(seen, a.capacity) {
			continue
		}
		seen = append(seen, a.capacity)
		for _, typ := range m.schema.typesInOrder() {
			routes := all[typ]
			if typ == "Mutation" { // each is a route to its payload
				continue
			}
			for _, f := range m.schema.objects[typ].Fields {
				m.usable(t, a, m.schema.step(routes[0], typ, f))
			}
			for _, r := range routes[1:] {
				m.usable(t, a, r)
			}
		}
	}
	if len(seen) != len(strings.Fields(everyone)) {
		t.Errorf("asked in the capacities %v", seen)
	}
}
