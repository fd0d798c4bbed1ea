package chaos

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
)

// figure is one line of the report and what it has to be.
type figure struct {
	name        string
	atLeast     bool // otherwise at most
	short, full float64
	measured    bool // no bound: what is measured is told
}

func atLeast(name string, short, full float64) figure {
	return figure{name: name, atLeast: true, short: short, full: full}
}
func atMost(name string, most float64) figure { return figure{name: name, short: most, full: most} }
func noBound(name string) figure              { return figure{name: name, measured: true} }

// figures are in the order in which they are printed.
var figures = []figure{
	atLeast("chaos.server_kills", 3, 100), atLeast("chaos.postgres_kills", 3, 100), atLeast("chaos.worker_kills", 3, 100),
	atLeast("chaos.promotions", 2, 20), atLeast("chaos.network_faults", 10, 100),
	atMost("chaos.acknowledged_lost", 0), atMost("chaos.doubled", 0), atMost("chaos.half_done", 0), atMost("chaos.invariants_broken", 0),
	atMost("chaos.negative_controls_missed", 0), atMost("chaos.hung", 0), atMost("chaos.recovery_s", 3), atMost("chaos.wrong_success", 0),
	atMost("chaos.clock_decisions_changed", 0), atMost("chaos.failed_in_rolling_restart", 0), atMost("chaos.health_false_alarms", 0),
	atMost("chaos.rss_mb_under_uploads", 200), atMost("chaos.migrations_under_traffic_failed", 0), atMost("chaos.pooler_wrong", 0),
	atMost("chaos.wrong_keys_accepted", 0), atMost("chaos.restore_lost_s", 60), noBound("chaos.restore_min"),
	atMost("chaos.idle_cpu_percent", 2), atMost("chaos.unsealed_alarm_s", 10),
}

// report collects the figures of a run. What no scenario has measured is skipped, and never 0.
type report struct {
	log io.Writer

	mu     sync.Mutex
	values map[string]float64
	why    map[string]string // of what was skipped
}

func newReport(log io.Writer) *report {
	return &report{log: log, values: map[string]float64{}, why: map[string]string{}}
}

// add adds to a figure that several scenarios share; adding 0 says that it was measured.
func (r *report) add(name string, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.values[name] += float64(n)
}

// worst keeps the highest of several measurements.
func (r *report) worst(name string, value float64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.values[name] = max(r.values[name], value)
}

// skip says why a figure cannot be measured here.
func (r *report) skip(name, why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.why[name] = why
}

func (r *report) addFindings(name string, findings []string) {
	r.add(name, len(findings))
	for _, words := range findings[:min(len(findings), 5)] {
		r.note("%s: %s", name, words)
	}
}

func (r *report) note(format string, args ...any) { fmt.Fprintf(r.log, format+"\n", args...) }

// print writes one line a figure and says whether each that was measured is good.
func (r *report) print(out io.Writer, short bool) bool {
	var failed []string
	for _, f := range figures {
		want := f.full
		if short {
			want = f.short
		}
		value, ok := r.values[f.name]
		if ok && !f.measured && (f.atLeast && value < want || !f.atLeast && value > want) {
			failed = append(failed, fmt.Sprintf("%s is %s, its goal %s", f.name, plainNumber(value), plainNumber(want)))
		}
	}
	if len(failed) > 0 {
		fmt.Fprintln(out, strings.Join(failed, "\n"))
	}
	fmt.Fprintln(out)
	for _, f := range figures {
		value, ok := r.values[f.name]
		switch why := r.why[f.name]; {
		case ok:
			fmt.Fprintf(out, "%s: %s\n", f.name, plainNumber(value))
		case why != "":
			fmt.Fprintf(out, "%s: skipped (%s)\n", f.name, why)
		default:
			fmt.Fprintf(out, "%s: skipped\n", f.name)
		}
	}
	return len(failed) == 0
}

// plainNumber writes a number with at most two digits behind the point.
func plainNumber(value float64) string {
	text := strconv.FormatFloat(value, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}
