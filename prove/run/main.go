// Command run proves what package prove can prove, and prints each figure with its goal. It fails when a figure falls
// short of its goal, or a test fails.
//
// go run ./prove/run -scale full
// go run ./prove/run -scale slice -seed COMMIT
// go run ./prove/run -scale slice -figures FILE, of tests that have run already
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
	isMaximum   bool // the figure may be no more than that; otherwise no less
	slice, full int
}

func atLeast(name string, slice, full int) goal { return goal{name, false, slice, full} }
func atZero(name string) goal                   { return goal{name, true, 0, 0} }

// goals are in the order in which they are printed.
var goals = []goal{
	atLeast("matrix.cells", 100_000, 100_000), atZero("matrix.leaks"), atZero("matrix.refused_wrongly"),
	atLeast("agree.pairs", 100_000, 1_000_000), atZero("agree.differences"),
	atLeast("mutants.made", 30, 300),
	{"mutants.missed", true, 0, 3},
	atZero("mutants.rls_missed"),
	atLeast("worlds.pairs", 1_000, 10_000), atZero("worlds.differences"),
	atLeast("tokens.forged", 60, 60), atZero("tokens.accepted"),
	atLeast("hostile.documents", 500, 500), atZero("hostile.over_cpu"), atZero("hostile.over_memory"),
	atLeast("fuzz.targets", 8, 8), atZero("fuzz.crashes"),
	atLeast("canaries.planted", 1_000, 1_000), atZero("canaries.found"),
	atLeast("audit.tamperings", 100, 1_000), atZero("audit.missed"),
	atLeast("walks.steps", 100, 5_000),
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
		return runProof(scale, seed)
	}
	figures, err := readFigures(recorded)
	if err != nil {
		return false, err
	}
	return printReport(figures, scale), nil
}

// runProof runs the tests and says whether they passed and every figure is good.
func runProof(scale, seed string) (bool, error) {
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
	figures, err := readFigures(path)
	if err != nil {
		return false, err
	}
	return printReport(figures, scale) && failed == nil, nil
}

// readFigures adds up the figures.
func readFigures(path string) (map[string]int, error) {
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

// printReport prints the figures, last of all, and says whether each is good.
func printReport(figures map[string]int, scale string) bool {
	var short []string
	for _, g := range goals {
		value, ok := figures[g.name]
		want := g.full
		if scale == "slice" {
			want = g.slice
		}
		if !ok || g.isMaximum && value > want || !g.isMaximum && value < want {
			short = append(short, fmt.Sprintf("%s is %d (recorded: %t), its goal %d", g.name, value, ok, want))
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
