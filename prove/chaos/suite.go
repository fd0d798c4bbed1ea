// Package chaos does faults to the real program: it kills its processes and those of PostgreSQL, cuts and delays what goes between them,
// and promotes a standby, while callers draft needs. Then it compares what the callers were told with what the database holds.
//
// Everything runs on this machine alone, in a folder of its own, and is bounded in number and time. `make chaos` runs it.
package chaos

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/southeasttogether/dps/prove/chaos/history"
	"github.com/southeasttogether/dps/prove/chaos/machine"
)

// Options say what a run does.
type Options struct {
	Binary    string   // dps
	Scenarios []string // by name; none for all
	Short     bool     // a few faults of each kind
	Log       io.Writer
	Out       io.Writer // takes the figures
}

// scenario is one kind of fault with the time that it can take.
type scenario struct {
	name  string
	limit time.Duration
	run   func(context.Context, *trial) error
}

var scenarios = []scenario{
	{"controls", 3 * time.Minute, runControls},
	{"kills", 20 * time.Minute, runKills},
	{"promotions", 10 * time.Minute, runPromotions},
	{"network", 10 * time.Minute, runNetwork},
	{"rolling", 5 * time.Minute, runRolling},
	{"health", 5 * time.Minute, runHealth},
	{"uploads", 5 * time.Minute, runUploads},
	{"idle", 3 * time.Minute, runIdle},
	{"strangers", 3 * time.Minute, runStrangers},
	{"keys", 2 * time.Minute, runWrongKeys},
	{"clocks", 5 * time.Minute, runClocks},
	{"upgrades", 20 * time.Minute, runUpgrades},
	{"restore", 5 * time.Minute, runRestore},
	{"pooler", 5 * time.Minute, runPooler},
}

// Names are the scenarios' names, in the order in which they run.
func Names() []string {
	names := make([]string, len(scenarios))
	for i, s := range scenarios {
		names[i] = s.name
	}
	return names
}

// trial is one scenario as it runs: a ground of its own and the report of all.
type trial struct {
	*report
	short  bool
	binary string
	folder string
}

// count is how many faults to do: few in a short run.
func (t *trial) count(short, full int) int {
	if t.short {
		return short
	}
	return full
}

// Run runs scenarios one after the other, prints the figures and says whether all that were measured are good. A scenario that cannot
// be run to its end is an error, and the figures are printed all the same.
func Run(ctx context.Context, o Options) (bool, error) {
	for _, name := range o.Scenarios {
		if !slices.Contains(Names(), name) {
			return false, fmt.Errorf("there is no scenario %q: choose among %s", name, strings.Join(Names(), ", "))
		}
	}
	r, failed := newReport(o.Log), []string{}
	for _, s := range scenarios {
		if len(o.Scenarios) > 0 && !slices.Contains(o.Scenarios, s.name) {
			continue
		}
		began := time.Now()
		if err := s.runIn(ctx, r, o); err != nil {
			failed = append(failed, s.name)
			r.note("%s: %v", s.name, err)
		}
		r.note("%s took %.0f s", s.name, time.Since(began).Seconds())
	}
	good := r.print(o.Out, o.Short)
	if len(failed) > 0 {
		return false, fmt.Errorf("not run to the end: %s", strings.Join(failed, ", "))
	}
	return good, nil
}

func (s scenario) runIn(ctx context.Context, r *report, o Options) error {
	ctx, cancel := context.WithTimeout(ctx, s.limit)
	defer cancel()
	folder, err := newFolder()
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	return s.run(ctx, &trial{report: r, short: o.Short, binary: o.Binary, folder: folder})
}

// newFolder makes a folder that PostgreSQL's user can pass through: in memory where Linux keeps one.
func newFolder() (string, error) {
	parent := "/dev/shm"
	if _, err := os.Stat(parent); err != nil {
		parent = ""
	}
	folder, err := os.MkdirTemp(parent, "dps-chaos-*")
	if err != nil {
		return "", err
	}
	return folder, os.Chmod(folder, 0o711)
}

func (t *trial) newGround(ctx context.Context) (*ground, error) {
	return newGround(ctx, t.folder, t.binary)
}

// settle waits until the log is sealed, compares the history with the database, and records what it found.
func (t *trial) settle(ctx context.Context, g *ground, h *history.History) error {
	d, err := g.primary.Admin()
	if err != nil {
		return err
	}
	defer d.Close()
	sealed := machine.WaitFor(ctx, "the sealing of the log", time.Minute, func(ctx context.Context) bool {
		var open int
		err := d.QueryRowContext(ctx, `SELECT count(*) FROM dps.event e
			WHERE NOT EXISTS (SELECT FROM dps.event_seal s WHERE s.event_id = e.id)`).Scan(&open)
		return err == nil && open == 0
	})
	f, err := history.ReadFacts(ctx, d)
	if err != nil {
		return err
	}
	if sealed != nil {
		f.Broken = append(f.Broken, sealed.Error())
	}
	if err := g.verifyLog(ctx); err != nil {
		f.Broken = append(f.Broken, err.Error())
	}
	deeds := h.All()
	t.note("%d deeds in %d attempts, %d needs", len(deeds), attemptsOf(deeds), len(f.Needs))
	if len(f.Needs) == 0 {
		return fmt.Errorf("the callers did nothing")
	}
	t.record(history.Compare(deeds, f))
	return nil
}

func (t *trial) record(v history.Verdict) {
	t.addFindings("chaos.acknowledged_lost", v.Lost)
	t.addFindings("chaos.doubled", v.Doubled)
	t.addFindings("chaos.half_done", v.HalfDone)
	t.addFindings("chaos.wrong_success", v.WrongSuccess)
	t.addFindings("chaos.invariants_broken", v.Broken)
	t.addFindings("chaos.hung", v.Hung)
}

func attemptsOf(deeds []history.Deed) (n int) {
	for _, d := range deeds {
		n += len(d.Attempts)
	}
	return n
}
