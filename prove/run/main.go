// Command run proves what package prove can prove, and prints each figure beside its goal. It fails when a figure falls
// short of its goal, or a test fails.
//
//	go run ./prove/run -scale full
//	go run ./prove/run -scale slice -seed COMMIT
//	go run ./prove/run -scale slice -figures FILE, of tests that have run already
package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/southeasttogether/dps/prove"
)

// goal is what a figure has to be, at each scale.
type goal struct {
	name        string
	most        bool // the figure may be no more than that; otherwise no less
	slice, full int
}

func least(name string, slice, full int) goal { return goal{name, false, slice, full} }
func none(name string) goal                   { return goal{name, true, 0, 0} }

// goals are in the order in which they are printed.
var goals = []goal{
	least("matrix.cells", 100_000, 100_000), none("matrix.leaks"), none("matrix.refused_wrongly"),
	least("agree.pairs", 100_000, 1_000_000), none("agree.differences"),
	least("mutants.made", 30, 300), {"mutants.missed", true, 0, 3}, none("mutants.rls_missed"),
	least("worlds.pairs", 1_000, 10_000), none("worlds.differences"),
	least("tokens.forged", 60, 60), none("tokens.accepted"),
	least("hostile.documents", 500, 500), none("hostile.over_cpu"), none("hostile.over_memory"),
	least("fuzz.targets", 8, 8), none("fuzz.crashes"),
	least("canaries.planted", 1_000, 1_000), none("canaries.found"),
	least("audit.tamperings", 100, 1_000), none("audit.missed"),
}

func main() {
	scale := flag.String("scale", "full", "how much to prove: slice or full")
	seed := flag.String("seed", "", "chooses what a slice holds: the commit")
	recorded := flag.String("figures", "", "the file of figures that tests have recorded: runs none, and holds these against the goals")
	flag.Parse()
	if *scale != "full" && *scale != "slice" {
		fmt.Fprintln(os.Stderr, "-scale is slice or full")
		os.Exit(2)
	}
	proved, err := proveOrRead(*scale, *seed, *recorded)
	if err != nil {
		fmt.Fprintln(os.Stderr, "prove:", err)
	}
	if err != nil || !proved {
		os.Exit(1)
	}
}

func proveOrRead(scale, seed, recorded string) (bool, error) {
	if recorded == "" {
		return run(scale, seed)
	}
	figures, err := read(recorded)
	if err != nil {
		return false, err
	}
	return report(figures, scale), nil
}

// run runs the tests and says whether they passed and every figure is good.
func run(scale, seed string) (bool, error) {
	folder, err := os.MkdirTemp("", "prove-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "figures")
	tests := exec.Command("go", "test", "-count=1", "-timeout", "60m", "./prove/...", "./e2e/...")
	tests.Env = append(os.Environ(), prove.ScaleVariable+"="+scale, prove.SeedVariable+"="+seed, prove.FiguresVariable+"="+path)
	tests.Stdout, tests.Stderr = os.Stdout, os.Stderr
	failed := tests.Run()
	figures, err := read(path)
	if err != nil {
		return false, err
	}
	return report(figures, scale) && failed == nil, nil
}

// read adds up the figures.
func read(path string) (map[string]int, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("no figure was recorded: %w", err)
	}
	defer f.Close()
	figures := map[string]int{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var name string
		var value int
		if _, err := fmt.Sscanf(lines.Text(), "%s %d", &name, &value); err != nil {
			return nil, fmt.Errorf("figure %q: %w", lines.Text(), err)
		}
		figures[name] += value
	}
	return figures, nil
}

// report prints the figures, last of all, and says whether each is good.
func report(figures map[string]int, scale string) bool {
	var short []string
	for _, g := range goals {
		value, recorded := figures[g.name]
		want := g.full
		if scale == "slice" {
			want = g.slice
		}
		if !recorded || g.most && value > want || !g.most && value < want {
			short = append(short, fmt.Sprintf("%s is %d (recorded: %t), its goal %d", g.name, value, recorded, want))
		}
	}
	if len(short) > 0 {
		fmt.Println(strings.Join(short, "\n"))
	}
	fmt.Println()
	for _, g := range goals {
		fmt.Printf("%s: %d\n", g.name, figures[g.name])
	}
	return len(short) == 0
}
