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

// TestMatrixOfRights asks, over HTTP and as everybody, for everything: each field of each type by every path that leads
// there, and each mutation. Only the tables of expectations say what is allowed.
func TestMatrixOfRights(t *testing.T) {
	m := &matrix{stagedMarket: newStagedMarket(t)}
	t.Cleanup(func() { m.recordFigures(t) })
	m.schema = m.readSchema(t)
	if unknown := m.schema.findUnexpected(); unknown != nil {
		t.Fatalf("the expectations and the schema differ:\n%s", strings.Join(unknown, "\n"))
	}
	askers := askersOf(t, m.stagedMarket)
	t.Run("tokens", m.checkBadTokens)
	t.Run("capacities", func(t *testing.T) { m.checkCapacities(t, askers) })
	t.Run("reading", func(t *testing.T) { m.checkReading(t, askers) })
	t.Run("changing", func(t *testing.T) { m.checkChanges(t, askers) })
	t.Logf("%d askers, %d things, %d types, %d cells", len(askers), len(m.records), len(m.schema.objects), m.cells)
}

// matrix is the asking of everything.
type matrix struct {
	*stagedMarket
	schema        *shownSchema
	cells         int // how many answers were held against an expectation
	leaks         int // of these, how many showed or did what they should not, or otherwise than they should
	wrongRefusals int // of these, how many showed or did what they should not, or differed from what they should

	digests *sql.Stmt
}

// recordFigures adds what was found to the figures of the proof.
func (m *matrix) recordFigures(t testing.TB) {
	t.Helper()
	prove.RecordFigure(t, "matrix.cells", m.cells)
	prove.RecordFigure(t, "matrix.leaks", m.leaks)
	prove.RecordFigure(t, "matrix.refused_wrongly", m.wrongRefusals)
}

// checkSecret counts an answer that keeps a secret or is the same by another path, and reports one that differs from
// what is expected.
func (m *matrix) checkSecret(t testing.TB, right bool, format string, args ...any) {
	t.Helper()
	m.countCell(t, right, &m.leaks, format, args...)
}

// checkGranted counts an answer that shows or does what the persona has access to, and reports a refusal.
func (m *matrix) checkGranted(t testing.TB, right bool, format string, args ...any) {
	t.Helper()
	m.countCell(t, right, &m.wrongRefusals, format, args...)
}

// checkShown counts an answer in which something is either seen or not.
func (m *matrix) checkShown(t testing.TB, seen, want bool, format string, args ...any) {
	t.Helper()
	if want {
		m.checkGranted(t, seen, format, args...)
	} else {
		m.checkSecret(t, !seen, format, args...)
	}
}

// countCell counts a cell. After many faults it only counts.
func (m *matrix) countCell(t testing.TB, right bool, faults *int, format string, args ...any) {
	t.Helper()
	m.cells++
	if right {
		return
	}
	if *faults++; m.leaks+m.wrongRefusals > 200 {
		t.FailNow()
	}
	t.Errorf(format, args...)
}

// unusedID is an id of the same form that nothing has.
func unusedID(like string) string {
	kind, _, _ := strings.Cut(like, "_")
	return opaqueID(kind, uuid.New())
}

func unusedIDs(like []string) []string {
	ids := make([]string, len(like))
	for i, id := range like {
		ids[i] = unusedID(id)
	}
	return ids
}

func idsOf(things []*marketRecord) []string {
	ids := make([]string, len(things))
	for i, x := range things {
		ids[i] = x.id
	}
	return ids
}

// recordsOfKind are the things of a type.
func (m *matrix) recordsOfKind(kind string) (all []*marketRecord) {
	for _, x := range m.records {
		if x.kind == kind {
			all = append(all, x)
		}
	}
	return all
}

// nodesQuery reads several ids by node, each under an alias.
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

// checkCapacities asks, in each capacity, for each field of each type, and for each type by each way that leads to it.
// The document is refused as a whole unless the capacity can ask for everything on the way.
func (m *matrix) checkCapacities(t *testing.T, askers []asker) {
	all, seen := m.routesByType(t), []string(nil)
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
				m.checkRoute(t, a, m.schema.extendRoute(routes[0], typ, f))
			}
			for _, r := range routes[1:] {
				m.checkRoute(t, a, r)
			}
		}
	}
	if len(seen) != len(strings.Fields(everyCapacity)) {
		t.Errorf("asked in the capacities %v", seen)
	}
}
