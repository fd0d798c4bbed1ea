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

// listen keeps what is logged, at every level, and what is written to standard error, until the test ends.
func listen(t *testing.T) (logged *buffer, stderr func() []byte) {
	t.Helper()
	logged = &buffer{}
	path := filepath.Join(t.TempDir(), "stderr")
	f, err := os.Create(path)
	must(t, err)
	before, real := slog.Default(), os.Stderr
	slog.SetDefault(slog.New(slog.NewJSONHandler(logged, &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: true})))
	os.Stderr = f
	t.Cleanup(func() {
		slog.SetDefault(before)
		os.Stderr = real
		_ = f.Close()
	})
	return logged, func() []byte {
		raw, err := os.ReadFile(path)
		must(t, err)
		return raw
	}
}

// TestCanaries plants secrets, lets things go wrong, and looks for each secret at every place where it may not be.
func TestCanaries(t *testing.T) {
	logged, stderr := listen(t)
	w := newWorld(t)
	w.plant(prove.Size(2, 35, 35), prove.Size(1, 5, 8), prove.Size(5, 7, 10))
	w.refuse()
	names := slices.Sorted(maps.Keys(ways))
	w.random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	w.fail(names[:prove.Size(2, len(names), len(names))])
	if prove.Size(0, 1, 1) == 1 {
		w.wait()
	}
	w.dump()
	needs := slices.Clone(w.needs)
	w.random.Shuffle(len(needs), func(i, j int) { needs[i], needs[j] = needs[j], needs[i] })
	all := w.lookers()
	for _, p := range all[:prove.Size(8, len(all), len(all))] {
		w.overAPI(p, needs[:prove.Size(2, 12, len(needs))])
	}
	tables := w.tables()
	for _, p := range append(all[len(all)-prove.Size(2, len(all), len(all)):], demo.Persona{Key: "keeper", Capacity: policy.Keeper}, demo.Persona{Key: "worker", Capacity: policy.Worker}, demo.Persona{Key: "importer", Capacity: policy.Importer}) {
		w.withRole(p, tables)
	}
	if prove.Size(0, 1, 1) == 1 {
		w.files()
	}
	w.sinks(logged.text(), stderr())
	w.control()
	t.Logf("looked at %d places", w.looked)
	prove.Record(t, "canaries.planted", w.count)
	prove.Record(t, "canaries.found", len(w.found))
}

// lookers are all who look, in a random order behind those of whom one each knows what is ciphertext in the database.
func (w *world) lookers() []demo.Persona {
	w.t.Helper()
	first := []demo.Persona{person("Kent", policy.Commissioner), person("Kent", policy.SafeguardingLead), bidder(1)}
	rest := append(slices.DeleteFunc(people(), func(p demo.Persona) bool { return slices.Contains(first, p) }), demo.Persona{Key: "family", Capacity: policy.Family})
	w.random.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
	return append(first, rest...)
}

// control: whoever may know a kind of secret has seen it, or the looking itself was blind.
func (w *world) control() {
	w.t.Helper()
	for kind, knowers := range knows {
		if len(knowers) > 0 && w.seen[kind] == 0 {
			w.t.Errorf("nobody has seen any %s", kind)
		}
	}
}
