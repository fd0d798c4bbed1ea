package canary_test

import (
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/prove"
)

// captureOutput keeps what is logged, at every level, and what is written to standard error, until the test ends.
func captureOutput(t *testing.T) (logged *lockedBuffer, stderr func() []byte) {
	t.Helper()
	logged = &lockedBuffer{}
	path := filepath.Join(t.TempDir(), "stderr")
	f, err := os.Create(path)
	must(t, err)
	before, terminal := slog.Default(), os.Stderr
	slog.SetDefault(slog.New(slog.NewJSONHandler(logged, &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: true})))
	os.Stderr = f
	t.Cleanup(func() {
		slog.SetDefault(before)
		os.Stderr = terminal
		_ = f.Close()
	})
	return logged, func() []byte {
		raw, err := os.ReadFile(path)
		must(t, err)
		return raw
	}
}

// TestNoSecretIsFoundWhereItMustNotBe plants secrets, lets things go wrong, and looks for each secret at every place
// where it must not be.
func TestNoSecretIsFoundWhereItMustNotBe(t *testing.T) {
	logged, stderr := captureOutput(t)
	w := newWorld(t)
	w.plantStories(prove.Scaled(2, 35, 35), prove.Scaled(1, 2, 8), prove.Scaled(5, 7, 10))
	w.sendRefusedInputs()
	names := slices.Sorted(maps.Keys(failures))
	w.random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	w.tryWhileFailing(names[:prove.Scaled(2, len(names), len(names))])
	if prove.Scaled(0, 1, 1) == 1 {
		w.waitForTimeout()
	}
	w.dumpTables()
	needs := slices.Clone(w.needs)
	w.random.Shuffle(len(needs), func(i, j int) { needs[i], needs[j] = needs[j], needs[i] })
	all := w.peopleWhoLook()
	for _, p := range all[:prove.Scaled(8, len(all), len(all))] {
		w.readOverAPI(p, needs[:prove.Scaled(2, 3, len(needs))])
	}
	tables := w.tableColumns()
	for _, p := range append(all[len(all)-prove.Scaled(2, len(all), len(all)):], demo.Persona{Key: "keeper", Capacity: policy.Keeper},
		demo.Persona{Key: "worker", Capacity: policy.Worker}, demo.Persona{Key: "importer", Capacity: policy.Importer}) {
		w.readAsRole(p, tables)
	}
	if prove.Scaled(0, 1, 1) == 1 {
		w.searchDataFiles()
	}
	w.searchOutput(logged.bytesSoFar(), stderr())
	w.requireSightings()
	t.Logf("looked at %d places", w.lookCount)
	prove.RecordFigure(t, "canaries.planted", w.count)
	prove.RecordFigure(t, "canaries.found", len(w.found))
}

// peopleWhoLook are all people, in a random order. Those who know what is ciphertext in the database come first, one
// for each.
func (w *world) peopleWhoLook() []demo.Persona {
	w.t.Helper()
	first := []demo.Persona{officerOf("Kent", policy.Commissioner), officerOf("Kent", policy.SafeguardingLead), bidsManagerOf(1)}
	rest := append(slices.DeleteFunc(allPeople(), func(p demo.Persona) bool { return slices.Contains(first, p) }), demo.Persona{
		Key:      "family",
		Capacity: policy.Family,
	})
	w.random.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
	return append(first, rest...)
}

// requireSightings: everybody who is allowed to know a kind of secret must have seen it. Otherwise the search itself
// was blind.
func (w *world) requireSightings() {
	w.t.Helper()
	for kind, knowers := range knowersByKind {
		if len(knowers) > 0 && w.seen[kind] == 0 {
			w.t.Errorf("nobody has seen any %s", kind)
		}
	}
}
