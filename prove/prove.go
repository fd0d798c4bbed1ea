// Package prove shows that nobody sees or does what they have no access to. How much its tests prove can be set: a
// taste with every `make test`, a slice in CI, everything with `make prove`. Each records its figures. prove/run adds
// them up, compares them with the goals, and prints them.
package prove

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"testing"
)

// The environment variables by which prove/run tells the tests what to do.
const (
	ScaleVariable   = "DPS_PROVE"         // "", "slice" or "full"
	SeedVariable    = "DPS_PROVE_SEED"    // any text: the commit, in CI
	FiguresVariable = "DPS_PROVE_FIGURES" // file to which figures are added
)

// Scaled is how much a test does: a taste by default, more for a slice, everything for the whole proof.
func Scaled(taste, slice, full int) int {
	switch os.Getenv(ScaleVariable) {
	case "full":
		return full
	case "slice":
		return slice
	default:
		return taste
	}
}

// Random is a source that is the same for the same seed and name, and another one for another commit.
func Random(name string) *rand.Rand {
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(os.Getenv(SeedVariable) + "|" + name))
	return rand.New(rand.NewPCG(sum.Sum64(), uint64(len(name))))
}

// RecordFigure adds to a figure. Figures with the same name are added up, so that several tests can share one.
func RecordFigure(t testing.TB, name string, value int) {
	t.Helper()
	t.Logf("%s: %d", name, value)
	path := os.Getenv(FiguresVariable)
	if path == "" {
		return
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	_, err = fmt.Fprintf(f, "%s %d\n", name, value)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		t.Fatal(err)
	}
}
