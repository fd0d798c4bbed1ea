package chaos

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// builtProgram builds dps for this test.
func builtProgram(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "dps")
	if said, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "../../cmd/dps").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, said)
	}
	return binary
}

// TestFaultsLoseNothing is a short form of `make chaos`: three kills of each kind of process, and guards that are taken away.
func TestFaultsLoseNothing(t *testing.T) {
	var out bytes.Buffer
	// How fast it recovers is judged by make chaos alone, because a test must not fail on a slow machine.
	_, err := Run(t.Context(), Options{
		Binary: builtProgram(t), Scenarios: []string{"controls", "kills"}, Short: true, Log: t.Output(), Out: &out,
	})
	if err != nil {
		t.Errorf("%v\n%s", err, &out)
	}
	for _, line := range []string{
		"chaos.server_kills: 3", "chaos.postgres_kills: 3", "chaos.worker_kills: 3", "chaos.acknowledged_lost: 0", "chaos.doubled: 0",
		"chaos.half_done: 0", "chaos.wrong_success: 0", "chaos.invariants_broken: 0", "chaos.negative_controls_missed: 0",
		"chaos.promotions: skipped",
	} {
		if !strings.Contains(out.String(), line+"\n") {
			t.Errorf("no line %q in\n%s", line, &out)
		}
	}
}

func TestReport(t *testing.T) {
	for _, c := range []struct {
		name  string
		fill  func(*report)
		good  bool
		lines []string
	}{
		{"nothing was run", func(*report) {}, true, []string{"chaos.doubled: skipped", "chaos.server_kills: skipped"}},
		{"nothing was found", func(r *report) { r.addFindings("chaos.doubled", nil) }, true, []string{"chaos.doubled: 0"}},
		{"something was found", func(r *report) { r.addFindings("chaos.doubled", []string{"a key"}) }, false, []string{"chaos.doubled: 1"}},
		{"too few faults", func(r *report) { r.add("chaos.server_kills", 99) }, false, []string{"chaos.server_kills: 99"}},
		{"enough faults", func(r *report) { r.add("chaos.server_kills", 100) }, true, []string{"chaos.server_kills: 100"}},
		{"too slow", func(r *report) { r.worst("chaos.recovery_s", 3.25) }, false, []string{"chaos.recovery_s: 3.25"}},
		{"a tool is missing", func(r *report) { r.skip("chaos.pooler_wrong", "no pgbouncer") }, true, []string{
			"chaos.pooler_wrong: skipped (no pgbouncer)",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			r := newReport(t.Output())
			c.fill(r)
			if good := r.print(&out, false); good != c.good {
				t.Errorf("good: %v", good)
			}
			for _, line := range c.lines {
				if !strings.Contains(out.String(), line+"\n") {
					t.Errorf("no line %q in\n%s", line, &out)
				}
			}
		})
	}
}

func TestScenarioWithoutAName(t *testing.T) {
	if _, err := Run(t.Context(), Options{Scenarios: []string{"nonsense"}}); err == nil || !strings.Contains(err.Error(), "kills") {
		t.Errorf("%v", err)
	}
}
