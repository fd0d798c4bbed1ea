package chaos

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/southeasttogether/dps/prove/chaos/machine"
)

// alarmAfter is how long an event may wait to be sealed before the check of the log raises an alarm, in this trial.
const alarmAfter = 5 * time.Second

// runStrangers leaves transactions of other programs open, in the market's database and in another. The log is sealed all the same. Then
// nothing seals, and the check of the log must say so.
func runStrangers(ctx context.Context, t *trial) error {
	c, err := t.newCrew(ctx)
	if err != nil {
		return err
	}
	defer c.close()
	for _, database := range []string{machine.DatabaseName, "postgres"} {
		stranger, err := openStranger(ctx, c.primary, database)
		if err != nil {
			return err
		}
		defer stranger()
	}
	if err := t.enough(ctx, c); err != nil {
		return err
	}
	c.load.stop()
	if err := t.settle(ctx, c.ground, c.history); err != nil {
		return err
	}
	return t.raiseAlarm(ctx, c)
}

// openStranger begins a transaction with a number of its own and leaves it open until the function that it gives is called.
func openStranger(ctx context.Context, at *machine.Cluster, database string) (end func(), err error) {
	d, err := sql.Open("postgres", at.URL(machine.Superuser, database))
	if err != nil {
		return nil, err
	}
	tx, err := d.BeginTx(ctx, nil)
	if err == nil {
		_, err = tx.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS public.synthetic_stranger (n integer)")
	}
	if err != nil {
		return nil, err
	}
	return func() { _ = tx.Rollback(); _ = d.Close() }, nil
}

// raiseAlarm ends the clock worker, lets callers act, and measures how long the check of the log takes to say that an event waits,
// beyond what it was told to let pass.
func (t *trial) raiseAlarm(ctx context.Context, c *crew) error {
	if err := c.worker.Stop(drainLimit); err != nil {
		return err
	}
	began := time.Now()
	if err := t.underLoad(ctx, c, nil); err != nil {
		return err
	}
	err := machine.WaitFor(ctx, "the alarm of the unsealed log", recoveryLimit, func(ctx context.Context) bool {
		_, err := c.dps(ctx, "audit", "verify", "--log-database-url", c.primary.URL("dps_log_reader", machine.DatabaseName), "--keys", c.keys(),
			"--unsealed-limit", alarmAfter.String())
		return err != nil && strings.Contains(err.Error(), "seal")
	})
	t.worst("chaos.unsealed_alarm_s", time.Since(began).Seconds())
	return err
}

// runWrongKeys starts the service with the keys of another market. It must refuse, and say why.
func runWrongKeys(ctx context.Context, t *trial) error {
	c, err := t.newCrew(ctx)
	if err != nil {
		return err
	}
	defer c.close()
	c.load.stop()
	other := filepath.Join(c.folder, "other-keys.json")
	if _, err := c.dps(ctx, "keys", "--out", other); err != nil {
		return err
	}
	var accepted []string
	for _, keys := range []string{other, filepath.Join(c.folder, "no-keys.json")} {
		s, err := c.startServer(serveOptions{keys: keys})
		if err != nil {
			return err
		}
		err = machine.WaitFor(ctx, "the end of a service with wrong keys", 15*time.Second, func(context.Context) bool { return s.HasEnded() })
		s.Kill()
		if err != nil || s.EndError == nil {
			accepted = append(accepted, fmt.Sprintf("%s: %v: %s", filepath.Base(keys), err, s.Output))
		}
	}
	t.addFindings("chaos.wrong_keys_accepted", accepted)
	return nil
}
