package chaos

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/southeasttogether/dps/prove/chaos/machine"
)

// runUpgrades migrates the markets of earlier programs with today's `dps migrate`, while callers draft needs at a service that was not
// stopped. No migration may fail and no caller may be told anything wrong; what cannot be done meanwhile is asked for again.
func runUpgrades(ctx context.Context, t *trial) error {
	revisions, err := earlierRevisions(ctx, t.count(1, 3))
	if err != nil || len(revisions) == 0 {
		t.skip("chaos.migrations_under_traffic_failed", "no history of the migrations")
		return nil
	}
	for _, revision := range revisions {
		binary, err := buildRevision(ctx, revision, filepath.Join(t.folder, revision))
		if err != nil {
			return err
		}
		if err := t.upgradeFrom(ctx, binary, filepath.Join(t.folder, revision)); err != nil {
			return fmt.Errorf("from %s: %w", revision, err)
		}
	}
	return nil
}

// earlierRevisions are the revisions of this repository before each of the last ones that added a migration, newest first.
func earlierRevisions(ctx context.Context, count int) ([]string, error) {
	added, err := machine.Run(ctx, exec.Command("git", "log", fmt.Sprint("-", count), "--diff-filter=A", "--format=%h^", "--",
		"db/migrations"))
	if err != nil {
		return nil, err
	}
	var all []string
	for _, name := range strings.Fields(added) {
		revision, err := machine.Run(ctx, exec.Command("git", "rev-parse", "--short", "--verify", "--quiet", name))
		if err != nil {
			break // the history is cut off here
		}
		all = append(all, revision)
	}
	return all, nil
}

// buildRevision builds the program of a revision in folder.
func buildRevision(ctx context.Context, revision, folder string) (string, error) {
	binary := filepath.Join(folder, "bin", "dps")
	script := `mkdir -p "$2" && git archive "$1" | tar -x -C "$2" && cd "$2" && go build -buildvcs=false -trimpath -o "$3" ./cmd/dps`
	_, err := machine.Run(ctx, exec.Command("sh", "-c", script, "sh", revision, folder, binary))
	return binary, err
}

// upgradeFrom founds a market with an earlier program, whose files are in folder, and migrates it under traffic: several times below the
// earlier service, and several times below today's.
func (t *trial) upgradeFrom(ctx context.Context, earlier, folder string) error {
	g, err := newGroundFromFile(ctx, filepath.Join(folder, "market"), earlier, filepath.Join(folder, "docs", "region.yaml"))
	if err != nil {
		return err
	}
	c, err := newCrewOn(ctx, g)
	if err != nil {
		return err
	}
	defer c.close()
	if err := t.recovers(ctx, c, time.Now()); err != nil {
		return err
	}
	c.binary = t.binary
	recovers := func(ctx context.Context) error { return t.recovers(ctx, c, time.Now()) }
	migrate := func(ctx context.Context) error { return t.migrateUnderTraffic(ctx, c, t.count(2, 5)) }
	if err := inTurn(ctx, migrate, c.replaceServers, recovers, migrate, recovers); err != nil {
		return err
	}
	c.load.stop()
	return t.settle(ctx, c.ground, c.history)
}

// migrateUnderTraffic migrates several times, and counts what fails. Where nothing else does it, it migrates without traffic in the end.
func (t *trial) migrateUnderTraffic(ctx context.Context, c *crew, times int) error {
	migrate := func() error {
		_, err := c.dps(ctx, "migrate", "--admin-database-url", c.primary.URL(machine.Superuser, machine.DatabaseName))
		return err
	}
	var failed []string
	for range times {
		if err := migrate(); err != nil {
			failed = append(failed, err.Error())
		}
	}
	t.addFindings("chaos.migrations_under_traffic_failed", failed)
	if len(failed) < times {
		return nil
	}
	c.load.stop()
	defer func() { c.load = startLoad(c.ground, c.history, c.server.endpoint()) }()
	return migrate()
}

// replaceServers ends the processes of the service and starts today's in their place.
func (c *crew) replaceServers(ctx context.Context) error {
	for _, s := range []*server{c.server, c.worker} {
		if err := s.Stop(drainLimit); err != nil {
			return err
		}
	}
	next, err := c.serve(ctx, serveOptions{address: c.server.address})
	if err != nil {
		return err
	}
	c.server = next
	if next, err = c.serve(ctx, serveOptions{address: c.worker.address, worker: true}); err != nil {
		return err
	}
	c.worker = next
	return nil
}
