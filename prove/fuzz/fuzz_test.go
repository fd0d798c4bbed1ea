// Package fuzz_test runs every fuzz target of the tree, one after the other.
package fuzz_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/southeasttogether/dps/prove"
)

// fuzzTarget is one fuzz function and its package.
type fuzzTarget struct{ folder, name string }

var fuzzFunction = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`)

// treeRoot is the tree, as seen from here.
const treeRoot = "../.."

// requiredTargets are the targets for everything that comes from outside. A target can be added, and none of these can
// be removed.
var requiredTargets = []string{
	"FuzzBody", "FuzzHeaders", "FuzzArguments", "FuzzAuthorization", "FuzzCursor", "FuzzID", "FuzzDecimal", "FuzzDate", "FuzzCheckAnonymous",
	"FuzzPolicyFile", "FuzzContext", "FuzzCode", "FuzzKeyFile", "FuzzUnpad", "FuzzParseHead", "FuzzDirectory",
}

// sliceTargets is how many targets a slice fuzzes, other ones for each commit.
const sliceTargets = 8

// fuzzTargets are all of the tree, as the files say.
func fuzzTargets(t *testing.T) []fuzzTarget {
	t.Helper()
	var all []fuzzTarget
	err := filepath.WalkDir(treeRoot, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "testdata" || strings.HasPrefix(entry.Name(), ".") &&
			entry.Name() != ".."):
			return fs.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, found := range fuzzFunction.FindAllStringSubmatch(string(raw), -1) {
			all = append(all, fuzzTarget{"./" + filepath.ToSlash(filepath.Dir(strings.TrimPrefix(path, treeRoot+"/"))), found[1]})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestFuzzTargetsDoNotCrash gives each target its time. The input of a failure is kept in testdata/fuzz next to the
// code, and every later `go test` tries it. In the taste the targets' own packages run their seeds, as ordinary tests.
func TestFuzzTargetsDoNotCrash(t *testing.T) {
	all := fuzzTargets(t)
	names := map[string]bool{}
	for _, one := range all {
		names[one.name] = true
	}
	for _, name := range requiredTargets {
		if !names[name] {
			t.Errorf("there is no target %s", name)
		}
	}
	time := []string{"", "1000x", "60s"}[prove.Scaled(0, 1, 2)] // a thousand inputs, or a minute
	if time == "" {
		return
	}
	prove.Random(t.Name()).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	all = all[:min(len(all), prove.Scaled(0, sliceTargets, len(all)))]
	crashes := 0
	for _, one := range all {
		if out, err := one.fuzzFor(t, time); err != nil {
			crashes++
			t.Errorf("%s in %s: %v\n%s", one.name, one.folder, err, out)
		}
	}
	prove.RecordFigure(t, "fuzz.targets", len(all))
	prove.RecordFigure(t, "fuzz.crashes", crashes)
}

var executionCount = regexp.MustCompile(`execs: (\d+)`)

// fuzzFor fuzzes one target for the given time. A target that was not tried once is an error too.
func (one fuzzTarget) fuzzFor(t *testing.T, time string) (string, error) {
	t.Helper()
	fuzz := exec.CommandContext(t.Context(), "go", "test", "-run", "^$", "-fuzz", "^"+one.name+"$", "-fuzztime", time, one.folder)
	fuzz.Dir = treeRoot
	raw, err := fuzz.CombinedOutput()
	tried := executionCount.FindAllStringSubmatch(string(raw), -1)
	if err != nil {
		return string(raw), err
	}
	if len(tried) == 0 || tried[len(tried)-1][1] == "0" {
		return string(raw), errors.New("nothing was tried")
	}
	t.Logf("%s: %s inputs", one.name, tried[len(tried)-1][1])
	return string(raw), nil
}
