package chaos

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/southeasttogether/dps/postgres"
	"github.com/southeasttogether/dps/prove/chaos/history"
	"github.com/southeasttogether/dps/prove/chaos/machine"
)

// runRestore takes a base backup while callers draft needs, keeps the write-ahead log as it comes, loses the primary with all its files,
// and restores the market from the backup. It measures how much of what callers were told is lost, and how long it takes until the
// service answers again.
func runRestore(ctx context.Context, t *trial) error {
	c, err := t.newCrew(ctx)
	if err != nil {
		return err
	}
	defer c.close()
	archive := filepath.Join(t.folder, "archive")
	if err := errors.Join(os.Mkdir(archive, 0o700), postgres.GiveFolder(archive)); err != nil {
		return err
	}
	receiver, err := c.primary.KeepLog(archive)
	if err != nil {
		return err
	}
	defer receiver.Kill()
	if err := t.enough(ctx, c); err != nil {
		return err
	}
	backup, err := c.primary.CopyTo(ctx, filepath.Join(t.folder, "backup"))
	if err != nil {
		return err
	}
	if err := t.enough(ctx, c); err != nil {
		return err
	}
	c.primary.Kill()
	disaster := time.Now()
	c.load.abandon()
	receiver.Kill()
	if err := os.RemoveAll(c.primary.Folder); err != nil {
		return err
	}
	return t.restore(ctx, c, backup, archive, disaster)
}

// restore starts the backup with the log that was kept, and the service on it.
func (t *trial) restore(ctx context.Context, c *crew, backup *machine.Cluster, archive string, disaster time.Time) error {
	partial, err := filepath.Glob(filepath.Join(archive, "*.partial"))
	if err != nil {
		return err
	}
	for _, file := range partial {
		if err := os.Rename(file, strings.TrimSuffix(file, ".partial")); err != nil {
			return err
		}
	}
	if err := os.Rename(filepath.Join(backup.Data(), "standby.signal"), filepath.Join(backup.Data(), "recovery.signal")); err != nil {
		return err
	}
	if err := backup.Start(ctx, fmt.Sprintf("restore_command=cp %s/%%f %%p", archive), "recovery_target_action=promote",
		"primary_conninfo="); err != nil {
		return err
	}
	c.primary = backup
	c.database.Retarget("unix", backup.Socket())
	if err := machine.WaitFor(ctx, "the end of the recovery", recoveryLimit, func(ctx context.Context) bool {
		recovering, err := backup.Ask(ctx, "SELECT pg_is_in_recovery()")
		return err == nil && recovering == "false"
	}); err != nil {
		return err
	}
	lost, err := c.lostSeconds(ctx, disaster)
	if err != nil {
		return err
	}
	t.worst("chaos.restore_lost_s", lost)
	c.load = startLoad(c.ground, &history.History{}, c.server.endpoint())
	again := c.load.history
	err = machine.WaitFor(ctx, "an answer after the restoration", recoveryLimit, func(context.Context) bool {
		_, ok := again.DoneAfter(disaster)
		return ok
	})
	t.worst("chaos.restore_min", time.Since(disaster).Minutes())
	c.load.stop()
	return errors.Join(err, c.verifyLog(ctx))
}

// lostSeconds is how long before the disaster the first thing was acknowledged that the restored market does not have; 0 where it has all.
func (c *crew) lostSeconds(ctx context.Context, disaster time.Time) (float64, error) {
	d, err := c.primary.Admin()
	if err != nil {
		return 0, err
	}
	defer d.Close()
	f, err := history.ReadFacts(ctx, d)
	if err != nil {
		return 0, err
	}
	lost := 0.0
	for _, deed := range c.history.All() {
		for _, a := range deed.Attempts {
			if _, ok := f.Needs[a.ID]; a.Told == history.ToldDone && !ok {
				lost = max(lost, disaster.Sub(a.Ended).Seconds())
			}
		}
	}
	return lost, nil
}
