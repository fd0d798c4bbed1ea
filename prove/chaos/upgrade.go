package chaos

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
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
		if err := t.upgradeFrom(ctx, binary, filepath.Join(t.folder, "market-of-"+revision)); err != nil {
			return fmt.Errorf("from %s: %w", revision, err)
		}
	}
	return nil
}

// earlierRevisions are the revisions of this repository before each of the last ones that added a migration, newest first.
func earlierRevisions(ctx context.Context, count int) ([]string, error) {
	added, err := runProgram(ctx, exec.Command("git", "log", fmt.Sprint("-", count), "--diff-filter=A", "--format=%h^", "--", "db/migrations"))
	if err != nil {
		return nil, err
	}
	var all []string
	for _, name := range strings.Fields(added) {
		revision, err := runProgram(ctx, exec.Command("git", "rev-parse", "--short", "--verify", "--quiet", name))
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
	script := `mkdir -p "$2" && git archive "$1" | tar -x -C "$2" && cd "$2" && go build -buildvcs=false -o "$3" ./cmd/dps`
	_, err := runProgram(ctx, exec.Command("sh", "-c", script, "sh", revision, folder, binary))
	return binary, err
}

// upgradeFrom founds a market with an earlier program, and migrates it under traffic: below the earlier service, again below it, and again
// below today's.
func (t *trial) upgradeFrom(ctx context.Context, earlier, folder string) error {
	c, err := t.newCrewOf(ctx, folder, earlier)
	if err != nil {
		return err
	}
	defer c.close()
	if err := t.recovers(ctx, c, time.Now()); err != nil {
		return err
	}
	c.binary = t.binary
	t.migrateUnderTraffic(ctx, c, t.count(2, 5))
	if err := c.replaceServers(ctx); err != nil {
		return err
	}
	if err := t.recovers(ctx, c, time.Now()); err != nil {
		return err
	}
	t.migrateUnderTraffic(ctx, c, t.count(2, 5))
	if err := t.recovers(ctx, c, time.Now()); err != nil {
		return err
	}
	c.load.stop()
	return t.settle(ctx, c.ground, c.history)
}

func (t *trial) migrateUnderTraffic(ctx context.Context, c *crew, times int) {
	var failed []string
	for range times {
		if _, err := c.dps(ctx, "migrate", "--admin-database-url", c.primary.url(superuser, databaseName)); err != nil {
			failed = append(failed, err.Error())
		}
	}
	t.addFindings("chaos.migrations_under_traffic_failed", failed)
}

// replaceServers ends the processes of the service and starts today's in their place.
func (c *crew) replaceServers(ctx context.Context) error {
	for _, s := range []*server{c.server, c.worker} {
		if _, err := s.stop(drainLimit); err != nil {
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
