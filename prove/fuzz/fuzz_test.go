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

// target is one fuzz function and its package.
type target struct{ folder, name string }

var function = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`)

// root is the tree, as seen from here.
const root = "../.."

// required are targets by what comes in from outside; a target may be added, and none of these may go.
var required = []string{
	"FuzzBody", "FuzzHeaders", "FuzzArguments", "FuzzAuthorization", "FuzzCursor", "FuzzID", "FuzzDecimal", "FuzzDate", "FuzzCheckAnonymous",
	"FuzzPolicyFile", "FuzzContext", "FuzzCode", "FuzzKeyFile", "FuzzUnpad", "FuzzParseHead", "FuzzDirectory",
}

// targets are all of the tree, as the files say.
func targets(t *testing.T) []target {
	t.Helper()
	var all []target
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "testdata" || strings.HasPrefix(entry.Name(), ".") && entry.Name() != ".."):
			return fs.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, found := range function.FindAllStringSubmatch(string(raw), -1) {
			all = append(all, target{"./" + filepath.ToSlash(filepath.Dir(strings.TrimPrefix(path, root+"/"))), found[1]})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestFuzz gives each target its time. What made one fail is kept below testdata/fuzz beside the code, to be tried by every
// `go test` from then on. In the taste the targets' own packages run their seeds, as ordinary tests.
func TestFuzz(t *testing.T) {
	all := targets(t)
	names := map[string]bool{}
	for _, one := range all {
		names[one.name] = true
	}
	for _, name := range required {
		if !names[name] {
			t.Errorf("there is no target %s", name)
		}
	}
	time := []string{"", "1000x", "60s"}[prove.Size(0, 1, 2)] // a thousand inputs, or a minute
	if time == "" {
		return
	}
	crashes := 0
	for _, one := range all {
		if out, err := one.run(t, time); err != nil {
			crashes++
			t.Errorf("%s in %s: %v\n%s", one.name, one.folder, err, out)
		}
	}
	prove.Record(t, "fuzz.targets", len(all))
	prove.Record(t, "fuzz.crashes", crashes)
}

var executions = regexp.MustCompile(`execs: (\d+)`)

// run fuzzes one target for so long. A target that was not tried once is an error too.
func (one target) run(t *testing.T, time string) (string, error) {
	t.Helper()
	fuzz := exec.CommandContext(t.Context(), "go", "test", "-run", "^$", "-fuzz", "^"+one.name+"$", "-fuzztime", time, one.folder)
	fuzz.Dir = root
	raw, err := fuzz.CombinedOutput()
	tried := executions.FindAllStringSubmatch(string(raw), -1)
	if err != nil {
		return string(raw), err
	}
	if len(tried) == 0 || tried[len(tried)-1][1] == "0" {
		return string(raw), errors.New("nothing was tried")
	}
	t.Logf("%s: %s inputs", one.name, tried[len(tried)-1][1])
	return string(raw), nil
}
